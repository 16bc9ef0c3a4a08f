//! An inspection (执法检查) with first violations: 行政处罚法 (2021) article 33. What the policy says is
//! advice; a person decides, and another one than who inspected.

use super::USUAL_LADDER;
use crate::kind::{Clock, Kind, Need, Party as P, State, Step};

pub(super) const INSPECTION: Kind = Kind {
    key: "inspection",
    zh: "执法检查",
    en: "inspection",
    opened_by: &[P::Supervisor, P::Lead],
    promise: None,
    ladder: USUAL_LADDER,
    states: &[
        State::runs("planned", "待检查", "planned", P::Lead, Clock::WorkingDays(20)),
        State::runs("found", "已发现问题", "found", P::Lead, Clock::WorkingDays(2)),
        State::runs("correcting", "限期改正", "to be corrected", P::Asker, Clock::NaturalDays(30)),
        State::runs("corrected", "待复查", "to be looked at again", P::Lead, Clock::WorkingDays(5)),
        State::runs("advised", "待决定", "to be decided", P::Head, Clock::WorkingDays(10)),
        State::ended("sound", "未发现问题", "nothing found"),
        State::ended("spared", "不予处罚（已教育）", "not punished, admonished"),
        State::ended("passed_on", "移送处罚程序", "passed on for punishment"),
    ],
    steps: &[
        Step::within(
            ("check", "登记检查点", "note a checkpoint"),
            &["planned"],
            &[P::Lead, P::Assisting],
            &[Need::Text],
        ),
        Step::to(("pass", "未发现问题", "find nothing"), &["planned"], "sound", &[P::Lead], &[Need::Text]),
        Step::to(("find", "发现问题", "find"), &["planned"], "found", &[P::Lead], &[Need::Text, Need::Proof])
            .handing_in(),
        // Each finding has its day; the earliest of them binds the state.
        Step::to(("order", "责令改正", "order"), &["found"], "correcting", &[P::Lead], &[Need::Text]).binding(),
        Step::to(
            ("correct", "报告已改正", "say it is corrected"),
            &["correcting"],
            "corrected",
            &[P::Asker],
            &[Need::Proof],
        ),
        Step::to(
            ("look_again", "复查", "look again"),
            &["corrected", "correcting"],
            "advised",
            &[P::Lead],
            &[Need::Text, Need::Proof],
        )
        .handing_in(),
        Step::to(
            ("not_corrected", "复查未通过", "not corrected"),
            &["corrected"],
            "correcting",
            &[P::Lead],
            &[Need::Reason],
        ),
        // What the policy says is noted as advice and decides nothing.
        Step::within(("advise", "登记首违不罚建议", "note the advice"), &["advised"], &[P::Lead], &[Need::Text]),
        Step::within(
            ("plead", "陈述申辩", "plead"),
            &["correcting", "corrected", "advised"],
            &[P::Asker],
            &[Need::Text],
        ),
        Step::to(
            ("spare", "不予处罚并教育", "spare"),
            &["advised"],
            "spared",
            &[P::Head],
            &[Need::Reason, Need::AnotherPerson],
        ),
        Step::to(
            ("pass_on", "移送", "pass on"),
            &["advised", "correcting", "found"],
            "passed_on",
            &[P::Head],
            &[Need::Reason, Need::AnotherPerson],
        ),
    ],
};
