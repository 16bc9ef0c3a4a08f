//! Opening a case.

use kernel::SubjectId;
use kernel::chain::GENESIS;
use loops::{Actor, Case, Event, Given, Kind, OPEN, Party, Refusal};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query};
use uuid::Uuid;

use super::act::assisting;
use super::given::checked;
use super::head::{Opened, number};
use super::party::{Standing, opening_parties};
use super::row::{self, CaseId, CaseRow, day_of};
use crate::access::{Action, UnitId, Viewer};
use crate::write::Chain;
use crate::{Store, StoreError, Tx};

/// The name under which the clock acts. No account can be called so: it has brackets.
pub const CLOCK: &str = "(clock)";

impl Store {
    /// Opens a case of a kind as this person, in the part in which the person may: the first that the
    /// kind names. What is asked for in `given`: a title always; a unit where the first turn is a unit's.
    ///
    /// # Errors
    /// [`StoreError::Case`] with [`Refusal::NotOpenedBy`] where others open such a case,
    /// [`StoreError::Refused`] for what is missing or cannot be, [`StoreError::NotFound`] for a subject
    /// or parent case that the person may not see, [`StoreError::Forbidden`] for who opens none at all,
    /// [`StoreError::Duplicate`] where a case was opened for the same occasion.
    pub async fn open_case(&self, viewer: &Viewer, kind: &'static Kind, given: Given) -> Result<CaseRow, StoreError> {
        viewer.require(Action::OpenCases)?;
        let standing = self.standing_of(viewer).await?;
        let (standing, given) = (&standing, &given);
        self.write(|tx| async move {
            // Taken first, so that nobody else opens or acts between what is read here and the end.
            tx.head(Chain::Case).await?;
            tx.open_as(viewer, standing, kind, given.clone()).await
        })
        .await
    }

    /// Opens a case that is due by itself, such as a firm's visit of the quarter or a unit's report of
    /// the day. `given.occasion` says for what; a case that was opened for it before is left as it is,
    /// and the answer is `None`.
    ///
    /// # Errors
    /// As [`Store::open_case`]; a refusal where no occasion is given.
    pub async fn open_case_when_due(&self, kind: &'static Kind, given: Given) -> Result<Option<CaseRow>, StoreError> {
        let given = &given;
        self.write(|tx| async move {
            tx.head(Chain::Case).await?;
            tx.open_by_clock(kind, given.clone(), None).await
        })
        .await
    }

    /// The kinds of which this person may open a case, in the order of the menus.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn kinds_to_open(&self, viewer: &Viewer) -> Result<Vec<&'static Kind>, StoreError> {
        if !viewer.can(Action::OpenCases) {
            return Ok(Vec::new());
        }
        Ok(self.looking(viewer).await?.kinds_to_open())
    }
}

/// An enterprise asks about itself only, and a unit that opens something for itself is in charge of it.
fn with_own(standing: &Standing, given: Given) -> Given {
    match standing.enterprise {
        Some(own) => Given { subject: Some(own.to_string()), unit: None, assisting: Vec::new(), ..given },
        None => given,
    }
}

/// The subject of a case as it stands now.
#[derive(Debug, Clone, Default)]
pub(crate) struct Placed {
    pub(crate) unit: Option<UnitId>,
    pub(crate) officer: Option<String>,
}

impl Tx {
    /// Opens a case as this person. The chain of cases is taken by the caller.
    pub(crate) async fn open_as(
        &self,
        viewer: &Viewer,
        standing: &Standing,
        kind: &'static Kind,
        given: Given,
    ) -> Result<CaseRow, StoreError> {
        let given = checked(self, given, Some(viewer)).await?;
        let given = with_own(standing, given);
        let subject = self.subject_of_case(&given, Some(viewer)).await?;
        let parties = opening_parties(standing, subject.unit, subject.officer.as_deref());
        let party = kind.opened_by.iter().copied().find(|party| parties.contains(party));
        let Some(party) = party else {
            let as_whom = parties.first().copied().unwrap_or(Party::Second);
            return Err(Refusal::NotOpenedBy { by: kind.opened_by, party: as_whom }.into());
        };
        let actor = Actor { person: viewer.name.clone(), party };
        self.opened(kind, actor, Some(viewer.unit), given, subject).await
    }

    /// Opens a case that is due by itself, for an officer where one is named; `None` where it was opened for
    /// the same occasion before. The chain of cases is taken by the caller.
    pub(crate) async fn open_by_clock(
        &self,
        kind: &'static Kind,
        given: Given,
        officer: Option<&str>,
    ) -> Result<Option<CaseRow>, StoreError> {
        let given = checked(self, given, None).await?;
        let occasion = given.occasion.as_deref().ok_or_else(|| {
            StoreError::refused(
                "自动建立的事项须注明事由，以免重复。",
                "A case opened by the clock needs its occasion.",
            )
        })?;
        if self.was_opened_for(kind, occasion).await? {
            return Ok(None);
        }
        let mut placed = self.subject_of_case(&given, None).await?;
        placed.officer = officer.map(str::to_owned).or(placed.officer);
        let actor = Actor { person: CLOCK.to_owned(), party: Party::Clock };
        let unit = super::head::unit_of(given.unit.as_deref());
        self.opened(kind, actor, unit, given, placed).await.map(Some)
    }

    /// The unit and the officer of the subject that is given; it must exist, for a viewer in scope.
    pub(crate) async fn subject_of_case(&self, given: &Given, viewer: Option<&Viewer>) -> Result<Placed, StoreError> {
        let Some(id) = given.subject.as_deref() else { return Ok(Placed::default()) };
        let id: Uuid = id.parse().map_err(|_| StoreError::NotFound)?;
        let mut query = Query::select();
        query
            .column("unit_id")
            .from("subject")
            .and_where(Expr::col(("subject", "zone")).eq(self.zone_id()))
            .and_where(Expr::col(("subject", "id")).eq(id));
        if let Some(viewer) = viewer {
            query.cond_where(viewer.scope_for(Action::OpenCases).condition("subject"));
        }
        let row = self.connection().query_one(&query).await?.ok_or(StoreError::NotFound)?;
        let unit: Option<Uuid> = row.try_get_by("unit_id")?;
        let officer = self.officer_of(SubjectId(id)).await?;
        Ok(Placed { unit: unit.map(UnitId), officer })
    }

    async fn was_opened_for(&self, kind: &Kind, occasion: &str) -> Result<bool, StoreError> {
        let query = Query::select()
            .expr(Expr::val(1))
            .from("case_head")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("kind").eq(kind.key))
            .and_where(Expr::col("occasion").eq(occasion))
            .to_owned();
        Ok(self.connection().query_one(&query).await?.is_some())
    }

    /// Writes the first event and the head of a case.
    async fn opened(
        &self,
        kind: &'static Kind,
        by: Actor,
        opener_unit: Option<UnitId>,
        given: Given,
        placed: Placed,
    ) -> Result<CaseRow, StoreError> {
        let given = with_unit(kind, &by, opener_unit, given)?;
        let officer = placed.officer.or_else(|| {
            let serves = matches!(by.party, Party::Officer) || (kind.key == "assistance" && by.party == Party::Park);
            serves.then(|| by.person.clone())
        });
        let year = day_of(self.now()).year();
        let serial = self.next_serial(kind, year).await?;
        let given = Given { number: Some(number(kind, year, serial)), ..given };
        let event = Event { seq: 1, at: self.now(), by, step: OPEN.to_owned(), given };
        let sealed = event.seal(&GENESIS, Uuid::new_v4().into_bytes());
        let case = Case::open(kind, &sealed)?;
        let opened = Opened { id: CaseId(Uuid::now_v7()), year, serial, opener_unit, subject_unit: placed.unit };
        self.append_case_event(opened.id, &sealed).await?;
        self.insert_head(&opened, &case, officer).await?;
        self.keep_units(opened.id, &case).await?;
        let (row, _) = row::found(self.connection(), self.zone_id(), opened.id).await?.ok_or(StoreError::NotFound)?;
        self.tally_changed(None, (&row, &assisting(&case))).await?;
        self.tell_turn(&row, &case).await?;
        Ok(row)
    }

    async fn next_serial(&self, kind: &Kind, year: i16) -> Result<i64, StoreError> {
        let query = Query::select()
            .column("serial")
            .from("case_head")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("kind").eq(kind.key))
            .and_where(Expr::col("year").eq(i64::from(year)))
            .order_by("serial", Order::Desc)
            .limit(1)
            .to_owned();
        let row = self.connection().query_one(&query).await?;
        Ok(row.map_or(Ok(0), |row| row.try_get_by::<i64, _>("serial"))? + 1)
    }

    pub(crate) async fn insert_head(
        &self,
        opened: &Opened,
        case: &Case,
        officer: Option<String>,
    ) -> Result<(), StoreError> {
        let (columns, values) = self.head_row(opened, case, officer);
        let mut insert = Query::insert();
        insert.into_table("case_head").columns(columns).values_panic(values.into_iter().map(Expr::val));
        self.connection().execute(&insert).await?;
        Ok(())
    }

    /// The head of a case that was just opened: the same columns for every case, and their values.
    pub(crate) fn head_row(
        &self,
        opened: &Opened,
        case: &Case,
        officer: Option<String>,
    ) -> (Vec<&'static str>, Vec<sea_orm::Value>) {
        let fixed = [
            ("zone", self.zone_id().into()),
            ("id", opened.id.0.into()),
            ("year", i64::from(opened.year).into()),
            ("serial", opened.serial.into()),
            ("opener_unit", opened.opener_unit.map(|unit| unit.0).into()),
            ("subject_unit", opened.subject_unit.map(|unit| unit.0).into()),
            ("officer", officer.into()),
        ];
        let timed = super::head::timed(case, self.now(), self.store().timing(), None);
        fixed.into_iter().chain(super::head::folded(case)).chain(timed).unzip()
    }
}

/// A case whose first turn is a unit's must know which.
fn with_unit(kind: &Kind, by: &Actor, opener: Option<UnitId>, given: Given) -> Result<Given, StoreError> {
    let first = kind.first().owner();
    if !matches!(first, Some(Party::Lead | Party::Assisting)) || given.unit.is_some() {
        return Ok(given);
    }
    match opener.filter(|_| by.party == Party::Lead) {
        Some(own) => Ok(Given { unit: Some(own.to_string()), ..given }),
        None => Err(StoreError::refused(
            format!("“{}”须先指定主办单位。请选择由哪个单位办理。", kind.zh),
            format!("A case of the kind “{}” needs the unit in charge; choose one.", kind.en),
        )),
    }
}
