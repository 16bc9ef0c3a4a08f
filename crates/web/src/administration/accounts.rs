//! The list of accounts: who can sign in, where they belong, what they may do.

use std::collections::HashMap;

use askama::Template;
use axum::extract::{Query, State};
use axum::response::Response;
use serde::Deserialize;
use store::access::{Account, AccountState, Grant, UnitTree};
use uuid::Uuid;

use crate::frame::path::with_query;
use crate::ui::{Badge, Chip, Chips, Empty, Icon, Pager};
use crate::{App, Page, WebError};

/// Rows a page.
const ROWS: u64 = 50;

/// What is looked for, and behind which name the page begins.
#[derive(Deserialize, Default)]
pub struct Asked {
    #[serde(default)]
    q: String,
    #[serde(default)]
    after: String,
}

#[derive(Template)]
#[template(path = "administration/accounts.html")]
struct AccountList<'a> {
    page: &'a Page,
    asked: &'a Asked,
    accounts: Vec<Account>,
    grants: HashMap<Uuid, Vec<Grant>>,
    units: UnitTree,
    pager: Pager<'a>,
}

impl AccountList<'_> {
    fn chips(&self) -> Chips<'_> {
        let chips = match self.asked.q.trim() {
            "" => Vec::new(),
            text => vec![Chip {
                text: format!("{}{text}", self.page.t("姓名或账号含：", "Name contains: ")),
                without: "/administration/accounts".to_owned(),
            }],
        };
        Chips { page: self.page, chips, without_all: "/administration/accounts".to_owned() }
    }

    fn unit(&self, account: &Account) -> String {
        self.units.get(account.unit).map(|unit| unit.name.clone()).unwrap_or_default()
    }

    fn state(&self, account: &Account) -> Badge {
        state_badge(self.page, account)
    }

    /// The roles of an account in words, each with its unit where that is not the top.
    fn roles(&self, account: &Account) -> String {
        let top = self.units.top().map(|unit| unit.id);
        let words: Vec<String> = self
            .grants
            .get(&account.id)
            .into_iter()
            .flatten()
            .map(|grant| {
                let role = grant.role.name(self.page.lang);
                match self.units.get(grant.unit) {
                    Some(unit) if Some(unit.id) != top => format!("{role}（{}）", unit.name),
                    _ => role.to_owned(),
                }
            })
            .collect();
        words.join(self.page.t("、", ", "))
    }

    fn nothing(&self) -> Empty<'_> {
        let page = self.page;
        Empty {
            icon: Icon("users"),
            title: page.t("没有符合条件的账号", "No account matches"),
            what: page.t("可以按账号名或姓名的一部分查找。", "Search by part of the account's or the person's name."),
            action: Some(("/administration/accounts".to_owned(), page.t("看全部账号", "All accounts"))),
        }
    }
}

/// How an account stands, as a badge.
pub(super) fn state_badge(page: &Page, account: &Account) -> Badge {
    let name = account.state.name(page.lang);
    match account.state {
        AccountState::Active if account.locked_until.is_some_and(|until| until > page.now) => {
            Badge::warn(page.t("暂时锁定", "Locked for now")).with_icon("lock")
        }
        AccountState::Active if !account.has_password => {
            Badge::warn(page.t("未设密码", "No password yet")).with_icon("key")
        }
        AccountState::Active => Badge::ok(name),
        AccountState::Locked => Badge::late(name).with_icon("lock"),
        AccountState::Retired => Badge::shut(name).with_icon("ban"),
    }
}

/// Shows the accounts in the order of their names.
///
/// # Errors
/// What the store reports.
pub async fn list(State(app): State<App>, page: Page, Query(asked): Query<Asked>) -> Result<Response, WebError> {
    let store = app.store();
    let after = Some(asked.after.as_str()).filter(|after| !after.is_empty());
    let mut accounts = store.accounts(Some(&asked.q), after, ROWS + 1).await?;
    let more = accounts.len() as u64 > ROWS;
    accounts.truncate(ROWS as usize);
    let mut grants: HashMap<Uuid, Vec<Grant>> = HashMap::new();
    for grant in store.grants().await? {
        grants.entry(grant.account).or_default().push(grant);
    }
    let base = with_query("/administration/accounts", [("q", asked.q.trim())]);
    let next = accounts.last().filter(|_| more).map(|last| last.name.clone());
    let pager = Pager::keyed(&page, &base, "after", next).of(accounts.len(), None);
    let units = store.units().await?;
    page.show(AccountList { page: &page, asked: &asked, accounts, grants, units, pager })
}
