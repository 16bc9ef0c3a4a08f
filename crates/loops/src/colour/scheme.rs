//! A scheme of colours: a text in the policy language, and what it says of a case.

use std::sync::{Arc, OnceLock, PoisonError, RwLock, RwLockReadGuard};

use jiff::civil::{Date, date};
use kernel::{FactKey, Lang};
use policy::answer::Tri;
use policy::eval::explain::Reason;
use policy::{Facts, Policy, Problem, Ready, Settings, Severity};
use rustc_hash::FxHashMap;

use super::Colour;
use super::measured::Measured;
use crate::catalogue::catalogue;

macro_rules! scheme_files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../../policies/loops/", $name, ".policy")))),*]
    };
}

/// The texts that come with the program, by id; the first is what a zone has that chose none.
pub(super) const TEXTS: &[(&str, &str)] = scheme_files![
    "colour-default",
    "colour-suqian",
    "colour-sanming",
    "colour-yinchuan",
    "colour-sanya",
    "colour-hanyin",
    "colour-ouhai",
    "colour-huating",
];

/// Why a text is not a scheme.
#[derive(Debug, thiserror::Error)]
pub enum SchemeError {
    /// The text is not a policy.
    #[error("the text of the scheme has {} faults", .0.len())]
    Faulty(Vec<Problem>),
    /// A condition is not named by a colour.
    #[error("{}", self.say(Lang::En))]
    NoColour(String),
    /// A rule for lists lacks one of its conditions.
    #[error("{}", self.say(Lang::En))]
    NoList(String),
}

impl SchemeError {
    /// The message for the person.
    pub fn say(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Faulty(problems), _) => {
                problems.iter().map(|problem| problem.message.say(lang).to_owned()).collect::<Vec<_>>().join("\n")
            }
            (Self::NoList(id), Lang::Zh) => format!("红黑榜规则缺条件“{id}”；应有 base、black 和 red 三个条件。"),
            (Self::NoList(id), Lang::En) => {
                format!("the rule has no condition {id:?}; it needs base, black and red")
            }
            (Self::NoColour(id), Lang::Zh) => {
                format!("条件“{id}”不是颜色；应以 blue、green、yellow、orange 或 red 起头，如 red、red-2。")
            }
            (Self::NoColour(id), Lang::En) => {
                format!(
                    "condition {id:?} names no colour; it begins with blue, green, yellow, orange or red, as in red-2"
                )
            }
        }
    }
}

/// A scheme that was read.
#[derive(Debug, Clone)]
pub struct Scheme {
    /// The text as a policy.
    pub policy: Policy,
    /// The lamps in order: a colour, and the number of its condition.
    lamps: Vec<(Colour, usize)>,
}

impl Scheme {
    /// Reads the text of a scheme, with figures that a zone has set (`colour-default.临近天数`).
    ///
    /// # Errors
    /// [`SchemeError`] with everything that is wrong with it.
    pub fn read(source: &str, settings: &Settings) -> Result<Self, SchemeError> {
        let checked = policy::check(source, catalogue(), settings);
        let errors = || checked.problems.iter().filter(|one| one.severity == Severity::Error).cloned().collect();
        let Some(policy) = checked.policy.clone() else { return Err(SchemeError::Faulty(errors())) };
        let lamp = |(at, condition): (usize, &policy::ir::Condition)| {
            let key = condition.id.split('-').next().unwrap_or_default();
            let colour = Colour::from_key(key).filter(|colour| *colour != Colour::Grey);
            colour.map(|colour| (colour, at)).ok_or_else(|| SchemeError::NoColour(condition.id.clone()))
        };
        let lamps = policy.top_conditions().map(lamp).collect::<Result<_, _>>()?;
        Ok(Self { policy, lamps })
    }

    /// Its name.
    pub fn label(&self, lang: Lang) -> &str {
        self.policy.title_in(lang)
    }

    /// Its id, such as `colour-default`.
    pub fn id(&self) -> &str {
        &self.policy.id
    }

    /// The documents it is drawn from.
    pub fn documents(&self) -> &[String] {
        &self.policy.documents
    }

    /// What its text remarks, in the language of the text.
    pub fn notes(&self) -> impl Iterator<Item = &str> {
        self.policy.notes.iter().map(|(_, note)| note.as_str())
    }

    /// The lamps in the order in which they are tried, each with what its condition is called.
    pub fn lamps_in(&self, lang: Lang) -> impl Iterator<Item = (Colour, &str)> {
        self.lamps.iter().map(move |(colour, at)| (*colour, self.lamp(*at, lang)))
    }

    /// What a condition is called; empty for a number that none has.
    pub fn lamp(&self, condition: usize, lang: Lang) -> &str {
        self.policy.conditions.get(condition).map_or("", |condition| condition.name_in(lang))
    }

    /// Makes the scheme ready for the cases of one tick.
    pub fn ready(&self) -> Painter<'_> {
        let ready = self.policy.on(ANY_DAY);
        let inputs = 0..self.policy.inputs.len();
        let fields = inputs.filter_map(|input| ready.key(input).cloned()).collect();
        Painter { scheme: self, ready, fields, painted: Arc::default() }
    }
}

/// Figures of a case have no year and schemes no window: the day a policy is asked for means nothing here.
const ANY_DAY: Date = date(2026, 1, 1);

/// The schemes that come with the program, the usual one first.
pub fn schemes() -> &'static [Scheme] {
    static SCHEMES: OnceLock<Vec<Scheme>> = OnceLock::new();
    // The texts are part of the program, and a test reads every one of them.
    SCHEMES.get_or_init(|| TEXTS.iter().filter_map(|(_, text)| Scheme::read(text, &Settings::new()).ok()).collect())
}

/// The scheme that comes with the program under this id.
pub fn by_id(id: &str) -> Option<&'static Scheme> {
    schemes().iter().find(|scheme| scheme.policy.id == id)
}

/// A scheme made ready.
#[derive(Debug, Clone)]
pub struct Painter<'s> {
    scheme: &'s Scheme,
    ready: Ready<'s>,
    fields: Vec<FactKey>,
    /// What the text said of figures before: a zone's cases have few different ones.
    painted: Arc<RwLock<Memory>>,
}

type Memory = FxHashMap<Measured, Painted>;

/// How many figures are remembered with what the text says of them.
const REMEMBERED: usize = 20_000;

/// The colour a case has by the rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Painted {
    /// The colour.
    pub colour: Colour,
    /// The number of the condition that decided, or could not be decided; `None` where none holds.
    pub condition: Option<usize>,
}

impl<'s> Painter<'s> {
    /// The scheme.
    pub fn scheme(&self) -> &'s Scheme {
        self.scheme
    }

    /// The colour of a case by its figures.
    pub fn paint(&self, measured: &Measured) -> Painted {
        self.painting().paint(measured)
    }

    /// Paints one after the other: what is known already is looked up without asking for leave each time.
    pub(super) fn painting(&self) -> Painting<'_, 's> {
        Painting { painter: self, known: None }
    }

    fn paint_anew(&self, measured: &Measured) -> Painted {
        let painted = self.paint_facts(&measured.sheet(&self.fields));
        let mut known = self.painted.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= REMEMBERED {
            known.clear();
        }
        known.insert(measured.clone(), painted);
        painted
    }

    /// The colour by figures that are written out, as in the cases of the scheme.
    pub fn paint_facts<F: Facts + ?Sized>(&self, facts: &F) -> Painted {
        let outcome = self.ready.evaluate(facts);
        for (colour, at) in &self.scheme.lamps {
            match outcome.steps[self.scheme.policy.conditions[*at].step].tri() {
                Tri::Yes => return Painted { colour: *colour, condition: Some(*at) },
                Tri::No => {}
                Tri::Open => return Painted { colour: Colour::Grey, condition: Some(*at) },
            }
        }
        Painted { colour: Colour::Grey, condition: None }
    }

    /// Why: the reasons of the lamps in their order, down to the one that is lit, each with its article.
    pub fn explain(&self, measured: &Measured) -> Vec<(Colour, Reason<'_>)> {
        let sheet = measured.sheet(&self.fields);
        let outcome = self.ready.evaluate(&sheet);
        let mut told = Vec::new();
        for (colour, at) in &self.scheme.lamps {
            let reason = self.ready.explain_step(self.scheme.policy.conditions[*at].step, &outcome, &sheet);
            let decided = reason.worked.tri() != Tri::No;
            told.push((*colour, reason));
            if decided {
                break;
            }
        }
        told
    }
}

/// A painter at work.
pub(super) struct Painting<'p, 's> {
    painter: &'p Painter<'s>,
    known: Option<RwLockReadGuard<'p, Memory>>,
}

impl Painting<'_, '_> {
    /// The colour of a case by its figures.
    pub(super) fn paint(&mut self, measured: &Measured) -> Painted {
        let memory = &self.painter.painted;
        let known = self.known.get_or_insert_with(|| memory.read().unwrap_or_else(PoisonError::into_inner));
        if let Some(painted) = known.get(measured) {
            return *painted;
        }
        // Who remembers something new has the memory alone.
        self.known = None;
        self.painter.paint_anew(measured)
    }
}
