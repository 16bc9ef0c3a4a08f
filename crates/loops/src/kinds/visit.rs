//! A visit (走访) that is due by a cadence, such as 123工作法.

use crate::kind::{Clock, Kind, Need, Party as P, Rung, State, Step};

pub(super) const VISIT: Kind = Kind {
    key: "visit",
    zh: "走访",
    en: "visit",
    opened_by: &[P::Clock, P::Officer, P::Park],
    promise: None,
    ladder: &[Rung { percent: 80, whom: P::Officer }, Rung { percent: 100, whom: P::Head }],
    states: &[
        State::runs("due", "待走访", "due", P::Officer, Clock::WorkingDays(10)),
        State::runs("visited", "待记录", "to be written up", P::Officer, Clock::WorkingDays(2)),
        State::runs("missed", "已逾期", "missed", P::Officer, Clock::WorkingDays(5)),
        State::ended("recorded", "已记录", "recorded"),
        State::ended("dropped", "不再走访", "dropped"),
    ],
    steps: &[
        Step::within(("move", "改期", "move"), &["due", "missed"], &[P::Officer], &[Need::Reason, Need::Until]),
        Step::to(("arrive", "到达", "arrive"), &["due", "missed"], "visited", &[P::Officer], &[]),
        Step::to(
            ("record", "填写记录", "record"),
            &["due", "visited", "missed"],
            "recorded",
            &[P::Officer],
            &[Need::Text],
        ),
        Step::to(("miss", "到期未走访", "miss"), &["due"], "missed", &[P::Clock], &[]),
        Step::to(("drop", "不再走访", "drop"), &["due", "missed"], "dropped", &[P::Head], &[Need::Reason]),
    ],
};
