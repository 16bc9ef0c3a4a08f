//! A sheet on its way in: whose it is, what is wrong with it, and that nothing is half stored.

use std::sync::Arc;

use axum::http::StatusCode;
use intake::{Incoming, Manner};
use jiff::ToSpan as _;
use kernel::credit_code::CreditCode;
use kernel::{Catalogue, SubjectKind};
use reports::sheet::{Limits, Workbook};
use store::access::{Role, Scope};

use store::{Clock, Key, Resolution};
use uuid::Uuid;

use crate::importing::job::KIND;
use crate::jobs::runner::run_one;
use crate::testing::{Answer, Browser, House};
use crate::{App, Settings};

fn code(nth: u32) -> String {
    CreditCode::complete(&format!("91410400MA{nth:07}")).unwrap().to_string()
}

/// The code with a wrong check digit.
fn wrong_code(nth: u32) -> String {
    let code = code(nth);
    format!("{}{}", &code[..17], if code.ends_with('7') { '8' } else { '7' })
}

fn sheet(rows: &[String]) -> Vec<u8> {
    let head = "统一社会信用代码,企业名称,所属园区,营业收入总额（万元）2025,期末从业人员 2025".to_owned();
    [vec![head], rows.to_vec()].concat().join("\n").into_bytes()
}

fn row(code: &str, name: &str, park: &str, revenue: &str, staff: &str) -> String {
    format!("{code},{name},{park},{revenue},{staff}")
}

async fn begin(browser: &mut Browser, bytes: &[u8]) -> String {
    let fields = [("kind", "enterprise"), ("origin", "统计办")];
    let answer = browser.upload("/imports/new", &fields, Some(("企业年报.csv", bytes))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    let address = answer.location().strip_suffix("/columns").unwrap_or_else(|| panic!("{}", answer.location()));
    address.to_owned()
}

async fn load(house: &House, browser: &mut Browser, import: &str, fields: &[(&str, &str)]) -> Answer {
    let answer = browser.post(&format!("{import}/load"), fields).await;
    assert_eq!(
        (answer.status, answer.location()),
        (StatusCode::SEE_OTHER, format!("{import}/load").as_str()),
        "{}",
        answer.text
    );
    assert!(run_one(&house.app, Uuid::new_v4()).await.unwrap(), "no job waits");
    browser.get(&format!("{import}/load")).await
}

async fn known(house: &House, code: &str) -> bool {
    let key = Key { code: Some(code.to_owned()), name: None };
    let found = house.app.store().resolve(SubjectKind::Enterprise, &[key]).await.unwrap();
    matches!(found[0], Resolution::Existing(_))
}

/// The number that stands under a heading of the totals.
pub(super) fn total(text: &str, heading: &str) -> String {
    let after = text.split_once(&format!("<dt>{heading}</dt>")).unwrap_or_else(|| panic!("no {heading}: {text}")).1;
    after.split_once("<dd").unwrap().1.split_once('>').unwrap().1.split_once('<').unwrap().0.to_owned()
}

#[tokio::test]
async fn a_fault_is_mended_in_place_the_sheet_loaded_and_the_register_shows_it() {
    let house = House::new().await;
    let mut browser = house.as_role(Role::Officer).await;
    let rows = [
        row(&wrong_code(1), "样例甲有限公司", "东区", "1000", "10"),
        row(&code(2), "样例乙有限公司", "东区", "2000", "-5"),
        row(&code(3), "样例丙有限公司", "东区", "3000", "30"),
    ];
    let import = begin(&mut browser, &sheet(&rows)).await;
    let columns = browser.get(&format!("{import}/columns")).await;
    assert!(columns.text.contains("各列都已认出") && columns.text.contains("value=\"2025\""), "{}", columns.text);
    let check = browser.get(&format!("{import}/check")).await;
    assert_eq!((total(&check.text, "数据行"), total(&check.text, "有问题")), ("3".into(), "2".into()));
    assert!(check.text.contains(&format!("改为 {}", code(1))), "the right check digit is offered: {}", check.text);

    let refused = browser.post(&format!("{import}/load"), &[]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("还有 2 处问题") && !known(&house, &code(3)).await);

    let still = browser.post(&format!("{import}/fix"), &[("row", "3"), ("column", "4"), ("text", "五人")]).await;
    assert_eq!(still.status, StatusCode::SEE_OTHER);
    let check = browser.get(still.location()).await;
    assert!(check.text.contains("value=\"五人\""), "what was typed stays: {}", check.text);

    let mut htmx = browser.clone();
    htmx.extra.insert("hx-request", "true".parse().unwrap());
    let part = htmx.post(&format!("{import}/fix"), &[("row", "3"), ("column", "4"), ("text", "5")]).await;
    assert!(part.text.starts_with("<div id=\"check\">") && total(&part.text, "有问题") == "1", "{}", part.text);
    let part = htmx.post(&format!("{import}/fix"), &[("row", "2"), ("column", "0"), ("text", &code(1))]).await;
    assert_eq!((total(&part.text, "有问题"), total(&part.text, "新主体")), ("0".into(), "3".into()));
    let effect = htmx.get(&format!("{import}/effect")).await;
    assert_eq!(total(&effect.text, "将存入"), "3");
    assert!(!known(&house, &code(1)).await, "a rehearsal stores nothing");

    let done = load(&house, &mut browser, &import, &[]).await;
    assert_eq!((total(&done.text, "存入"), total(&done.text, "新主体")), ("3".into(), "3".into()), "{}", done.text);
    let list = browser.get("/register/enterprise").await;
    assert!(list.text.contains(&code(1)) && list.text.contains("样例甲有限公司"), "{}", list.text);
    let again = browser.post(&format!("{import}/fix"), &[("row", "3"), ("column", "4"), ("text", "9")]).await;
    assert_eq!(again.status, StatusCode::CONFLICT, "a loaded import cannot be changed");
    assert_eq!(browser.get(&format!("{import}/check")).await.location(), format!("{import}/load"));
}

#[tokio::test]
async fn the_page_of_a_load_goes_on_to_its_totals_by_itself_with_a_script_and_without() {
    let house = House::new().await;
    let mut browser = house.as_role(Role::Analyst).await;
    let import = begin(&mut browser, &sheet(&[row(&code(1), "样例甲有限公司", "东区", "1000", "10")])).await;
    browser.get(&format!("{import}/check")).await;
    assert_eq!(browser.post(&format!("{import}/load"), &[]).await.status, StatusCode::SEE_OTHER);
    let page = browser.get(&format!("{import}/load")).await.text;
    assert!(page.contains("<noscript><meta http-equiv=\"refresh\""), "{page}");
    let mut asked = page.split("hx-get=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let progress = asked.find(|address| address.ends_with("/progress")).unwrap().to_owned();
    let mut htmx = browser.clone();
    htmx.extra.insert("hx-request", "true".parse().unwrap());
    let waiting = htmx.get(&progress).await;
    assert!(waiting.text.contains("正在排队") && !waiting.headers.contains_key("hx-redirect"), "{}", waiting.text);
    assert!(run_one(&house.app, Uuid::new_v4()).await.unwrap(), "no job waits");
    let over = htmx.get(&progress).await;
    assert_eq!(over.headers["hx-redirect"], format!("{import}/load").as_str(), "{}", over.text);
    let done = browser.get(&format!("{import}/load")).await.text;
    assert!(!done.contains("http-equiv=\"refresh\"") && total(&done, "存入") == "1", "{done}");
    let job = browser.get(progress.trim_end_matches("/progress")).await.text;
    assert!(job.contains(&format!("{import}/load")) && !job.contains("http-equiv=\"refresh\""), "{job}");
}

#[tokio::test]
async fn the_same_file_twice_changes_nothing_and_says_so() {
    let house = House::new().await;
    let mut browser = house.as_role(Role::Analyst).await;
    let bytes = sheet(&[row(&code(1), "样例甲有限公司", "东区", "1000", "10")]);
    for expected in ["已全部存入台账", "没有任何变化"] {
        let import = begin(&mut browser, &bytes).await;
        let done = load(&house, &mut browser, &import, &[]).await;
        assert!(done.text.contains(expected), "{expected}: {}", done.text);
    }
    assert_eq!(house.app.store().loads(None, 10).await.unwrap().iter().filter(|load| load.by == "analyst").count(), 1);
}

#[tokio::test]
async fn faulty_rows_are_left_out_only_when_that_is_said_and_one_by_one_or_by_their_sort() {
    let house = House::new().await;
    let mut browser = house.as_role(Role::Analyst).await;
    let rows: Vec<String> = (1..=30)
        .map(|nth| {
            row(&if nth > 25 { wrong_code(nth) } else { code(nth) }, &format!("样例{nth:03}有限公司"), "东区", "1", "1")
        })
        .collect();
    let import = begin(&mut browser, &sheet(&rows)).await;
    browser.post(&format!("{import}/skip"), &[("row", "27")]).await;
    let check = browser.get(&format!("{import}/check")).await;
    assert_eq!((total(&check.text, "有问题"), total(&check.text, "您跳过的")), ("4".into(), "1".into()));
    let sort = check.text.split_once("name=\"sort\" value=\"").unwrap().1.split_once('"').unwrap().0.to_owned();
    browser.post(&format!("{import}/restore"), &[("row", "27")]).await;
    browser.post(&format!("{import}/skip"), &[("sort", &sort)]).await;
    let check = browser.get(&format!("{import}/check")).await;
    assert_eq!((total(&check.text, "有问题"), total(&check.text, "您跳过的")), ("0".into(), "5".into()));
    browser.post(&format!("{import}/restore"), &[]).await;
    browser.post(&format!("{import}/accept"), &[("sort", &sort)]).await;
    let check = browser.get(&format!("{import}/check")).await;
    assert_eq!(
        (total(&check.text, "有问题"), total(&check.text, "没有问题")),
        ("0".into(), "30".into()),
        "{}",
        check.text
    );
    browser.post(&format!("{import}/unfix"), &[("row", "27"), ("column", "0")]).await;
    let done = load(&house, &mut browser, &import, &[("skip_faulty", "1")]).await;
    assert_eq!((total(&done.text, "存入"), total(&done.text, "跳过")), ("29".into(), "1".into()));
    assert!(known(&house, &code(30)).await && !known(&house, &code(26)).await);
}

#[tokio::test]
async fn another_persons_draft_is_answered_like_one_that_does_not_exist() {
    let house = House::new().await;
    let mut owner = house.as_role(Role::Officer).await;
    let import = begin(&mut owner, &sheet(&[row(&code(1), "样例甲有限公司", "东区", "1", "1")])).await;
    let nowhere = "/imports/00000000-0000-7000-8000-000000000000";
    for role in [Role::Analyst, Role::Clerk] {
        let mut other = house.as_role(role).await;
        for page in ["", "/columns", "/check", "/progress", "/marked", "/effect", "/load"] {
            let (theirs, none) =
                (other.get(&format!("{import}{page}")).await, other.get(&format!("{nowhere}{page}")).await);
            assert_eq!((theirs.status, none.status), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND), "{role:?} {page}");
        }
        let cell = [("row", "2"), ("column", "0"), ("text", "x"), ("sort", "x"), ("period", "2025")];
        for act in ["drop", "columns", "fix", "unfix", "skip", "restore", "accept", "load"] {
            let answer = other.post(&format!("{import}/{act}"), &cell).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{role:?} {act}: {} {}", answer.status, answer.text);
        }
        assert!(!other.get("/imports").await.text.contains("企业年报.csv"));
    }
    assert_eq!(owner.get(&format!("{import}/check")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn an_officer_brings_in_rows_of_their_own_units_only() {
    let house = House::new().await;
    let mut analyst = house.as_role(Role::Analyst).await;
    let import = begin(&mut analyst, &sheet(&[row(&code(9), "样例西区有限公司", "西区", "1", "1")])).await;
    load(&house, &mut analyst, &import, &[]).await;
    let mut officer = house.as_role(Role::Officer).await;
    let rows = [
        row(&code(9), "样例西区有限公司", "东区", "2", "2"),
        row(&code(10), "样例新有限公司", "西区", "3", "3"),
        row(&code(11), "样例东有限公司", "东区", "4", "4"),
    ];
    let import = begin(&mut officer, &sheet(&rows)).await;
    let check = officer.get(&format!("{import}/check")).await;
    assert_eq!((total(&check.text, "有问题"), total(&check.text, "没有问题")), ("2".into(), "1".into()));
    assert!(check.text.contains("不在您的范围内"), "{}", check.text);
    load(&house, &mut officer, &import, &[("skip_faulty", "1")]).await;
    assert!(known(&house, &code(11)).await && !known(&house, &code(10)).await);
}

#[tokio::test]
async fn every_bad_file_is_refused_on_the_form_in_words_and_nothing_is_kept() {
    let house =
        House::with(Settings { largest_upload: 256 * 1024, ..Settings::default() }, Catalogue::builtin().clone()).await;
    let mut browser = house.as_role(Role::Officer).await;
    let large = vec![b'a'; 300 * 1024];
    let cut = &reports::workbook::template(SubjectKind::Award, Catalogue::builtin(), &[2025], kernel::Lang::Zh)
        .unwrap()[..900];
    let cases: [(&str, &[u8], &str); 7] = [
        ("空.xlsx", b"", "是空的"),
        ("扫描.pdf", b"%PDF-1.7 something", "PDF"),
        ("图片.xlsx", b"\x89PNG\r\n\x1a\n0000", "图片"),
        ("损坏.xlsx", cut, "损坏"),
        ("网页.xls", b"<html><table><tr><td>1</td></tr></table></html>", "网页"),
        ("乱码.csv", b"a,b\n\xff\xfe\xfd\x81\x00\xff,1\n", "文件"),
        ("太大.csv", &large, "太大"),
    ];
    for (name, bytes, expected) in cases {
        let fields = [("kind", "person"), ("origin", "人社局")];
        let answer = browser.upload("/imports/new", &fields, Some((name, bytes))).await;
        assert!(answer.status.is_client_error(), "{name}: {}", answer.status);
        assert!(answer.text.contains("role=\"alert\"") && answer.text.contains(expected), "{name}: {}", answer.text);
        assert!(answer.text.contains("action=\"/imports/new\""), "{name} is refused on the form: {}", answer.text);
        if name != "太大.csv" {
            assert!(answer.text.contains("value=\"人社局\""), "what was entered stays: {name}");
        }
    }
    for (fields, expected) in [
        ([("kind", "nonsense"), ("origin", "人社局")], "请选择这张表说的是什么"),
        ([("kind", "enterprise"), ("origin", " ")], "请填写来源方"),
    ] {
        let answer = browser.upload("/imports/new", &fields, Some(("a.csv", b"a\n1\n"))).await;
        assert!(answer.text.contains(expected), "{}", answer.text);
    }
    assert!(
        browser
            .upload("/imports/new", &[("kind", "enterprise"), ("origin", "x")], None)
            .await
            .text
            .contains("没有选择文件")
    );
    assert!(house.app.store().open_drafts("officer").await.unwrap().is_empty());
}

#[tokio::test]
async fn columns_are_put_right_in_place_and_what_was_typed_stays_when_it_does_not_fit() {
    let house = House::new().await;
    let mut browser = house.as_role(Role::Analyst).await;
    let bytes = format!("统一社会信用代码,企业名称,营业收入总额（万元）,备注栏\n{},样例甲有限公司,12.5,无\n", code(1));
    let import = begin(&mut browser, bytes.as_bytes()).await;
    let columns = browser.get(&format!("{import}/columns")).await;
    assert!(columns.text.contains("缺年份") && columns.text.contains("2 列还要您看一下"), "{}", columns.text);
    let check = browser.get(&format!("{import}/check")).await;
    assert!(check.text.contains("去核对各列") && !check.text.contains(&format!("action=\"{import}/load\"")));
    for (field, unit, expected) in
        [("营业收入总额", "万元", "要写明年份"), ("营业收入总额", "公斤", "不能用单位"), ("没有这个", "", "目录中没有")]
    {
        let fields = vec![("period", ""), ("field-2", field), ("period-2", "去年"), ("unit-2", unit), ("skip-3", "1")];
        let answer = browser.post(&format!("{import}/columns"), &fields).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            answer.text.contains(expected) && answer.text.contains("value=\"去年\""),
            "{expected}: {}",
            answer.text
        );
    }
    let good = [("field-2", "营业收入总额"), ("period-2", "2024"), ("unit-2", "元"), ("skip-3", "1")];
    let answer = browser.post(&format!("{import}/columns"), &good).await;
    assert_eq!(answer.location(), format!("{import}/check"), "{}", answer.text);
    let columns = browser.get(&format!("{import}/columns")).await;
    assert!(
        columns.text.contains("您指定的")
            && columns.text.contains("value=\"2024\"")
            && columns.text.contains("value=\"元\"")
    );
    let done = load(&house, &mut browser, &import, &[]).await;
    assert_eq!(total(&done.text, "存入"), "1", "{}", done.text);
}

#[tokio::test]
async fn a_load_whose_runner_was_killed_is_taken_up_again_and_never_stored_twice() {
    for stored_before in [false, true] {
        let house = House::new().await;
        let mut browser = house.as_role(Role::Analyst).await;
        let bytes = sheet(&[row(&code(1), "样例甲有限公司", "东区", "1", "1")]);
        let import = begin(&mut browser, &bytes).await;
        browser.post(&format!("{import}/load"), &[]).await;
        let store = house.app.store();
        let dead = store.claim_job(&[KIND], Uuid::new_v4()).await.unwrap().expect("a job waits");
        if stored_before {
            // The runner died after its rows were stored and before it could say so.
            let incoming = Incoming {
                source: kernel::SourceKind::Sheet,
                bytes: Arc::from(&bytes[..]),
                title: "企业年报.csv".into(),
                origin: "统计办".into(),
                by: "analyst".into(),
            };
            let plan = intake::Plan::of(SubjectKind::Enterprise);
            intake::take_in(store, &incoming, &plan, Catalogue::builtin(), &Scope::Zone, Manner::default())
                .await
                .unwrap();
        }
        assert!(browser.get(&format!("{import}/load")).await.text.contains("正在进行"));
        assert!(!run_one(&house.app, Uuid::new_v4()).await.unwrap(), "its runner may still live");
        let later = Clock::fixed(store.clock().now() + 5.minutes());
        let revived = App::new(store.with_clock(later), Settings::default()).await.unwrap();
        assert!(run_one(&revived, Uuid::new_v4()).await.unwrap());
        assert_eq!(store.job(dead.id).await.unwrap().unwrap().attempts, 2);
        let done = browser.get(&format!("{import}/load")).await;
        assert!(done.text.contains("已全部存入台账") && total(&done.text, "存入") == "1", "{}", done.text);
        assert_eq!(store.loads(None, 10).await.unwrap().iter().filter(|load| load.by == "analyst").count(), 1);
        assert!(store.verify().await.unwrap().is_ok());
    }
}

#[tokio::test]
async fn a_stopped_load_leaves_everything_as_it_was_and_can_be_tried_again() {
    let house = House::new().await;
    let mut browser = house.as_role(Role::Analyst).await;
    let import = begin(&mut browser, &sheet(&[row(&code(1), "样例甲有限公司", "东区", "1", "1")])).await;
    browser.post(&format!("{import}/load"), &[]).await;
    let job = house.app.store().jobs(Some("analyst"), 1).await.unwrap()[0].id;
    browser.post(&format!("/jobs/{job}/stop"), &[]).await;
    let page = browser.get(&format!("{import}/load")).await;
    assert!(page.text.contains("什么都没有存入") && !known(&house, &code(1)).await, "{}", page.text);
    assert_eq!(browser.get(&format!("{import}/check")).await.status, StatusCode::OK);
    let done = load(&house, &mut browser, &import, &[]).await;
    assert_eq!(total(&done.text, "存入"), "1");
}

#[tokio::test]
async fn a_script_in_a_cell_a_heading_and_a_files_name_is_shown_as_text() {
    let house = House::new().await;
    let mut browser = house.as_role(Role::Analyst).await;
    let evil = "<script>alert(1)</script>";
    let bytes = format!("统一社会信用代码,企业名称,{evil}\n{evil},{evil},1\n");
    let fields = [("kind", "enterprise"), ("origin", evil)];
    let answer = browser.upload("/imports/new", &fields, Some((evil, bytes.as_bytes()))).await;
    let import = answer.location().trim_end_matches("/columns").to_owned();
    for page in ["/columns", "/check"] {
        let shown = browser.get(&format!("{import}{page}")).await;
        assert!(shown.text.contains("alert(1)") && !shown.text.contains("<script>alert"), "{page}: {}", shown.text);
    }
    let list = browser.get("/imports").await;
    assert!(!list.text.contains("<script>alert"), "{}", list.text);
}

#[tokio::test]
async fn empty_sheets_and_the_marked_workbook_are_handed_out() {
    let house = House::new().await;
    let browser = house.as_role(Role::Clerk).await;
    let mut clerk = browser.clone();
    assert_eq!(clerk.get("/imports/blank/nonsense").await.status, StatusCode::NOT_FOUND);
    for kind in crate::importing::KINDS {
        let answer = clerk.get(&format!("/imports/blank/{}", kind.key())).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.headers["content-disposition"].to_str().unwrap().ends_with(".xlsx"), "{kind:?}");
    }
    let bytes = sheet(&[row(&wrong_code(1), "样例甲有限公司", "东区", "1", "1")]);
    let import = begin(&mut clerk, &bytes).await;
    let marked = clerk.get_bytes(&format!("{import}/marked")).await;
    let mut book = Workbook::open(marked, Limits::default()).unwrap();
    let names: Vec<String> = book.sheets().iter().map(|sheet| sheet.name.clone()).collect();
    assert!(names.iter().any(|name| name == "问题清单"), "{names:?}");
    let mut rows = book.rows("问题清单").unwrap();
    let mut all = String::new();
    while let Some(row) = rows.next_row().unwrap() {
        all.extend(row.cells.iter().map(|cell| cell.shown().into_owned()));
    }
    assert!(all.contains(&wrong_code(1)), "{all}");
}

#[tokio::test]
async fn a_draft_is_left_taken_up_again_and_thrown_away() {
    let house = House::new().await;
    let mut browser = house.as_role(Role::Officer).await;
    let import = begin(&mut browser, &sheet(&[row(&wrong_code(1), "样例甲有限公司", "东区", "1", "1")])).await;
    let mut elsewhere = house.as_role(Role::Officer).await;
    assert!(elsewhere.get("/imports").await.text.contains("企业年报.csv"));
    assert_eq!(elsewhere.get(&import).await.location(), format!("{import}/columns"));
    elsewhere.post(&format!("{import}/fix"), &[("row", "2"), ("column", "0"), ("text", &code(1))]).await;
    assert_eq!(browser.get(&import).await.location(), format!("{import}/check"));
    assert_eq!(total(&browser.get(&format!("{import}/check")).await.text, "有问题"), "0");
    assert_eq!(browser.post(&format!("{import}/drop"), &[]).await.location(), "/imports");
    assert!(!browser.get("/imports").await.text.contains("企业年报.csv"));
    assert_eq!(browser.get(&format!("{import}/check")).await.status, StatusCode::NOT_FOUND);
}
