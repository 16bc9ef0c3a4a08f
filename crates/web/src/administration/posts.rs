//! `/administration/posts`: who heads each unit, and to whom its cases are raised. Naming them is a grant of
//! power, and so the security administrator's.

use std::collections::BTreeSet;

use askama::Template;
use axum::Form;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use store::StoreError;
use store::access::{AccountState, Hand, UnitId};
use store::cases::Post;
use uuid::Uuid;

use crate::frame::notice::Notice;
use crate::ui::Badge;
use crate::{App, Page, WebError};

/// Accounts that can be chosen; a zone has some hundreds.
const PEOPLE: u64 = 1_000;

/// Somebody who can hold a post.
struct Person {
    account: String,
    name: String,
}

/// A unit with its posts.
struct Row {
    id: UnitId,
    name: String,
    depth: usize,
    head: String,
    superior: String,
    vacant: Vec<Badge>,
}

#[derive(Template)]
#[template(path = "administration/posts.html")]
struct PostsPage<'a> {
    page: &'a Page,
    rows: Vec<Row>,
    people: Vec<Person>,
    refused: Option<String>,
}

impl PostsPage<'_> {
    /// The person's name, and the account where it differs.
    fn named(&self, account: &str) -> String {
        let person = self.people.iter().find(|person| person.account == account);
        person.map_or_else(|| account.to_owned(), |person| person.name.clone())
    }
}

/// What the form of a unit sends; an empty text leaves the post to the leaders.
#[derive(Deserialize)]
pub struct Named {
    unit: Uuid,
    #[serde(default)]
    head: String,
    #[serde(default)]
    superior: String,
}

/// Shows the posts of every open unit.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let drawn = draw(&app, &page, None).await?;
    page.show(drawn)
}

async fn draw<'a>(app: &App, page: &'a Page, refused: Option<String>) -> Result<PostsPage<'a>, WebError> {
    let (units, posts) = (app.store().units().await?, app.store().posts().await?);
    let people = people(app).await?;
    let row = |unit: &store::access::Unit| {
        let post = posts.get(&unit.id).cloned().unwrap_or_default();
        let mut vacant = Vec::new();
        if post.head.is_none() {
            vacant.push(Badge::warn(page.t("负责人空缺", "no head")));
        }
        if post.superior.is_none() {
            vacant.push(Badge::warn(page.t("上级空缺", "no superior")));
        }
        Row {
            id: unit.id,
            name: unit.name.clone(),
            depth: units.path(unit.id).len().saturating_sub(1).min(6),
            head: post.head.unwrap_or_default(),
            superior: post.superior.unwrap_or_default(),
            vacant,
        }
    };
    let rows = units.in_order().into_iter().filter(|unit| unit.closed_at.is_none()).map(row).collect();
    Ok(PostsPage { page, rows, people, refused })
}

/// The accounts that can hold a post: those that work with cases.
async fn people(app: &App) -> Result<Vec<Person>, WebError> {
    let accounts = app.store().accounts(None, None, PEOPLE).await?;
    let grants = app.store().grants().await?;
    let works: BTreeSet<Uuid> =
        grants.iter().filter(|grant| !grant.role.stands_alone()).map(|grant| grant.account).collect();
    let holds =
        accounts.into_iter().filter(|account| account.state != AccountState::Retired && works.contains(&account.id));
    let person = |account: store::access::Account| Person {
        name: if account.display_name.is_empty() || account.display_name == account.name {
            account.name.clone()
        } else {
            format!("{}（{}）", account.display_name, account.name)
        },
        account: account.name,
    };
    Ok(holds.map(person).collect())
}

/// Names the head and the superior of a unit.
///
/// # Errors
/// What the store reports, except a refusal, which the page shows.
pub async fn name(State(app): State<App>, page: Page, Form(named): Form<Named>) -> Result<Response, WebError> {
    let known = people(&app).await?;
    let holder = |account: &str| Some(account.trim().to_owned()).filter(|account| !account.is_empty());
    let post = Post { head: holder(&named.head), superior: holder(&named.superior) };
    let stranger = post.head.iter().chain(&post.superior).find(|name| known.iter().all(|one| one.account != **name));
    let refused = match stranger {
        Some(stranger) => Some(match page.lang {
            kernel::Lang::Zh => format!("账号“{stranger}”不办事项，不能担任负责人。请从列表中选择。"),
            kernel::Lang::En => format!("The account “{stranger}” does not work with cases; choose one of the list."),
        }),
        None => match app.store().name_post(Hand::Viewer(page.viewer()?), UnitId(named.unit), &post).await {
            Ok(()) => {
                let said = Notice::done(
                    page.lang,
                    "已指定，提级和签字从现在起找本人。",
                    "Named; cases climb to them from now on.",
                );
                return Ok(page.go_saying("/administration/posts", said));
            }
            Err(StoreError::Refused(refusal)) => Some(page.t(&refusal.zh, &refusal.en).to_owned()),
            Err(error) => return Err(error.into()),
        },
    };
    let drawn = draw(&app, &page, refused).await?;
    page.show_with(StatusCode::UNPROCESSABLE_ENTITY, drawn)
}
