//! `/policies`: every policy with its versions, its cases and what it does to the register now.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use policy::Policy;
use store::access::Action;
use store::policies::Stand;

use super::words::{self, Counted};
use crate::frame::day;
use crate::register::list::ONE;
use crate::ui::Badge;
use crate::{App, Page, WebError};

/// One version of a policy.
struct Version {
    days: String,
    address: String,
    state: Badge,
    is_published: bool,
}

/// One policy.
struct Row {
    title: String,
    chinese: String,
    address: String,
    place: String,
    documents: String,
    versions: Vec<Version>,
    earlier: Vec<Version>,
    cases: usize,
    unverified: usize,
    is_asked: bool,
    /// Meets, lacks one, fails, undetermined, for experts.
    counts: [Counted; 5],
}

/// A draft in the list.
struct DraftRow {
    title: String,
    address: String,
    based_on: String,
    by: String,
    when: String,
}

#[derive(Template)]
#[template(path = "policies/overview.html")]
struct OverviewPage<'a> {
    page: &'a Page,
    place: String,
    checked: String,
    rows: Vec<Row>,
    drafts: Vec<DraftRow>,
    sees_drafts: bool,
    may_draft: bool,
    may_choose: bool,
}

/// Shows the policies.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    let library = app.library();
    let round = app.store().last_round().await?;
    let known_at = round.as_ref().map(|round| round.known_at);
    let stands = app.stands().within(app.store(), &viewer.scope, known_at).await?;
    let mut by_id: BTreeMap<(bool, &str), Vec<&Policy>> = BTreeMap::new();
    for policy in library.policies() {
        by_id.entry((!words::place(policy).is_empty(), &policy.id)).or_default().push(policy);
    }
    let rows = by_id.into_values().filter_map(|versions| {
        let ids: Vec<&str> = versions.iter().map(|it| it.id.as_str()).collect();
        let asked = library.asked_of_all(page.today).any(|policy| ids.contains(&policy.id.as_str()));
        row(&page, &app, &versions, &stands, asked)
    });
    let sees_drafts = page.can(Action::ReadPolicyDrafts);
    let drafts = if sees_drafts { app.store().policy_drafts().await? } else { Vec::new() };
    let template = OverviewPage {
        place: library.place().to_owned(),
        checked: round.map(|round| day::minute(round.known_at)).unwrap_or_default(),
        rows: rows.collect(),
        drafts: drafts
            .into_iter()
            .map(|draft| DraftRow {
                title: if draft.title.is_empty() {
                    page.t("（未命名）", "(untitled)").to_owned()
                } else {
                    draft.title
                },
                address: super::draft::address(draft.id),
                based_on: draft.based_on,
                by: page.person(&draft.updated_by),
                when: page.ago(&draft.updated_at),
            })
            .collect(),
        sees_drafts,
        may_draft: page.can(Action::DraftPolicy),
        may_choose: page.can(Action::PublishPolicy),
        page: &page,
    };
    page.show(template)
}

fn row(page: &Page, app: &App, versions: &[&Policy], stands: &[Stand], is_asked: bool) -> Option<Row> {
    let (lang, today) = (page.lang, page.today);
    let library = app.library();
    let current = versions.iter().rev().find(|policy| policy.in_force(today));
    let next = versions.iter().find(|policy| policy.from > today);
    let policy = *current.or(next).or(versions.last())?;
    let of = |policy: &Policy| Version {
        days: words::days(policy, lang),
        address: words::address(policy),
        state: words::state(policy, today, lang),
        is_published: library.publication(&policy.version()).is_some(),
    };
    let is_past = |policy: &Policy| policy.until.is_some_and(|until| until < today);
    let (earlier, known): (Vec<&Policy>, Vec<&Policy>) = versions.iter().partition(|policy| is_past(policy));
    Some(Row {
        title: policy.title_in(lang).to_owned(),
        chinese: if policy.title_in(lang) == policy.title { String::new() } else { policy.title.clone() },
        address: words::address(policy),
        place: words::place(policy).to_owned(),
        documents: policy.documents.join("、"),
        versions: known.into_iter().map(of).collect(),
        earlier: earlier.into_iter().map(of).collect(),
        cases: policy.cases.len(),
        unverified: words::unverified(policy).len(),
        is_asked,
        counts: counts(&policy.id, stands),
    })
}

/// Enterprises that meet a policy, lack one condition, fail, lack data, wait for experts.
pub(super) fn counts(id: &str, stands: &[Stand]) -> [Counted; 5] {
    let sum = |which: &dyn Fn(&Stand) -> bool| {
        stands.iter().filter(|stand| stand.policy == id && which(stand)).map(|stand| stand.enterprises).sum::<u64>()
    };
    let answered =
        |answer: &'static str| Counted::of(sum(&|stand: &Stand| stand.answer == answer), id, &[("verdict", answer)]);
    let one = sum(&|stand: &Stand| stand.answer == "fails" && !stand.failed.is_empty() && !stand.failed.contains(' '));
    [
        answered("meets"),
        Counted::of(one, id, &[("verdict", "fails"), ("lacks", ONE)]),
        answered("fails"),
        answered("undetermined"),
        answered("expert"),
    ]
}

impl OverviewPage<'_> {
    /// What each of the counts says, for a narrow window.
    fn heads(&self) -> [&'static str; 5] {
        words::heads(self.page)
    }
}
