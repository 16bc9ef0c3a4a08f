//! Helpers that make statements in few words.

use std::collections::BTreeMap;
use std::sync::Arc;

use kernel::{Catalogue, FactKey, Money, Place, SourceKind, SubjectId, SubjectKind, Value};
use store::access::Scope;
use store::verdict::{Found, Said, Verdict};
use store::{Key, LoadReceipt, NewLoad, NewStatement, Resolution, Store, SubjectView};

pub fn catalogue() -> Catalogue {
    Catalogue::builtin().clone()
}

/// Reads `("operating_revenue@2025", "952850000")` by the field's type; an empty text withdraws.
pub fn facts(given: &[(&str, &str)]) -> BTreeMap<FactKey, Option<Value>> {
    let catalogue = catalogue();
    given.iter().map(|(key, text)| fact(&catalogue, key, text)).collect()
}

fn fact(catalogue: &Catalogue, key: &str, text: &str) -> (FactKey, Option<Value>) {
    let key: FactKey = key.parse().unwrap();
    let field = catalogue.field(&key.field).unwrap_or_else(|| panic!("no field {key}"));
    let json = match field.kind {
        kernel::FieldType::Money | kernel::FieldType::Integer | kernel::FieldType::Bool => text.parse().ok(),
        _ => Some(serde_json::Value::from(text)),
    };
    let value = (!text.is_empty()).then(|| Value::from_json(&field.kind, &json.unwrap()).unwrap());
    (key, value)
}

pub fn row(place: u32, given: &[(&str, &str)]) -> NewStatement {
    let place = Some(Place::Row { sheet: "表1".into(), row: place });
    NewStatement { place, values: facts(given), ..NewStatement::default() }
}

pub fn sheet(origin: &str, subject_kind: SubjectKind) -> NewLoad {
    NewLoad {
        kind: SourceKind::Sheet,
        origin: origin.into(),
        title: format!("{origin}.xlsx"),
        file_hash: None,
        subject_kind,
        column_map_json: None,
        by: "li".into(),
    }
}

pub async fn load(store: &Store, origin: &str, kind: SubjectKind, rows: Vec<NewStatement>) -> LoadReceipt {
    store.load(sheet(origin, kind), rows, |_| {}).await.unwrap()
}

pub async fn enterprises(store: &Store, origin: &str, rows: &[&[(&str, &str)]]) -> LoadReceipt {
    let rows = rows.iter().zip(2..).map(|(given, at)| row(at, given)).collect();
    load(store, origin, SubjectKind::Enterprise, rows).await
}

pub async fn find(store: &Store, kind: SubjectKind, code_or_name: &str) -> SubjectId {
    let keys =
        [Key { code: Some(code_or_name.into()), name: None }, Key { code: None, name: Some(code_or_name.into()) }];
    let found = store.resolve(kind, &keys).await.unwrap();
    let existing = found.into_iter().find_map(|found| match found {
        Resolution::Existing(id) => Some(id),
        _ => None,
    });
    existing.unwrap_or_else(|| panic!("nobody is called {code_or_name}"))
}

pub async fn page(store: &Store, id: SubjectId) -> SubjectView {
    store.subject(id, &Scope::Zone, true, None).await.unwrap().unwrap()
}

pub fn money(page: &SubjectView, key: &str) -> Option<i64> {
    match page.view.value(&key.parse().unwrap())? {
        Value::Money(amount) => Some(Money::fen(*amount)),
        other => panic!("{key} is no money: {other:?}"),
    }
}

pub fn text<'a>(page: &'a SubjectView, key: &str) -> Option<&'a str> {
    match page.view.value(&key.parse().unwrap())? {
        Value::Text(text) | Value::Code(text) => Some(text),
        other => panic!("{key} is no text: {other:?}"),
    }
}

/// Keeps verdicts on these enterprises, all found for one day at one moment; returns how many changed.
pub async fn keep(store: &Store, subjects: &[SubjectId], verdicts: &[Verdict]) -> u64 {
    let said = |verdict: &Verdict| {
        let Verdict { policy, version, answer, failed, record, .. } = verdict.clone();
        Arc::new(Said::new(policy, version, answer, failed, record))
    };
    let of = |subject: &SubjectId| Found {
        subject: *subject,
        said: verdicts.iter().filter(|verdict| verdict.subject == *subject).map(said).collect(),
    };
    let found: Vec<Found> = subjects.iter().map(of).collect();
    store.keep_verdicts(&found, verdicts[0].on, verdicts[0].known_at).await.unwrap()
}
