//! How each kind of loop is called and drawn on the pages.

use kernel::Lang;
use loops::Kind;

/// How the pages speak of one kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The kind's key.
    pub kind: &'static str,
    /// Its icon.
    pub icon: &'static str,
    /// The head of its list, in Chinese.
    pub zh: &'static str,
    /// The head of its list, in English.
    pub en: &'static str,
    /// What opens a case, on a button: Chinese and English.
    pub begin: (&'static str, &'static str),
    /// What such a case is, for an empty list: Chinese and English.
    pub what: (&'static str, &'static str),
}

/// Every kind, in the order of `loops::ALL`.
pub const LOOKS: [Look; 8] = [
    Look {
        kind: "matter",
        icon: "message-report",
        zh: "诉求",
        en: "Matters",
        begin: ("提诉求", "Raise a matter"),
        what: (
            "企业提出的问题、走访发现的问题和园区的吹哨都在这里，各有主办单位、时限和颜色；由提出人确认才算办结。",
            "Problems of enterprises, found on visits or called out by a park: each has a unit in charge, a clock and a colour, and ends when who asked confirms it.",
        ),
    },
    Look {
        kind: "visit",
        icon: "map-pin",
        zh: "走访",
        en: "Visits",
        begin: ("记走访", "Record a visit"),
        what: (
            "该走访谁、什么时候之前，按周期排出；走访记录可在手机上填写，问题当场转为诉求。",
            "Who is to be visited by when follows from the cadence; a visit is written up on the phone, and its problems become matters at once.",
        ),
    },
    Look {
        kind: "duty_report",
        icon: "report",
        zh: "日报与零报告",
        en: "Duty reports",
        begin: ("布置报送", "Ask for a report"),
        what: (
            "每个单位每天一份：有情况报情况，没情况报“零”，不报就是缺报，三者分得清。",
            "One from each unit each day: what happened, or that nothing did. Silence is neither, and is told apart.",
        ),
    },
    Look {
        kind: "task",
        icon: "checklist",
        zh: "任务",
        en: "Tasks",
        begin: ("下达任务", "Set a task"),
        what: (
            "挂图作战的任务：到单位、到人、有期限，交证明并由另一人复核才能销号。",
            "Tasks of the list: with a unit, a person and a day; closed with proof, by a second person.",
        ),
    },
    Look {
        kind: "approval",
        icon: "rubber-stamp",
        zh: "办件",
        en: "Approvals",
        begin: ("登记办件", "Register an application"),
        what: (
            "行政许可等办件：缺什么一次告知，法定时限自动计算，特别程序的时间不计入。",
            "Applications for permits: everything missing is named at once, the legal clock runs by itself, excluded procedures are not counted.",
        ),
    },
    Look {
        kind: "document",
        icon: "file-description",
        zh: "公文",
        en: "Official documents",
        begin: ("登记公文", "Register a document"),
        what: (
            "收文、拟办、批示、承办、办结，每一步有时限；红黑榜按公开的规则由此算出。",
            "Receipt, proposal, decision, handling, close, each with its time; the red and black list follows from it by an open rule.",
        ),
    },
    Look {
        kind: "inspection",
        icon: "shield-search",
        zh: "执法检查",
        en: "Inspections",
        begin: ("安排检查", "Plan an inspection"),
        what: (
            "检查、发现、责令改正、复查、决定；首次轻微且已改正的可不予处罚，由人决定，系统只提建议。",
            "Inspection, findings, an order to correct, a second look, a decision. First and minor violations may go unpunished; the rule advises, a person decides.",
        ),
    },
    Look {
        kind: "assistance",
        icon: "heart-handshake",
        zh: "救助",
        en: "Assistance",
        begin: ("上报线索", "Pass on a signal"),
        what: (
            "网格、街道、区三级联动：发现线索、核实、上报、落实、回访；内容默认保密，每次查看都有记录。",
            "Grid, street and district in turn: a signal, a look, help, asking after. Private by default, and every look is recorded.",
        ),
    },
];

/// How the list of every kind looks.
pub const EVERY: Look = Look {
    kind: "",
    icon: "list",
    zh: "全部事项",
    en: "All cases",
    begin: ("新建", "New"),
    what: (
        "诉求、走访、日报、任务、办件、公文、检查和救助，凡是在您范围内的都在这里。",
        "Matters, visits, reports, tasks, approvals, documents, inspections and assistance within your rows.",
    ),
};

/// The kind in an address, with how it looks.
pub fn of(key: &str) -> Option<(&'static Kind, &'static Look)> {
    Some((loops::by_key(key)?, LOOKS.iter().find(|look| look.kind == key)?))
}

impl Look {
    /// The head of the list.
    pub fn title(&self, lang: Lang) -> &'static str {
        lang.pick(self.zh, self.en)
    }

    /// The words on the button that opens a case.
    pub fn begin(&self, lang: Lang) -> &'static str {
        lang.pick(self.begin.0, self.begin.1)
    }

    /// What such a case is.
    pub fn what(&self, lang: Lang) -> &'static str {
        lang.pick(self.what.0, self.what.1)
    }

    /// The address of its list.
    pub fn path(&self) -> String {
        if self.kind.is_empty() { "/cases".to_owned() } else { format!("/cases/{}", self.kind) }
    }
}

/// The page of a case.
pub fn address(kind: &str, number: impl std::fmt::Display) -> String {
    format!("/cases/{kind}/{number}")
}

/// The step's name as it begins a button or a line.
pub fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
}

/// What a rating says, from 1 to 5; the five levels of 国办发〔2019〕51号.
pub fn rating(rating: u8, lang: Lang) -> &'static str {
    match rating {
        1 => lang.pick("非常不满意", "very dissatisfied"),
        2 => lang.pick("不满意", "dissatisfied"),
        3 => lang.pick("基本满意", "fairly satisfied"),
        4 => lang.pick("满意", "satisfied"),
        5 => lang.pick("非常满意", "very satisfied"),
        _ => lang.pick("未评价", "not rated"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_look_and_stands_in_the_same_order() {
        let kinds: Vec<&str> = loops::ALL.iter().map(|kind| kind.key).collect();
        let looks: Vec<&str> = LOOKS.iter().map(|look| look.kind).collect();
        assert_eq!(kinds, looks);
        assert!(of("matter").is_some() && of("nonsense").is_none());
    }

    #[test]
    fn a_rating_outside_the_five_levels_is_none() {
        assert_eq!(rating(5, Lang::Zh), "非常满意");
        for outside in [0, 6, 255] {
            assert_eq!(rating(outside, Lang::En), "not rated");
        }
    }
}
