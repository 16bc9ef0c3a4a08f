//! A duty report (日报、零报告、月报): nothing to report is a report, silence is none.

use crate::kind::{Clock, Kind, Mark, Need, Party as P, Rung, State, Step};

pub(super) const DUTY_REPORT: Kind = Kind {
    key: "duty_report",
    zh: "日报（零报告）",
    en: "duty report",
    opened_by: &[P::Clock, P::Supervisor],
    promise: None,
    ladder: &[Rung { percent: 80, whom: P::Lead }, Rung { percent: 100, whom: P::Head }],
    states: &[
        State::runs("due", "待报", "due", P::Lead, Clock::Hours(24)),
        State::runs("filled", "待签字", "to be signed", P::Head, Clock::Hours(12)),
        State::runs("questioned", "待说明", "to be explained", P::Lead, Clock::WorkingDays(1)),
        State::runs("missing", "未报", "missing", P::Lead, Clock::WorkingDays(1)),
        State::ended("signed", "已报", "signed"),
        State::ended("written_off", "不再补报", "written off"),
    ],
    steps: &[
        Step::to(("fill", "填报", "fill in"), &["due", "missing"], "filled", &[P::Lead], &[Need::Text]).handing_in(),
        Step::to(("nothing", "零报告", "nothing to report"), &["due", "missing"], "filled", &[P::Lead], &[])
            .handing_in()
            .counted(Mark::SaysNothing),
        Step::to(
            ("question", "要求说明", "question"),
            &["filled"],
            "questioned",
            &[P::Supervisor, P::Head, P::Clock],
            &[Need::Reason],
        ),
        Step::to(("explain", "说明", "explain"), &["questioned"], "filled", &[P::Lead], &[Need::Text]).handing_in(),
        Step::to(("send_back", "退回", "send back"), &["filled"], "due", &[P::Head], &[Need::Reason]),
        Step::to(
            ("sign", "签字报出", "sign"),
            &["filled"],
            "signed",
            &[P::Head],
            &[Need::Signature, Need::AnotherPerson],
        ),
        Step::to(("miss", "到期未报", "miss"), &["due"], "missing", &[P::Clock], &[]),
        Step::to(
            ("write_off", "不再补报", "write off"),
            &["missing"],
            "written_off",
            &[P::Supervisor],
            &[Need::Reason],
        ),
        Step::to(("correct", "更正", "correct"), &["signed"], "due", &[P::Supervisor], &[Need::Reason]).reopening(),
    ],
};
