//! Notices on their way, to servers that stand in for those of others.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::BufRead as _;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use delivery::{Courier, MailServer, Round};
use jiff::{SignedDuration, Timestamp};
use kernel::{Catalogue, Lang};
use loops::{Given, by_key};
use store::access::{Hand, NewAccount, Role, UnitId, UnitKind, Viewer};
use store::cases::{CaseQuery, Channel, NewTarget, NoticeState, Setting, TargetKind};
use store::testing::{TestDatabase, run};
use store::{Clock, Location, Store};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

type Heard = Arc<Mutex<Vec<String>>>;

/// A server that answers every request with the next of these answers, the last one again and again,
/// and keeps what it heard.
async fn web(answers: &'static [&'static str]) -> (String, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/hook", listener.local_addr().unwrap());
    let heard = Heard::default();
    let hearing = heard.clone();
    tokio::spawn(async move {
        for turn in 0.. {
            let (stream, _) = listener.accept().await.unwrap();
            let request = request(stream, answers[turn.min(answers.len() - 1)]).await;
            hearing.lock().unwrap().push(request);
        }
    });
    (address, heard)
}

/// A server that hears the first request and never answers it; every later one is answered.
async fn web_that_keeps_silent_once() -> (String, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/hook", listener.local_addr().unwrap());
    let heard = Heard::default();
    let hearing = heard.clone();
    tokio::spawn(async move {
        let (mut kept, _) = listener.accept().await.unwrap();
        let first = heard_of(&mut kept).await;
        hearing.lock().unwrap().push(first);
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let request = request(stream, FINE).await;
            hearing.lock().unwrap().push(request);
        }
    });
    (address, heard)
}

async fn request(mut stream: TcpStream, answer: &str) -> String {
    let text = heard_of(&mut stream).await;
    stream.write_all(answer.as_bytes()).await.unwrap();
    text
}

async fn heard_of(stream: &mut TcpStream) -> String {
    let (mut read, mut text) = ([0; 4096], String::new());
    loop {
        let got = stream.read(&mut read).await.unwrap();
        text.push_str(&String::from_utf8_lossy(&read[..got]));
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length =
            head.lines().find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok());
        if got == 0 || body.len() >= length.unwrap_or(0) {
            return text;
        }
    }
}

/// A mail server that knows every mailbox but `gone@…`.
async fn mail() -> (String, Heard) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("smtp://{}", listener.local_addr().unwrap());
    let heard = Heard::default();
    let hearing = heard.clone();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let hearing = hearing.clone();
            tokio::spawn(async move { letters(stream, &hearing).await });
        }
    });
    (address, heard)
}

async fn letters(stream: TcpStream, heard: &Heard) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 mail.example\r\n").await?;
    let mut letter: Option<String> = None;
    while let Some(line) = lines.next_line().await? {
        let answer = match (&mut letter, line.as_str()) {
            (Some(text), ".") => {
                heard.lock().unwrap().push(std::mem::take(text));
                letter = None;
                "250 taken\r\n"
            }
            (Some(text), line) => {
                text.push_str(line);
                text.push('\n');
                continue;
            }
            (None, "DATA") => {
                letter = Some(String::new());
                "354 go on\r\n"
            }
            (None, line) if line.starts_with("RCPT TO:<gone@") => "550 no such user\r\n",
            (None, "QUIT") => "221 bye\r\n",
            (None, _) => "250 mail.example\r\n",
        };
        write.write_all(answer.as_bytes()).await?;
    }
    Ok(())
}

struct World {
    store: Store,
    bureau: UnitId,
    _database: TestDatabase,
}

const NOW: &str = "2026-03-02T09:00:00+08:00";

impl World {
    async fn new() -> Self {
        let database = TestDatabase::sqlite();
        let store = Store::migrate(&database.location, Arc::new(Catalogue::builtin().clone())).await.unwrap();
        let store = store.with_clock(Clock::from_fn(|| NOW.parse::<Timestamp>().unwrap()));
        let top = store.create_unit(Hand::Console, None, UnitKind::Zone, "高新区").await.unwrap().id;
        let bureau = store.create_unit(Hand::Console, Some(top), UnitKind::Bureau, "供电所").await.unwrap().id;
        let world = Self { store, bureau, _database: database };
        world.account("leader", Role::Leader, top).await;
        world.account("clerk", Role::Clerk, bureau).await;
        world
    }

    async fn account(&self, name: &str, role: Role, unit: UnitId) {
        let new = NewAccount {
            name,
            display_name: name,
            unit,
            enterprise: None,
            lang: Lang::En,
            password_hash: None,
            must_change_password: false,
        };
        let account = self.store.create_account(Hand::Console, new).await.unwrap();
        self.store.grant(Hand::Console, account.id, role, unit).await.unwrap();
    }

    async fn viewer(&self, name: &str) -> Viewer {
        let account = self.store.account_by_name(name).await.unwrap().unwrap();
        self.store.viewer(account.id).await.unwrap().unwrap()
    }

    async fn hook(&self, kind: TargetKind, url: &str, secret: &str) -> Uuid {
        let target = NewTarget { kind, name: "群", url, secret, unit: None };
        self.store.add_webhook(Hand::Console, &target).await.unwrap()
    }

    async fn mail_to(&self, address: &str) {
        let setting =
            Setting { channels: [Channel::Mail].into(), mail: Some(address.to_owned()), ..Setting::default() };
        self.store.choose_notice_setting(&self.viewer("clerk").await, &setting).await.unwrap();
    }

    async fn task(&self, title: &str) {
        let given = Given { title: Some(title.into()), unit: Some(self.bureau.to_string()), ..Given::default() };
        self.store.open_case(&self.viewer("leader").await, by_key("task").unwrap(), given).await.unwrap();
    }

    async fn round(&self, mail: Option<MailServer>) -> Round {
        let courier = Courier::new(self.store.clone(), Some("https://zone.example".into()), mail);
        courier.round(NOW.parse().unwrap()).await.unwrap()
    }

    async fn problems(&self) -> Vec<String> {
        let failed = self.store.undelivered_notices(10).await.unwrap();
        failed.into_iter().filter_map(|notice| notice.problem).collect()
    }
}

const FINE: &str = "HTTP/1.1 200 OK\r\ncontent-length: 11\r\nconnection: close\r\n\r\n{\"code\":0 }";
const DOWN: &str = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
const NO: &str =
    "HTTP/1.1 200 OK\r\ncontent-length: 38\r\nconnection: close\r\n\r\n{\"code\":19021,\"msg\":\"sign match fail\"} ";
const ELSEWHERE: &str =
    "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

#[test]
fn a_signed_request_tells_what_waits_and_nothing_twice() {
    run(async {
        let world = World::new().await;
        let (url, heard) = web(&[FINE]).await;
        world.hook(TargetKind::Signed, &url, "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").await;
        world.task("修好三号变电站").await;
        assert_eq!(world.round(None).await, Round { delivered: 1, failed: 0 });
        assert_eq!(world.round(None).await, Round::default());
        let heard = heard.lock().unwrap();
        assert_eq!(heard.len(), 1);
        for part in ["webhook-id: ", "webhook-timestamp: 1772413200", "webhook-signature: v1,", "修好三号变电站"]
        {
            assert!(heard[0].contains(part), "{part}: {}", heard[0]);
        }
        assert!(heard[0].contains("https://zone.example/cases/task/"), "{}", heard[0]);
    });
}

#[test]
fn what_did_not_arrive_waits_and_says_why_without_the_address() {
    run(async {
        for (answer, why) in [(DOWN, "HTTP 503"), (ELSEWHERE, "HTTP 302")] {
            let world = World::new().await;
            let (url, heard) = web(Box::leak(Box::new([answer]))).await;
            world.hook(TargetKind::Signed, &url, "").await;
            world.task("甲").await;
            assert_eq!(world.round(None).await, Round { delivered: 0, failed: 1 });
            let problems = world.problems().await;
            assert!(problems[0].contains(why) && !problems[0].contains("127.0.0.1"), "{problems:?}");
            assert_eq!(heard.lock().unwrap().len(), 1, "a redirect is not followed");
        }
        let world = World::new().await;
        world.hook(TargetKind::Signed, "http://127.0.0.1:1/key-of-the-hook", "").await;
        world.task("甲").await;
        assert_eq!(world.round(None).await, Round { delivered: 0, failed: 1 });
        assert!(!world.problems().await[0].contains("key-of-the-hook"));
    });
}

#[test]
fn a_robot_that_says_no_with_status_200_has_not_been_told() {
    run(async {
        let world = World::new().await;
        let (url, _) = web(&[NO]).await;
        world.hook(TargetKind::Feishu, &url, "wrong").await;
        world.task("甲").await;
        assert_eq!(world.round(None).await, Round { delivered: 0, failed: 1 });
        assert!(world.problems().await[0].contains("19021 sign match fail"));
    });
}

#[test]
fn mail_goes_together_in_the_language_of_the_person_and_comes_back_from_nobody() {
    run(async {
        let world = World::new().await;
        let (address, heard) = mail().await;
        let server = MailServer::new(&address, "先手 <zone@zone.example>").unwrap();
        world.mail_to("clerk@zone.example").await;
        world.task("甲").await;
        world.task("乙").await;
        assert_eq!(world.round(None).await, Round::default(), "without a server mail waits");
        assert_eq!(world.round(Some(server.clone())).await, Round { delivered: 2, failed: 0 });
        let letters = heard.lock().unwrap().clone();
        assert_eq!(letters.len(), 1);
        assert!(letters[0].contains("Subject: Xianshou: 2 notices"), "{}", letters[0]);

        world.mail_to("gone@zone.example").await;
        world.task("丙").await;
        assert_eq!(world.round(Some(server.clone())).await, Round { delivered: 0, failed: 1 });
        assert!(world.problems().await[0].contains("SMTP 550"));
        assert!(world.store.notice_setting("clerk").await.unwrap().channels.is_empty(), "it is switched off");
        assert_eq!(heard.lock().unwrap().len(), 1);
    });
}

#[test]
fn what_waits_for_a_target_out_of_use_is_not_tried_and_goes_out_when_it_is_used_again() {
    run(async {
        let mut world = World::new().await;
        let (url, heard) = web(&[DOWN, FINE]).await;
        let hook = world.hook(TargetKind::Signed, &url, "").await;
        world.task("甲").await;
        assert_eq!(world.round(None).await, Round { delivered: 0, failed: 1 });
        world.store.use_webhook(Hand::Console, hook, false).await.unwrap();
        // Far longer than a target that is down is tried.
        for week in 1..=4 {
            let now: Timestamp = NOW.parse().unwrap();
            world.store = world.store.with_clock(Clock::fixed(now + SignedDuration::from_hours(24 * 7 * week)));
            assert_eq!(world.round(None).await, Round::default(), "week {week}");
        }
        assert_eq!(heard.lock().unwrap().len(), 1);
        world.store.use_webhook(Hand::Console, hook, true).await.unwrap();
        assert_eq!(world.round(None).await, Round { delivered: 1, failed: 0 });
        assert_eq!(world.round(None).await, Round::default());
        assert!(heard.lock().unwrap()[1].contains("甲"));
    });
}

/// The database in which the child process opens cases.
const DATABASE: &str = "XIANSHOU_TEST_KILLED";

/// Runs only as a child of the test below: opens cases until it is killed.
#[test]
#[ignore = "the child process of another test"]
fn opens_until_it_is_killed() {
    let Ok(path) = std::env::var(DATABASE) else { return };
    run(async {
        let store = Store::open(&Location::Sqlite(path.into()), Arc::new(Catalogue::builtin().clone())).await.unwrap();
        let bureau = store.units().await.unwrap().by_name("供电所").unwrap().id;
        let store = store.with_clock(Clock::fixed(NOW.parse().unwrap()));
        let leader = store.account_by_name("leader").await.unwrap().unwrap().id;
        let leader = store.viewer(leader).await.unwrap().unwrap();
        loop {
            let given = Given { title: Some("甲".into()), unit: Some(bureau.to_string()), ..Given::default() };
            let row = store.open_case(&leader, by_key("task").unwrap(), given).await.unwrap();
            println!("\nopened {}", row.number);
        }
    });
}

#[test]
fn what_a_killed_process_left_to_be_told_goes_out_once() {
    run(async {
        for (opened, milliseconds) in [(1, 0), (3, 2), (2, 7)] {
            let world = World::new().await;
            let (url, heard) = web(&[FINE]).await;
            world.hook(TargetKind::Signed, &url, "").await;
            let Location::Sqlite(path) = world.store.location() else { unreachable!("the world lies in a file") };
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["opens_until_it_is_killed", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
                .env(DATABASE, path)
                .stdout(Stdio::piped())
                .spawn()
                .unwrap();
            let lines = std::io::BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
            let said = lines.filter(|line| line.starts_with("opened")).take(opened).count();
            assert_eq!(said, opened);
            std::thread::sleep(Duration::from_millis(milliseconds));
            child.kill().unwrap();
            child.wait().unwrap();

            let leader = world.viewer("leader").await;
            let cases = world.store.cases(&leader, &CaseQuery::default()).await.unwrap().rows;
            assert!(cases.len() >= opened, "what was said to be opened is there");
            assert_eq!(world.round(None).await, Round { delivered: cases.len(), failed: 0 });
            assert_eq!(world.round(None).await, Round::default(), "nothing goes out twice");
            let heard = heard.lock().unwrap();
            assert_eq!(heard.len(), 1);
            assert!(cases.iter().all(|case| heard[0].contains(&case.number)), "{}", heard[0]);
        }
    });
}

/// Runs only as a child of the test below: sends what waits until it is killed.
#[test]
#[ignore = "the child process of another test"]
fn carries_until_it_is_killed() {
    let Ok(path) = std::env::var(DATABASE) else { return };
    run(async {
        let store = Store::open(&Location::Sqlite(path.into()), Arc::new(Catalogue::builtin().clone())).await.unwrap();
        let store = store.with_clock(Clock::fixed(NOW.parse().unwrap()));
        Courier::new(store, None, None).round(NOW.parse().unwrap()).await.unwrap();
    });
}

impl World {
    /// A courier of another process is killed when the receiver has heard it and before it is answered. Later a
    /// second notice waits too, and the dead courier's claim is over.
    async fn killed_while_sending(&mut self, heard: &Heard) {
        self.task("甲").await;
        let Location::Sqlite(path) = self.store.location() else { unreachable!("the world lies in a file") };
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["carries_until_it_is_killed", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
            .env(DATABASE, path)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        while heard.lock().unwrap().is_empty() {
            assert!(child.try_wait().unwrap().is_none(), "the child ended before it sent anything");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(self.round(None).await, Round::default(), "who sends may be at work still");
        let later = NOW.parse::<Timestamp>().unwrap() + SignedDuration::from_mins(6);
        self.store = self.store.with_clock(Clock::fixed(later));
        self.task("乙").await;
    }
}

fn line_of<'a>(request: &'a str, name: &str) -> &'a str {
    request.lines().find_map(|line| line.strip_prefix(name)).unwrap()
}

#[test]
fn another_system_knows_by_its_number_what_a_killed_courier_may_have_brought() {
    run(async {
        let mut world = World::new().await;
        let (url, heard) = web_that_keeps_silent_once().await;
        world.hook(TargetKind::Signed, &url, "").await;
        world.killed_while_sending(&heard).await;
        assert_eq!(world.round(None).await, Round { delivered: 2, failed: 0 });
        assert_eq!(world.round(None).await, Round::default());
        let heard = heard.lock().unwrap();
        let [first, again, other] = heard.as_slice() else { panic!("{} requests", heard.len()) };
        // A receiver that keeps numbers drops the second, and loses nothing by it.
        assert_eq!(line_of(again, "webhook-id: "), line_of(first, "webhook-id: "));
        assert!(first.contains("甲") && again.contains("甲") && !again.contains("乙"), "{again}");
        assert_ne!(line_of(other, "webhook-id: "), line_of(first, "webhook-id: "));
        assert!(other.contains("乙") && !other.contains("甲"), "{other}");
    });
}

#[test]
fn a_work_chat_is_not_told_again_and_a_person_settles_what_a_killed_courier_left() {
    run(async {
        for (is_there, told) in [(true, 0), (false, 1)] {
            let mut world = World::new().await;
            let (url, heard) = web_that_keeps_silent_once().await;
            world.hook(TargetKind::Feishu, &url, "").await;
            world.killed_while_sending(&heard).await;
            assert_eq!(world.round(None).await, Round { delivered: 1, failed: 0 }, "only what was never sent");
            assert_eq!(world.round(None).await, Round::default());
            let astray = world.store.undelivered_notices(10).await.unwrap();
            let [left] = astray.as_slice() else { panic!("{astray:?}") };
            assert_eq!((left.state, left.data["title"].as_str()), (NoticeState::Uncertain, Some("甲")));
            assert!(left.problem.as_deref().unwrap().contains("不知是否送达"), "{:?}", left.problem);

            let clerk = world.viewer("clerk").await;
            assert!(world.store.settle_notice(Hand::Viewer(&clerk), left.id, is_there).await.is_err());
            world.store.settle_notice(Hand::Console, left.id, is_there).await.unwrap();
            assert!(world.store.settle_notice(Hand::Console, left.id, is_there).await.is_err(), "it is settled");
            assert_eq!(world.round(None).await, Round { delivered: told, failed: 0 });
            assert!(world.store.undelivered_notices(10).await.unwrap().is_empty());
            let heard = heard.lock().unwrap();
            assert_eq!(heard.iter().filter(|request| request.contains("甲")).count(), 1 + told);
        }
    });
}
