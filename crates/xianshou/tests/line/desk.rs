//! A folder to work in, and the program run in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use kernel::credit_code::check_digit;
use sea_orm::{ConnectionTrait as _, Database};
use serde_json::Value;

/// A folder of its own; the register lies in `z`.
pub struct Desk {
    folder: tempfile::TempDir,
}

/// What the program answered.
pub struct Answer {
    /// The exit code.
    pub exit: i32,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
}

impl Answer {
    /// The one line of JSON on standard output.
    #[track_caller]
    pub fn json(&self) -> Value {
        assert_eq!(self.out.lines().count(), 1, "one line is promised: {}{}", self.out, self.err);
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }

    /// The answer, when the program ended with this code.
    #[track_caller]
    pub fn ends(self, exit: i32) -> Self {
        assert_eq!(self.exit, exit, "{}{}", self.out, self.err);
        self
    }
}

impl Desk {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A desk whose register knows the enterprise of [`row`] 1.
    pub fn with_an_enterprise() -> Self {
        let desk = Self::new();
        desk.file("first.csv", [HEAD.to_owned(), row(1)].join("\n"));
        desk.import("first.csv", &[]).ends(0);
        desk
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    /// The program, about to run in the folder in the language of the environment.
    pub fn command(&self, lang: &str, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_xianshou"));
        for name in ["XIANSHOU_DATA", "XIANSHOU_DATABASE_URL", "XIANSHOU_LISTEN", "XIANSHOU_LOG", "LC_MESSAGES"] {
            command.env_remove(name);
        }
        command.args(words).current_dir(self.folder.path()).env("LC_ALL", lang).stdin(Stdio::null());
        command
    }

    /// Runs the program in English.
    pub fn run(&self, words: &[&str]) -> Answer {
        answer(self.command("C", words).output().unwrap())
    }

    /// Runs the program in Chinese.
    pub fn run_zh(&self, words: &[&str]) -> Answer {
        answer(self.command("zh_CN.UTF-8", words).output().unwrap())
    }

    /// `import FILE` of enterprises into the register, answered in JSON.
    pub fn import(&self, file: &str, more: &[&str]) -> Answer {
        let words = ["import", file, "--data", "z", "--kind", "enterprise", "--format", "json"];
        self.run(&[&words[..], more].concat())
    }

    /// What the register holds, as an export in csv.
    pub fn exported(&self, columns: &str) -> Vec<String> {
        self.run(&["export", "all.csv", "--data", "z", "--columns", columns]).ends(0);
        let text = std::fs::read_to_string(self.path("all.csv")).unwrap();
        text.lines().skip(1).map(str::to_owned).collect()
    }

    /// Changes the database of the register behind the program's back.
    pub fn tamper(&self, sql: &str) {
        let url = format!("sqlite://{}?mode=rw", self.path("z/xianshou.db").display());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let changed = runtime.block_on(async {
            let connection = Database::connect(url).await.unwrap();
            let changed = connection.execute_unprepared(sql).await.unwrap().rows_affected();
            connection.close().await.unwrap();
            changed
        });
        assert_eq!(changed, 1, "{sql}");
    }

    /// Whether there is such a file.
    pub fn has(&self, name: &str) -> bool {
        Path::new(&self.path(name)).exists()
    }
}

fn answer(output: Output) -> Answer {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    Answer { exit: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

/// The head that most cases use.
pub const HEAD: &str = "统一社会信用代码,企业名称,成立日期,营业收入总额（万元）2025,期末从业人员 2025";

/// A valid code.
pub fn code(nth: u32) -> String {
    let first = format!("91410400MA{nth:07}");
    format!("{first}{}", check_digit(&first).unwrap())
}

/// A sound line under [`HEAD`].
pub fn row(nth: u32) -> String {
    format!("{},样例{nth}有限公司,2018-03-05,{},40", code(nth), 1000 + nth)
}

/// [`HEAD`] and lines under it.
pub fn sheet(lines: &[String]) -> String {
    std::iter::once(HEAD.to_owned()).chain(lines.iter().cloned()).collect::<Vec<_>>().join("\n")
}

/// The same sheet as cells.
pub fn cells(text: &str) -> Vec<Vec<&str>> {
    text.lines().map(|line| line.split(',').collect()).collect()
}
