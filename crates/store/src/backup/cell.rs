//! One cell of a backup: how a column's value is written in JSON, whatever database it came from.

use sea_orm::{DbErr, QueryResult, Value};
use serde_json::Value as Json;
use uuid::Uuid;

/// What a column holds, as far as a backup is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text, and JSON that is kept as exact text.
    Text,
    /// Whole numbers of any width.
    Int,
    /// Yes or no.
    Bool,
    /// A measured figure; none that is hashed.
    Real,
    /// An identifier.
    Uuid,
    /// Bytes, written in hexadecimal.
    Bytes,
    /// JSON kept by the database in a form of its own.
    Json,
}

impl Kind {
    /// The kind of a column declared so on SQLite or PostgreSQL; `None` for a type that the
    /// tables of this program do not use.
    pub(crate) fn declared(declared: &str) -> Option<Self> {
        let declared = declared.to_ascii_lowercase();
        let bare = declared.split('(').next().unwrap_or_default().trim();
        Some(match bare {
            "text" | "varchar" | "character varying" | "char" => Kind::Text,
            "bigint" | "integer" | "smallint" | "int" => Kind::Int,
            "boolean" => Kind::Bool,
            "real" | "double" | "double precision" => Kind::Real,
            "uuid" | "uuid_text" => Kind::Uuid,
            "blob" | "bytea" | "binary" | "varbinary_blob" | "binary_blob" => Kind::Bytes,
            "json" | "jsonb" | "json_text" | "jsonb_text" => Kind::Json,
            _ => return None,
        })
    }

    /// Writes the cell at `at` of `row` behind what `line` already holds.
    pub(crate) fn write(self, row: &QueryResult, at: usize, line: &mut String) -> Result<(), DbErr> {
        let written = match self {
            Kind::Text => row.try_get_by_index::<Option<String>>(at)?.map(|text| quoted(&text)),
            Kind::Int => self.whole(row, at)?.map(|number| number.to_string()),
            Kind::Bool => row.try_get_by_index::<Option<bool>>(at)?.map(|yes| yes.to_string()),
            Kind::Real => row.try_get_by_index::<Option<f64>>(at)?.map(|figure| Json::from(figure).to_string()),
            Kind::Uuid => row.try_get_by_index::<Option<Uuid>>(at)?.map(|id| format!("\"{id}\"")),
            Kind::Bytes => row.try_get_by_index::<Option<Vec<u8>>>(at)?.map(|b| format!("\"{}\"", hex::encode(b))),
            Kind::Json => row.try_get_by_index::<Option<Json>>(at)?.map(|json| json.to_string()),
        };
        line.push_str(written.as_deref().unwrap_or("null"));
        Ok(())
    }

    /// PostgreSQL hands over a whole number in exactly the width of its column.
    fn whole(self, row: &QueryResult, at: usize) -> Result<Option<i64>, DbErr> {
        match row.try_get_by_index::<Option<i64>>(at) {
            Ok(number) => Ok(number),
            Err(wide) => match row.try_get_by_index::<Option<i32>>(at) {
                Ok(number) => Ok(number.map(i64::from)),
                Err(_) => row.try_get_by_index::<Option<i16>>(at).map(|n| n.map(i64::from)).map_err(|_| wide),
            },
        }
    }

    /// The value to bind for a cell read from a backup; `None` when it is not of this kind.
    pub(crate) fn bind(self, cell: Json) -> Option<Value> {
        Some(match (self, cell) {
            (Kind::Text, Json::Null) => Value::String(None),
            (Kind::Text, Json::String(text)) => Value::from(text),
            (Kind::Int, Json::Null) => Value::BigInt(None),
            (Kind::Int, number) => Value::from(number.as_i64()?),
            (Kind::Bool, Json::Null) => Value::Bool(None),
            (Kind::Bool, yes) => Value::from(yes.as_bool()?),
            (Kind::Real, Json::Null) => Value::Double(None),
            (Kind::Real, figure) => Value::from(figure.as_f64()?),
            (Kind::Uuid, Json::Null) => Value::Uuid(None),
            (Kind::Uuid, id) => Value::from(Uuid::parse_str(id.as_str()?).ok()?),
            (Kind::Bytes, Json::Null) => Value::Bytes(None),
            (Kind::Bytes, bytes) => Value::from(hex::decode(bytes.as_str()?).ok()?),
            (Kind::Json, Json::Null) => Value::Json(None),
            (Kind::Json, json) => Value::from(json),
            _ => return None,
        })
    }
}

/// A JSON string; serialising one cannot fail.
pub(crate) fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_databases_names_of_a_type_mean_the_same_kind() {
        let cases = [
            ("uuid_text", "uuid", Kind::Uuid),
            ("blob", "bytea", Kind::Bytes),
            ("varchar(40)", "character varying", Kind::Text),
            ("bigint", "bigint", Kind::Int),
            ("boolean", "boolean", Kind::Bool),
            ("jsonb_text", "jsonb", Kind::Json),
        ];
        for (sqlite, postgres, kind) in cases {
            assert_eq!(Kind::declared(sqlite), Some(kind), "{sqlite}");
            assert_eq!(Kind::declared(postgres), Some(kind), "{postgres}");
        }
        assert_eq!(Kind::declared("tsvector"), None);
    }

    #[test]
    fn a_cell_of_the_wrong_kind_is_not_bound() {
        assert_eq!(Kind::Int.bind(Json::from("7")), None);
        assert_eq!(Kind::Uuid.bind(Json::from("not an id")), None);
        assert_eq!(Kind::Bytes.bind(Json::from("0g")), None);
        assert_eq!(Kind::Int.bind(Json::from(7)), Some(Value::from(7_i64)));
        assert_eq!(Kind::Text.bind(Json::Null), Some(Value::String(None)));
    }
}
