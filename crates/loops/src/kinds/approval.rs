//! An approval (办件). 行政许可法: 20 working days and 10 more with the head's leave; five days to name
//! everything that is missing at once; ten to hand over the certificate; hearings, inspections, tests and
//! expert reviews are not counted when the applicant is told in writing. 一件事一次办: what several departments
//! have to say is part of one case, each part with who owes it. Who opens one for an item of the zone brings its
//! promise ([`crate::promise`]), which holds beside these clocks.

use super::USUAL_LADDER;
use crate::kind::{Clock, Kind, Mark, Need, Party as P, State, Step};

pub(super) const APPROVAL: Kind = Kind {
    key: "approval",
    zh: "办件",
    en: "approval",
    opened_by: &[P::Asker, P::Desk],
    promise: None,
    ladder: USUAL_LADDER,
    states: &[
        State::runs("received", "待受理", "received", P::Desk, Clock::WorkingDays(5)),
        State::paused("incomplete", "待补正", "to be completed", P::Asker),
        State::runs("accepted", "审查中", "under review", P::Lead, Clock::WorkingDays(20)),
        State::paused("excluded", "特别程序", "excluded procedure", P::Lead),
        State::runs("granted", "待送达", "to be handed over", P::Lead, Clock::WorkingDays(10)),
        State::ended("delivered", "已办结", "handed over"),
        State::ended("refused", "不予许可", "refused"),
        State::ended("withdrawn", "已撤回", "withdrawn"),
    ],
    steps: &[
        Step::to(
            ("ask_for_papers", "一次性告知", "name what is missing"),
            &["received"],
            "incomplete",
            &[P::Desk],
            &[Need::Text],
        )
        // Everything that is missing is named at once, or is taken as not missing: 行政许可法第三十二条.
        .once(),
        Step::to(("complete", "补正", "complete"), &["incomplete"], "received", &[P::Asker], &[Need::Addition]),
        Step::to(("accept", "受理", "accept"), &["received"], "accepted", &[P::Desk], &[Need::Unit]),
        Step::to(("turn_away", "不予受理", "turn away"), &["received"], "refused", &[P::Desk], &[Need::Reason])
            .counted(Mark::WithoutEffect),
        Step::to(
            ("exclude", "进入特别程序（书面告知）", "begin an excluded procedure"),
            &["accepted"],
            "excluded",
            &[P::Lead],
            &[Need::Reason, Need::Proof],
        ),
        Step::to(
            ("come_back", "特别程序结束", "end the excluded procedure"),
            &["excluded"],
            "accepted",
            &[P::Lead],
            &[Need::Text],
        ),
        Step::within(
            ("prolong", "延期（负责人批准）", "prolong"),
            &["accepted"],
            &[P::Head],
            &[Need::Reason, Need::Until],
        ),
        Step::within(
            ("give_part", "协办单位意见", "give a part"),
            &["accepted"],
            &[P::Assisting],
            &[Need::Text, Need::Called],
        )
        .counted(Mark::GivesPart),
        Step::within(("let_off", "免去协办意见", "let off"), &["accepted"], &[P::Head], &[Need::Reason, Need::Called])
            .counted(Mark::GivesPart),
        // An inspection by video is not one of the procedures that stop the clock (行政许可法第四十五条).
        Step::within(
            ("book", "预约视频勘验", "book a video inspection"),
            &["accepted"],
            &[P::Lead, P::Assisting],
            &[Need::Text],
        ),
        Step::within(
            ("inspect", "视频勘验记录", "record a video inspection"),
            &["accepted"],
            &[P::Lead, P::Assisting],
            &[Need::Text, Need::Proof],
        ),
        Step::within(
            ("chase", "督办", "chase"),
            &["received", "accepted", "granted"],
            &[P::Head, P::Superior],
            &[Need::Reason],
        )
        .counted(Mark::Chases),
        Step::to(("grant", "准予许可", "grant"), &["accepted"], "granted", &[P::Lead], &[Need::Text, Need::Parts]),
        Step::to(("refuse", "不予许可", "refuse"), &["accepted"], "refused", &[P::Lead], &[Need::Reason])
            .counted(Mark::WithoutEffect),
        Step::to(("hand_over", "送达", "hand over"), &["granted"], "delivered", &[P::Lead], &[Need::Proof]),
        Step::to(
            ("withdraw", "撤回申请", "withdraw"),
            &["received", "incomplete", "accepted", "excluded"],
            "withdrawn",
            &[P::Asker],
            &[],
        ),
    ],
};
