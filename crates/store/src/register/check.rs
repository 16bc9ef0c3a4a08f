//! Comparing what is kept beside the statements with what follows from them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use sea_orm::sea_query::{Expr, ExprTrait as _, Order, Query};
use sea_orm::{ConnectionTrait, QueryResult, Value};
use uuid::Uuid;

use super::derive::{Derived, Identity, State, derive};
use super::history::histories;
use super::keep::{IDENTITY_COLUMNS, identities, read_identity};
use super::placing::units;
use super::shown::KeptView;
use super::view::{self, VIEW};
use crate::verify::Wrong;
use crate::{Store, StoreError};

/// How many subjects are compared at a time.
const PAGE: u64 = 500;

/// The rows kept beside subjects, by subject: each row as its cells.
type Beside = HashMap<Uuid, BTreeSet<Vec<String>>>;

/// Derives every subject anew and compares. Returns how many agree and the first that does not.
/// The unit is left out: it follows the names units have today.
pub(crate) async fn first_altered(
    store: &Store,
    connection: &impl ConnectionTrait,
) -> Result<(i64, Option<(Uuid, Wrong)>), StoreError> {
    let zone = store.zone_id();
    let units = units(connection, zone).await?;
    let (mut after, mut sound) = (None, 0);
    loop {
        let rows = page(connection, zone, after).await?;
        let Some(last) = rows.last() else { return Ok((sound, nameless(connection, zone).await?)) };
        after = Some(last.0.id);
        let ids: Vec<Uuid> = rows.iter().map(|(subject, ..)| subject.id).collect();
        let parents: Vec<Uuid> = rows.iter().filter_map(|(subject, ..)| subject.parent).collect();
        let parents = identities(connection, zone, &parents).await?;
        let histories = histories(connection, zone, store.catalogue(), &ids, None).await?;
        let views = views(connection, zone, &ids).await?;
        let identifiers = beside(connection, zone, "identifier", "subject", &["scheme", "value"], &ids).await?;
        let conflicts = beside(connection, zone, "conflict", "subject", &["fact", "field"], &ids).await?;
        let held = ["title", "valid_from", "valid_to"];
        let held = beside(connection, zone, "held_title", "record", &held, &ids).await?;
        for (subject, row) in &rows {
            let said: Vec<_> = histories.with_sources(subject.id).collect();
            let parent_unit = subject.parent.and_then(|parent| parents.get(&parent)?.1);
            let derived = derive(store.catalogue(), &units, parent_unit, subject, &said);
            let kept = (views.get(&subject.id), &identifiers, &conflicts, &held);
            if let Some(wrong) = compare(subject, row, &derived, kept)? {
                return Ok((sound, Some((subject.id, wrong))));
            }
            sound += 1;
        }
    }
}

async fn page(
    connection: &impl ConnectionTrait,
    zone: &str,
    after: Option<Uuid>,
) -> Result<Vec<(Identity, QueryResult)>, StoreError> {
    let mut query = Query::select();
    query.columns(IDENTITY_COLUMNS).columns(WORDS).columns(NUMBERS).from("subject");
    query.and_where(Expr::col("zone").eq(zone)).order_by("id", Order::Asc).limit(PAGE);
    if let Some(after) = after {
        query.and_where(Expr::col("id").gt(after));
    }
    let rows = connection.query_all(&query).await?;
    rows.into_iter().map(|row| Ok((read_identity(&row)?.0, row))).collect()
}

const WORDS: [&str; 9] =
    ["name", "name_key", "search_text", "code", "industry", "region", "level", "category", "registered_on"];
const NUMBERS: [&str; 6] = ["figures_year", "revenue", "rd_expense", "employees", "conflicts_open", "changed_at"];

type Kept<'a> = (Option<&'a (String, Option<String>)>, &'a Beside, &'a Beside, &'a Beside);

fn compare(
    subject: &Identity,
    row: &QueryResult,
    derived: &Derived,
    (view, identifiers, conflicts, held): Kept<'_>,
) -> Result<Option<Wrong>, StoreError> {
    let hot = &derived.hot;
    let words = [
        &hot.name,
        &hot.name_key,
        &hot.search_text,
        &hot.code,
        &hot.industry,
        &hot.region,
        &hot.level,
        &hot.category,
        &hot.registered_on,
    ];
    for (column, expected) in WORDS.into_iter().zip(words) {
        if &row.try_get_by::<String, _>(column)? != expected {
            return Ok(Some(Wrong::Derived { column }));
        }
    }
    let open = derived.conflicts.len() as i64;
    let numbers = [hot.figures_year, hot.revenue, hot.rd_expense, hot.employees, open, derived.changed_at];
    for (column, expected) in NUMBERS.into_iter().zip(numbers) {
        if row.try_get_by::<i64, _>(column)? != expected {
            return Ok(Some(Wrong::Derived { column }));
        }
    }
    let Some((facts, personal)) = view else { return Ok(Some(Wrong::Extra { table: "subject_view" })) };
    let KeptView::Own(texts) = &derived.view else {
        return Ok(Some(Wrong::Derived { column: "facts" }));
    };
    if facts != &texts.open {
        return Ok(Some(Wrong::Derived { column: "facts" }));
    }
    if personal != &texts.personal {
        return Ok(Some(Wrong::Derived { column: "personal" }));
    }
    let named = derived.identifiers.iter().map(|(scheme, value)| vec![(*scheme).to_owned(), value.clone()]);
    let disputed = derived.conflicts.iter().filter(|_| subject.state != State::Merged);
    let disputed = disputed.map(|conflict| vec![conflict.key.to_string(), conflict.key.field.to_string()]);
    let titled = derived.held.iter().filter(|_| subject.state == State::Active && subject.parent.is_some());
    let titled = titled.map(|held| vec![held.title.clone(), held.valid_from.clone(), held.valid_to.clone()]);
    let tables: [(&'static str, &Beside, BTreeSet<Vec<String>>); 3] = [
        ("identifier", identifiers, named.collect()),
        ("conflict", conflicts, disputed.collect()),
        ("held_title", held, titled.collect()),
    ];
    let none = BTreeSet::new();
    Ok(tables
        .into_iter()
        .find(|(_, found, expected)| found.get(&subject.id).unwrap_or(&none) != expected)
        .map(|(table, ..)| Wrong::Extra { table }))
}

async fn views(
    connection: &impl ConnectionTrait,
    zone: &str,
    ids: &[Uuid],
) -> Result<BTreeMap<Uuid, (String, Option<String>)>, StoreError> {
    let mut query = Query::select();
    query
        .column((VIEW, "subject"))
        .expr_as(view::open(), "facts")
        .expr_as(view::personal(), "personal")
        .from(VIEW)
        .and_where(Expr::col((VIEW, "zone")).eq(zone))
        .and_where(Expr::col((VIEW, "subject")).is_in(ids.iter().copied()));
    view::join_statement(&mut query, zone);
    let mut views = BTreeMap::new();
    for row in connection.query_all(&query).await? {
        views.insert(row.try_get_by("subject")?, (row.try_get_by("facts")?, row.try_get_by("personal")?));
    }
    Ok(views)
}

async fn beside(
    connection: &impl ConnectionTrait,
    zone: &str,
    table: &'static str,
    owner: &'static str,
    columns: &[&'static str],
    ids: &[Uuid],
) -> Result<Beside, StoreError> {
    let query = Query::select()
        .column(owner)
        .columns(columns.iter().copied())
        .from(table)
        .and_where(Expr::col("zone").eq(zone))
        .and_where(Expr::col(owner).is_in(ids.iter().copied()))
        .to_owned();
    let mut found = Beside::new();
    for row in connection.query_all(&query).await? {
        let cells = columns.iter().map(|column| row.try_get_by(*column)).collect::<Result<_, _>>()?;
        found.entry(row.try_get_by(owner)?).or_default().insert(cells);
    }
    Ok(found)
}

/// A subject that statements speak of but that is in no list, or a view that belongs to nobody.
async fn nameless(connection: &impl ConnectionTrait, zone: &str) -> Result<Option<(Uuid, Wrong)>, StoreError> {
    for table in ["statement", "subject_view"] {
        let known = Query::select()
            .expr(Expr::val(1))
            .from("subject")
            .and_where(Expr::col(("subject", "zone")).eq(Value::from(zone)))
            .and_where(Expr::col(("subject", "id")).equals((table, "subject")))
            .to_owned();
        let query = Query::select()
            .column((table, "subject"))
            .from(table)
            .and_where(Expr::col((table, "zone")).eq(zone))
            .and_where(Expr::exists(known).not())
            .limit(1)
            .to_owned();
        if let Some(row) = connection.query_one(&query).await? {
            return Ok(Some((row.try_get_by("subject")?, Wrong::Extra { table: "subject" })));
        }
    }
    Ok(None)
}
