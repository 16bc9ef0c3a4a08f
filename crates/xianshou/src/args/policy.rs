//! What can be said after `policy`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use jiff::civil::Date;

/// `policy`
#[derive(Debug, Args)]
pub struct Policy {
    /// What to do with policies
    #[command(subcommand)]
    pub act: PolicyAct,
}

/// What can be done with policies.
#[derive(Debug, Subcommand)]
pub enum PolicyAct {
    /// Tell everything that is wrong with policy texts
    Check(Check),
    /// Try the cases of policies
    Test(Test),
    /// Put policy texts in their usual form
    Fmt(Fmt),
    /// Tell why one enterprise gets its answer
    Explain(Explain),
    /// Compare two versions
    Diff(Diff),
    /// Set a figure and see what would follow
    Simulate(Simulate),
}

/// `policy check`
#[derive(Debug, Args)]
pub struct Check {
    /// Policy files, or directories of them; the library that comes with the program when left out
    #[arg(value_name = "FILE|DIR")]
    pub texts: Vec<PathBuf>,
}

/// `policy test`
#[derive(Debug, Args)]
pub struct Test {
    /// Policy files, or directories of them; the library that comes with the program when left out
    #[arg(value_name = "FILE|DIR")]
    pub texts: Vec<PathBuf>,
    /// Also make cases on either side of every threshold, and tell where a slip would not be noticed
    #[arg(long)]
    pub boundaries: bool,
}

/// `policy fmt`
#[derive(Debug, Args)]
pub struct Fmt {
    /// Policy files, or directories of them
    #[arg(value_name = "FILE|DIR", required = true)]
    pub texts: Vec<PathBuf>,
    /// Change nothing; end with 1 where a text is not in its usual form
    #[arg(long)]
    pub check: bool,
}

/// `policy explain`
#[derive(Debug, Args)]
pub struct Explain {
    /// A policy file, or the id of a policy of the library, with its first day where it matters: srdi-sme@2022-08-01
    #[arg(value_name = "FILE|ID")]
    pub rule: String,
    /// The case of the policy to explain
    #[arg(long, value_name = "NAME")]
    pub case: Option<String>,
    /// The facts: a spreadsheet of enterprises, or one enterprise in JSON
    #[arg(long, value_name = "FILE", conflicts_with = "case")]
    pub facts: Option<PathBuf>,
    /// The enterprise of the spreadsheet, by credit code or name
    #[arg(long = "enterprise", value_name = "CODE|NAME")]
    pub firm: Option<String>,
    /// The day of application, which picks the versions; today when left out
    #[arg(long, value_name = "DAY")]
    pub on: Option<Date>,
}

/// The enterprises two versions are worked on.
#[derive(Debug, Args)]
pub struct FactsFrom {
    /// The facts: a spreadsheet of enterprises
    #[arg(long, value_name = "FILE")]
    pub facts: Option<PathBuf>,
    /// The year of columns whose heading names none; the year before the day when left out
    #[arg(long, value_name = "YEAR", requires = "facts")]
    pub year: Option<i16>,
    /// The enterprises of the register in this directory instead
    #[arg(long, value_name = "DIR", conflicts_with = "facts")]
    pub data: Option<PathBuf>,
    /// The enterprises of a register in a database
    #[arg(long, value_name = "URL", conflicts_with_all = ["facts", "data"])]
    pub database_url: Option<String>,
}

/// `policy diff`
#[derive(Debug, Args)]
pub struct Diff {
    /// The version before: a file, or an id with its first day
    #[arg(value_name = "OLD")]
    pub old: String,
    /// The version after
    #[arg(value_name = "NEW")]
    pub new: String,
    #[command(flatten)]
    pub from: FactsFrom,
    /// The day of application, which picks the versions; today when left out
    #[arg(long, value_name = "DAY")]
    pub on: Option<Date>,
    /// End with 1 where they differ
    #[arg(long)]
    pub exit_code: bool,
}

/// `policy simulate`
#[derive(Debug, Args)]
pub struct Simulate {
    /// A policy file, or the id of a policy of the library
    #[arg(value_name = "FILE|ID")]
    pub rule: String,
    /// A figure to set: ID=FIGURE, such as TSME-2a=300人; without any, what can be set is listed
    #[arg(long, value_name = "ID=FIGURE")]
    pub set: Vec<String>,
    #[command(flatten)]
    pub from: FactsFrom,
    /// The day of application, which picks the versions; today when left out
    #[arg(long, value_name = "DAY")]
    pub on: Option<Date>,
}
