//! `xianshou verify`: the chains of statements, events and cases, and the views made from them.

use kernel::Lang;
use serde_json::{Value, json};
use store::verify::Flaw;

use crate::args::Verify;
use crate::failure::{Exit, Failure};
use crate::talk::Talk;

/// Verifies the whole register; the first altered row, if there is one, is named.
pub async fn run(talk: &Talk, wanted: Verify) -> Result<Exit, Failure> {
    let store = wanted.register.open().await?;
    let report = store.verify().await?;
    store.close().await?;
    let mut json = json!({ "statements": report.statements, "events": report.events, "case_events": report.case_events, "ok": report.is_ok() });
    if let (Some(flaw), Value::Object(fields)) = (&report.first, &mut json) {
        fields.insert("first".to_owned(), altered(flaw));
    }
    talk.answer(&json, |lang| {
        let (statements, events, cases) = (report.statements, report.events, report.case_events);
        match (&report.first, lang) {
            (None, Lang::Zh) => format!("完好：{statements} 条陈述、{events} 条日志、{cases} 条事项记录，均未被改动。"),
            (None, Lang::En) => {
                format!("Sound: {statements} statements, {events} events and {cases} events of cases, none altered.")
            }
            (Some(flaw), Lang::Zh) => format!("有改动。第一处：{}", flaw.say(lang)),
            (Some(flaw), Lang::En) => format!("Altered. The first place: {}", flaw.say(lang)),
        }
    });
    Ok(if report.is_ok() { Exit::Done } else { Exit::Failed })
}

/// The first altered row, for a script: `rows` names two where either may be the altered one.
fn altered(flaw: &Flaw) -> Value {
    json!({ "table": flaw.ledger.key(), "row": flaw.row, "rows": flaw.rows(), "message": flaw.say(Lang::En) })
}
