//! `xianshou demo`: the sample zone, made on first use and served with an account for each role.

mod accounts;
mod fill;
mod past;
mod planned;
mod workbook;

use std::path::Path;

use kernel::{Lang, SubjectId, SubjectKind};
use sample::SampleAccount;
use serde_json::{Value, json};
use store::{Key, Resolution, Store};
use web::{App, Settings};

use crate::args::{Demo, Register};
use crate::failure::{Exit, Failure};
use crate::serve;
use crate::talk::Talk;

pub use workbook::refused;

/// Makes or opens the sample zone, says how to sign in, and serves.
pub async fn run(talk: &Talk, wanted: Demo) -> Result<Exit, Failure> {
    if !wanted.listen.listen.ip().is_loopback() && !wanted.open_to_network {
        return Err(Failure::said(
            "样例账号的密码是公开的，只在本机（127.0.0.1）提供。确要向网络开放，请加 --open-to-network。",
            "the passwords of the sample accounts are public, so they are served to this machine only (127.0.0.1); \
             to open them to the network all the same, add --open-to-network",
        ));
    }
    if wanted.make_only {
        return make(talk, &wanted.data).await.map(|()| Exit::Done);
    }
    let listener = serve::listen(wanted.listen.listen).await?;
    let accounts = sample::accounts();
    let register = register(&wanted.data);
    let mut store = register.open_or_create().await?;
    if !fill::is_filled(&store, &accounts, &wanted.data).await? {
        store.close().await?;
        made_beside(talk, &wanted.data).await?;
        store = register.open_or_create().await?;
    }
    let url = serve::address(&wanted.listen, &listener)?;
    talk.answer(&for_script(&url, &accounts), |lang| {
        let folder = wanted.data.join(workbook::FOLDER);
        for_person(lang, &url, &accounts, &folder.display().to_string())
    });
    serve::until_stopped(store, &wanted.listen, listener).await
}

fn register(directory: &Path) -> Register {
    Register { data: Some(directory.to_owned()), database_url: None }
}

/// Makes the sample zone, with everybody checked up on.
async fn make(talk: &Talk, directory: &Path) -> Result<(), Failure> {
    let store = register(directory).open_or_create().await?;
    fill::unless_filled(talk, &store, &sample::zone(), directory).await?;
    let app = App::new(store.clone(), Settings::default()).await?;
    web::cultivation::batch::at_once(&app).await.map_err(|failure| Failure::said(failure.zh, failure.en))?;
    drop(app);
    store.close().await?;
    Ok(())
}

/// Has the zone made by a process of its own: what the making needs of memory, twice as much as serving the
/// zone does, goes with it.
async fn made_beside(talk: &Talk, directory: &Path) -> Result<(), Failure> {
    let Ok(program) = std::env::current_exe() else { return make(talk, directory).await };
    let mut making = tokio::process::Command::new(program);
    making.args(["demo", "--make-only", "--data"]).arg(directory).kill_on_drop(true);
    if talk.json {
        making.args(["--format", "json"]);
    }
    match making.status().await {
        Ok(ended) if ended.success() => Ok(()),
        Ok(_) => Err(Failure::said(
            "样例园区没有建成，原因见上。改正后再运行一次，会接着建。",
            "the sample zone was not made, for the reason above; put it right and run this again, it goes on from there",
        )),
        // A program that may not start itself does the work here.
        Err(_) => make(talk, directory).await,
    }
}

fn for_script(url: &str, accounts: &[SampleAccount]) -> Value {
    let accounts: Vec<Value> =
        accounts.iter().map(|one| json!({ "name": one.name, "password": one.password, "role": one.role })).collect();
    json!({ "url": url, "accounts": accounts })
}

fn for_person(lang: Lang, url: &str, accounts: &[SampleAccount], folder: &str) -> String {
    let mut lines = vec![match lang {
        Lang::Zh => format!("样例高新区已启动：{url}（按 Ctrl+C 停止）\n"),
        Lang::En => format!("The sample zone is at {url} (Ctrl+C stops)\n"),
    }];
    for one in accounts {
        lines.push(format!("  {:<12}{:<22}{}", one.name, one.password, lang.pick(one.person.0, one.person.1)));
    }
    lines.push(match lang {
        Lang::Zh => format!("\n样例工作簿在 {folder}，其中一份有意留了错误，可用来试导入。"),
        Lang::En => format!("\nThe sample workbooks are in {folder}; one has deliberate faults to try an import with."),
    });
    lines.join("\n")
}

/// The enterprise with this credit code.
pub async fn enterprise_with(store: &Store, code: &str) -> Result<SubjectId, Failure> {
    let key = Key { code: Some(code.to_owned()), name: None };
    match store.resolve(SubjectKind::Enterprise, &[key]).await?.first() {
        Some(Resolution::Existing(id)) => Ok(*id),
        _ => Err(Failure::said(
            format!("台账中没有统一社会信用代码为 {code} 的企业。"),
            format!("the register knows no enterprise with the credit code {code}"),
        )),
    }
}
