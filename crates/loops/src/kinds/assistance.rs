//! Assistance (三级联动救助): a signal passes from the grid to the street to the district until somebody
//! is helped.

use super::USUAL_LADDER;
use crate::kind::{Clock, Kind, Mark, Need, Party as P, State, Step};

pub(super) const ASSISTANCE: Kind = Kind {
    key: "assistance",
    zh: "救助",
    en: "assistance",
    opened_by: &[P::Officer, P::Park, P::Desk, P::Clock],
    promise: Some(Clock::WorkingDays(20)),
    ladder: USUAL_LADDER,
    states: &[
        State::runs("signalled", "待核实", "to be looked into", P::Officer, Clock::WorkingDays(2)),
        State::runs("street", "街道办理", "with the street", P::Lead, Clock::WorkingDays(5)),
        State::runs("district", "区级办理", "with the district", P::Superior, Clock::WorkingDays(10)),
        State::runs("helped", "待回访", "to be asked after", P::Officer, Clock::NaturalDays(30)),
        State::ended("closed", "已办结", "closed"),
        State::ended("unfounded", "经核实无需救助", "no need found"),
    ],
    steps: &[
        Step::to(
            ("look_into", "核实属实", "confirm"),
            &["signalled"],
            "street",
            &[P::Officer],
            &[Need::Text, Need::Unit],
        ),
        Step::to(("dismiss", "核实无需救助", "dismiss"), &["signalled"], "unfounded", &[P::Officer], &[Need::Reason])
            .counted(Mark::WithoutEffect),
        Step::to(("raise", "上报区级", "raise"), &["street"], "district", &[P::Lead, P::Clock], &[Need::Reason]),
        // Nothing is lost between the levels: what the grid leaves lying goes to the district.
        Step::to(("pass_up", "逾期上报", "pass up"), &["signalled"], "district", &[P::Clock], &[Need::Reason]),
        Step::within(
            ("pay", "发放救助款物", "pay"),
            &["street", "district", "helped"],
            &[P::Lead, P::Superior],
            &[Need::Text, Need::Proof],
        ),
        Step::within(("check_up", "定期核查", "check up"), &["helped"], &[P::Officer, P::Second], &[Need::Text]),
        Step::to(
            ("help", "落实救助", "help"),
            &["street", "district"],
            "helped",
            &[P::Lead, P::Superior],
            &[Need::Text, Need::Proof],
        )
        .handing_in(),
        Step::to(
            ("ask_after", "回访", "ask after"),
            &["helped"],
            "closed",
            &[P::Officer, P::Second],
            &[Need::Text, Need::AnotherPerson],
        ),
        Step::to(
            ("not_helped", "回访未落实", "not helped"),
            &["helped"],
            "street",
            &[P::Officer, P::Second],
            &[Need::Reason],
        ),
        Step::to(
            ("reopen", "重新提出", "signal again"),
            &["closed", "unfounded"],
            "signalled",
            &[P::Officer, P::Park, P::Clock],
            &[Need::Reason],
        )
        .reopening(),
    ],
};
