//! What a kind of loop is made of.

use kernel::lang::Lang;
use serde::{Deserialize, Serialize};

/// In which part somebody acts in a case. Which account has which part of a case is decided where
/// accounts are known; here only the part counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Party {
    /// 提出人: who asked, and who alone says that it is solved.
    Asker,
    /// 服务员: the service officer of the enterprise.
    Officer,
    /// 园区: the park, which calls, chases and grades.
    Park,
    /// 分派台: who finds the unit in charge.
    Desk,
    /// 主办单位.
    Lead,
    /// 协办单位.
    Assisting,
    /// 上级: the named superior a case is raised to.
    Superior,
    /// 主要负责人: the head who signs.
    Head,
    /// 督办: who set the task and may move its day.
    Supervisor,
    /// 复核人: a second person.
    Second,
    /// 时钟: nobody; the day came.
    Clock,
}

impl Party {
    /// Every part.
    pub const ALL: &'static [Party] = &[
        Party::Asker,
        Party::Officer,
        Party::Park,
        Party::Desk,
        Party::Lead,
        Party::Assisting,
        Party::Superior,
        Party::Head,
        Party::Supervisor,
        Party::Second,
        Party::Clock,
    ];

    /// The name in tables, hashes and for scripts.
    pub fn key(self) -> &'static str {
        match self {
            Party::Asker => "asker",
            Party::Officer => "officer",
            Party::Park => "park",
            Party::Desk => "desk",
            Party::Lead => "lead",
            Party::Assisting => "assisting",
            Party::Superior => "superior",
            Party::Head => "head",
            Party::Supervisor => "supervisor",
            Party::Second => "second",
            Party::Clock => "clock",
        }
    }

    /// The part with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|party| party.key() == key)
    }

    /// Its name.
    pub fn label(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Party::Asker => ("提出人", "who asked"),
            Party::Officer => ("服务员", "service officer"),
            Party::Park => ("园区", "park"),
            Party::Desk => ("分派台", "dispatch desk"),
            Party::Lead => ("主办单位", "lead unit"),
            Party::Assisting => ("协办单位", "assisting unit"),
            Party::Superior => ("上级", "superior"),
            Party::Head => ("主要负责人", "head"),
            Party::Supervisor => ("督办", "supervisor"),
            Party::Second => ("复核人", "second person"),
            Party::Clock => ("到期自动", "the clock"),
        };
        lang.pick(zh, en)
    }
}

/// What a step cannot be taken without.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Need {
    /// 内容: words, such as an answer.
    Text,
    /// 理由: words that say why.
    Reason,
    /// 证明材料: at least one file.
    Proof,
    /// 单位: the unit in charge from now on.
    Unit,
    /// 评价: one of five levels, 国办发〔2019〕51号.
    Rating,
    /// 期限: a day that has not passed.
    Until,
    /// 签字.
    Signature,
    /// 另一人: somebody else than who did the work.
    AnotherPerson,
    /// 协办单位之一: which of the assisting units it is that comes, or gives its part.
    Called,
    /// 各协办单位意见齐: every assisting unit gave its part, or was let off.
    Parts,
    /// 补正的材料或内容: at least one file or one answer of a form.
    Addition,
}

impl Need {
    /// Its name.
    pub fn label(self, lang: Lang) -> &'static str {
        let (zh, en) = match self {
            Need::Text => ("内容", "words"),
            Need::Reason => ("理由", "a reason"),
            Need::Proof => ("证明材料", "proof"),
            Need::Unit => ("主办单位", "a lead unit"),
            Need::Rating => ("评价（1–5）", "a rating from 1 to 5"),
            Need::Until => ("期限", "a day to come"),
            Need::Signature => ("签字", "a signature"),
            Need::AnotherPerson => ("另一人办理", "another person"),
            Need::Called => ("协办单位之一", "one of the assisting units"),
            Need::Parts => ("各协办单位的意见", "the part of every assisting unit"),
            Need::Addition => ("补正的材料或内容", "a file or an answer that was missing"),
        };
        lang.pick(zh, en)
    }
}

/// How long something may last. The day or moment it begins on is not counted, 民法典 article 201.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// 工作日, by the notices of the State Council; ends with the last day.
    WorkingDays(u32),
    /// 自然日; ends with the last day.
    NaturalDays(u32),
    /// 小时, day and night, holidays too.
    Hours(u32),
}

impl Clock {
    /// In words.
    pub fn label(self, lang: Lang) -> String {
        match (self, lang) {
            (Clock::WorkingDays(n), Lang::Zh) => format!("{n} 个工作日"),
            (Clock::NaturalDays(n), Lang::Zh) => format!("{n} 天"),
            (Clock::Hours(n), Lang::Zh) => format!("{n} 小时"),
            (Clock::WorkingDays(n), Lang::En) => format!("{n} working day{}", plural(n)),
            (Clock::NaturalDays(n), Lang::En) => format!("{n} day{}", plural(n)),
            (Clock::Hours(n), Lang::En) => format!("{n} hour{}", plural(n)),
        }
    }
}

/// What stands behind the English word of so many.
fn plural(count: u32) -> &'static str {
    if count == 1 { "" } else { "s" }
}

/// Whose turn it is in a state, and whether time runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// Time runs, and this party must act.
    Runs(Party),
    /// Time stands still for a reason that the rules allow; this party ends the pause.
    Paused(Party),
    /// The case is at its end.
    Ended,
}

/// A state of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// Its key, such as `underway`.
    pub key: &'static str,
    /// 中文.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
    /// Whose turn it is.
    pub turn: Turn,
    /// How long all stays in it may last together, until the case is opened again.
    pub clock: Option<Clock>,
}

impl State {
    /// A state in which a party must act within a time.
    pub const fn runs(key: &'static str, zh: &'static str, en: &'static str, party: Party, clock: Clock) -> Self {
        Self { key, zh, en, turn: Turn::Runs(party), clock: Some(clock) }
    }

    /// A state in which time stands still.
    pub const fn paused(key: &'static str, zh: &'static str, en: &'static str, party: Party) -> Self {
        Self { key, zh, en, turn: Turn::Paused(party), clock: None }
    }

    /// An end.
    pub const fn ended(key: &'static str, zh: &'static str, en: &'static str) -> Self {
        Self { key, zh, en, turn: Turn::Ended, clock: None }
    }

    /// Whether the case is at its end.
    pub fn is_end(&self) -> bool {
        self.turn == Turn::Ended
    }

    /// Who must act; `None` at the end.
    pub fn owner(&self) -> Option<Party> {
        match self.turn {
            Turn::Runs(party) | Turn::Paused(party) => Some(party),
            Turn::Ended => None,
        }
    }

    /// Its name.
    pub fn label(&self, lang: Lang) -> &'static str {
        lang.pick(self.zh, self.en)
    }
}

/// What a step is counted as, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mark {
    /// 退回: it came back from a unit that was not the right one.
    Returns,
    /// 督办: somebody was reminded.
    Chases,
    /// 报到: a unit that was called has come.
    Arrives,
    /// 分项意见: an assisting unit gave its part, or was let off.
    GivesPart,
    /// 考评: the park grades the unit; the asker's own rating is another thing.
    Grades,
    /// 零报告: there is nothing to report, which is a report.
    SaysNothing,
    /// 无实际结果: it came to an end without anything done for who asked.
    WithoutEffect,
}

/// A step from one state to the next, or within one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// Its key, such as `dispatch`.
    pub key: &'static str,
    /// 中文.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
    /// The states it may be taken from.
    pub from: &'static [&'static str],
    /// The state it leads to; `None` where the state stays.
    pub to: Option<&'static str>,
    /// Who may take it.
    pub who: &'static [Party],
    /// What it needs.
    pub needs: &'static [Need],
    /// Whether it hands in work that another person has to pass.
    pub hands_in: bool,
    /// Whether it opens an ended case again: its clocks begin anew, the case says how often.
    pub reopens: bool,
    /// Whether it may be taken a single time until the case is opened again.
    pub once: bool,
    /// Whether a day that comes with it takes the place of the clock of the state it leads to.
    pub binds: bool,
    /// What it is counted as.
    pub mark: Option<Mark>,
}

impl Step {
    /// A step to another state.
    pub const fn to(
        name: (&'static str, &'static str, &'static str),
        from: &'static [&'static str],
        to: &'static str,
        who: &'static [Party],
        needs: &'static [Need],
    ) -> Self {
        Self::plain(name, from, Some(to), who, needs)
    }

    /// A step that leaves the state as it is, such as a reminder.
    pub const fn within(
        name: (&'static str, &'static str, &'static str),
        from: &'static [&'static str],
        who: &'static [Party],
        needs: &'static [Need],
    ) -> Self {
        Self::plain(name, from, None, who, needs)
    }

    const fn plain(
        (key, zh, en): (&'static str, &'static str, &'static str),
        from: &'static [&'static str],
        to: Option<&'static str>,
        who: &'static [Party],
        needs: &'static [Need],
    ) -> Self {
        Self {
            key,
            zh,
            en,
            from,
            to,
            who,
            needs,
            hands_in: false,
            reopens: false,
            once: false,
            binds: false,
            mark: None,
        }
    }

    /// The same step, as one that hands in work.
    pub const fn handing_in(self) -> Self {
        Self { hands_in: true, ..self }
    }

    /// The same step, as one that may be taken a single time.
    pub const fn once(self) -> Self {
        Self { once: true, ..self }
    }

    /// The same step, as one with which a day may come that the state it leads to is bound to.
    pub const fn binding(self) -> Self {
        Self { binds: true, ..self }
    }

    /// The same step, counted as this.
    pub const fn counted(self, mark: Mark) -> Self {
        Self { mark: Some(mark), ..self }
    }

    /// The same step, as one that opens the case again.
    pub const fn reopening(self) -> Self {
        Self { reopens: true, ..self }
    }

    /// Its name.
    pub fn label(&self, lang: Lang) -> &'static str {
        lang.pick(self.zh, self.en)
    }
}

/// The step by which a case goes over to the unit that took the place of its own, when units are split
/// or merged. It may be taken from every state but an end and changes neither state nor clock.
pub static TRANSFER: Step = Step::within(
    ("transfer", "随机构调整转办", "go over with its unit"),
    &[],
    &[Party::Supervisor],
    &[Need::Unit, Need::Reason],
);

/// A rung of the ladder by which a case that is late climbs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Rung {
    /// How much of the state's time has gone, in hundredths: 80 warns before the day, 100 is the day.
    pub percent: u32,
    /// Who is told.
    pub whom: Party,
}

/// A kind of loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Its key, such as `matter`.
    pub key: &'static str,
    /// 中文.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
    /// Its states; a case begins in the first.
    pub states: &'static [State],
    /// Its steps.
    pub steps: &'static [Step],
    /// Who may open a case.
    pub opened_by: &'static [Party],
    /// How long the whole may last, pauses apart; `None` where only the states have clocks.
    pub promise: Option<Clock>,
    /// Who is told when, in rising order.
    pub ladder: &'static [Rung],
}

impl Kind {
    /// The state with this key.
    pub fn state(&self, key: &str) -> Option<&'static State> {
        self.states.iter().find(|state| state.key == key)
    }

    /// The state a case begins in.
    pub fn first(&self) -> &'static State {
        &self.states[0]
    }

    /// The step with this key; [`TRANSFER`] is one of every kind.
    pub fn step(&self, key: &str) -> Option<&'static Step> {
        self.steps.iter().find(|step| step.key == key).or_else(|| (key == TRANSFER.key).then_some(&TRANSFER))
    }

    /// Whether some step lets a person agree on another day for a state.
    pub fn may_move(&self, state: &str) -> bool {
        self.steps_from(state).any(|step| step.needs.contains(&Need::Until))
    }

    /// Whether some step leads to a state with a day that binds it.
    pub fn is_bound(&self, state: &str) -> bool {
        self.steps.iter().any(|step| step.binds && step.to == Some(state))
    }

    /// The steps that may be taken in a state.
    pub fn steps_from<'a>(&'a self, state: &'a str) -> impl Iterator<Item = &'static Step> + 'a {
        self.steps.iter().filter(move |step| step.from.contains(&state))
    }

    /// Its name.
    pub fn label(&self, lang: Lang) -> &'static str {
        lang.pick(self.zh, self.en)
    }
}
