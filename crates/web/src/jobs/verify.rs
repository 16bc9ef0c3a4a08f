//! Verifying every chain: whether any row was altered behind the register's back.

use kernel::Lang;
use serde_json::json;
use store::job::Job;

use super::kinds::{Told, Work};
use super::runner::Task;
use crate::ui::{Tone, figure};

/// Walks every chain.
pub fn work(task: Task) -> Work {
    Box::pin(async move {
        task.reached(0, 0, "正在逐条核对哈希链", "checking the hash chains row by row");
        let report = task.app.store().verify().await?;
        let flaw = report.first.as_ref().map(|flaw| json!({"zh": flaw.say(Lang::Zh), "en": flaw.say(Lang::En)}));
        Ok(json!({
            "ok": report.is_ok(), "statements": report.statements, "events": report.events,
            "case_events": report.case_events, "flaw": flaw,
        }))
    })
}

/// Says what was found.
pub fn told(job: &Job) -> Told {
    let result = job.result.clone().unwrap_or_default();
    let count = |name: &str| figure::grouped(result[name].as_i64().unwrap_or_default());
    if result["ok"].as_bool() == Some(true) {
        let (statements, events, of_cases) = (count("statements"), count("events"), count("case_events"));
        return Told {
            tone: Tone::Ok,
            zh: format!("全部完好：{statements} 条陈述、{events} 条日志、{of_cases} 条事项记录，没有一条被改动。"),
            en: format!(
                "All sound: {statements} statements, {events} log entries and {of_cases} events of cases, none of them altered."
            ),
            link: None,
        };
    }
    let said = |lang: &str| result["flaw"][lang].as_str().unwrap_or_default().to_owned();
    Told {
        tone: Tone::Late,
        zh: format!("发现被改动的记录：{}", said("zh")),
        en: format!("An altered row was found: {}", said("en")),
        link: None,
    }
}
