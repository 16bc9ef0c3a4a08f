//! A case: the fold of its events.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use kernel::chain::{GENESIS, Hash};
use serde::{Deserialize, Serialize};

use crate::event::{Actor, Event, Sealed};
use crate::items::ANSWER;
use crate::kind::{Kind, Mark, Need, Party, State, Step, TRANSFER, Turn};
use crate::plan::{Done, Plan};
use crate::promise::Promise;
use crate::refusal::Refusal;

/// The key of the first event of every case.
pub const OPEN: &str = "open";

/// One stay in a state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stay {
    /// The state.
    pub state: &'static State,
    /// When it began.
    pub from: Timestamp,
    /// When it ended; `None` for the present one.
    pub to: Option<Timestamp>,
    /// How often the case had been opened again by then.
    pub opening: u32,
    /// The unit in charge of the case then, whoever's turn it was; where a unit went over into another,
    /// the one it went over into.
    pub unit: Option<String>,
}

/// What a case is about, as its opening said it. Words that were erased by law are missing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct About {
    /// Its name.
    pub title: Option<String>,
    /// Its topic, by key; a later step may put it right.
    pub topic: Option<String>,
    /// Where it is.
    pub place: Option<String>,
    /// The subject, by id.
    pub subject: Option<String>,
    /// The case it came out of, by id.
    pub parent: Option<String>,
    /// What it was opened for once and never twice.
    pub occasion: Option<String>,
    /// Its number for people.
    pub number: Option<String>,
    /// The person of the unit who answers for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
}

/// A case as its events leave it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its kind.
    #[serde(with = "crate::kept::kind")]
    pub kind: &'static Kind,
    /// The number of its last event.
    pub seq: u32,
    /// The hash of its last event.
    #[serde(with = "crate::kept::hash")]
    pub hash: Hash,
    /// When its last event happened.
    pub changed_at: Timestamp,
    /// Who opened it.
    pub opened_by: Actor,
    /// What it is about.
    pub about: About,
    /// Every stay in a state, the present one last.
    pub stays: Vec<Stay>,
    /// The unit in charge.
    pub unit: Option<String>,
    /// Units that assist.
    pub assisting: Vec<String>,
    /// Who handed in the work that waits for another person, or was passed.
    pub worker: Option<String>,
    /// The day that was agreed instead of the clock's, where the kind lets a person move it.
    pub until: Option<Date>,
    /// The day that came with the step which led to a state and binds it, such as the earliest of an order's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<Date>,
    /// The moment by which the first turn is to be done, in place of its own clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// What was promised for what is applied for, beside the clocks of its kind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<Promise>,
    /// Its plan by months, with what was reported as done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<Plan>,
    /// The last rating; `None` where nobody rated, which is no praise.
    pub rating: Option<u8>,
    /// How often it was opened again.
    pub reopened: u32,
    /// How often it came back from a unit that was not the right one.
    pub returned: u32,
    /// How often somebody was reminded.
    pub chased: u32,
    /// Which of the units that were called have come, and when, in the order in which they came.
    pub arrived: Vec<(String, Timestamp)>,
    /// The assisting units that gave their part, or were let off.
    pub parts: Vec<String>,
    /// The grade that the park gave the unit in charge; `None` where it gave none.
    pub graded: Option<u8>,
    /// Whether the answer or the end did nothing for who asked.
    pub without_effect: bool,
    /// Whether what was handed in last says that there is nothing to report.
    pub nothing: bool,
    /// The steps that may be taken once and were, since it was opened or opened again.
    pub once: Vec<String>,
}

impl Case {
    /// Opens a case.
    ///
    /// # Errors
    /// [`Refusal`] where the opener may not, or the event is not a first one.
    pub fn open(kind: &'static Kind, first: &Sealed) -> Result<Self, Refusal> {
        let event = &first.event;
        if event.seq != 1 {
            return Err(Refusal::Moved { expected: event.seq, next: 1 });
        }
        if event.step != OPEN {
            return Err(Refusal::NoSuchStep(event.step.clone()));
        }
        if !first.follows(&GENESIS) {
            return Err(Refusal::Altered { seq: 1 });
        }
        if !kind.opened_by.contains(&event.by.party) {
            return Err(Refusal::NotOpenedBy { by: kind.opened_by, party: event.by.party });
        }
        let given = &event.given;
        let unit = given.unit.clone();
        let stay = Stay { state: kind.first(), from: event.at, to: None, opening: 0, unit };
        let about = About {
            title: given.title.clone(),
            topic: given.topic.clone(),
            place: given.place.clone(),
            subject: given.subject.clone(),
            parent: given.parent.clone(),
            occasion: given.occasion.clone(),
            number: given.number.clone(),
            person: given.person.clone(),
        };
        Ok(Self {
            kind,
            seq: 1,
            hash: first.hash,
            changed_at: event.at,
            opened_by: event.by.clone(),
            about,
            stays: vec![stay],
            unit: event.given.unit.clone(),
            assisting: event.given.assisting.clone(),
            worker: None,
            until: event.given.until,
            bound: None,
            due_at: event.given.due_at,
            promise: event.given.promise,
            plan: event.given.plan.as_ref().map(Plan::undone),
            rating: None,
            reopened: 0,
            returned: 0,
            chased: 0,
            arrived: Vec::new(),
            parts: Vec::new(),
            graded: None,
            without_effect: false,
            nothing: false,
            once: Vec::new(),
        })
    }

    /// The case that these events make.
    ///
    /// # Errors
    /// [`Refusal::Altered`] with the first event that is not what was stored; [`Refusal`] where the events
    /// could never have followed each other.
    pub fn replay<'a>(kind: &'static Kind, events: impl IntoIterator<Item = &'a Sealed>) -> Result<Self, Refusal> {
        let mut events = events.into_iter();
        let mut case = Self::open(kind, events.next().ok_or(Refusal::Empty)?)?;
        for event in events {
            case.apply(event)?;
        }
        Ok(case)
    }

    /// The present stay.
    pub fn stay(&self) -> &Stay {
        &self.stays[self.stays.len() - 1]
    }

    /// The state it is in.
    pub fn state(&self) -> &'static State {
        self.stay().state
    }

    /// The steps that somebody may take now. What each needs besides is asked for when it is taken.
    pub fn may(&self, actor: &Actor) -> Vec<&'static Step> {
        let steps = self.kind.steps_from(self.state().key);
        let may =
            |step: &&Step| step.who.contains(&actor.party) && !self.is_own_work(step, actor) && !self.is_spent(step);
        steps.filter(may).collect()
    }

    fn is_own_work(&self, step: &Step, actor: &Actor) -> bool {
        step.needs.contains(&Need::AnotherPerson) && self.worker.as_deref() == Some(actor.person.as_str())
    }

    fn is_spent(&self, step: &Step) -> bool {
        step.once && self.once.iter().any(|key| key == step.key)
    }

    /// Whether an event may be the next; the step it takes.
    ///
    /// # Errors
    /// [`Refusal`] with what stands against it.
    pub fn check(&self, event: &Event) -> Result<&'static Step, Refusal> {
        self.check_with(event, false)
    }

    /// As [`Case::check`]. What was said when the words were still there is not asked for again.
    fn check_with(&self, event: &Event, erased: bool) -> Result<&'static Step, Refusal> {
        if event.seq != self.seq + 1 {
            return Err(Refusal::Moved { expected: event.seq, next: self.seq + 1 });
        }
        if event.at < self.changed_at {
            return Err(Refusal::BackInTime);
        }
        let step = self.kind.step(&event.step).ok_or_else(|| Refusal::NoSuchStep(event.step.clone()))?;
        let state = self.state();
        let leads_on = step.from.contains(&state.key) || (step.key == TRANSFER.key && !state.is_end());
        if !leads_on {
            return Err(Refusal::NotNow { step, state });
        }
        if !step.who.contains(&event.by.party) {
            return Err(Refusal::NotYours { step, party: event.by.party });
        }
        if self.is_spent(step) {
            return Err(Refusal::Once(step));
        }
        let said = |need: Need| erased && matches!(need, Need::Text | Need::Reason | Need::Addition);
        match step.needs.iter().find(|need| !said(**need) && !self.has(**need, step, event)) {
            Some(need) => Err(Refusal::Lacks { step, need: *need }),
            None => Ok(step),
        }
    }

    fn has(&self, need: Need, step: &Step, event: &Event) -> bool {
        let given = &event.given;
        match need {
            Need::Text | Need::Reason => given.text.as_deref().is_some_and(|text| !text.trim().is_empty()),
            Need::Proof => !given.proofs.is_empty(),
            Need::Addition => !given.proofs.is_empty() || given.form.keys().any(|key| key.starts_with(ANSWER)),
            Need::Unit => given.unit.as_deref().is_some_and(|unit| !unit.trim().is_empty()),
            Need::Rating => given.rating.is_some_and(|rating| (1..=5).contains(&rating)),
            Need::Until => given.until.is_some_and(|day| day >= day_of(event.at)),
            Need::Signature => given.signed,
            Need::AnotherPerson => !self.is_own_work(step, &event.by),
            Need::Called => given.unit.as_ref().is_some_and(|unit| self.assisting.contains(unit)),
            Need::Parts => self.assisting.iter().all(|unit| self.parts.contains(unit)),
        }
    }

    /// Adds the next event.
    ///
    /// # Errors
    /// As [`Case::check`], and [`Refusal::Altered`] where the event does not fit the chain. The case is then
    /// as it was.
    pub fn apply(&mut self, next: &Sealed) -> Result<(), Refusal> {
        let event = &next.event;
        if event.seq == self.seq + 1 && !next.follows(&self.hash) {
            return Err(Refusal::Altered { seq: event.seq });
        }
        let step = self.check_with(event, next.erased.is_some())?;
        self.take(step, event);
        if let Some(state) = step.to.and_then(|key| self.kind.state(key)) {
            if let Some(last) = self.stays.last_mut() {
                last.to = Some(event.at);
            }
            let (from, opening, unit) = (event.at, self.reopened, self.unit.clone());
            self.stays.push(Stay { state, from, to: None, opening, unit });
        } else if let Some(last) = self.stays.last_mut() {
            last.unit.clone_from(&self.unit);
        }
        self.seq = event.seq;
        self.hash = next.hash;
        self.changed_at = event.at;
        Ok(())
    }

    /// What a step leaves on the case, the change of state apart.
    fn take(&mut self, step: &'static Step, event: &Event) {
        let given = &event.given;
        if step.hands_in {
            self.worker = Some(event.by.person.clone());
            self.nothing = step.mark == Some(Mark::SaysNothing);
        }
        if step.needs.contains(&Need::Unit) {
            self.unit.clone_from(&given.unit);
            self.assisting.clone_from(&given.assisting);
            self.arrived.clear();
            self.parts.clear();
        }
        if step.binds {
            self.bound = given.until;
        }
        if step.needs.contains(&Need::Until) {
            self.until = given.until;
            // Another day may come with another plan; what was done stays done.
            if let Some(plan) = &given.plan {
                let done = self.plan.take().map(|plan| plan.done).unwrap_or_default();
                self.plan = Some(Plan { done, ..plan.undone() });
            }
        }
        // Only who does the work says how much of it is done.
        if let (Some(plan), Some(amount), true) = (&mut self.plan, given.amount, step.who.contains(&Party::Lead)) {
            plan.done.push(Done { on: day_of(event.at), amount });
        }
        if given.topic.is_some() {
            self.about.topic.clone_from(&given.topic);
        }
        if step.reopens {
            self.reopened += 1;
            self.until = None;
            self.bound = None;
            self.without_effect = false;
            self.once.clear();
        }
        if step.once {
            self.once.push(step.key.to_owned());
        }
        if step.mark != Some(Mark::Grades) {
            self.rating = given.rating.filter(|_| step.needs.contains(&Need::Rating)).or(self.rating);
        }
        match step.mark {
            Some(Mark::Returns) => self.returned += 1,
            Some(Mark::Chases) => self.chased += 1,
            Some(Mark::Grades) => self.graded = given.rating,
            Some(Mark::WithoutEffect) => self.without_effect = true,
            Some(Mark::Arrives) => {
                // The lead unit comes as itself; an assisting one says which it is.
                let unit = if step.needs.contains(&Need::Called) { &given.unit } else { &self.unit };
                if let Some(unit) = unit.clone().filter(|unit| self.arrived.iter().all(|(known, _)| known != unit)) {
                    self.arrived.push((unit, event.at));
                }
            }
            Some(Mark::GivesPart) => {
                self.parts.extend(given.unit.clone().filter(|unit| !self.parts.contains(unit)));
            }
            Some(Mark::SaysNothing) | None => {}
        }
    }

    /// Who must act: the party, and the unit in charge where it is a unit's turn.
    pub fn owner(&self) -> Option<(Party, Option<&str>)> {
        let party = self.state().owner()?;
        let unit = matches!(party, Party::Lead | Party::Assisting).then_some(self.unit.as_deref()).flatten();
        Some((party, unit))
    }

    /// Whether its time stands still.
    pub fn is_paused(&self) -> bool {
        matches!(self.state().turn, Turn::Paused(_))
    }
}

/// The time of China, which has one.
const CHINA: Offset = Offset::constant(8);

/// The day in China.
pub(crate) fn day_of(at: Timestamp) -> Date {
    CHINA.to_datetime(at).date()
}

/// The first moment of a day in China; `None` for the last days that can be told at all.
pub(crate) fn begin_of(day: Date) -> Option<Timestamp> {
    CHINA.to_timestamp(day.at(0, 0, 0, 0)).ok()
}
