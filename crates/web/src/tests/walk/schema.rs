//! Whether a JSON value is what a schema of the OpenAPI document says. It knows the keywords that the document
//! uses and fails on any other, so that nothing is passed over in silence.

use serde_json::{Map, Value as Json};

/// Keywords that only describe.
const WORDS: [&str; 9] =
    ["description", "example", "examples", "default", "deprecated", "title", "readOnly", "writeOnly", "propertyNames"];

/// What is wrong with a value; nothing where it fits.
pub(super) fn faults(document: &Json, schema: &Json, value: &Json) -> Vec<String> {
    let mut faults = Vec::new();
    Check { document, faults: &mut faults }.fits(schema, value, "$");
    faults
}

struct Check<'a> {
    document: &'a Json,
    faults: &'a mut Vec<String>,
}

/// The part of the document that a reference points to.
pub(super) fn resolved<'a>(document: &'a Json, schema: &'a Json) -> &'a Json {
    match schema["$ref"].as_str() {
        Some(pointer) => {
            let found = document.pointer(pointer.trim_start_matches('#'));
            resolved(document, found.unwrap_or_else(|| panic!("{pointer} leads nowhere")))
        }
        None => schema,
    }
}

/// The types that a schema allows.
pub(super) fn types(schema: &Json) -> Vec<&str> {
    match &schema["type"] {
        Json::String(name) => vec![name],
        Json::Array(names) => names.iter().filter_map(Json::as_str).collect(),
        _ => Vec::new(),
    }
}

fn is_of(value: &Json, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("no such type: {other}"),
    }
}

impl Check<'_> {
    fn say(&mut self, at: &str, fault: &str) {
        self.faults.push(format!("{at}: {fault}"));
    }

    fn fits(&mut self, schema: &Json, value: &Json, at: &str) {
        let document = self.document;
        let schema = resolved(document, schema);
        let keywords = schema.as_object().unwrap_or_else(|| panic!("{at}: no schema but {schema}"));
        for (keyword, said) in keywords {
            match keyword.as_str() {
                "type" => {
                    if !types(schema).iter().any(|name| is_of(value, name)) {
                        self.say(at, &format!("{value} is none of {said}"));
                    }
                }
                "enum" => {
                    if !said.as_array().unwrap().contains(value) {
                        self.say(at, &format!("{value} is not among {said}"));
                    }
                }
                "oneOf" | "anyOf" => self.fits_some(said, value, at),
                "allOf" => said.as_array().unwrap().iter().for_each(|part| self.fits(part, value, at)),
                "items" => {
                    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
                        self.fits(said, item, &format!("{at}[{index}]"));
                    }
                }
                "format" => self.has_form(said.as_str().unwrap(), value, at),
                "minimum" => {
                    if value.as_f64().is_some_and(|number| number < said.as_f64().unwrap()) {
                        self.say(at, &format!("{value} is below {said}"));
                    }
                }
                "maximum" => {
                    if value.as_f64().is_some_and(|number| number > said.as_f64().unwrap()) {
                        self.say(at, &format!("{value} is above {said}"));
                    }
                }
                "properties" | "required" | "additionalProperties" => {}
                other if WORDS.contains(&other) => {}
                other => panic!("{at}: the checker does not know the keyword {other}"),
            }
        }
        if let Some(fields) = value.as_object() {
            self.has_fields(keywords, fields, at);
        }
    }

    fn fits_some(&mut self, choices: &Json, value: &Json, at: &str) {
        let choices = choices.as_array().unwrap();
        let tried: Vec<Vec<String>> = choices.iter().map(|choice| faults(self.document, choice, value)).collect();
        if !tried.iter().any(Vec::is_empty) {
            self.say(at, &format!("fits none: {tried:?}"));
        }
    }

    fn has_form(&mut self, form: &str, value: &Json, at: &str) {
        let Some(text) = value.as_str() else { return };
        let fits = match form {
            "uuid" => text.parse::<uuid::Uuid>().is_ok(),
            "int64" | "int32" | "binary" => true,
            other => panic!("{at}: the checker does not know the form {other}"),
        };
        if !fits {
            self.say(at, &format!("{text:?} is no {form}"));
        }
    }

    /// Every required field is there, and none that the document does not name.
    fn has_fields(&mut self, schema: &Map<String, Json>, fields: &Map<String, Json>, at: &str) {
        for name in schema.get("required").and_then(Json::as_array).into_iter().flatten() {
            if !fields.contains_key(name.as_str().unwrap()) {
                self.say(at, &format!("{name} is missing"));
            }
        }
        let Some(known) = schema.get("properties").and_then(Json::as_object) else {
            if let Some(each) = schema.get("additionalProperties").filter(|each| each.is_object()) {
                fields.iter().for_each(|(name, value)| self.fits(each, value, &format!("{at}.{name}")));
            }
            return;
        };
        for (name, value) in fields {
            match known.get(name) {
                Some(schema) => self.fits(schema, value, &format!("{at}.{name}")),
                None => self.say(at, &format!("{name} is not documented")),
            }
        }
    }
}

#[test]
fn a_value_that_is_not_what_the_schema_says_is_found() {
    let document = serde_json::json!({"components": {"schemas": {"Row": {
        "type": "object", "required": ["id"],
        "properties": {"id": {"type": "string", "format": "uuid"}, "count": {"type": ["integer", "null"], "minimum": 0}}}}}});
    let rows = serde_json::json!({"type": "array", "items": {"$ref": "#/components/schemas/Row"}});
    for (value, found) in [
        (r#"[{"id": "00000000-0000-7000-8000-000000000000", "count": null}]"#, 0),
        (r#"[{"id": "x"}]"#, 1),
        (r#"[{}]"#, 1),
        (r#"[{"id": 1, "count": -1, "more": true}]"#, 3),
        (r#"{"id": 1}"#, 1),
    ] {
        let value: Json = serde_json::from_str(value).unwrap();
        assert_eq!(faults(&document, &rows, &value).len(), found, "{value}");
    }
}
