//! `GET /api/v1/catalogue`: every field, its type, unit, period and who may change it.

use axum::Json;
use axum::extract::State;
use kernel::catalogue::{Changer, Field};
use kernel::{FieldType, Lang, PeriodKind, SubjectKind};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::asked::{self, Asked};
use super::value;
use crate::{App, Page, WebError};

/// Of which kind of subject.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wanted {
    /// Only the fields of this kind: `enterprise`, `platform`, `title` …
    kind: Option<String>,
}

/// One choice of a field.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChoiceRow {
    /// The stored form, used in values and filters.
    key: String,
    /// Its label.
    label: String,
}

/// One field.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldRow {
    /// The name in facts, columns and filters.
    key: String,
    /// Its label in the language of the request.
    label: String,
    /// The kinds of subject that have it.
    kinds: Vec<String>,
    /// How its values are written: `decimal text in yuan`, `integer`, `decimal text`, `boolean`,
    /// `date`, `text`, `code` or `choice key`.
    form: String,
    /// The unit of its values in this API.
    unit: String,
    /// The period its facts speak of: `none`, `year`, `quarter`, `month` or `day`.
    period: String,
    /// Who may change it by hand: `enterprise`, `zone` or `authority` (by import only).
    changer: String,
    /// Whether it is personal data.
    personal: bool,
    /// Whether it is computed from other fields.
    derived: bool,
    /// Its choices, where it has some.
    choices: Vec<ChoiceRow>,
    /// Where its definition stands.
    source: Option<String>,
}

/// The fields.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldList {
    /// The fields in the order of the catalogue.
    rows: Vec<FieldRow>,
}

/// The field catalogue: what can be asked for, and in which form values are written.
#[utoipa::path(get, path = "/api/v1/catalogue", operation_id = "catalogue", tag = "Register", params(Wanted),
    responses((status = 200, description = "The fields", body = FieldList)))]
pub async fn list(
    State(app): State<App>,
    page: Page,
    Asked(wanted): Asked<Wanted>,
) -> Result<Json<FieldList>, WebError> {
    let kind = match wanted.kind.as_deref().filter(|kind| !kind.is_empty()) {
        Some(kind) => Some(asked::kind(kind).map_err(|_| unknown_kind(kind))?),
        None => None,
    };
    let fields = app.catalogue().fields().iter().filter(|field| kind.is_none_or(|kind| field.subjects.contains(&kind)));
    Ok(Json(FieldList { rows: fields.map(|field| row(field, kind, page.lang)).collect() }))
}

/// A kind nobody knows, with those that are.
pub fn unknown_kind(found: &str) -> WebError {
    let known: Vec<&str> = SubjectKind::ALL.iter().map(|kind| kind.key()).collect();
    let known = known.join(", ");
    let found: String = found.chars().take(60).collect();
    WebError::bad_request(
        format!("没有“{found}”这一类。可用的有：{known}。"),
        format!("There is no kind “{found}”. Those known are: {known}."),
    )
    .found(found, format!("下列之一：{known}"), format!("one of: {known}"))
}

fn row(field: &Field, kind: Option<SubjectKind>, lang: Lang) -> FieldRow {
    let label = kind.or_else(|| field.subjects.first().copied()).map(|kind| field.label(kind, lang));
    let choices = match &field.kind {
        FieldType::Choice { choices } => choices.as_slice(),
        _ => &[],
    };
    FieldRow {
        key: field.key.clone(),
        label: label.unwrap_or_default().to_owned(),
        kinds: field.subjects.iter().map(|kind| kind.key().to_owned()).collect(),
        form: value::form(field).to_owned(),
        unit: value::unit(field).to_owned(),
        period: match field.period {
            PeriodKind::None => "none",
            PeriodKind::Year => "year",
            PeriodKind::Quarter => "quarter",
            PeriodKind::Month => "month",
            PeriodKind::Day => "day",
        }
        .to_owned(),
        changer: match field.changer {
            Changer::Enterprise => "enterprise",
            Changer::Zone => "zone",
            Changer::Authority => "authority",
        }
        .to_owned(),
        personal: field.personal,
        derived: field.derived.is_some(),
        choices: choices
            .iter()
            .map(|choice| ChoiceRow { key: choice.key.clone(), label: choice.label(lang).to_owned() })
            .collect(),
        source: field.source.clone(),
    }
}
