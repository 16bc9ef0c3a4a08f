//! Who a row speaks of: by code first, then by name.

use std::collections::{BTreeMap, HashMap, HashSet};

use kernel::{FactKey, SubjectId, SubjectKind, Value};
use sea_orm::sea_query::{Expr, ExprTrait as _, Query};
use sea_orm::{ConnectionTrait, FromQueryResult};
use uuid::Uuid;

use super::hot::{fields_of, identifying_code, plain};
use super::normal::{code_key, name_key, several};
use crate::access::Scope;
use crate::{Store, StoreError};

/// What a row says about whom it speaks of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Key {
    /// The unified social credit code, or another code by which subjects of the kind are known.
    pub code: Option<String>,
    /// The name.
    pub name: Option<String>,
}

/// Whom a row speaks of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// A subject of the register.
    Existing(SubjectId),
    /// Several subjects bear this name.
    Ambiguous(Vec<SubjectId>),
    /// Nobody the register knows.
    None,
}

/// The schemes of identifiers.
pub(crate) const USCC: &str = "uscc";
pub(crate) const CODE: &str = "code";
pub(crate) const NAME: &str = "name";
pub(crate) const FORMER: &str = "former";
pub(crate) const RECORD: &str = "record";

/// Whether subjects of the kind are known by name alone.
pub(crate) fn known_by_name(kind: SubjectKind) -> bool {
    use SubjectKind as K;
    matches!(kind, K::Enterprise | K::Institution | K::Platform | K::Project | K::ChainNode | K::Unit | K::Zone)
}

/// Whether the kind's own code is unique in the zone. A certificate's number is not: two offices
/// may use the same.
fn code_is_unique(kind: SubjectKind) -> bool {
    use SubjectKind as K;
    !matches!(kind, K::Title | K::Award | K::Penalty | K::Person | K::Financing | K::Incident)
}

/// Whether a subject of the kind that comes without a code waits for a person to settle who it is.
pub(crate) fn needs_code(kind: SubjectKind) -> bool {
    matches!(kind, SubjectKind::Enterprise | SubjectKind::Institution)
}

/// The fields that tell one record of an owner from another, the first group that has values.
fn record_fields(kind: SubjectKind) -> &'static [&'static [&'static str]] {
    use SubjectKind as K;
    match kind {
        K::Title => &[&["qualification_code", "valid_from"], &["qualification_code"], &["cert_no"]],
        K::IntellectualProperty => &[&["ip_id"], &["ip_name"]],
        K::Financing => &[&["financing_round", "round_date"], &["round_date"], &["financing_round"]],
        K::Contract => &[&["registered_no"], &["contract_name"]],
        K::Award => &[&["award_name", "award_year"], &["award_name"]],
        K::Penalty => &[&["penalty_no"], &["penalty_date", "penalty_history"], &["penalty_history"]],
        K::Incident => &[&["incident_type", "incident_date"], &["incident_date"]],
        _ => &[&["name"]],
    }
}

/// The identifiers that one statement's facts give a subject: scheme and value.
pub(crate) fn identifiers_in<'a>(
    kind: SubjectKind,
    parent: Option<Uuid>,
    values: impl Fn(&str) -> Option<&'a Value>,
) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let mut add = |scheme, value: String| {
        if !value.is_empty() {
            found.push((scheme, value));
        }
    };
    if let Some(code) = values("uscc") {
        add(USCC, identifying_code(code));
    }
    let code_field = fields_of(kind).code;
    if code_field != "uscc"
        && code_is_unique(kind)
        && let Some(code) = values(code_field)
    {
        add(CODE, identifying_code(code));
    }
    if !known_by_name(kind) {
        add(RECORD, record_key(kind, parent, &values).unwrap_or_default());
        return found;
    }
    if let Some(name) = values("name") {
        add(NAME, name_key(&plain(name)));
    }
    if let Some(former) = values("former_names") {
        several(&plain(former)).for_each(|name| add(FORMER, name_key(name)));
    }
    found
}

/// The key of a record among those of its owner.
fn record_key<'a>(
    kind: SubjectKind,
    parent: Option<Uuid>,
    values: impl Fn(&str) -> Option<&'a Value>,
) -> Option<String> {
    let owner = parent.map(|id| id.simple().to_string()).unwrap_or_default();
    record_fields(kind).iter().find_map(|fields| {
        let parts: Option<Vec<String>> = fields.iter().map(|field| values(field).map(plain)).collect();
        Some(format!("{owner}|{}", parts?.iter().map(|part| name_key(part)).collect::<Vec<_>>().join("|")))
    })
}

/// A timeless fact of a statement.
pub(crate) fn timeless<'a>(
    values: &'a std::collections::BTreeMap<FactKey, Option<Value>>,
    field: &str,
) -> Option<&'a Value> {
    values.get(&FactKey::timeless(field)).and_then(Option::as_ref)
}

/// What the register knows about a batch of identifiers.
#[derive(Default)]
pub(crate) struct Known {
    by_identifier: HashMap<(&'static str, String), Vec<Uuid>>,
    has_uscc: HashSet<Uuid>,
}

#[derive(FromQueryResult)]
struct IdentifierRow {
    scheme: String,
    value: String,
    subject: Uuid,
}

#[derive(FromQueryResult)]
struct MergedRow {
    id: Uuid,
    merged_into: Uuid,
}

impl Known {
    /// Looks up identifiers of a kind, all at once.
    pub(crate) async fn fetch(
        connection: &impl ConnectionTrait,
        zone: &str,
        kind: SubjectKind,
        wanted: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Result<Self, StoreError> {
        // The first load of a kind has nobody to look for, however long it is.
        if !anybody(connection, zone, kind).await? {
            return Ok(Known::default());
        }
        Self::among(connection, zone, kind, wanted).await
    }

    /// The same where somebody of the kind is known to be there.
    async fn among(
        connection: &impl ConnectionTrait,
        zone: &str,
        kind: SubjectKind,
        wanted: impl IntoIterator<Item = (&'static str, String)>,
    ) -> Result<Self, StoreError> {
        let mut by_scheme: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
        for (scheme, value) in wanted {
            by_scheme.entry(scheme).or_default().push(value);
        }
        let mut known = Known::default();
        for (scheme, mut values) in by_scheme {
            // In the order of the index.
            values.sort_unstable();
            values.dedup();
            known.fetch_scheme(connection, zone, kind, scheme, values).await?;
        }
        known.follow_merges(connection, zone).await?;
        known.fetch_codes(connection, zone).await?;
        Ok(known)
    }

    async fn fetch_scheme(
        &mut self,
        connection: &impl ConnectionTrait,
        zone: &str,
        kind: SubjectKind,
        scheme: &'static str,
        values: Vec<String>,
    ) -> Result<(), StoreError> {
        // A name is looked for among former names as well.
        let stored: &[&str] = if scheme == NAME { &[NAME, FORMER] } else { &[scheme] };
        for some in values.chunks(5_000) {
            let query = Query::select()
                .columns(["scheme", "value", "subject"])
                .from("identifier")
                .and_where(Expr::col("zone").eq(zone))
                .and_where(Expr::col("kind").eq(kind.key()))
                .and_where(Expr::col("scheme").is_in(stored.iter().copied()))
                .and_where(Expr::col("value").is_in(some.iter().map(String::as_str)))
                .to_owned();
            for row in connection.query_all(&query).await? {
                let row = IdentifierRow::from_query_result(&row, "")?;
                let found = self.by_identifier.entry((scheme, row.value)).or_default();
                // The present name counts before a former one.
                let place = if row.scheme == FORMER { found.len() } else { 0 };
                found.insert(place, row.subject);
            }
        }
        Ok(())
    }

    async fn follow_merges(&mut self, connection: &impl ConnectionTrait, zone: &str) -> Result<(), StoreError> {
        let targets = merge_targets(connection, zone, &self.subjects()).await?;
        if targets.is_empty() {
            return Ok(());
        }
        for found in self.by_identifier.values_mut() {
            for id in found.iter_mut() {
                *id = targets.get(id).copied().unwrap_or(*id);
            }
            let mut seen = HashSet::new();
            found.retain(|id| seen.insert(*id));
        }
        Ok(())
    }

    /// Which of the subjects found by name have a credit code of their own.
    async fn fetch_codes(&mut self, connection: &impl ConnectionTrait, zone: &str) -> Result<(), StoreError> {
        let by_name = self.by_identifier.iter().filter(|((scheme, _), _)| *scheme == NAME);
        let mut ids: Vec<Uuid> = by_name.flat_map(|(_, found)| found.iter().copied()).collect();
        ids.sort_unstable();
        ids.dedup();
        for some in ids.chunks(5_000) {
            let query = Query::select()
                .distinct()
                .column("subject")
                .from("identifier")
                .and_where(Expr::col("zone").eq(zone))
                .and_where(Expr::col("scheme").eq(USCC))
                .and_where(Expr::col("subject").is_in(some.iter().copied()))
                .to_owned();
            for row in connection.query_all(&query).await? {
                self.has_uscc.insert(row.try_get_by("subject")?);
            }
        }
        Ok(())
    }

    fn subjects(&self) -> Vec<Uuid> {
        let unique: HashSet<Uuid> = self.by_identifier.values().flatten().copied().collect();
        unique.into_iter().collect()
    }

    /// Notes a subject made since, so that a later row of the same batch finds it.
    pub(crate) fn note(&mut self, subject: Uuid, identifiers: &[(&'static str, String)]) {
        for (scheme, value) in identifiers {
            if *scheme == USCC {
                self.has_uscc.insert(subject);
            }
            let scheme = if *scheme == FORMER { NAME } else { scheme };
            let found = self.by_identifier.entry((scheme, value.clone())).or_default();
            if !found.contains(&subject) {
                found.push(subject);
            }
        }
    }

    /// Whom identifiers speak of: a code decides; a name only where no code contradicts it.
    pub(crate) fn resolve(&self, identifiers: &[(&'static str, String)]) -> Resolution {
        let of = |wanted: &'static str| identifiers.iter().filter(move |(scheme, _)| *scheme == wanted);
        for scheme in [USCC, CODE, RECORD] {
            let mut found = of(scheme).filter_map(|key| self.by_identifier.get(key)).flatten();
            if let Some(id) = found.next() {
                return Resolution::Existing(SubjectId(*id));
            }
        }
        let has_code = of(USCC).next().is_some();
        let mut found: Vec<Uuid> = of(NAME).filter_map(|key| self.by_identifier.get(key)).flatten().copied().collect();
        found.retain(|id| !(has_code && self.has_uscc.contains(id)));
        match found.as_slice() {
            [] => Resolution::None,
            [id] => Resolution::Existing(SubjectId(*id)),
            several => Resolution::Ambiguous(several.iter().copied().map(SubjectId).collect()),
        }
    }
}

/// Whether anybody of a kind is known by anything.
async fn anybody(connection: &impl ConnectionTrait, zone: &str, kind: SubjectKind) -> Result<bool, StoreError> {
    let query = Query::select()
        .column("scheme")
        .from("identifier")
        .and_where(Expr::col("zone").eq(zone))
        .and_where(Expr::col("kind").eq(kind.key()))
        .limit(1)
        .to_owned();
    Ok(connection.query_one(&query).await?.is_some())
}

/// For those subjects that were merged, the subject under which each is shown now.
pub(crate) async fn merge_targets(
    connection: &impl ConnectionTrait,
    zone: &str,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Uuid>, StoreError> {
    let mut steps: HashMap<Uuid, Uuid> = HashMap::new();
    let mut open: Vec<Uuid> = ids.to_vec();
    while !open.is_empty() {
        let mut next = Vec::new();
        for some in open.chunks(5_000) {
            let query = Query::select()
                .columns(["id", "merged_into"])
                .from("subject")
                .and_where(Expr::col("zone").eq(zone))
                .and_where(Expr::col("id").is_in(some.iter().copied()))
                .and_where(Expr::col("merged_into").is_not_null())
                .to_owned();
            for row in connection.query_all(&query).await? {
                let row = MergedRow::from_query_result(&row, "")?;
                if steps.insert(row.id, row.merged_into).is_none() {
                    next.push(row.merged_into);
                }
            }
        }
        open = next;
    }
    let last = |id: &Uuid| {
        let mut id = *id;
        while let Some(into) = steps.get(&id) {
            id = *into;
        }
        id
    };
    Ok(steps.keys().map(|id| (*id, last(id))).collect())
}

impl Store {
    /// Whom the rows of a sheet speak of, one answer for each key, in their order.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn resolve(&self, kind: SubjectKind, keys: &[Key]) -> Result<Vec<Resolution>, StoreError> {
        if !anybody(self.reader(), self.zone_id(), kind).await? {
            return Ok(vec![Resolution::None; keys.len()]);
        }
        let identifiers = identifiers_of_all(kind, keys);
        let wanted = identifiers.iter().flatten().cloned();
        let known = Known::among(self.reader(), self.zone_id(), kind, wanted).await?;
        Ok(identifiers.iter().map(|identifiers| known.resolve(identifiers)).collect())
    }
}

impl Store {
    /// Those of the subjects that lie within a scope.
    ///
    /// # Errors
    /// What the database reports.
    pub async fn visible(&self, ids: &[SubjectId], scope: &Scope) -> Result<HashSet<SubjectId>, StoreError> {
        let mut seen = HashSet::new();
        for some in ids.chunks(5_000) {
            let query = Query::select()
                .column("id")
                .from("subject")
                .and_where(Expr::col("zone").eq(self.zone_id()))
                .and_where(Expr::col("id").is_in(some.iter().map(|id| id.0)))
                .cond_where(scope.condition("subject"))
                .to_owned();
            for row in self.reader().query_all(&query).await? {
                seen.insert(SubjectId(row.try_get_by("id")?));
            }
        }
        Ok(seen)
    }
}

/// Keys from which on a second thread takes half of them.
const MANY_KEYS: usize = 4_000;

fn identifiers_of_all(kind: SubjectKind, keys: &[Key]) -> Vec<Vec<(&'static str, String)>> {
    let of = |keys: &[Key]| keys.iter().map(|key| identifiers_of(kind, key)).collect::<Vec<_>>();
    if keys.len() < MANY_KEYS {
        return of(keys);
    }
    let (first, second) = keys.split_at(keys.len() / 2);
    std::thread::scope(|threads| {
        let second = threads.spawn(|| of(second));
        let mut identifiers = of(first);
        match second.join() {
            Ok(more) => identifiers.extend(more),
            Err(panic) => std::panic::resume_unwind(panic),
        }
        identifiers
    })
}

/// The identifiers to look for: a code may be the credit code or the kind's own.
fn identifiers_of(kind: SubjectKind, key: &Key) -> Vec<(&'static str, String)> {
    let mut identifiers = Vec::new();
    if let Some(code) = key.code.as_deref().map(code_key).filter(|code| !code.is_empty()) {
        identifiers.push((USCC, code.clone()));
        if fields_of(kind).code != "uscc" {
            identifiers.push((CODE, code));
        }
    }
    if let Some(name) = key.name.as_deref().map(name_key).filter(|name| !name.is_empty()) {
        identifiers.push((NAME, name));
    }
    identifiers
}
