//! Xianshou 先手 on the command line: the same functions as the pages, for people at a terminal
//! and for scripts.

mod args;
mod backup;
mod case;
mod demo;
mod examine;
mod export;
mod failure;
mod firms;
mod help;
mod import;
mod loops;
mod migrate;
mod place;
mod restore;
mod rules;
mod serve;
mod talk;
mod template;
mod user;
mod verify;

use std::process::ExitCode;

use crate::args::{Format, Line, Verb};
use crate::failure::{Exit, Failure};
use crate::talk::Talk;

/// A sheet is millions of small values made and dropped; this allocator takes half the time of
/// the system's.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let lang = talk::lang_of_environment();
    let line = match help::read(lang, std::env::args_os()) {
        Ok(line) => line,
        Err(refused) => return refused,
    };
    let talk = Talk { lang, json: line.json() };
    if matches!(line.format, Format::Xlsx | Format::Pdf) && !matches!(line.verb, Verb::Checkup(_)) {
        let words = (
            "只有 checkup 能写出工作簿和卡片（--format xlsx、pdf）。",
            "only checkup writes a workbook or cards (--format xlsx, pdf)",
        );
        eprintln!("xianshou: {}", lang.pick(words.0, words.1));
        return Exit::Usage.into();
    }
    if line.format == Format::Dot && !matches!(line.verb, Verb::Loops(_)) {
        let words = ("只有 loops 能画图（--format dot）。", "only loops draws a graph (--format dot)");
        eprintln!("xianshou: {}", lang.pick(words.0, words.1));
        return Exit::Usage.into();
    }
    talk::log_to_stderr(matches!(line.verb, Verb::Serve(_) | Verb::Demo(_)));
    match run(&talk, line) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            eprintln!("xianshou: {}", failure.say(lang));
            failure.exit().into()
        }
    }
}

/// Does what the line asks.
#[tokio::main]
async fn run(talk: &Talk, line: Line) -> Result<Exit, Failure> {
    match line.verb {
        Verb::Serve(wanted) => serve::run(talk, wanted).await,
        Verb::Demo(wanted) => demo::run(talk, wanted).await,
        Verb::Import(wanted) => import::run(talk, wanted).await,
        Verb::Export(wanted) => export::run(talk, wanted).await,
        Verb::Template(wanted) => template::run(talk, &wanted),
        Verb::Backup(wanted) => backup::run(talk, wanted).await,
        Verb::Restore(wanted) => restore::run(talk, wanted).await,
        Verb::Verify(wanted) => verify::run(talk, wanted).await,
        Verb::User(wanted) => user::run(talk, wanted).await,
        Verb::Migrate(wanted) => migrate::run(talk, wanted).await,
        Verb::Policy(wanted) => rules::run(talk, wanted).await,
        Verb::Checkup(wanted) => examine::run(talk, line.format, &wanted),
        Verb::Loops(wanted) => loops::run(talk, line.format, &wanted),
        Verb::Case(wanted) => case::run(talk, wanted).await,
    }
}
