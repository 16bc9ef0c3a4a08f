//! The filing calendar (申报日历): what the holder of a title has to hand in so as not to lose it, and by when.

use jiff::civil::Date;

/// Who has to act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Every holder, every year.
    Holders,
    /// Holders whose title ends in the year of the day.
    EndingThisYear,
}

/// A duty that comes back every year on the same day.
#[derive(Debug, Clone, Copy)]
pub struct Duty {
    /// The title, a choice of the field `qualification_code`.
    pub title: &'static str,
    /// The last day, as month and day.
    pub until: (i8, i8),
    /// Who has to act.
    pub who: Who,
    /// What is to be done, in Chinese.
    pub zh: &'static str,
    /// The same in English.
    pub en: &'static str,
    /// The document and article.
    pub cite: &'static str,
    /// Whether it has not been compared with the document word for word (待核).
    pub unverified: bool,
}

/// The duties of the titles of the ladder.
pub const DUTIES: &[Duty] = &[
    Duty {
        title: "tech_sme",
        until: (3, 31),
        who: Who::Holders,
        zh: "更新信息、重新自我评价；登记编号当年有效，不更新即失效",
        en: "Renew the entry and assess oneself again; the number is valid for its calendar year only",
        cite: "国科发政〔2017〕115号",
        unverified: true,
    },
    Duty {
        title: "hnte",
        until: (5, 31),
        who: Who::Holders,
        zh: "填报上一年度发展情况报表；累计两年未报，取消资格",
        en: "File the yearly report of the year before; two years missed in all, and the title is taken away",
        cite: "国科发火〔2016〕32号第十三条、第十九条",
        unverified: true,
    },
    Duty {
        title: "hnte",
        until: (9, 30),
        who: Who::EndingThisYear,
        zh: "有效期满当年重新申请认定",
        en: "Apply again in the year in which the title ends",
        cite: "国科发火〔2016〕195号",
        unverified: true,
    },
    Duty::review("innovative_sme", "工信部企业〔2022〕63号"),
    Duty::review("srdi", "优质中小企业梯度培育管理办法（2026）"),
    Duty::review("little_giant", "优质中小企业梯度培育管理办法（2026）"),
];

impl Duty {
    /// The review of a title that is held for three years.
    const fn review(title: &'static str, cite: &'static str) -> Self {
        Self {
            title,
            until: (12, 31),
            who: Who::EndingThisYear,
            zh: "有效期（3 年）届满前申请复核",
            en: "Ask for review before the three years end",
            cite,
            unverified: true,
        }
    }

    /// The next day by which it is due, on a day or after it.
    pub fn due(&self, on: Date) -> Option<Date> {
        let (month, day) = self.until;
        (0..2).filter_map(|years| Date::new(on.year() + years, month, day).ok()).find(|due| *due >= on)
    }
}

/// The duties with the next day of each, the nearest first.
pub fn calendar(on: Date) -> Vec<(Date, &'static Duty)> {
    let mut all: Vec<_> = DUTIES.iter().filter_map(|duty| duty.due(on).map(|due| (due, duty))).collect();
    all.sort_by_key(|(due, _)| *due);
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cultivation::steps::STEPS;

    #[test]
    fn a_duty_is_due_on_its_day_and_next_year_the_day_after() {
        let due = |on: &str| {
            let found = calendar(on.parse().unwrap());
            found.into_iter().map(|(due, duty)| format!("{} {due}", duty.title)).collect::<Vec<_>>()
        };
        assert_eq!(due("2026-03-31")[..2], ["tech_sme 2026-03-31", "hnte 2026-05-31"]);
        assert_eq!(due("2026-06-01")[0], "hnte 2026-09-30");
        assert_eq!(due("2026-06-01").last().unwrap(), "hnte 2027-05-31");
        assert_eq!(due("2026-12-31")[..3], ["innovative_sme 2026-12-31", "srdi 2026-12-31", "little_giant 2026-12-31"]);
    }

    #[test]
    fn every_step_has_a_duty_and_every_duty_a_step() {
        for step in STEPS {
            assert!(DUTIES.iter().any(|duty| duty.title == step.title), "{}", step.title);
        }
        for duty in DUTIES {
            assert!(STEPS.iter().any(|step| step.title == duty.title), "{}", duty.title);
        }
    }
}
