//! What can be said on the command line. The Chinese words for it stand in `help`.

pub mod policy;

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use jiff::civil::Date;

use crate::failure::Failure;

/// Xianshou 先手: a zone's register in which every number has a source.
#[derive(Debug, Parser)]
#[command(name = "xianshou", version, disable_help_subcommand = true)]
pub struct Line {
    /// What to do
    #[command(subcommand)]
    pub verb: Verb,
    /// Answer with words for people, or JSON for scripts
    #[arg(long, global = true, value_enum, default_value = "text")]
    pub format: Format,
}

impl Line {
    /// Whether a script asked.
    pub fn json(&self) -> bool {
        self.format == Format::Json
    }
}

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Words for people
    Text,
    /// JSON for scripts
    Json,
    /// A workbook, from `checkup`
    Xlsx,
    /// A card in PDF for each enterprise, from `checkup`
    Pdf,
    /// A graph in the DOT language, from `loops`
    Dot,
}

/// The verbs.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Serve the pages and the API of a register
    Serve(Serve),
    /// Make or open the sample zone and serve it
    Demo(Demo),
    /// Check a spreadsheet and store it
    Import(Import),
    /// Write a list to a workbook
    Export(Export),
    /// Write an empty workbook with the right headings
    Template(Template),
    /// Copy a register while it is in use
    Backup(Backup),
    /// Make a register from a backup
    Restore(Restore),
    /// Check that nothing that was written has been altered
    Verify(Verify),
    /// Manage accounts from the machine itself
    User(User),
    /// Bring a register to this release
    Migrate(Migrate),
    /// List every kind of closed loop: states, steps, who may take them, clocks and proof
    Loops(Loops),
    /// Print one case with everything that happened in it
    Case(Case),
    /// Write, try and compare policies
    Policy(policy::Policy),
    /// Check the enterprises of a spreadsheet against the policies
    Checkup(Checkup),
}

/// `loops`
#[derive(Debug, Args)]
pub struct Loops {
    /// Only these kinds, such as matter; every kind when left out
    #[arg(value_name = "KIND")]
    pub only: Vec<String>,
}

/// `case`
#[derive(Debug, Args)]
pub struct Case {
    /// The kind, such as matter; `xianshou loops` lists them
    #[arg(value_name = "KIND")]
    pub case_kind: String,
    /// Its number, such as SQ-2026-00017
    #[arg(value_name = "NUMBER")]
    pub number: String,
    #[command(flatten)]
    pub register: Register,
}

/// Which register.
#[derive(Debug, Clone, Args)]
pub struct Register {
    /// The directory that holds the register (data/zone when neither is given)
    #[arg(long, global = true, env = "XIANSHOU_DATA", value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// A database instead: postgres://USER:PASSWORD@HOST/NAME or sqlite:PATH
    #[arg(
        long,
        global = true,
        env = "XIANSHOU_DATABASE_URL",
        value_name = "URL",
        conflicts_with = "data",
        hide_env_values = true
    )]
    pub database_url: Option<String>,
}

/// How to listen.
#[derive(Debug, Clone, Args)]
pub struct Listen {
    /// The address to listen on
    #[arg(long, env = "XIANSHOU_LISTEN", value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// The address people type, such as <https://zone.example>, where a proxy stands in front
    #[arg(long, env = "XIANSHOU_PUBLIC_ORIGIN", value_name = "URL")]
    pub public_origin: Option<String>,
    #[command(flatten)]
    pub fonts: Fonts,
    #[command(flatten)]
    pub mail: Mail,
}

/// Through which server mail goes out.
#[derive(Debug, Clone, Args)]
pub struct Mail {
    /// The mail server: smtps://USER:PASSWORD@HOST:465 or smtp://USER:PASSWORD@HOST:587?tls=required
    #[arg(long, env = "XIANSHOU_MAIL_SERVER", value_name = "URL", hide_env_values = true, requires = "mail_from")]
    pub mail_server: Option<String>,
    /// Who writes, such as: 先手 <zone@zone.example>
    #[arg(long, env = "XIANSHOU_MAIL_FROM", value_name = "ADDRESS")]
    pub mail_from: Option<String>,
}

impl Mail {
    /// The server.
    ///
    /// # Errors
    /// What is wrong with the address or the sender; the address is not repeated, it bears a password.
    pub fn server(&self) -> Result<Option<delivery::MailServer>, Failure> {
        let (Some(address), Some(from)) = (&self.mail_server, &self.mail_from) else { return Ok(None) };
        let server = delivery::MailServer::new(address, from);
        server.map(Some).map_err(|wrong| Failure::said(format!("{wrong}。"), wrong.to_string()))
    }
}

/// Where fonts are.
#[derive(Debug, Clone, Args)]
pub struct Fonts {
    /// Where Chinese fonts for cards in PDF are looked for; where fonts-noto-cjk puts them when left out
    #[arg(long, env = "XIANSHOU_FONTS", value_name = "DIR", value_delimiter = ':')]
    pub fonts: Vec<PathBuf>,
}

impl Fonts {
    /// The directories to look in.
    pub fn places(&self) -> Vec<PathBuf> {
        match self.fonts.is_empty() {
            true => reports::card::FONT_PLACES.iter().map(PathBuf::from).collect(),
            false => self.fonts.clone(),
        }
    }
}

/// `serve`
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub register: Register,
    #[command(flatten)]
    pub listen: Listen,
}

/// `demo`
#[derive(Debug, Args)]
pub struct Demo {
    /// The directory of the sample zone
    #[arg(long, value_name = "DIR", default_value = "data/sample")]
    pub data: PathBuf,
    #[command(flatten)]
    pub listen: Listen,
    /// Serve to the network although the passwords are public
    #[arg(long)]
    pub open_to_network: bool,
    /// Make the sample zone with its check-ups, and serve nothing
    #[arg(long)]
    pub make_only: bool,
}

/// `import`
#[derive(Debug, Args)]
pub struct Import {
    /// The workbook (xlsx, xls) or csv file
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub register: Register,
    /// What a row speaks of: enterprise, institution, platform, achievement, equipment, person, title …;
    /// when left out, each sheet is read as what it is: enterprises and their records in one load
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    /// What one sheet speaks of, where that is not told from its head: SHEET=KIND, such as
    /// 清单=title; SHEET= leaves the sheet out
    #[arg(long = "as", value_name = "SHEET=KIND")]
    pub sheet_kind: Vec<String>,
    /// Who speaks, such as 统计办; the file's name when left out
    #[arg(long, value_name = "NAME")]
    pub origin: Option<String>,
    /// The sheet to read; when left out, every sheet that speaks of the kind, all or nothing
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// The year of columns whose heading names none
    #[arg(long, value_name = "YEAR")]
    pub year: Option<i16>,
    /// What a column holds, where its heading does not say: HEADING=KEY, such as code=stock_code;
    /// HEADING= leaves the column out
    #[arg(long, value_name = "HEADING=KEY")]
    pub column: Vec<String>,
    /// Tell how far it has come, on standard error, also where that is no terminal
    #[arg(long)]
    pub progress: bool,
    /// Check only, store nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Leave rows with faults out and store the rest
    #[arg(long)]
    pub skip_faulty: bool,
    /// Write the workbook back with its faults marked in the cells
    #[arg(long, value_name = "FILE")]
    pub marked: Option<PathBuf>,
}

/// `export`
#[derive(Debug, Args)]
pub struct Export {
    /// The workbook to write (xlsx)
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub register: Register,
    /// What to list
    #[arg(long, value_name = "KIND", default_value = "enterprise")]
    pub kind: String,
    /// The columns by key, with a year where they have one: uscc,name,operating_revenue@2025
    #[arg(long, value_name = "KEYS", value_delimiter = ',')]
    pub columns: Vec<String>,
    /// Only rows with these words in their name or code
    #[arg(long, value_name = "WORDS")]
    pub search: Option<String>,
}

/// `template`
#[derive(Debug, Args)]
pub struct Template {
    /// The workbook to write (xlsx)
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// What a row will speak of
    #[arg(long, value_name = "KIND", default_value = "enterprise")]
    pub kind: String,
}

/// `backup`
#[derive(Debug, Args)]
pub struct Backup {
    /// The file to write
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub register: Register,
}

/// `restore`
#[derive(Debug, Args)]
pub struct Restore {
    /// The backup
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub register: Register,
}

/// `verify`
#[derive(Debug, Args)]
pub struct Verify {
    #[command(flatten)]
    pub register: Register,
}

/// `checkup`
#[derive(Debug, Args)]
pub struct Checkup {
    /// The workbook (xlsx, xls) or csv file of enterprises; records such as 知识产权 in further sheets
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// The day of application, which picks the versions; today when left out
    #[arg(long, value_name = "DAY")]
    pub on: Option<Date>,
    /// The policies by id; every one in force when left out
    #[arg(long, value_name = "ID", num_args = 1.., value_delimiter = ',')]
    pub policy: Vec<String>,
    /// The province whose own rules go before those of the country, such as 广东
    #[arg(long, value_name = "NAME")]
    pub place: Option<String>,
    /// The year of columns whose heading names none; the year before the day when left out
    #[arg(long, value_name = "YEAR")]
    pub year: Option<i16>,
    /// Check nobody where a cell cannot be read
    #[arg(long)]
    pub strict: bool,
    /// Write the results to a file; with --format pdf, a card for each enterprise into a directory
    #[arg(long, value_name = "FILE|DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub fonts: Fonts,
}

/// `migrate`
#[derive(Debug, Args)]
pub struct Migrate {
    #[command(flatten)]
    pub register: Register,
}

/// `user`
#[derive(Debug, Args)]
pub struct User {
    #[command(flatten)]
    pub register: Register,
    /// What to do with accounts
    #[command(subcommand)]
    pub act: UserAct,
}

/// What can be done to accounts.
#[derive(Debug, Subcommand)]
pub enum UserAct {
    /// Create an account; its password is read from standard input
    Add {
        /// The name to sign in with
        name: String,
        /// The person's name
        #[arg(long, value_name = "NAME")]
        person: Option<String>,
        /// The unit it belongs to; the zone when left out
        #[arg(long, value_name = "UNIT")]
        unit: Option<String>,
        /// A role to grant at once, over that unit
        #[arg(long, value_name = "ROLE")]
        role: Option<String>,
        /// The credit code of the enterprise that an enterprise account is bound to
        #[arg(long, value_name = "CODE")]
        enterprise: Option<String>,
    },
    /// Grant a role over a unit and those below it
    Grant {
        /// The account
        name: String,
        /// leader, analyst, officer, clerk, enterprise, system_admin, security_admin or auditor
        role: String,
        /// The unit; the zone when left out
        #[arg(long, value_name = "UNIT")]
        unit: Option<String>,
    },
    /// Take a role back
    Revoke {
        /// The account
        name: String,
        /// The role
        role: String,
        /// The unit; the zone when left out
        #[arg(long, value_name = "UNIT")]
        unit: Option<String>,
    },
    /// Set a new password, read from standard input
    Password {
        /// The account
        name: String,
    },
    /// Keep an account from signing in
    Lock {
        /// The account
        name: String,
    },
    /// Let an account sign in again
    Unlock {
        /// The account
        name: String,
    },
    /// List accounts with their roles
    List,
}
