//! A task of a list (挂图作战、逐项销号): it ends with proof and a second person.

use super::USUAL_LADDER;
use crate::kind::{Clock, Kind, Mark, Need, Party as P, State, Step};

pub(super) const TASK: Kind = Kind {
    key: "task",
    zh: "任务",
    en: "task",
    opened_by: &[P::Supervisor],
    promise: None,
    ladder: USUAL_LADDER,
    states: &[
        State::runs("set", "待领取", "to be taken up", P::Lead, Clock::WorkingDays(3)),
        State::runs("underway", "推进中", "underway", P::Lead, Clock::NaturalDays(31)),
        State::runs("handed_in", "待复核", "to be checked", P::Second, Clock::WorkingDays(3)),
        State::ended("closed", "已销号", "closed"),
        State::ended("cancelled", "已取消", "cancelled"),
    ],
    steps: &[
        Step::to(("take_up", "领取", "take up"), &["set"], "underway", &[P::Lead], &[]),
        Step::within(("report", "报告进展", "report"), &["underway"], &[P::Lead, P::Assisting], &[Need::Text]),
        Step::to(
            ("hand_in", "申请销号", "hand in"),
            &["underway"],
            "handed_in",
            &[P::Lead],
            &[Need::Text, Need::Proof],
        )
        .handing_in(),
        Step::to(
            ("close", "复核销号", "close"),
            &["handed_in"],
            "closed",
            &[P::Second, P::Supervisor],
            &[Need::AnotherPerson],
        ),
        Step::to(
            ("send_back", "退回", "send back"),
            &["handed_in"],
            "underway",
            &[P::Second, P::Supervisor],
            &[Need::Reason],
        ),
        Step::within(
            ("postpone", "调整期限", "postpone"),
            &["set", "underway"],
            &[P::Supervisor],
            &[Need::Reason, Need::Until],
        ),
        Step::within(
            ("chase", "督办", "chase"),
            &["set", "underway", "handed_in"],
            &[P::Supervisor, P::Superior],
            &[Need::Reason],
        )
        .counted(Mark::Chases),
        Step::to(
            ("pass_on", "改派", "pass on"),
            &["set", "underway"],
            "set",
            &[P::Supervisor],
            &[Need::Unit, Need::Reason],
        ),
        Step::to(
            ("cancel", "取消", "cancel"),
            &["set", "underway", "handed_in"],
            "cancelled",
            &[P::Supervisor],
            &[Need::Reason],
        ),
        Step::to(("reopen", "恢复", "reopen"), &["closed", "cancelled"], "underway", &[P::Supervisor], &[Need::Reason])
            .reopening(),
    ],
};
