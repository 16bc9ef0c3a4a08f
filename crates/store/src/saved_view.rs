//! Saved views (已存视图): a list's filters, order and columns under a name.

use jiff::Timestamp;
use kernel::SubjectKind;
use loops::Kind;
use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query};
use sea_orm::{Condition, ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use crate::access::{Action, Rule, Thing, Viewer, named};
use crate::clock::moment;
use crate::{Store, StoreError};

/// The longest query that is kept, in bytes.
const LONGEST_QUERY: usize = 4000;

/// The list a view is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListOf {
    /// The register's list of one kind of subject.
    Subjects(SubjectKind),
    /// The list of one kind of case, or of every kind.
    Cases(Option<&'static Kind>),
}

impl From<SubjectKind> for ListOf {
    fn from(kind: SubjectKind) -> Self {
        ListOf::Subjects(kind)
    }
}

impl ListOf {
    /// The list as the table names it. Kinds of cases bear a prefix, so that none is ever taken for a kind
    /// of subject with the same key.
    fn key(self) -> String {
        match self {
            ListOf::Subjects(kind) => kind.key().to_owned(),
            ListOf::Cases(kind) => format!("case:{}", kind.map_or("", |kind| kind.key)),
        }
    }

    /// What a person must be allowed to do to have views of it.
    fn needs(self) -> Action {
        match self {
            ListOf::Subjects(_) => Action::ReadRegister,
            ListOf::Cases(_) => Action::ReadCases,
        }
    }
}

/// One saved view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedView {
    /// Its id.
    pub id: Uuid,
    /// The account that saved it.
    pub owner: String,
    /// The list it is of.
    pub of: ListOf,
    /// Its name, which one owner gives once for a list.
    pub name: String,
    /// The query of the list's address, without the question mark.
    pub query: String,
    /// Whether everybody sees it. What it lists is still each reader's own rows.
    pub shared: bool,
    /// When it was last saved.
    pub updated_at: Timestamp,
}

#[derive(FromQueryResult)]
struct ViewRow {
    id: Uuid,
    owner: String,
    name: String,
    query: String,
    shared: bool,
    updated_at: i64,
}

impl Store {
    /// Saves a view of a list under a name; the same name of the same list is saved over.
    ///
    /// # Errors
    /// A refusal when the name is unfit or the query too long; [`StoreError::Forbidden`] when the
    /// person may not read such lists, or not show a view to everybody.
    pub async fn save_view(
        &self,
        viewer: &Viewer,
        of: impl Into<ListOf>,
        name: &str,
        query: &str,
        shared: bool,
    ) -> Result<Uuid, StoreError> {
        let of = of.into();
        viewer.require(of.needs())?;
        if shared {
            viewer.require(Action::ShareView)?;
        }
        if query.len() > LONGEST_QUERY {
            return Err(StoreError::refused(
                format!("视图的条件超过 {LONGEST_QUERY} 个字节，不能保存。请减少筛选条件。"),
                format!("the view's conditions are longer than {LONGEST_QUERY} bytes; use fewer filters"),
            ));
        }
        let (name, list) = (named(Thing::SavedView, name)?, of.key());
        let (name, list) = (name.as_str(), list.as_str());
        self.write(|tx| async move {
            let old = Query::delete()
                .from_table("saved_view")
                .and_where(Expr::col("zone").eq(tx.zone_id()))
                .and_where(Expr::col("owner").eq(viewer.name.as_str()))
                .and_where(Expr::col("kind").eq(list))
                .and_where(Expr::col("name").eq(name))
                .to_owned();
            tx.connection().execute(&old).await?;
            let id = Uuid::now_v7();
            let insert = Query::insert()
                .into_table("saved_view")
                .columns(["zone", "id", "owner", "kind", "name", "query", "shared", "updated_at"])
                .values_panic([
                    tx.zone_id().into(),
                    id.into(),
                    viewer.name.as_str().into(),
                    list.into(),
                    name.into(),
                    query.into(),
                    shared.into(),
                    tx.now().as_microsecond().into(),
                ])
                .to_owned();
            tx.connection().execute(&insert).await?;
            Ok(id)
        })
        .await
    }

    /// The views of a list that a person sees: their own, then those shown to everybody.
    ///
    /// # Errors
    /// [`StoreError::Forbidden`] when the person may not read such lists; what the database reports.
    pub async fn saved_views(&self, viewer: &Viewer, of: impl Into<ListOf>) -> Result<Vec<SavedView>, StoreError> {
        let of = of.into();
        viewer.require(of.needs())?;
        let own = Expr::col("owner").eq(viewer.name.as_str());
        let query = Query::select()
            .columns(["id", "owner", "name", "query", "shared", "updated_at"])
            .from("saved_view")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("kind").eq(of.key()))
            .cond_where(Condition::any().add(own).add(Expr::col("shared").eq(true)))
            .order_by("name", Order::Asc)
            .to_owned();
        let mut views = Vec::new();
        for row in self.reader().query_all(&query).await? {
            let ViewRow { id, owner, name, query, shared, updated_at } = ViewRow::from_query_result(&row, "")?;
            views.push(SavedView { id, owner, of, name, query, shared, updated_at: moment(updated_at) });
        }
        views.sort_by_key(|view| view.owner != viewer.name);
        Ok(views)
    }

    /// Deletes one of one's own views.
    ///
    /// # Errors
    /// A refusal when the person has no such view.
    pub async fn delete_view(&self, viewer: &Viewer, id: Uuid) -> Result<(), StoreError> {
        self.write(|tx| async move {
            let delete = Query::delete()
                .from_table("saved_view")
                .and_where(Expr::col("zone").eq(tx.zone_id()))
                .and_where(Expr::col("id").eq(id))
                .and_where(Expr::col("owner").eq(viewer.name.as_str()))
                .to_owned();
            match tx.connection().execute(&delete).await?.rows_affected() {
                1 => Ok(()),
                _ => Err(Rule::NotFound(Thing::SavedView, id.to_string()).into()),
            }
        })
        .await
    }
}
