//! What can be said after `policy`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

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
