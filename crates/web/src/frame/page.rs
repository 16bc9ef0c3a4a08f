//! The page being answered: who looks, in which language, as of which day.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::Lang;
use store::access::{Action, Viewer};
use uuid::Uuid;

use crate::frame::menu::{self, Entry, Section};
use crate::frame::notice::Notice;
use crate::frame::{day, language, path};
use crate::register::words;
use crate::ui::{Icon, Safe, pager};
use crate::{App, WebError};

/// What the reader's browser, or script, wants back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wants {
    /// A whole page.
    Page,
    /// A part of one, put in place by htmx.
    Fragment,
    /// JSON.
    Json,
}

/// Light, dark, or as the reader's system has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Theme {
    /// As the system has it.
    #[default]
    Auto,
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
}

impl Theme {
    /// The name in cookies and forms.
    pub fn key(self) -> &'static str {
        match self {
            Theme::Auto => "auto",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The theme with this name; anything else is as the system has it.
    pub fn from_key(key: &str) -> Self {
        match key {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::Auto,
        }
    }
}

/// Pages that the menu has no entry for, each with the entry it belongs to: what is said of an enterprise belongs
/// to the list of enterprises, what a kind of case is arranged by to that kind.
const BELONGS: [(&str, &str); 6] = [
    ("/enterprises", "/register/enterprise"),
    ("/routing", "/cases/matter"),
    ("/visits", "/cases/visit"),
    ("/resources", "/cases/visit"),
    ("/approvals", "/cases/approval"),
    ("/inspections", "/cases/inspection"),
];

/// The page being answered. Handlers take it as an argument, templates as `page`.
#[derive(Clone)]
pub struct Page(pub(crate) Arc<Facts>);

/// What a [`Page`] knows.
pub struct Facts {
    /// The language of the interface.
    pub lang: Lang,
    /// The theme chosen.
    pub theme: Theme,
    /// The zone's name in that language.
    pub zone: String,
    /// Whether the data are invented (样例), which every page says.
    pub sample: bool,
    /// Who looks; nobody before signing in.
    pub viewer: Option<Viewer>,
    /// The session they look through; none for a token.
    pub session: Option<Uuid>,
    /// The token every form carries.
    pub csrf: String,
    /// The address asked for, without its parameters.
    pub path: String,
    /// Its parameters as they were sent.
    pub query: String,
    /// The day as of which the register is read; today when none.
    pub as_of: Option<Date>,
    /// Whether the list on the page is that of the chosen day.
    pub lists_past: AtomicBool,
    /// Today, in Shanghai.
    pub today: Date,
    /// The present moment.
    pub now: Timestamp,
    /// A word carried over from the page before.
    pub notice: Option<Notice>,
    /// What is wanted back.
    pub wants: Wants,
    /// The number under which the log knows this request.
    pub request_id: String,
    /// Where the request came from.
    pub address: String,
}

impl Deref for Page {
    type Target = Facts;

    fn deref(&self) -> &Facts {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Page {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, WebError> {
        parts.extensions.get::<Page>().cloned().ok_or_else(|| WebError::broken("the frame is missing around a handler"))
    }
}

impl Page {
    /// The text in the reader's language. Texts are written as pairs at the spot.
    pub fn t<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.lang.pick(zh, en)
    }

    /// The attribute of an element that holds words of a regulation: on a page in another language, text with
    /// Chinese characters says that it is Chinese.
    pub fn zh(&self, text: &str) -> Safe {
        let is_chinese = self.lang != Lang::Zh && text.chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
        Safe(if is_chinese { " lang=\"zh-CN\"" } else { "" }.to_owned())
    }

    /// The person who looks.
    ///
    /// # Errors
    /// Nobody is signed in; the router's gate has refused such a request already, except where
    /// the address needs nothing.
    pub fn viewer(&self) -> Result<&Viewer, WebError> {
        self.viewer.as_ref().ok_or_else(WebError::sign_in_first)
    }

    /// Who is signed in, where a page is for those who work for the zone.
    ///
    /// # Errors
    /// Nobody is signed in; for an enterprise there is nothing of the kind.
    pub fn viewer_within(&self) -> Result<&Viewer, WebError> {
        let viewer = self.viewer()?;
        if viewer.enterprise.is_some() { Err(WebError::not_found()) } else { Ok(viewer) }
    }

    /// Whether the person speaks for an enterprise.
    pub fn is_of_enterprise(&self) -> bool {
        self.viewer.as_ref().is_some_and(|viewer| viewer.enterprise.is_some())
    }

    /// Whether the person may do something at all; for showing a button or not.
    pub fn can(&self, action: Action) -> bool {
        self.viewer.as_ref().is_some_and(|viewer| viewer.can(action))
    }

    /// The language of the interface, for templates.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// Whether the person sees the register, and so its search and its days.
    pub fn reads_register(&self) -> bool {
        self.can(Action::ReadRegister)
    }

    /// The moment as of which the register is read: the end of the chosen day.
    pub fn as_of_moment(&self) -> Option<Timestamp> {
        self.as_of.map(day::end_of)
    }

    /// Refuses to write while the page shows a day of the past: what would be changed is not
    /// what the reader sees.
    ///
    /// # Errors
    /// A day of the past is chosen.
    pub fn must_be_today(&self) -> Result<(), WebError> {
        match self.as_of {
            None => Ok(()),
            Some(day) => Err(WebError::conflict(
                format!("您在看截至 {day} 的数据，过去的数据不能改。请先回到今天再操作。"),
                format!("You are reading the data as of {day}; the past cannot be changed. Go back to today first."),
            )),
        }
    }

    /// A link that stays on the chosen day.
    pub fn link(&self, address: &str) -> String {
        match self.as_of {
            Some(day) => path::with_query(address, [("asof", day.to_string().as_str())]),
            None => address.to_owned(),
        }
    }

    /// The parameters of this page without the day and without a place in a list, for the form
    /// that chooses another day.
    pub fn kept_parameters(&self) -> Vec<(String, String)> {
        form_urlencoded::parse(self.query.as_bytes())
            .filter(|(name, _)| !matches!(name.as_ref(), "asof" | "after" | "before" | pager::BACK))
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect()
    }

    /// This page's address with its parameters, to come back to.
    pub fn here(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }

    /// This page as of today.
    pub fn here_today(&self) -> String {
        let kept = self.kept_parameters();
        path::with_query(&self.path, kept.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }

    /// The menu of this person.
    pub fn menu(&self) -> Vec<(&'static Section, Vec<&'static Entry>)> {
        self.viewer.as_ref().map(menu::of).unwrap_or_default()
    }

    /// Whether an entry of the menu is the page being shown, or above it.
    pub fn is_current(&self, entry: &Entry) -> bool {
        let below =
            |path: &str, of: &str| path == of || path.strip_prefix(of).is_some_and(|rest| rest.starts_with('/'));
        let path = BELONGS.iter().find(|(page, _)| below(&self.path, page)).map_or(&*self.path, |(_, entry)| entry);
        below(path, entry.path)
    }

    /// The first character of the person's name.
    pub fn initial(&self) -> String {
        self.viewer.as_ref().and_then(|viewer| viewer.display_name.chars().next()).map(String::from).unwrap_or_default()
    }

    /// The names of the person's roles.
    pub fn roles(&self) -> String {
        let names: Vec<&str> =
            self.viewer.iter().flat_map(|viewer| &viewer.roles).map(|role| role.name(self.lang)).collect();
        names.join(self.t("、", ", "))
    }

    /// The language's name for browsers.
    pub fn lang_tag(&self) -> &'static str {
        language::tag(self.lang)
    }

    /// An icon of the sprite.
    pub fn icon(&self, name: &'static str) -> Icon {
        Icon(name)
    }

    /// The hidden field that every form of ours carries.
    pub fn csrf_field(&self) -> Safe {
        Safe(format!("<input type=\"hidden\" name=\"{}\" value=\"{}\">", super::token::FIELD, self.csrf))
    }

    /// The address of an embedded file.
    pub fn asset(&self, name: &str) -> String {
        crate::assets::address(name).to_owned()
    }

    /// Who did something, as people call it.
    pub fn person(&self, name: &str) -> String {
        words::person(name, self.lang)
    }

    /// Whether the page being shown is that of a day of the past; queues know today only, and so
    /// do lists that are too long or narrowed by verdicts.
    pub fn reads_the_past(&self) -> bool {
        if self.lists_past.load(Ordering::Relaxed) {
            return true;
        }
        let mut parts = self.path.trim_start_matches('/').split('/');
        match parts.next() {
            Some("register") => parts.nth(1).is_some_and(|part| part != "export"),
            part => part == Some("enterprises"),
        }
    }

    /// The address of an entry of the menu, on the chosen day where the day matters there.
    pub fn menu_link(&self, entry: &Entry) -> String {
        if entry.path.starts_with("/register/") { self.link(entry.path) } else { entry.path.to_owned() }
    }

    /// A moment as the reader sees it, to the minute.
    pub fn minute(&self, moment: &Timestamp) -> String {
        day::minute(*moment)
    }

    /// How long ago a moment was.
    pub fn ago(&self, moment: &Timestamp) -> String {
        day::ago(*moment, self.now, self.lang)
    }

    /// Answers with a template.
    ///
    /// # Errors
    /// A template that fails to render.
    pub fn show(&self, template: impl Template) -> Result<Response, WebError> {
        Ok(Html(template.render()?).into_response())
    }

    /// Answers with a template and another status: a form shown again with what is wrong (422).
    ///
    /// # Errors
    /// A template that fails to render.
    pub fn show_with(&self, status: StatusCode, template: impl Template) -> Result<Response, WebError> {
        Ok((status, Html(template.render()?)).into_response())
    }

    /// Sends the reader to another page of ours after a change. Anything else becomes the first page.
    pub fn go(&self, address: &str) -> Response {
        let address = HeaderValue::from_str(path::ours(address)).unwrap_or_else(|_| HeaderValue::from_static("/"));
        if self.wants == Wants::Fragment {
            let mut response = StatusCode::OK.into_response();
            response.headers_mut().insert(HeaderName::from_static("hx-redirect"), address);
            return response;
        }
        let mut response = StatusCode::SEE_OTHER.into_response();
        response.headers_mut().insert(header::LOCATION, address);
        response
    }

    /// Has the page around an htmx part drawn once more, as it is now.
    pub fn look_again(&self) -> Response {
        let mut response = StatusCode::OK.into_response();
        response.headers_mut().insert(HeaderName::from_static("hx-refresh"), HeaderValue::from_static("true"));
        response
    }

    /// Sends the reader to another page as [`Page::go`] does, with a word to be shown there.
    pub fn go_saying(&self, address: &str, notice: Notice) -> Response {
        let mut response = self.go(address);
        response.extensions_mut().insert(notice);
        response
    }
}

impl App {
    /// Whether no account exists yet, so that the sign-in page can say how to make the first.
    ///
    /// # Errors
    /// What the store reports.
    pub async fn is_new(&self) -> Result<bool, WebError> {
        Ok(self.store().accounts(None, None, 1).await?.is_empty())
    }
}
