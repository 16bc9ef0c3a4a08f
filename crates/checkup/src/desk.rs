//! The library made ready for one day, for any number of enterprises.

use jiff::civil::Date;
use kernel::{Lang, SubjectKind};
use policy::problem::nearest;
use policy::{FactSheet, Facts, Library, Ready};

use crate::brief::Brief;
use crate::checkup::CheckUp;
use crate::enterprise::Enterprise;
use crate::series::Series;

/// The policies an enterprise is held against on one day.
#[derive(Debug)]
pub struct Desk<'l> {
    on: Date,
    ready: Vec<Ready<'l>>,
}

/// A policy was asked for that is not in force.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no policy {id:?} for enterprises is in force on {on}")]
pub struct NotInForce {
    /// The id that was asked for.
    pub id: String,
    /// The day.
    pub on: Date,
    /// The first day of its next version, where it is one that begins later.
    pub begins: Option<Date>,
    /// The ids that are in force and nearest to it.
    pub nearest: Vec<String>,
}

impl NotInForce {
    /// What was asked for and what there is.
    pub fn say(&self, lang: Lang) -> String {
        let Self { id, on, .. } = self;
        let said = match lang {
            Lang::Zh => format!("{on} 没有适用于企业的政策“{id}”在施行"),
            Lang::En => format!("no policy {id:?} for enterprises is in force on {on}"),
        };
        let hint = match (self.begins, self.nearest.is_empty(), lang) {
            (Some(day), _, Lang::Zh) => format!("；它自 {day} 起施行"),
            (Some(day), _, Lang::En) => format!("; it begins on {day}"),
            (None, false, Lang::Zh) => format!("；是否指 {}？", self.nearest.join("、")),
            (None, false, Lang::En) => format!("; did you mean {}?", self.nearest.join(", ")),
            (None, true, _) => String::new(),
        };
        said + &hint
    }
}

impl<'l> Desk<'l> {
    /// Every policy that is asked of all enterprises on a day: the country's first, then those of places, by id.
    pub fn new(library: &'l Library, on: Date) -> Self {
        let mut policies: Vec<_> =
            library.asked_of_all(on).filter(|policy| policy.subject == SubjectKind::Enterprise).collect();
        policies.sort_by_key(|policy| !matches!(policy.level.as_str(), "" | "国家"));
        Desk { on, ready: policies.into_iter().map(|policy| policy.on(on)).collect() }
    }

    /// The chosen policies alone, in the order in which they are asked for.
    ///
    /// # Errors
    /// The first id that is not in force on the day.
    pub fn of(library: &'l Library, on: Date, ids: &[impl AsRef<str>]) -> Result<Self, NotInForce> {
        let mut ready = Vec::with_capacity(ids.len());
        for id in ids {
            let id = id.as_ref();
            let found = library.policy(id, on).filter(|policy| policy.subject == SubjectKind::Enterprise);
            match found {
                Some(policy) => ready.push(policy.on(on)),
                None => return Err(not_in_force(library, on, id)),
            }
        }
        Ok(Desk { on, ready })
    }

    /// The day of application.
    pub fn on(&self) -> Date {
        self.on
    }

    /// The versions of the policies, in order.
    pub fn versions(&self) -> impl Iterator<Item = String> + '_ {
        self.ready.iter().map(|ready| ready.policy.version())
    }

    /// What comes out for an enterprise under every policy of the desk, in its order, without the reasons.
    pub fn briefs<F: Facts + ?Sized>(&self, facts: &F) -> Vec<Brief> {
        self.ready.iter().map(|ready| Brief::of(ready, facts)).collect()
    }

    /// The desk for one enterprise after another. `blank` holds what is known of one of whom nothing is told: the
    /// kinds of record of which none listed means that there are none. `kept` makes of a brief what is kept.
    pub fn series<T>(&self, blank: &FactSheet, kept: fn(Brief) -> T) -> Series<'_, T> {
        Series::new(&self.ready, blank, kept)
    }

    /// Holds an enterprise against every policy of the desk, in its order.
    pub fn check_up(&self, enterprise: &Enterprise) -> Vec<CheckUp> {
        self.ready.iter().map(|ready| CheckUp::of(ready, enterprise)).collect()
    }
}

fn not_in_force(library: &Library, on: Date, id: &str) -> NotInForce {
    let begins = library.policies().iter().filter(|policy| policy.id == id && policy.from > on).map(|it| it.from).min();
    let for_enterprises = library.in_force(on).filter(|policy| policy.subject == SubjectKind::Enterprise);
    let known: Vec<&str> = for_enterprises.map(|policy| policy.id.as_str()).collect();
    NotInForce { id: id.to_owned(), on, begins, nearest: nearest(id, known) }
}
