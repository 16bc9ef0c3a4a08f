//! What people are to be told: written in the transaction of what it tells of, and never twice.

use std::collections::BTreeSet;

use jiff::Timestamp;
use kernel::SubjectId;
use loops::{Case, Party};
use sea_orm::ConnectionTrait as _;
use sea_orm::sea_query::{Cond, Expr, ExprTrait as _, Query, SelectStatement};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::row::CaseRow;
use super::setting::{self, PAGE, Setting};
use crate::access::{AccountState, Role, UnitId};
use crate::register::bulk::{Batch, OnKey, insert};
use crate::{StoreError, Tx};

/// A case waits for somebody: it is their turn.
pub const YOUR_TURN: &str = "case.your_turn";
/// The time of a case is running out, or has run out.
pub const TIME: &str = "case.time";
/// A case came to its end, for whoever opened it.
pub const ENDED: &str = "case.ended";

/// One thing to tell, to be laid down for each of some people on each of their channels.
pub(crate) struct Telling<'a> {
    /// What makes it the same thing: nobody is told twice on one channel.
    pub(crate) key: String,
    /// What it is.
    pub(crate) what: &'static str,
    /// The case.
    pub(crate) row: &'a CaseRow,
    /// The particulars beside those of the case.
    pub(crate) more: Json,
}

impl Tx {
    /// Tells those whose turn it now is, and who asked that it came to its end.
    pub(crate) async fn tell_turn(&self, row: &CaseRow, case: &Case) -> Result<(), StoreError> {
        let (what, party) = match row.turn() {
            Some(party) => (YOUR_TURN, party),
            None => (ENDED, Party::Asker),
        };
        let mut people = self.people(party, row).await?;
        // Nobody is told what he just did himself.
        people.remove(last_actor(case));
        let key = format!("{what}:{}:{}", row.id, row.seq);
        self.tell(&Telling { key, what, row, more: json!({}) }, &people).await.map(|_| ())
    }

    /// Lays down a telling for these accounts and for the webhooks that listen; returns how many rows
    /// that made. What was laid down before is left as it is.
    pub(crate) async fn tell(&self, telling: &Telling<'_>, people: &BTreeSet<String>) -> Result<u64, StoreError> {
        let now = self.now();
        let settings = setting::of(self.connection(), self.zone_id(), people).await?;
        let plain = Setting::default();
        let mut rows: Vec<(String, String, Timestamp)> = Vec::new();
        for account in people {
            let setting = settings.get(account).unwrap_or(&plain);
            rows.push((PAGE.to_owned(), account.clone(), now));
            rows.extend(
                setting
                    .channels
                    .iter()
                    .map(|channel| (channel.key().to_owned(), account.clone(), setting.send_at(now))),
            );
        }
        if !telling.row.private {
            for target in super::webhook::listening(self.connection(), self.zone_id(), telling.row.unit).await? {
                rows.push((super::webhook::CHANNEL.to_owned(), target.to_string(), now));
            }
        }
        let laid = rows.len() as u64;
        let data = said(telling).to_string();
        let row = |(channel, whom, at): (String, String, Timestamp)| {
            let state = if channel == PAGE { "unread" } else { "waiting" };
            let key = format!("{}:{channel}:{whom}", telling.key);
            let values: [sea_orm::Value; 12] = [
                self.zone_id().into(),
                Uuid::now_v7().into(),
                key.into(),
                channel.into(),
                whom.into(),
                telling.what.into(),
                Some(telling.row.id.0).into(),
                data.clone().into(),
                state.into(),
                0_i64.into(),
                at.as_microsecond().into(),
                now.as_microsecond().into(),
            ];
            values
        };
        let values: Vec<sea_orm::Value> = rows.into_iter().flat_map(row).collect();
        if values.is_empty() {
            return Ok(0);
        }
        let columns = &[
            "zone",
            "id",
            "key",
            "channel",
            "whom",
            "what",
            "case_id",
            "data",
            "state",
            "tries",
            "next_try",
            "created_at",
        ];
        insert(self.connection(), Batch { table: "notice", columns, values, on_key: OnKey::Keep }).await?;
        Ok(laid)
    }

    /// One line on a person's own page that is about no case.
    pub(crate) async fn say_on_page(&self, whom: &str, what: &str, key: &str, data: &Json) -> Result<(), StoreError> {
        let now = self.now().as_microsecond();
        let columns =
            &["zone", "id", "key", "channel", "whom", "what", "data", "state", "tries", "next_try", "created_at"];
        let values = vec![
            self.zone_id().into(),
            Uuid::now_v7().into(),
            key.into(),
            PAGE.into(),
            whom.into(),
            what.into(),
            data.to_string().into(),
            "unread".into(),
            0_i64.into(),
            now.into(),
            now.into(),
        ];
        insert(self.connection(), Batch { table: "notice", columns, values, on_key: OnKey::Keep }).await
    }

    /// The accounts that stand in a part of a case: whom to tell. Where nobody in particular does, such
    /// as for a second person, nobody is told; those who may act find it in their list.
    pub(crate) async fn people(&self, party: Party, row: &CaseRow) -> Result<BTreeSet<String>, StoreError> {
        let post = match row.unit {
            Some(unit) => super::posts::one(self.connection(), self.zone_id(), unit).await?,
            None => None,
        };
        let named = |name: Option<String>| name.map(|name| BTreeSet::from([name]));
        let found = match party {
            Party::Asker => match row.asker {
                Some(enterprise) => {
                    let family = super::family::of(self.connection(), self.zone_id(), enterprise).await?;
                    self.names(&self.enterprise_accounts(&family)).await?
                }
                None => BTreeSet::from([row.opener.clone()]),
            },
            Party::Officer => match &row.officer {
                Some(officer) => BTreeSet::from([officer.clone()]),
                None => self.of_unit(&[Role::Officer], row.subject_unit.or(row.opener_unit)).await?,
            },
            Party::Park => self.of_unit(&[Role::Officer], row.subject_unit.or(row.opener_unit)).await?,
            Party::Lead => self.of_unit(&[Role::Clerk, Role::Officer], row.unit).await?,
            Party::Desk => self.names(&self.holders(&[Role::Analyst])).await?,
            Party::Head => match named(post.and_then(|post| post.head)) {
                Some(head) => head,
                None => self.names(&self.holders(&[Role::Leader])).await?,
            },
            Party::Superior => match named(post.and_then(|post| post.superior)) {
                Some(superior) => superior,
                None => self.names(&self.holders(&[Role::Leader])).await?,
            },
            Party::Supervisor => BTreeSet::from([row.opener.clone()]),
            Party::Assisting | Party::Second | Party::Clock => BTreeSet::new(),
        };
        // What has brackets is nobody's account.
        Ok(found.into_iter().filter(|name| !name.starts_with('(')).collect())
    }

    async fn of_unit(&self, roles: &[Role], unit: Option<UnitId>) -> Result<BTreeSet<String>, StoreError> {
        let Some(unit) = unit else { return Ok(BTreeSet::new()) };
        let mut query = self.holders(roles);
        let own = Cond::any()
            .add(Expr::col(("account", "unit")).eq(unit.0))
            .add(Expr::col(("role_grant", "unit")).eq(unit.0));
        query.cond_where(own);
        self.names(&query).await
    }

    fn holders(&self, roles: &[Role]) -> SelectStatement {
        Query::select()
            .distinct()
            .column(("account", "name"))
            .from("account")
            .inner_join(
                "role_grant",
                Expr::col(("role_grant", "zone"))
                    .equals(("account", "zone"))
                    .and(Expr::col(("role_grant", "account")).equals(("account", "id"))),
            )
            .and_where(Expr::col(("account", "zone")).eq(self.zone_id()))
            .and_where(Expr::col(("account", "state")).ne(AccountState::Retired.key()))
            .and_where(Expr::col(("role_grant", "role")).is_in(roles.iter().map(|role| role.key())))
            .to_owned()
    }

    fn enterprise_accounts(&self, family: &[SubjectId]) -> SelectStatement {
        let bound = Expr::col(("account", "enterprise")).is_in(family.iter().map(|subject| subject.0));
        self.holders(&[Role::Enterprise]).and_where(bound).to_owned()
    }

    async fn names(&self, query: &SelectStatement) -> Result<BTreeSet<String>, StoreError> {
        let rows = self.connection().query_all(query).await?;
        Ok(rows.iter().map(|row| row.try_get_by("name")).collect::<Result<_, _>>()?)
    }
}

/// The particulars of a telling. A private case is named by its number only.
fn said(telling: &Telling<'_>) -> Json {
    let row = telling.row;
    let mut data = json!({
        "kind": row.kind.key, "number": row.number, "state": row.state.key, "due": row.due_on(),
        "title": if row.private { "" } else { row.title.as_str() },
    });
    if let (Some(data), Json::Object(more)) = (data.as_object_mut(), telling.more.clone()) {
        data.extend(more);
    }
    data
}

/// Who acted last in the present stay, as far as the fold knows: who opened a new case.
fn last_actor(case: &Case) -> &str {
    if case.seq == 1 { &case.opened_by.person } else { "" }
}
