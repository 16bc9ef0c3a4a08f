//! `xianshou policy`: policies are checked, tried, put in form, explained and compared.

mod check;
mod compare;
mod effect;
mod explain;
mod form;
mod named;
mod population;
mod problems;
mod simulate;
mod texts;
mod trial;

use crate::args::policy::{Policy, PolicyAct};
use crate::failure::{Exit, Failure};
use crate::talk::Talk;
use named::Refused;

/// Does what was asked.
pub async fn run(talk: &Talk, wanted: Policy) -> Result<Exit, Failure> {
    match wanted.act {
        PolicyAct::Check(wanted) => check::run(talk, &wanted),
        PolicyAct::Test(wanted) => trial::run(talk, &wanted),
        PolicyAct::Fmt(wanted) => form::run(talk, &wanted),
        PolicyAct::Explain(wanted) => told(talk, explain::run(talk, &wanted)),
        PolicyAct::Diff(wanted) => told(talk, compare::run(talk, &wanted).await),
        PolicyAct::Simulate(wanted) => told(talk, simulate::run(talk, &wanted).await),
    }
}

/// A text with errors is answered with all of them.
fn told(talk: &Talk, answer: Result<Exit, Refused>) -> Result<Exit, Failure> {
    match answer {
        Ok(exit) => Ok(exit),
        Err(Refused::Failure(failure)) => Err(failure),
        Err(Refused::Remarks(remarks)) => {
            problems::tell(talk, &remarks);
            Ok(Exit::Faults)
        }
    }
}
