//! How a check-up speaks: badges, the window, the way there in one line.

use checkup::{CheckUp, Nearness, Plan, Window};
use jiff::civil::Date;
use kernel::Lang;
use policy::Answer;

use crate::ui::{Badge, Tone};

/// The verdict by word, icon and colour.
pub(super) fn verdict(answer: Answer, lang: Lang) -> Badge {
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
    let mut marks = Vec::new();
    if checked.nearness() == Nearness::Near {
        marks.push(Badge::warn(lang.pick("接近", "Near")).with_icon("arrow-up"));
    }
    if checked.unverified {
        marks.push(unverified(lang));
    }
    marks
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

/// When one can apply, against the day of application.
pub(super) fn window(window: Window, on: Date, lang: Lang) -> String {
    let Window { from, to, next_year } = window;
    let left = on.until(to).map_or(0, |span| span.get_days());
    match (window.is_open(on), next_year, lang) {
        (true, _, Lang::Zh) => format!("申报窗口 {from} 至 {to}，还有 {left} 天"),
        (true, _, Lang::En) => format!("Applications from {from} to {to}, {left} days left"),
        (false, true, Lang::Zh) => format!("今年的申报窗口已过，下次 {from} 至 {to}"),
        (false, true, Lang::En) => format!("This year's window is over; the next is from {from} to {to}"),
        (false, false, Lang::Zh) => format!("申报窗口 {from} 至 {to}，还没有开始"),
        (false, false, Lang::En) => format!("Applications from {from} to {to}, not open yet"),
    }
}

/// The plan in one line.
pub(super) fn plan(plan: &Plan, on: Date, lang: Lang) -> String {
    let moves: Vec<String> = plan
        .moves
        .iter()
        .map(|found| {
            let (name, now, needed) = (found.name.say(lang), found.now.say(lang), found.needed.say(lang));
            format!("{name} {now} → {needed}")
        })
        .collect();
    let wait = (plan.on > on).then(|| match lang {
        Lang::Zh => format!("等到 {} 再申报", plan.on),
        Lang::En => format!("wait until {}", plan.on),
    });
    let all: Vec<String> = moves.into_iter().chain(wait).collect();
    format!("{}{}", lang.pick("最省的路：", "The least way: "), all.join(lang.pick("；", "; ")))
}
