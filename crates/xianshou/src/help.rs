//! Help that teaches: every verb shows how it is used, in the language of the environment.

mod lessons;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Command, CommandFactory as _, FromArgMatches as _};
use kernel::Lang;

use crate::args::Line;
use crate::failure::Exit;
use lessons::{LESSONS, Lesson, OPTIONS};

/// What the exit codes mean.
const EXIT_CODES: (&str, &str) = (
    "退出码：0 完成；1 未能完成，verify 发现改动，或 policy 有所发现（例不通过、格式不合、版本有别）；\
     2 输入有错：导入有错且未入库，或政策、表格读不了；64 命令写法有误",
    "Exit codes: 0 done; 1 not done, verify found an alteration, or policy found something (a case that fails, a text \
     out of form, a difference); 2 faulty input: import found faults and stored nothing, or a policy or spreadsheet \
     cannot be read; 64 the command line was not understood",
);

/// Reads the command line. Help and version are printed here, and so is what is wrong with a
/// line that cannot be read; the exit code to end with is then the error.
pub fn read(lang: Lang, line: impl IntoIterator<Item = OsString>) -> Result<Line, ExitCode> {
    let matches = command(lang).try_get_matches_from(line).and_then(|matches| Line::from_arg_matches(&matches));
    matches.map_err(|error| {
        // Nobody may be listening any more (`xianshou --help | head -1`); then there is nothing to tell.
        let _ = error.print();
        match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Exit::Done.into(),
            _ => Exit::Usage.into(),
        }
    })
}

/// The command line with its help in this language.
fn command(lang: Lang) -> Command {
    let mut command = Line::command().after_help(lang.pick(EXIT_CODES.0, EXIT_CODES.1));
    for lesson in LESSONS {
        let teach = |verb: Command| {
            let about = match lang {
                Lang::Zh => lesson.about.to_owned(),
                Lang::En => verb.get_about().map(ToString::to_string).unwrap_or_default(),
            };
            verb.after_help(examples(lesson, lang)).about(about)
        };
        command = match lesson.verb.split_once(' ') {
            Some((verb, act)) => command.mut_subcommand(verb, |verb| verb.mut_subcommand(act, teach)),
            None => command.mut_subcommand(lesson.verb, teach),
        };
    }
    if lang == Lang::Zh {
        command = in_chinese(command.about("先手：每个数都有出处的园区台账"));
    }
    command
}

fn examples(lesson: &Lesson, lang: Lang) -> String {
    let lines = lesson.examples.iter().map(|(line, zh, en)| format!("  {line}\n      {}", lang.pick(zh, en)));
    format!("{}\n{}", lang.pick("示例：", "Examples:"), lines.collect::<Vec<_>>().join("\n"))
}

/// Puts the Chinese words on every option of a command and of those below it.
fn in_chinese(command: Command) -> Command {
    const ACTS: &[(&str, &str)] = &[
        ("add", "建立账号；密码从标准输入读取"),
        ("grant", "授予角色，范围为某单位及其下级"),
        ("revoke", "收回角色"),
        ("password", "重置密码；从标准输入读取"),
        ("lock", "锁定账号，使其不能登录"),
        ("unlock", "解锁账号"),
        ("list", "列出账号和角色"),
    ];
    let command = command.mut_args(|arg| match OPTIONS.iter().find(|(id, _)| arg.get_id() == id) {
        Some((_, zh)) => arg.help(*zh),
        None => arg,
    });
    command.subcommand_help_heading("命令").mut_subcommands(|verb| {
        let verb = match ACTS.iter().find(|(name, _)| *name == verb.get_name()) {
            Some((_, zh)) => verb.about(*zh),
            None => verb,
        };
        in_chinese(verb)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn visit(command: &Command, each: &mut impl FnMut(&Command)) {
        each(command);
        command.get_subcommands().for_each(|verb| visit(verb, each));
    }

    #[test]
    fn every_option_and_verb_is_explained_in_chinese() {
        let has_chinese = |text: &str| text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
        visit(&command(Lang::Zh), &mut |command| {
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            assert!(has_chinese(&about), "{}: {about}", command.get_name());
            for arg in command.get_arguments().filter(|arg| !["help", "version"].contains(&arg.get_id().as_str())) {
                let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                assert!(has_chinese(&help), "{} {}: {help}", command.get_name(), arg.get_id());
            }
        });
    }

    #[test]
    fn every_verb_has_its_examples_and_every_example_is_a_line_that_can_be_read() {
        let mut verbs: Vec<String> = Vec::new();
        for verb in Line::command().get_subcommands() {
            verbs.push(verb.get_name().to_owned());
            // The acts of `user` are taught by the examples of the verb itself.
            let acts = verb.get_subcommands().filter(|_| verb.get_name() != "user");
            verbs.extend(acts.map(|act| format!("{} {}", verb.get_name(), act.get_name())));
        }
        assert_eq!(verbs, LESSONS.iter().map(|lesson| lesson.verb).collect::<Vec<_>>());
        for (line, _, _) in LESSONS.iter().flat_map(|lesson| lesson.examples) {
            let words = line.split_whitespace().map(OsString::from);
            assert!(read(Lang::En, words).is_ok(), "{line}");
        }
    }

    #[test]
    fn every_line_of_the_page_on_policies_can_be_read() {
        let page = include_str!("../../../docs/policy-command-line.md");
        let lines: Vec<&str> = page.lines().filter(|line| line.starts_with("xianshou ")).collect();
        assert!(lines.len() > 10, "{lines:?}");
        for line in lines {
            assert!(read(Lang::En, line.split_whitespace().map(OsString::from)).is_ok(), "{line}");
        }
    }

    #[test]
    fn clap_finds_nothing_wrong_with_the_definition() {
        command(Lang::Zh).debug_assert();
        command(Lang::En).debug_assert();
    }
}
