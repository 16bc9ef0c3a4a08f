//! Service officers: which officer serves which firm, and since when.

use jiff::Timestamp;
use kernel::SubjectId;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use sea_orm::{ConnectionTrait, FromQueryResult};
use serde_json::json;
use uuid::Uuid;

use crate::access::{AccountState, Action, Role, Rule, Thing, Viewer};
use crate::clock::moment;
use crate::write::Chain;
use crate::{Event, Store, StoreError, Tx};

/// An officer's service of one subject.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Service {
    /// The subject.
    pub subject: SubjectId,
    /// The officer's account.
    pub account: String,
    /// Since when.
    pub since: Timestamp,
    /// Who assigned it.
    pub by: String,
    /// Until when; `None` while it lasts.
    pub until: Option<Timestamp>,
    /// Who ended it.
    pub ended_by: Option<String>,
}

#[derive(FromQueryResult)]
pub(super) struct Row {
    subject: Uuid,
    account: String,
    since: i64,
    by: String,
    until: Option<i64>,
    ended_by: Option<String>,
}

impl Row {
    pub(super) fn service(self) -> Service {
        Service {
            subject: SubjectId(self.subject),
            account: self.account,
            since: moment(self.since),
            by: self.by,
            until: self.until.map(moment),
            ended_by: self.ended_by,
        }
    }
}

pub(super) fn select(zone: &str) -> SelectStatement {
    Query::select()
        .columns(["subject", "account", "since", "by", "until", "ended_by"])
        .from("service_officer")
        .and_where(Expr::col("zone").eq(zone))
        .to_owned()
}

impl Tx {
    /// The officer of a subject: the one assigned, as long as the account can serve.
    pub(crate) async fn officer_of(&self, subject: SubjectId) -> Result<Option<String>, StoreError> {
        let query = select(self.zone_id())
            .and_where(Expr::col("subject").eq(subject.0))
            .and_where(Expr::col("until").is_null())
            .and_where(Expr::col("account").in_subquery(serving(self.zone_id())))
            .order_by("since", Order::Desc)
            .limit(1)
            .to_owned();
        let row = self.connection().query_one(&query).await?;
        Ok(row.map(|row| row.try_get_by("account")).transpose()?)
    }

    /// The account of this name, which must exist and not be retired.
    pub(crate) async fn active_account(&self, name: &str) -> Result<Uuid, StoreError> {
        let query = Query::select()
            .column("id")
            .from("account")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("name").eq(name))
            .and_where(Expr::col("state").ne(AccountState::Retired.key()))
            .to_owned();
        let row = self.connection().query_one(&query).await?;
        let row = row.ok_or_else(|| Rule::NotFound(Thing::Account, name.to_owned()))?;
        Ok(row.try_get_by("id")?)
    }

    async fn end_service(&self, subject: SubjectId, by: &str) -> Result<(), StoreError> {
        let update = Query::update()
            .table("service_officer")
            .value("until", self.now().as_microsecond())
            .value("ended_by", by)
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("subject").eq(subject.0))
            .and_where(Expr::col("until").is_null())
            .to_owned();
        self.connection().execute(&update).await?;
        Ok(())
    }

    /// Open cases about a subject go to its officer.
    async fn hand_cases_to(&self, subject: SubjectId, officer: Option<&str>) -> Result<(), StoreError> {
        let update = Query::update()
            .table("case_head")
            .value("officer", officer.map(str::to_owned))
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("subject").eq(subject.0))
            .and_where(Expr::col("open").eq(true))
            .to_owned();
        self.connection().execute(&update).await?;
        Ok(())
    }
}

/// The names of accounts that hold the officer role and are not retired.
pub(super) fn serving(zone: &str) -> SelectStatement {
    Query::select()
        .column(("account", "name"))
        .from("account")
        .inner_join(
            "role_grant",
            Expr::col(("role_grant", "zone"))
                .equals(("account", "zone"))
                .and(Expr::col(("role_grant", "account")).equals(("account", "id"))),
        )
        .and_where(Expr::col(("account", "zone")).eq(zone))
        .and_where(Expr::col(("account", "state")).ne(AccountState::Retired.key()))
        .and_where(Expr::col(("role_grant", "role")).eq(Role::Officer.key()))
        .to_owned()
}

impl Store {
    /// Makes an account the one chief service officer of these subjects, or leaves them without one.
    /// Who served before is kept; the open cases about them go over. Returns how many changed.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`]; [`StoreError::NotFound`] for a subject out of scope; a refusal for an
    /// account that is closed or no officer's.
    pub async fn assign_officer(
        &self,
        viewer: &Viewer,
        subjects: &[SubjectId],
        account: Option<&str>,
    ) -> Result<u64, StoreError> {
        viewer.require(Action::AssignOfficers)?;
        let scope = &viewer.scope_for(Action::AssignOfficers);
        self.write(|tx| async move {
            // Cases go over with their firms: whoever acts on some meanwhile is waited for before anything else.
            tx.head(Chain::Case).await?;
            if let Some(account) = account {
                tx.active_account(account).await?;
                let query = serving(tx.zone_id()).and_where(Expr::col(("account", "name")).eq(account)).to_owned();
                if tx.connection().query_one(&query).await?.is_none() {
                    return Err(StoreError::refused(
                        format!("账号“{account}”没有服务专员角色。请选择一位服务专员。"),
                        format!("The account “{account}” is no service officer; choose one who is."),
                    ));
                }
            }
            let mut changed = 0;
            for subject in subjects {
                let seen = Query::select()
                    .expr(Expr::val(1))
                    .from("subject")
                    .and_where(Expr::col(("subject", "zone")).eq(tx.zone_id()))
                    .and_where(Expr::col(("subject", "id")).eq(subject.0))
                    .cond_where(scope.condition("subject"))
                    .to_owned();
                if tx.connection().query_one(&seen).await?.is_none() {
                    return Err(StoreError::NotFound);
                }
                let before = tx.current_officer(*subject).await?;
                if before.as_deref() == account {
                    continue;
                }
                tx.end_service(*subject, &viewer.name).await?;
                if let Some(account) = account {
                    tx.begin_service(*subject, account, &viewer.name).await?;
                }
                tx.hand_cases_to(*subject, account).await?;
                let data = json!({"from": before, "to": account});
                tx.append_event(Event::new("officer.assigned", viewer.name.as_str()).on(*subject).with(data)).await?;
                changed += 1;
            }
            Ok(changed)
        })
        .await
    }
}

impl Tx {
    async fn current_officer(&self, subject: SubjectId) -> Result<Option<String>, StoreError> {
        let query = select(self.zone_id())
            .and_where(Expr::col("subject").eq(subject.0))
            .and_where(Expr::col("until").is_null())
            .to_owned();
        let row = self.connection().query_one(&query).await?;
        Ok(row.map(|row| row.try_get_by("account")).transpose()?)
    }

    async fn begin_service(&self, subject: SubjectId, account: &str, by: &str) -> Result<(), StoreError> {
        let insert = Query::insert()
            .into_table("service_officer")
            .columns(["zone", "subject", "since", "account", "by"])
            .values_panic([
                self.zone_id().into(),
                subject.0.into(),
                self.now().as_microsecond().into(),
                account.into(),
                by.into(),
            ])
            .to_owned();
        self.connection().execute(&insert).await?;
        Ok(())
    }
}
