//! An official document (公文): receipt, proposal, opinion, handling, close.

use super::USUAL_LADDER;
use crate::kind::{Clock, Kind, Mark, Need, Party as P, State, Step};

pub(super) const DOCUMENT: Kind = Kind {
    key: "document",
    zh: "公文",
    en: "official document",
    opened_by: &[P::Desk],
    promise: None,
    ladder: USUAL_LADDER,
    states: &[
        State::runs("received", "待拟办", "received", P::Desk, Clock::WorkingDays(1)),
        State::runs("proposed", "待批示", "to be decided on", P::Head, Clock::WorkingDays(2)),
        State::runs("underway", "承办中", "underway", P::Lead, Clock::WorkingDays(10)),
        State::runs("handed_in", "待核稿", "to be checked", P::Second, Clock::WorkingDays(2)),
        State::ended("closed", "已办结", "closed"),
        State::ended("filed", "阅存", "filed"),
    ],
    steps: &[
        Step::to(("propose", "拟办", "propose"), &["received"], "proposed", &[P::Desk], &[Need::Text]),
        Step::to(("decide", "批示", "decide"), &["proposed"], "underway", &[P::Head], &[Need::Text, Need::Unit]),
        Step::to(("file", "阅存", "file"), &["proposed"], "filed", &[P::Head], &[]),
        Step::to(("hand_in", "报送办理结果", "hand in"), &["underway"], "handed_in", &[P::Lead], &[Need::Text])
            .handing_in(),
        Step::to(("close", "办结", "close"), &["handed_in"], "closed", &[P::Second, P::Head], &[Need::AnotherPerson]),
        Step::to(
            ("send_back", "退回", "send back"),
            &["handed_in"],
            "underway",
            &[P::Second, P::Head],
            &[Need::Reason],
        ),
        Step::within(("postpone", "延期", "postpone"), &["underway"], &[P::Head], &[Need::Reason, Need::Until]),
        Step::to(("return", "退回（非本单位）", "return"), &["underway"], "proposed", &[P::Lead], &[Need::Reason])
            .counted(Mark::Returns),
        Step::within(
            ("chase", "催办", "chase"),
            &["received", "proposed", "underway", "handed_in"],
            &[P::Desk, P::Head],
            &[Need::Reason],
        )
        .counted(Mark::Chases),
    ],
};
