//! A matter (诉求): a problem of an enterprise, a whistle of a park.
//!
//! 园区吹哨、部门报到: the park calls, the departments come. The times are 十堰经开区's 三个一 (a simple
//! matter a working day, a complex one a week); who answers within it and who is late shows in both.

use super::USUAL_LADDER;
use crate::kind::{Clock, Kind, Mark, Need, Party as P, State, Step};

pub(super) const MATTER: Kind = Kind {
    key: "matter",
    zh: "诉求",
    en: "matter",
    opened_by: &[P::Asker, P::Officer, P::Park],
    promise: Some(Clock::WorkingDays(22)),
    ladder: USUAL_LADDER,
    states: &[
        State::runs("raised", "待分派", "to be dispatched", P::Desk, Clock::WorkingDays(1)),
        State::runs("dispatched", "待报到", "to be taken up", P::Lead, Clock::WorkingDays(1)),
        State::runs("underway", "办理中", "underway", P::Lead, Clock::WorkingDays(5)),
        State::runs("meeting", "联席会商", "joint meeting", P::Park, Clock::WorkingDays(3)),
        State::runs("escalated", "已提级", "escalated", P::Superior, Clock::WorkingDays(3)),
        State::paused("waiting", "暂停计时", "waiting", P::Lead),
        State::runs("answered", "待企业确认", "to be confirmed", P::Asker, Clock::WorkingDays(7)),
        State::ended("closed", "已办结（企业确认）", "closed, confirmed"),
        State::ended("lapsed", "已办结（未确认）", "closed, not confirmed"),
        State::ended("withdrawn", "已撤回", "withdrawn"),
    ],
    steps: &[
        // The park calls the departments itself; whatever else comes in, the desk dispatches.
        Step::to(("dispatch", "分派", "dispatch"), &["raised"], "dispatched", &[P::Desk, P::Park], &[Need::Unit]),
        Step::to(("decline", "不予受理", "decline"), &["raised"], "answered", &[P::Desk], &[Need::Reason])
            .counted(Mark::WithoutEffect),
        Step::to(("arrive", "报到", "arrive"), &["dispatched"], "underway", &[P::Lead], &[]).counted(Mark::Arrives),
        Step::within(
            ("join", "协办单位报到", "join"),
            &["dispatched", "underway", "meeting", "escalated"],
            &[P::Assisting],
            &[Need::Called],
        )
        .counted(Mark::Arrives),
        Step::to(
            ("return", "退回（非本单位）", "return"),
            &["dispatched", "underway"],
            "raised",
            &[P::Lead],
            &[Need::Reason],
        )
        .counted(Mark::Returns),
        Step::to(
            ("call_meeting", "召集会商", "call a meeting"),
            &["dispatched", "underway"],
            "meeting",
            &[P::Park, P::Lead],
            &[Need::Reason],
        ),
        Step::to(("agree", "会商一致", "agree"), &["meeting"], "underway", &[P::Park], &[Need::Text, Need::Unit]),
        Step::to(
            ("escalate", "提级", "escalate"),
            &["dispatched", "underway", "meeting"],
            "escalated",
            &[P::Lead, P::Park, P::Clock],
            &[Need::Reason],
        ),
        Step::to(
            ("decide", "上级裁定", "decide"),
            &["escalated"],
            "underway",
            &[P::Superior],
            &[Need::Text, Need::Unit],
        ),
        Step::to(("pause", "暂停计时", "pause"), &["underway"], "waiting", &[P::Lead], &[Need::Reason]),
        Step::to(
            ("resume", "恢复计时", "resume"),
            &["waiting"],
            "underway",
            &[P::Lead, P::Park, P::Asker, P::Clock],
            &[],
        ),
        Step::within(
            ("chase", "督办", "chase"),
            &["raised", "dispatched", "underway", "meeting", "escalated", "waiting"],
            &[P::Park, P::Superior],
            &[Need::Reason],
        )
        .counted(Mark::Chases),
        Step::to(
            ("answer", "答复", "answer"),
            &["underway", "escalated"],
            "answered",
            &[P::Lead, P::Superior],
            &[Need::Text, Need::Proof],
        )
        .handing_in(),
        Step::to(
            ("explain", "说明无法解决", "explain why not"),
            &["underway", "escalated"],
            "answered",
            &[P::Lead, P::Superior],
            &[Need::Reason],
        )
        .handing_in()
        .counted(Mark::WithoutEffect),
        Step::to(("confirm", "确认解决", "confirm"), &["answered", "lapsed"], "closed", &[P::Asker], &[Need::Rating]),
        Step::to(
            ("reopen", "仍未解决", "reopen"),
            &["answered", "closed", "lapsed"],
            "raised",
            &[P::Asker],
            &[Need::Reason],
        )
        .reopening(),
        Step::within(("grade", "园区考评", "grade"), &["closed", "lapsed"], &[P::Park], &[Need::Rating, Need::Reason])
            .counted(Mark::Grades),
        Step::to(("lapse", "到期未确认", "lapse"), &["answered"], "lapsed", &[P::Clock], &[]),
        Step::to(
            ("withdraw", "撤回", "withdraw"),
            &["raised", "dispatched", "underway", "meeting", "escalated", "waiting"],
            "withdrawn",
            &[P::Asker],
            &[Need::Reason],
        ),
    ],
};
