//! Help that teaches: every verb shows how it is used, in the language of the environment.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::ErrorKind;
use clap::{Command, CommandFactory as _, FromArgMatches as _};
use kernel::Lang;

use crate::args::Line;
use crate::failure::Exit;

/// How a verb is used: the verb, what it does in Chinese, examples in Chinese and English.
struct Lesson {
    verb: &'static str,
    about: &'static str,
    examples: &'static [(&'static str, &'static str, &'static str)],
}

const LESSONS: &[Lesson] = &[
    Lesson {
        verb: "serve",
        about: "启动一个台账的页面和接口",
        examples: &[
            (
                "xianshou serve --data data/zone",
                "只在本机，http://127.0.0.1:8080",
                "this machine only, http://127.0.0.1:8080",
            ),
            (
                "xianshou serve --listen 0.0.0.0:8080 --public-origin https://zone.example",
                "在反向代理之后，供全区使用",
                "behind a proxy, for the whole zone",
            ),
            (
                "xianshou serve --database-url postgres://xianshou@db/zone",
                "数据存放在 PostgreSQL",
                "the register in PostgreSQL",
            ),
        ],
    },
    Lesson {
        verb: "demo",
        about: "建立或打开样例园区并启动服务",
        examples: &[
            (
                "xianshou demo",
                "约需几秒，随后给出网址和各角色的账号",
                "takes some seconds, then names the address and an account for each role",
            ),
            ("xianshou demo --listen 127.0.0.1:8090 --data data/sample --format json", "供脚本使用", "for a script"),
        ],
    },
    Lesson {
        verb: "import",
        about: "检查一张表格并存入台账",
        examples: &[
            ("xianshou import 企业.xlsx --kind enterprise --dry-run", "只检查，不入库", "check only"),
            (
                "xianshou import 年报.xlsx --kind enterprise --origin 统计办",
                "全部正确才入库",
                "stored only if every row is right",
            ),
            (
                "xianshou import 名单.csv --kind enterprise --column code=stock_code --column exchange=",
                "指明一列是什么，略去另一列",
                "says what one column holds and leaves another out",
            ),
            (
                "xianshou import 年报.xlsx --kind enterprise --year 2025",
                "表头没有写年份时指明年份",
                "where the headings name no year",
            ),
            (
                "xianshou import 年报.csv --kind enterprise --skip-faulty --marked 错误.xlsx",
                "有错的行留出并在表中标明",
                "leave faulty rows out and mark them in a workbook",
            ),
        ],
    },
    Lesson {
        verb: "export",
        about: "把清单写成工作簿",
        examples: &[
            (
                "xianshou export 企业.xlsx",
                "全部企业；在表中改好再导入，只存入改动之处",
                "every enterprise; changed and imported again, only the changes are stored",
            ),
            (
                "xianshou export 营收.xlsx --columns uscc,name,operating_revenue@2025",
                "自选列和年份",
                "chosen columns and years",
            ),
        ],
    },
    Lesson {
        verb: "template",
        about: "写一个表头正确的空白工作簿",
        examples: &[(
            "xianshou template 企业模板.xlsx --kind enterprise",
            "发给各单位填写",
            "for the bureaus to fill in",
        )],
    },
    Lesson {
        verb: "backup",
        about: "在使用中备份台账",
        examples: &[(
            "xianshou backup 2026-11-22.xsb --data data/zone",
            "不影响正在使用的人",
            "nobody has to stop working",
        )],
    },
    Lesson {
        verb: "restore",
        about: "用备份建立台账",
        examples: &[
            ("xianshou restore 2026-11-22.xsb --data data/new", "目标须为空", "the target must be empty"),
            (
                "xianshou restore 2026-11-22.xsb --database-url postgres://xianshou@db/zone",
                "从 SQLite 搬到 PostgreSQL",
                "moves a register from SQLite to PostgreSQL",
            ),
        ],
    },
    Lesson {
        verb: "verify",
        about: "核对已写入的内容未被改动",
        examples: &[(
            "xianshou verify --data data/zone",
            "发现改动时退出码为 1",
            "exit code 1 where something was altered",
        )],
    },
    Lesson {
        verb: "user",
        about: "在本机管理账号",
        examples: &[
            (
                "xianshou user add wang --person 王工 --role system_admin",
                "密码从标准输入读取",
                "the password is read from standard input",
            ),
            ("xianshou user grant wang officer --unit 装备园", "授予某单位范围内的角色", "a role over one unit"),
            ("xianshou user list", "全部账号和角色", "every account and role"),
        ],
    },
    Lesson {
        verb: "migrate",
        about: "把台账升级到本版程序",
        examples: &[("xianshou migrate --data data/zone", "请先备份", "make a backup first")],
    },
];

/// The Chinese words for every option and argument, by its id in `args`.
const OPTIONS: &[(&str, &str)] = &[
    ("format", "给人看的文字（text），或给脚本的 JSON（json）"),
    ("data", "存放台账的目录（都不写时为 data/zone）"),
    ("database_url", "改用数据库：postgres://用户:密码@主机/库名 或 sqlite:路径"),
    ("listen", "监听的地址"),
    ("public_origin", "前面有反向代理时，人们输入的网址，如 https://zone.example"),
    ("open_to_network", "密码是公开的，仍要向网络开放"),
    ("file", "文件"),
    ("kind", "一行说的是什么：enterprise、institution、platform、achievement、equipment、person、title 等"),
    ("origin", "来源方，如 统计办；不写时用文件名"),
    ("sheet", "要读的工作表；不写时读取讲这类主体的全部工作表，全部存入或全不存入"),
    ("year", "表头没有写年份的列是哪一年的"),
    ("column", "表头没有写明的列是什么：表头=字段，如 code=stock_code；表头= 表示不导入这一列"),
    ("progress", "在标准错误上报告进度，不是终端时也报告"),
    ("dry_run", "只检查，不入库"),
    ("skip_faulty", "留出有错的行，其余入库"),
    ("marked", "写回一份在单元格中标明错误的工作簿"),
    ("columns", "列的代码，可带年份：uscc,name,operating_revenue@2025"),
    ("search", "只要名称或代码中含有这些字的行"),
    ("name", "账号名"),
    ("person", "人员姓名"),
    ("unit", "单位；不写时为整个园区"),
    ("role", "角色：leader、analyst、officer、clerk、enterprise、system_admin、security_admin、auditor"),
    ("enterprise", "企业账号所属企业的统一社会信用代码"),
];

/// What the exit codes mean.
const EXIT_CODES: (&str, &str) = (
    "退出码：0 完成；1 未能完成，或 verify 发现改动；2 导入有错且未入库；64 命令写法有误",
    "Exit codes: 0 done; 1 not done, or verify found an alteration; 2 import found faults and stored nothing; \
     64 the command line was not understood",
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
        command = command.mut_subcommand(lesson.verb, |verb| {
            verb.after_help(examples(lesson, lang)).about(match lang {
                Lang::Zh => lesson.about.to_owned(),
                Lang::En => about_in_english(lesson.verb),
            })
        });
    }
    if lang == Lang::Zh {
        command = in_chinese(command.about("先手：每个数都有出处的园区台账"));
    }
    command
}

fn about_in_english(verb: &str) -> String {
    Line::command().find_subcommand(verb).and_then(Command::get_about).map(ToString::to_string).unwrap_or_default()
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
        let verbs: Vec<String> = Line::command().get_subcommands().map(|verb| verb.get_name().to_owned()).collect();
        assert_eq!(verbs, LESSONS.iter().map(|lesson| lesson.verb).collect::<Vec<_>>());
        for (line, _, _) in LESSONS.iter().flat_map(|lesson| lesson.examples) {
            let words = line.split_whitespace().map(OsString::from);
            assert!(read(Lang::En, words).is_ok(), "{line}");
        }
    }

    #[test]
    fn clap_finds_nothing_wrong_with_the_definition() {
        command(Lang::Zh).debug_assert();
        command(Lang::En).debug_assert();
    }
}
