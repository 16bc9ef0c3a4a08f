//! One page of a list, fetched in one round trip.
//!
//! The database finds the ids of the page along one index, joins what is shown of each and sends
//! the page as one row: its rows as JSON, and the stored views, a line for each. Fifty rows of
//! twenty columns sent one by one would cost several times what it costs to find them.

use std::fmt;

use kernel::{FactKey, SubjectId};
use sea_orm::sea_query::{Expr, ExprTrait as _, Func, Order, Query, SelectStatement, SubQueryStatement};
use sea_orm::{ConnectionTrait as _, DbBackend, FromQueryResult};
use serde::de::{self, Deserialize, Deserializer, Visitor};
use uuid::Uuid;

use super::hot::read_day;
use super::list::{Column, ListQuery, Matches, Sort};
use super::row::{self, SubjectRow, TitleHeld};
use super::shown::StoredView;
use super::view;
use super::way::Way;
use crate::access::Scope;
use crate::write::Chain;
use crate::{Store, StoreError};

/// A value of a sorted column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Number(i64),
    Word(String),
}

impl Place {
    fn value(&self) -> Expr {
        match self {
            Place::Number(number) => Expr::val(*number),
            Place::Word(word) => Expr::val(word.as_str()),
        }
    }
}

/// By hand: tried one form after the other, every name would first be refused as a number, with a message that
/// quotes it.
impl<'de> Deserialize<'de> for Place {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(PlaceVisitor)
    }
}

struct PlaceVisitor;

impl Visitor<'_> for PlaceVisitor {
    type Value = Place;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number or a word")
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<Place, E> {
        Ok(Place::Number(number))
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<Place, E> {
        let found = de::Unexpected::Unsigned(number);
        i64::try_from(number).map(Place::Number).map_err(|_| E::invalid_value(found, &self))
    }

    fn visit_str<E: de::Error>(self, word: &str) -> Result<Place, E> {
        Ok(Place::Word(word.to_owned()))
    }
}

/// Where a page ended: the value of the sorted column, and the id.
pub(super) struct Cursor {
    pub(super) place: Place,
    pub(super) id: Uuid,
}

impl Cursor {
    pub(super) fn write(&self) -> String {
        match &self.place {
            Place::Number(number) => hex::encode(format!("{} {number}", self.id)),
            Place::Word(word) => hex::encode(format!("{} {word}", self.id)),
        }
    }

    /// Reads a cursor of a list sorted like this; anything else is an address someone made up.
    pub(super) fn read(text: &str, sort: Sort) -> Option<Self> {
        let text = String::from_utf8(hex::decode(text).ok()?).ok()?;
        let (id, value) = text.split_once(' ')?;
        let place = match sort.missing() {
            Place::Number(_) => Place::Number(value.parse().ok()?),
            Place::Word(_) => Place::Word(value.to_owned()),
        };
        Some(Self { place, id: id.parse().ok()? })
    }
}

/// What a page is asked of.
pub(super) struct Wanted<'a> {
    pub(super) query: &'a ListQuery,
    pub(super) scope: &'a Scope,
    pub(super) matches: &'a Matches,
    pub(super) way: Way,
    pub(super) after: Option<&'a Cursor>,
    pub(super) rows: usize,
}

/// Rows in the order of the list, each with the place where a page behind it begins.
pub(super) struct Found {
    pub(super) rows: Vec<(SubjectRow, Cursor)>,
    /// The number of the register's last change when they were read.
    pub(super) revision: i64,
}

/// A half of a list: what has a value in the sorted column, and what has none.
#[derive(Clone, Copy, PartialEq)]
enum Half {
    Valued,
    Missing,
    /// Both at once, where the order of the column has what is missing last anyway.
    Both,
}

#[derive(FromQueryResult)]
struct Answer {
    revision: i64,
    rows: Option<String>,
    views: Option<String>,
}

/// One row as it comes in the answer.
#[derive(serde::Deserialize)]
struct Sent {
    sorted_by: Place,
    titles: Option<String>,
    row: row::Packed,
}

/// Between the titles of one subject; no title holds it.
const BETWEEN: &str = "\u{1e}";
/// Between two views: JSON has no bare line break.
const LINE: &str = "\n";

impl Store {
    /// One page: what has a value in the sorted column first, then what has none.
    pub(super) async fn page(&self, wanted: &Wanted<'_>) -> Result<Found, StoreError> {
        if wanted.query.descending {
            return self.half(wanted, Half::Both, wanted.rows).await;
        }
        let missing = wanted.query.sort.missing();
        let mut found = match wanted.after.is_some_and(|after| after.place == missing) {
            true => Found { rows: Vec::new(), revision: 0 },
            false => self.half(wanted, Half::Valued, wanted.rows).await?,
        };
        if found.rows.len() < wanted.rows {
            let rest = self.half(wanted, Half::Missing, wanted.rows - found.rows.len()).await?;
            found.rows.extend(rest.rows);
            found.revision = rest.revision;
        }
        Ok(found)
    }

    async fn half(&self, wanted: &Wanted<'_>, half: Half, rows: usize) -> Result<Found, StoreError> {
        let select = self.page_query(wanted, half, rows);
        let answer = self.reader().query_one_raw(self.along(wanted.way, &select)).await?;
        let answer = answer.ok_or(StoreError::NotFound)?;
        let Answer { revision, rows, views } = Answer::from_query_result(&answer, "")?;
        let sent: Vec<Sent> = match &rows {
            Some(rows) => serde_json::from_str(rows)
                .map_err(|error| StoreError::Corrupt(format!("a page of a list cannot be read: {error}")))?,
            None => Vec::new(),
        };
        let views = views.unwrap_or_default();
        let mut views = views.split(LINE);
        let mut found = Vec::with_capacity(sent.len());
        for Sent { sorted_by, titles, row } in sent {
            let mut row = row.read()?;
            row.titles = titles_in(titles.as_deref().unwrap_or_default());
            row.cells = self.cells(&wanted.query.columns, views.next().unwrap_or_default());
            let cursor = Cursor { place: sorted_by, id: row.id.0 };
            found.push((row, cursor));
        }
        // Databases do not promise the order in which rows come together.
        found.sort_unstable_by(|(_, one), (_, other)| {
            let order = (&one.place, one.id).cmp(&(&other.place, other.id));
            if wanted.query.descending { order.reverse() } else { order }
        });
        Ok(Found { rows: found, revision })
    }

    /// The columns that were asked for, from a stored view. Personal data are in no list.
    fn cells(&self, columns: &[Column], view: &str) -> Vec<Option<super::shown::Cell>> {
        if columns.is_empty() {
            return Vec::new();
        }
        let field = |column: &Column| match column {
            Column::Fact(FactKey { field, .. }) => field.to_string(),
            Column::Latest(field) => field.clone(),
        };
        let fields: Vec<String> = columns.iter().map(field).collect();
        let view = StoredView::read_fields(view, &fields);
        let cell = |column: &Column| match column {
            Column::Fact(key) => view.cell(self.catalogue(), key),
            Column::Latest(field) => view.latest(self.catalogue(), field),
        };
        columns.iter().map(cell).collect()
    }

    fn page_query(&self, wanted: &Wanted<'_>, half: Half, rows: usize) -> SelectStatement {
        let (zone, backend) = (self.zone_id(), self.backend());
        let words = Words::of(backend);
        let mut row = vec![Expr::col(("subject", wanted.query.sort.column())), self.titles_query(&words)];
        row.push(Func::cust(words.array).args(row::packed(backend)).into());
        let rows_of_page = Func::cust(words.rows).arg(Func::cust(words.array).args(row));
        let mut select = Query::select();
        select
            .expr_as(subquery(self.revision_query()), "revision")
            .expr_as(Func::cast_as(rows_of_page, "text"), "rows")
            .from_subquery(self.ids_query(wanted, half, rows), "page")
            .inner_join(
                "subject",
                Expr::col(("subject", "zone")).eq(zone).and(Expr::col(("subject", "id")).equals(("page", "id"))),
            );
        if wanted.query.columns.is_empty() {
            select.expr_as(Expr::val(Option::<String>::None).cast_as("text"), "views");
            return select;
        }
        let shown = Func::coalesce([view::open(), Expr::val("")]);
        select.expr_as(Func::cust(words.join).arg(shown).arg(LINE), "views");
        view::join(&mut select, zone, ("page", "id"));
        select
    }

    /// The ids of a page, found by an index alone.
    fn ids_query(&self, wanted: &Wanted<'_>, half: Half, rows: usize) -> SelectStatement {
        let Wanted { query, scope, matches, after, .. } = wanted;
        let sorted = || Expr::col(("subject", query.sort.column()));
        let missing = query.sort.missing();
        let mut ids = Query::select();
        ids.column(("subject", "id"))
            .from("subject")
            .and_where(Expr::col(("subject", "zone")).eq(self.zone_id()))
            .cond_where(self.condition(query, scope, matches))
            .limit(rows as u64);
        match half {
            Half::Valued => ids.and_where(sorted().gt(missing.value())),
            Half::Missing => ids.and_where(sorted().eq(missing.value())),
            Half::Both => &mut ids,
        };
        if let Some(after) = after.filter(|after| half != Half::Missing || after.place == missing) {
            let here = Expr::tuple([sorted(), Expr::col(("subject", "id"))]);
            let last = Expr::tuple([after.place.value(), Expr::val(after.id)]);
            ids.and_where(if query.descending { here.lt(last) } else { here.gt(last) });
        }
        let order = if query.descending { Order::Desc } else { Order::Asc };
        ids.order_by(("subject", query.sort.column()), order.clone()).order_by(("subject", "id"), order);
        ids
    }

    /// The titles of the subject of a row, in one text: record, first day, last day, title.
    fn titles_query(&self, words: &Words) -> Expr {
        let of = |name: &'static str| Expr::col(("held_title", name));
        let record = words.id(of("record"));
        let title =
            Func::cust("concat_ws").args([Expr::val(" "), record, of("valid_from"), of("valid_to"), of("title")]);
        let held = Query::select()
            .expr(Func::cust(words.join).arg(title).arg(BETWEEN))
            .from("held_title")
            .and_where(of("zone").eq(self.zone_id()))
            .and_where(of("subject").equals(("subject", "id")))
            .to_owned();
        subquery(held)
    }

    fn revision_query(&self) -> SelectStatement {
        Query::select()
            .column("seq")
            .from("chain")
            .and_where(Expr::col("zone").eq(self.zone_id()))
            .and_where(Expr::col("name").eq(Chain::Register.key()))
            .to_owned()
    }
}

/// The functions that both databases have under names of their own.
pub(super) struct Words {
    backend: DbBackend,
    array: &'static str,
    rows: &'static str,
    join: &'static str,
}

impl Words {
    pub(super) fn of(backend: DbBackend) -> Self {
        match backend {
            DbBackend::Postgres => Self { backend, array: "json_build_array", rows: "json_agg", join: "string_agg" },
            _ => Self { backend, array: "json_array", rows: "json_group_array", join: "group_concat" },
        }
    }

    /// An id in words, which JSON can hold.
    pub(super) fn id(&self, id: Expr) -> Expr {
        match self.backend {
            DbBackend::Postgres => id.cast_as("text"),
            _ => Func::cust("hex").arg(id).into(),
        }
    }
}

fn subquery(select: SelectStatement) -> Expr {
    Expr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(select)))
}

/// Reads the titles of one subject: by title, the one that ends last first.
fn titles_in(text: &str) -> Vec<TitleHeld> {
    let mut titles: Vec<(&str, &str, &str, Uuid)> = text
        .split(BETWEEN)
        .filter_map(|held| {
            let mut parts = held.splitn(4, ' ');
            let record = Uuid::try_parse(parts.next()?).ok()?;
            let (from, to, title) = (parts.next()?, parts.next()?, parts.next()?);
            Some((title, to, from, record))
        })
        .collect();
    titles.sort_unstable_by(|one, other| one.0.cmp(other.0).then(other.1.cmp(one.1)).then(one.3.cmp(&other.3)));
    let held = |(title, to, from, record): (&str, &str, &str, Uuid)| TitleHeld {
        title: title.to_owned(),
        record: SubjectId(record),
        valid_from: read_day(from),
        valid_to: read_day(to).filter(|day| day.year() < 9999),
    };
    titles.into_iter().map(held).collect()
}
