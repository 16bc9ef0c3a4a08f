//! Why a step is refused.

use kernel::lang::Lang;

use crate::kind::{Need, Party, State, Step};

/// Why an event cannot be the next of a case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// No step of the kind has this key.
    #[error("{}", self.say(Lang::En))]
    NoSuchStep(String),
    /// The case is in a state from which the step does not lead.
    #[error("{}", self.say(Lang::En))]
    NotNow {
        /// The step.
        step: &'static Step,
        /// The state the case is in.
        state: &'static State,
    },
    /// The step is somebody else's.
    #[error("{}", self.say(Lang::En))]
    NotYours {
        /// The step.
        step: &'static Step,
        /// As whom it was tried.
        party: Party,
    },
    /// A case of the kind is opened by others.
    #[error("{}", self.say(Lang::En))]
    NotOpenedBy {
        /// Who may.
        by: &'static [Party],
        /// As whom it was tried.
        party: Party,
    },
    /// Something is missing.
    #[error("{}", self.say(Lang::En))]
    Lacks {
        /// The step.
        step: &'static Step,
        /// What it needs.
        need: Need,
    },
    /// The step may be taken once, and was.
    #[error("{}", self.say(Lang::En))]
    Once(&'static Step),
    /// Somebody else acted in between.
    #[error("{}", self.say(Lang::En))]
    Moved {
        /// The number the event was made for.
        expected: u32,
        /// The number that is next now.
        next: u32,
    },
    /// The event is said to lie before the one it follows.
    #[error("{}", self.say(Lang::En))]
    BackInTime,
    /// A stored event is not what was stored.
    #[error("{}", self.say(Lang::En))]
    Altered {
        /// The number of the first event that does not fit.
        seq: u32,
    },
    /// There is no event to begin with.
    #[error("{}", self.say(Lang::En))]
    Empty,
}

impl Refusal {
    /// The message for the person: what was found, what was expected, what to do.
    pub fn say(&self, lang: Lang) -> String {
        let names = |parties: &[Party]| {
            parties.iter().map(|party| party.label(lang)).collect::<Vec<_>>().join(lang.pick("、", ", "))
        };
        match (self, lang) {
            (Self::NoSuchStep(key), Lang::Zh) => format!("没有“{key}”这一步。请刷新页面后重试。"),
            (Self::NoSuchStep(key), Lang::En) => format!("there is no step “{key}”; load the page again"),
            (Self::NotNow { step, state }, Lang::Zh) => {
                format!("事项现为“{}”，不能“{}”。请刷新页面，看看是否已有人办理。", state.zh, step.zh)
            }
            (Self::NotNow { step, state }, Lang::En) => {
                format!("the case is “{}”, so “{}” is not possible; load the page again", state.en, step.en)
            }
            (Self::NotYours { step, party }, Lang::Zh) => {
                format!("“{}”应由{}办理，您是{}。", step.zh, names(step.who), party.label(lang))
            }
            (Self::NotYours { step, party }, Lang::En) => {
                format!("“{}” is for {}; you are the {}", step.en, names(step.who), party.label(lang))
            }
            (Self::NotOpenedBy { by, party }, Lang::Zh) => {
                format!("此类事项由{}提出，您是{}。", names(by), party.label(lang))
            }
            (Self::NotOpenedBy { by, party }, Lang::En) => {
                format!("such a case is opened by {}; you are the {}", names(by), party.label(lang))
            }
            (Self::Once(step), Lang::Zh) => format!("“{}”只能办一次，已经办过。", step.zh),
            (Self::Once(step), Lang::En) => format!("“{}” can be done once, and was done", step.en),
            (Self::Lacks { step, need: Need::Called }, Lang::Zh) => {
                format!("“{}”须写明是哪一个协办单位，且该单位确在协办之列。", step.zh)
            }
            (Self::Lacks { step, need: Need::Called }, Lang::En) => {
                format!("“{}” must name a unit that was called to assist", step.en)
            }
            (Self::Lacks { step, need: Need::AnotherPerson }, Lang::Zh) => {
                format!("“{}”不能由提交人本人办理，请另一位同事复核。", step.zh)
            }
            (Self::Lacks { step, need: Need::AnotherPerson }, Lang::En) => {
                format!("“{}” cannot be done by who handed in the work; ask a colleague", step.en)
            }
            (Self::Lacks { step, need }, Lang::Zh) => format!("“{}”需要{}，请补充。", step.zh, need.label(lang)),
            (Self::Lacks { step, need }, Lang::En) => {
                format!("“{}” needs {}; please add it", step.en, need.label(lang))
            }
            (Self::Moved { expected, next }, Lang::Zh) => {
                format!("在您填写期间已有人办理（您依据第 {expected} 步，现为第 {next} 步）。请看过新的情况再办。")
            }
            (Self::Moved { expected, next }, Lang::En) => format!(
                "somebody acted while you were writing (yours was step {expected}, the next is {next}); look at the case again"
            ),
            (Self::BackInTime, Lang::Zh) => "时间早于上一步，不能倒填。".into(),
            (Self::BackInTime, Lang::En) => {
                "the time lies before the step it follows; a step cannot be dated back".into()
            }
            (Self::Altered { seq }, Lang::Zh) => format!("第 {seq} 步的记录被改动过，与哈希链不符。"),
            (Self::Altered { seq }, Lang::En) => {
                format!("the record of step {seq} was altered: it does not fit the hash chain")
            }
            (Self::Empty, Lang::Zh) => "没有任何记录。".into(),
            (Self::Empty, Lang::En) => "there is no record".into(),
        }
    }
}
