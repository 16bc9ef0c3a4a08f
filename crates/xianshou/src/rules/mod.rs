//! `xianshou policy`: policies are checked, tried, put in form, explained and compared.

mod check;
mod form;
mod problems;
mod texts;
mod trial;

use crate::args::policy::{Policy, PolicyAct};
use crate::failure::{Exit, Failure};
use crate::talk::Talk;

/// Does what was asked.
pub fn run(talk: &Talk, wanted: Policy) -> Result<Exit, Failure> {
    match wanted.act {
        PolicyAct::Check(wanted) => check::run(talk, &wanted),
        PolicyAct::Test(wanted) => trial::run(talk, &wanted),
        PolicyAct::Fmt(wanted) => form::run(talk, &wanted),
    }
}
