//! How a check-up speaks: badges, the way there in one line.

use checkup::{CheckUp, Nearness, Plan};
use jiff::civil::Date;
use kernel::Lang;
use policy::Answer;

use crate::ui::{Badge, Tone};

/// The verdict by word, icon and colour.
pub(crate) fn verdict(answer: Answer, lang: Lang) -> Badge {
    let word = lang.pick(answer.zh(), answer.en());
    match answer {
        Answer::Meets => Badge::ok(word),
        Answer::Fails => Badge::late(word).with_icon("circle-x"),
        Answer::Undetermined => Badge::shut(word).with_icon("help"),
        Answer::Expert => Badge::early(word).with_icon("users"),
    }
}

/// What a verdict says beyond its word: that it is near, that it rests on rules marked 待核.
pub(super) fn marks(checked: &CheckUp, lang: Lang) -> Vec<Badge> {
    marked(checked.nearness() == Nearness::Near, checked.unverified, lang)
}

/// The badges of what is near, and of what rests on rules marked 待核.
pub(super) fn marked(near: bool, open: bool, lang: Lang) -> Vec<Badge> {
    let near = near.then(|| Badge::warn(lang.pick("接近", "Near")).with_icon("arrow-up"));
    near.into_iter().chain(open.then(|| unverified(lang))).collect()
}

/// 待核
pub(super) fn unverified(lang: Lang) -> Badge {
    Badge::warn(lang.pick("待核", "Unverified"))
}

/// The tone of a verdict, for the edge of its card.
pub(super) fn tone(checked: &CheckUp) -> Tone {
    match checked.nearness() {
        Nearness::Meets => Tone::Ok,
        Nearness::Expert => Tone::Early,
        Nearness::Near => Tone::Warn,
        Nearness::Undetermined => Tone::Shut,
        Nearness::Far => Tone::Late,
    }
}

/// The plan in one line, under its name.
pub(super) fn plan(plan: &Plan, on: Date, lang: Lang) -> String {
    format!("{}{}", lang.pick("最省的路：", "The least way: "), plan.say(on, lang))
}
