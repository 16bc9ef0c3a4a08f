//! The figures of one report beside those of the report before: read, held against each other, shown.

use std::collections::BTreeMap;

use kernel::Catalogue;
use loops::Given;
use loops::duty::{self, FigureFault, Form, Jump, Occasion, WHY};
use rust_decimal::Decimal;
use store::cases::CaseView;

use super::{kind, known};
use crate::register::amount;
use crate::ui::{Safe, escaped};
use crate::{App, Page, WebError};

/// The form of a report and what the unit reported last.
pub(crate) struct Sheet {
    /// The form; `None` for a report that a person asked for, or whose form is no more.
    pub(crate) form: Option<Form>,
    /// The last report of the same form and unit that was signed: its number and its figures.
    pub(crate) before: Option<(String, BTreeMap<String, Decimal>)>,
}

/// What is wrong with the figures that were typed.
#[derive(Debug, Default)]
pub(super) struct Wrong {
    /// By field.
    pub(super) faults: BTreeMap<String, FigureFault>,
    /// Jumps without a reason.
    pub(super) jumps: Vec<Jump>,
}

impl Sheet {
    /// The form of a report, with the last one before it as far as the person may see it.
    pub(crate) async fn of(app: &App, page: &Page, found: &CaseView) -> Result<Self, WebError> {
        let occasion = found.case.about.occasion.as_deref().and_then(Occasion::read);
        let Some(occasion) = occasion else { return Ok(Self { form: None, before: None }) };
        let (book, _) = known(app.store()).await?;
        let form = book.form(occasion.form).filter(|form| !form.fields.is_empty()).cloned();
        let (from, to) = occasion.before();
        let before = match form {
            Some(_) => app.store().last_case_between(page.viewer()?, kind()?, "signed", (&from, &to)).await?,
            None => None,
        };
        let before = before.map(|last| {
            let figures = reported(&last).map(duty::kept).unwrap_or_default();
            (last.row.number, figures)
        });
        Ok(Self { form, before })
    }

    /// The figures as a report keeps them, with the reasons for their jumps.
    pub(super) fn judged(&self, given: Given) -> Result<Given, Wrong> {
        let Some(form) = &self.form else { return Ok(given) };
        let figures = duty::figures(form, &given.form, Catalogue::builtin())
            .map_err(|faults| Wrong { faults, jumps: Vec::new() })?;
        let none = BTreeMap::new();
        let before = self.before.as_ref().map_or(&none, |(_, figures)| figures);
        let jumps = duty::unexplained(form, before, &figures, &given.form);
        if !jumps.is_empty() {
            return Err(Wrong { faults: BTreeMap::new(), jumps });
        }
        let reasons = given.form.iter().filter(|(key, why)| key.starts_with(WHY) && !why.trim().is_empty());
        let mut kept: BTreeMap<String, String> =
            reasons.map(|(key, why)| (key.clone(), why.trim().to_owned())).collect();
        kept.extend(figures.into_iter().map(|(field, figure)| (field, figure.to_string())));
        let usual = || "已按报表填报。".to_owned();
        Ok(Given { form: kept, text: Some(given.text.unwrap_or_else(usual)), ..given })
    }

    /// The figures of a report as a table beside the last ones, for the page of the case.
    pub(super) fn panel(&self, page: &Page, found: &CaseView) -> Option<Safe> {
        let form = self.form.as_ref()?;
        let now = reported(found)?;
        let rows: String = form.fields.iter().map(|asked| self.panel_row(page, &asked.field, now)).collect();
        let heads = [
            page.t("指标", "Figure"),
            page.t("本期", "Now"),
            page.t("上期", "Before"),
            page.t("变动", "Change"),
            page.t("说明", "Why"),
        ];
        let heads: String = heads.iter().map(|head| format!("<th scope=\"col\">{head}</th>")).collect();
        Some(Safe(format!(
            "<section class=\"card\" id=\"figures\"><div class=\"card-header\"><h2 class=\"card-title\" lang=\"zh-CN\">{}</h2></div><div class=\"x-scroll\"><table class=\"table x-cards\"><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></section>",
            escaped(&form.title)
        )))
    }

    fn panel_row(&self, page: &Page, field: &str, now: &BTreeMap<String, String>) -> String {
        let figures = duty::kept(now);
        let before = self.before.as_ref().and_then(|(_, before)| before.get(field));
        let why = now.get(&format!("{WHY}{field}")).map(String::as_str).unwrap_or_default();
        let said = |figure: Option<&Decimal>| figure.map_or_else(|| "—".to_owned(), |one| amount::shown(*one));
        format!(
            "<tr><td>{}</td><td class=\"num\" data-head=\"{}\">{}</td><td class=\"num\" data-head=\"{}\">{}</td><td class=\"num\" data-head=\"{}\">{}</td><td data-head=\"{}\">{}</td></tr>",
            escaped(&label(page, field)),
            page.t("本期", "Now"),
            said(figures.get(field)),
            page.t("上期", "Before"),
            said(before),
            page.t("变动", "Change"),
            change(before, figures.get(field)),
            page.t("说明", "Why"),
            escaped(why),
        )
    }
}

/// By how many per cent a figure changed, as it is shown.
fn change(before: Option<&Decimal>, now: Option<&Decimal>) -> String {
    let (Some(before), Some(now)) = (before, now) else { return "—".to_owned() };
    let percent = now
        .checked_sub(*before)
        .and_then(|change| change.checked_mul(Decimal::ONE_HUNDRED))
        .and_then(|change| change.checked_div(before.abs()));
    percent.map_or_else(|| "—".to_owned(), |percent| format!("{:+.1}%", percent.round_dp(1)))
}

/// The form that a report was filled in with last; none where it said that there was nothing, or nothing yet.
pub(super) fn reported(found: &CaseView) -> Option<&BTreeMap<String, String>> {
    let last = found.events.iter().rev().find(|sealed| matches!(sealed.event.step.as_str(), "fill" | "nothing"))?;
    (last.event.step == "fill").then_some(&last.event.given.form)
}

/// A figure with its unit.
pub(super) fn label(page: &Page, field: &str) -> String {
    let Some(known) = Catalogue::builtin().field(field) else { return field.to_owned() };
    let label = page.lang.pick(&known.zh, &known.en);
    match (known.unit.as_str(), page.lang) {
        ("", _) => label.to_string(),
        (unit, kernel::Lang::Zh) => format!("{label}（{unit}）"),
        (unit, kernel::Lang::En) => format!("{label} ({unit})"),
    }
}

impl Wrong {
    /// Everything that is wrong, for whoever sent it without the page.
    pub(super) fn error(&self) -> WebError {
        let catalogue = Catalogue::builtin();
        let say = |lang: kernel::Lang| {
            let name = |field: &str| {
                catalogue.field(field).map_or(field.to_owned(), |field| lang.pick(&field.zh, &field.en).to_string())
            };
            let faults = self
                .faults
                .iter()
                .map(|(field, fault)| format!("{}{}{}", name(field), lang.pick("：", ": "), fault.say(lang)));
            let jumps = self.jumps.iter().map(|jump| jump.say(catalogue, lang));
            faults.chain(jumps).collect::<Vec<_>>().join(lang.pick("", "; "))
        };
        WebError::invalid(say(kernel::Lang::Zh), say(kernel::Lang::En))
    }
}
