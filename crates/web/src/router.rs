//! Every address of the server, and what a person must be allowed to do to reach it.
//!
//! An address that is not listed here does not exist; one that is listed cannot be reached by
//! whoever lacks what it needs, whatever its handler does. Which rows a person sees is decided
//! one layer below, by the viewer's scope in `store`.
//!
//! To add a page: write its handler in a module named after what the user does, taking
//! `State<App>` and [`crate::Page`] and returning `Result<Response, WebError>`; write its template
//! under `templates/` in a directory of the same name, extending `frame.html`, with the field
//! `page: &Page`; end the handler with `page.show(Template { page: &page, … })`, or after a change
//! with `page.go_saying(address, Notice::…)`; put `{{ page.csrf_field() }}` first in every form;
//! add one line here, and one in `frame::menu` where it stands in the menu. The tests of `tests::gates`
//! then walk it with every role. A form with a file is listed with `.taking_file()` and read with
//! [`crate::upload::Received`]; long work is a line in `jobs::kinds` and `app.ask_for(…)`.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request};
use axum::handler::Handler;
use axum::http::Method;
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::routing::{MethodRouter, get as axum_get, on};
use store::access::Action;
use tower_http::CompressionLevel;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::frame::{gate, surround};
use crate::{
    App, account, administration, api, assets, audit, cases, checkup, cultivation, home, importing, jobs, notices,
    policies, register, resources, sign_in, today, visits,
};

/// What a person needs in order to reach an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Nothing: the sign-in page.
    Nothing,
    /// Any account, whatever its roles: one's own password and sessions.
    Account,
    /// A role that allows this.
    May(Action),
}

/// One address and method.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The address, with `{names}` for its parts.
    pub path: &'static str,
    /// What it needs.
    pub need: Need,
    /// Whether it takes a file: the handler then checks the form's token itself, as the first
    /// field of the body, with [`crate::upload::Received`].
    pub takes_file: bool,
    /// Whether the answer may take long; the usual patience is not applied.
    pub slow: bool,
    handler: MethodRouter<App>,
}

impl Route {
    /// An address with a handler that is made already.
    pub(crate) fn of(method: Method, path: &'static str, need: Need, handler: MethodRouter<App>) -> Self {
        Self { method, path, need, takes_file: false, slow: false, handler }
    }

    /// The same address, taking a file.
    pub fn taking_file(mut self) -> Self {
        self.takes_file = true;
        self.slow = true;
        self
    }

    /// The same address, allowed to take as long as it needs (an export that streams).
    pub fn slow(mut self) -> Self {
        self.slow = true;
        self
    }
}

fn route<H, T>(method: Method, path: &'static str, need: Need, handler: H) -> Route
where
    H: Handler<T, App>,
    T: 'static,
{
    let handler = match method {
        Method::GET => axum_get(handler),
        Method::POST => on(axum::routing::MethodFilter::POST, handler),
        Method::PUT => on(axum::routing::MethodFilter::PUT, handler),
        _ => on(axum::routing::MethodFilter::DELETE, handler),
    };
    Route { method, path, need, takes_file: false, slow: false, handler }
}

fn get<H: Handler<T, App>, T: 'static>(path: &'static str, need: Need, handler: H) -> Route {
    route(Method::GET, path, need, handler)
}

fn post<H: Handler<T, App>, T: 'static>(path: &'static str, need: Need, handler: H) -> Route {
    route(Method::POST, path, need, handler)
}

/// Every address: the pages, then the operations of the API.
pub fn routes() -> Vec<Route> {
    let mut all = page_routes();
    all.extend(api::routes());
    all
}

#[rustfmt::skip]
fn page_routes() -> Vec<Route> {
    use Need::{Account, May, Nothing};
    vec![
        // Coming and going.
        get ("/",                              Account, home::first_page),
        get ("/sign-in",                       Nothing, sign_in::show),
        post("/sign-in",                       Nothing, sign_in::submit),
        post("/sign-out",                      Account, sign_in::sign_out),
        post("/preferences",                   Nothing, account::preferences::change),
        get ("/health",                        Nothing, home::health),
        // One's own account.
        get ("/account",                       Account, account::overview::show),
        get ("/account/notices",               May(Action::ReadCases), account::notices::show),
        post("/account/notices",               May(Action::ReadCases), account::notices::choose),
        post("/account/password",              Account, account::password::change),
        post("/account/sessions/{id}/end",     Account, account::sessions::end),
        post("/account/tokens",                Account, account::tokens::create),
        post("/account/tokens/{id}/revoke",    Account, account::tokens::revoke),
        // The system administrator sets up, the security administrator grants; both see the accounts.
        get ("/administration/accounts",                             May(Action::ReadAccounts),   administration::accounts::list),
        get ("/administration/accounts/new",                         May(Action::ManageAccounts), administration::new_account::show),
        post("/administration/accounts/new",                         May(Action::ManageAccounts), administration::new_account::create),
        get ("/administration/accounts/{id}",                        May(Action::ReadAccounts),   administration::account::show),
        post("/administration/accounts/{id}",                        May(Action::ManageAccounts), administration::account::change),
        post("/administration/accounts/{id}/retire",                 May(Action::ManageAccounts), administration::lock::retire),
        post("/administration/accounts/{id}/lock",                   May(Action::LockAccounts),   administration::lock::lock),
        post("/administration/accounts/{id}/unlock",                 May(Action::LockAccounts),   administration::lock::unlock),
        post("/administration/accounts/{id}/password",               May(Action::LockAccounts),   administration::lock::set_password),
        post("/administration/accounts/{id}/sessions/{session}/end", May(Action::LockAccounts),   administration::sessions::end),
        post("/administration/accounts/{id}/grant",                  May(Action::Grant),          administration::grants::grant),
        post("/administration/accounts/{id}/revoke",                 May(Action::Grant),          administration::grants::revoke),
        get ("/administration/posts",                                May(Action::Grant),          administration::posts::show),
        post("/administration/posts",                                May(Action::Grant),          administration::posts::name),
        get ("/administration/units",                                May(Action::ManageUnits),    administration::units::show),
        post("/administration/units",                                May(Action::ManageUnits),    administration::units::create),
        post("/administration/units/{id}",                           May(Action::ManageUnits),    administration::units::change),
        post("/administration/units/{id}/retire",                    May(Action::ManageUnits),    administration::units::retire),
        get ("/administration/settings",                             May(Action::ManageSettings), administration::settings::show),
        post("/administration/settings",                             May(Action::ManageSettings), administration::settings::change),
        get ("/administration/webhooks",                             May(Action::ManageSettings), administration::webhooks::show),
        post("/administration/webhooks",                             May(Action::ManageSettings), administration::webhooks::add),
        post("/administration/webhooks/{id}",                        May(Action::ManageSettings), administration::webhooks::put),
        post("/administration/webhooks/notices/{id}",                May(Action::ManageSettings), administration::webhooks::settle),
        get ("/administration/jobs",                                 May(Action::ManageJobs),     administration::jobs::list),
        post("/administration/backup",                               May(Action::Backup),         administration::jobs::back_up),
        // What is due, and the cases of the closed loops.
        get ("/today",                         May(Action::ReadCases), today::show),
        get ("/notices",                       May(Action::ReadCases), notices::show),
        post("/notices",                       May(Action::ReadCases), notices::read),
        get ("/notices/count",                 May(Action::ReadCases), notices::count),
        get ("/routing",                       May(Action::ManageLoops), cases::special::routes::show),
        post("/routing",                       May(Action::ManageLoops), cases::special::routes::add),
        post("/routing/end",                   May(Action::ManageLoops), cases::special::routes::end),
        post("/routing/accept",                May(Action::ManageLoops), cases::special::routes::accept),
        get ("/cases",                         May(Action::ReadCases), cases::list::show_every),
        post("/cases/views",                   May(Action::ReadCases), cases::views::keep),
        post("/cases/views/{id}",              May(Action::ReadCases), cases::views::change),
        get ("/cases/{kind}",                  May(Action::ReadCases), cases::list::show),
        get ("/cases/{kind}/board",            May(Action::ReadCases), cases::board::show),
        get ("/cases/{kind}/calendar",         May(Action::ReadCases), cases::calendar::show),
        get ("/cases/{kind}/figures",          May(Action::ReadCases), cases::figures::show),
        get ("/cases/{kind}/lists",            May(Action::ReadCases), cases::special::lists::show),
        get ("/cases/duty_report/grid",        May(Action::ReadCases), cases::special::grid::show),
        get ("/cases/duty_report/day",         May(Action::ReadCases), cases::duties::day::show),
        get ("/cases/duty_report/day/export",  May(Action::Export),    cases::duties::day::write).slow(),
        get ("/cases/duty_report/{number}/report", May(Action::ActOnCases), cases::duties::report::show),
        post("/cases/duty_report/{number}/report", May(Action::ActOnCases), cases::duties::report::submit).taking_file(),
        get ("/duties",                        May(Action::ManageLoops), cases::duties::book::show),
        post("/duties",                        May(Action::ManageLoops), cases::duties::book::add),
        post("/duties/forms",                  May(Action::ManageLoops), cases::duties::book::add_form),
        post("/duties/end",                    May(Action::ManageLoops), cases::duties::book::end),
        get ("/cases/task/goals",              May(Action::ReadCases),   cases::tasks::goals::show),
        get ("/cases/task/goals/new",          May(Action::ManageLoops), cases::tasks::split::show),
        post("/cases/task/goals",              May(Action::ManageLoops), cases::tasks::split::submit),
        post("/cases/task/goals/set",          May(Action::ManageLoops), cases::tasks::goals::set),
        get ("/cases/task/meetings",           May(Action::ManageLoops), cases::tasks::meetings::show),
        post("/cases/task/meetings",           May(Action::ManageLoops), cases::tasks::meetings::call),
        get ("/cases/task/meetings/{key}",     May(Action::ManageLoops), cases::tasks::meeting::show),
        post("/cases/task/meetings/{key}",     May(Action::ManageLoops), cases::tasks::meeting::write),
        post("/cases/task/meetings/{key}/tasks", May(Action::ManageLoops), cases::tasks::meeting::set),
        get ("/cases/task/meetings/{key}/export", May(Action::ManageLoops), cases::tasks::meeting::export).slow(),
        get ("/cases/task/wall",               May(Action::ReadCases), cases::tasks::wall::show),
        get ("/cases/{kind}/export",           May(Action::Export),    cases::export::show).slow(),
        get ("/cases/{kind}/new",              May(Action::OpenCases), cases::begin::show),
        post("/cases/{kind}/new",              May(Action::OpenCases), cases::begin::submit).taking_file(),
        get ("/cases/visit/{number}/record",   May(Action::ActOnCases), cases::special::record::show),
        post("/cases/visit/{number}/record",   May(Action::ActOnCases), cases::special::record::submit).taking_file(),
        get ("/inspections/rounds",            May(Action::ReadCases),   cases::special::rounds::show),
        post("/inspections/rounds",            May(Action::OpenCases),   cases::special::rounds::plan).slow(),
        get ("/approvals/items",               May(Action::ManageLoops), cases::special::items::show),
        post("/approvals/items",               May(Action::ManageLoops), cases::special::items::add),
        post("/approvals/items/end",           May(Action::ManageLoops), cases::special::items::end),
        get ("/resources",                     May(Action::ReadCases),   resources::page::show),
        get ("/resources/export",              May(Action::Export),      resources::export::show).slow(),
        get ("/visits",                        May(Action::ReadCases),   visits::page::show),
        post("/visits/cadence",                May(Action::ManageLoops), visits::settings::decide),
        post("/visits/away",                   May(Action::ManageLoops), visits::settings::be_away),
        get ("/colours",                       May(Action::ReadCases),  cases::colours::show),
        post("/colours",                       May(Action::ManageLoops), cases::colours::pick),
        get ("/officers",                      May(Action::AssignOfficers), cases::special::officers::show),
        post("/officers",                      May(Action::AssignOfficers), cases::special::officers::assign),
        post("/today/calendar",                May(Action::ReadCases),  cases::feed::subscribe),
        get ("/calendar/{file}",               Nothing, cases::feed::show),
        get ("/cases/{kind}/{number}",         May(Action::ReadCases), cases::page::show),
        get ("/cases/{kind}/{number}/colour",  May(Action::ManageLoops), cases::colour::show),
        post("/cases/{kind}/{number}/colour",  May(Action::ManageLoops), cases::colour::set),
        post("/cases/{kind}/{number}/steps/{step}", May(Action::ActOnCases), cases::act::submit).taking_file(),
        get ("/cases/{kind}/{number}/files/{hash}", May(Action::ReadCases), cases::files::show),
        // Long work, for whoever asked for it.
        get ("/jobs/{id}",                     Account, jobs::page::show),
        get ("/jobs/{id}/progress",            Account, jobs::page::show_progress),
        post("/jobs/{id}/stop",                Account, jobs::page::stop),
        // What programs can call, to read.
        get ("/api",                           Account, api::guide::show),
        // The auditor reads the log.
        get ("/log",                           May(Action::ReadLog), audit::log::show),
        get ("/log/export",                    May(Action::ReadLog), audit::export::export).slow(),
        post("/log/verify",                    May(Action::Verify),  audit::verify::ask),
        // The register.
        get ("/search",                        May(Action::ReadRegister), register::search::show),
        get ("/register/{kind}",               May(Action::ReadRegister), register::list::show),
        get ("/register/{kind}/export/{form}", May(Action::Export),       register::list::export).slow(),
        post("/register/views",                May(Action::ReadRegister), register::list::keep_view),
        post("/register/views/{id}",           May(Action::ReadRegister), register::list::change_view),
        get ("/register/statements/{seq}",     May(Action::ReadRegister), register::source::show),
        get ("/register/{kind}/{id}",          May(Action::ReadRegister), register::subject::show),
        get ("/register/{kind}/{id}/edit",     May(Action::ReadRegister), register::edit::show),
        post("/register/{kind}/{id}/edit",     May(Action::ReadRegister), register::edit::submit),
        // What an enterprise can get, and what it lacks.
        get ("/enterprises/{id}/checkup",          May(Action::ReadRegister), checkup::overview::show),
        get ("/enterprises/{id}/checkup/{policy}", May(Action::ReadRegister), checkup::policy::show),
        get ("/enterprises/{id}/verdicts",         May(Action::ReadRegister), checkup::replayed::list),
        get ("/enterprises/{id}/verdicts/{policy}/{moment}", May(Action::ReadRegister), checkup::replayed::show),
        get ("/enterprises/{id}/card",             May(Action::ReadRegister), checkup::card::show),
        post("/enterprises/{id}/card",             May(Action::Correct),      checkup::card::give),
        get ("/enterprises/{id}/card.pdf",         May(Action::ReadRegister), checkup::card::pdf),
        get ("/cultivation",                   May(Action::ReadRegister), cultivation::page::show),
        get ("/cultivation/radar",             May(Action::ReadRegister), cultivation::radar::show).slow(),
        get ("/cultivation/doubling",          May(Action::ReadRegister), cultivation::doubling::show).slow(),
        // The policy desk.
        get ("/policies",                      May(Action::ReadPolicies),     policies::overview::show),
        get ("/policies/settings",             May(Action::PublishPolicy),    policies::settings::show),
        post("/policies/settings",             May(Action::PublishPolicy),    policies::settings::change),
        post("/policies/drafts",               May(Action::DraftPolicy),      policies::draft::begin),
        get ("/policies/drafts/{id}",          May(Action::ReadPolicyDrafts), policies::draft::show),
        post("/policies/drafts/{id}",          May(Action::DraftPolicy),      policies::draft::save),
        post("/policies/drafts/{id}/check",    May(Action::DraftPolicy),      policies::draft::check),
        post("/policies/drafts/{id}/drop",     May(Action::DraftPolicy),      policies::draft::give_up),
        get ("/policies/drafts/{id}/rehearsal", May(Action::ReadPolicyDrafts), policies::rehearsal::show).slow(),
        post("/policies/drafts/{id}/publish",  May(Action::PublishPolicy),    policies::publish::publish),
        post("/policies/published/{id}/withdraw", May(Action::PublishPolicy), policies::publish::withdraw),
        post("/policies/rehearsals",           May(Action::ReadPolicies),     policies::job::ask),
        get ("/policies/rehearsals/{id}",      May(Action::ReadPolicies),     policies::rehearsal::show_job),
        get ("/policies/{id}",                 May(Action::ReadPolicies),     policies::version::current),
        get ("/policies/{id}/{version}",       May(Action::ReadPolicies),     policies::version::show),
        get ("/policies/{id}/{version}/try",   May(Action::ReadPolicies),     policies::rehearsal::show).slow(),
        get ("/policies/{id}/{version}/against", May(Action::ReadPolicies),   policies::rehearsal::show).slow(),
        get ("/conflicts",                     May(Action::ReadRegister), register::conflicts::show),
        post("/conflicts/preview",             May(Action::Settle),       register::conflicts::preview),
        post("/conflicts/settle",              May(Action::Settle),       register::conflicts::settle_selected),
        get ("/conflicts/{subject}",           May(Action::Settle),       register::conflicts::show_one),
        post("/conflicts/{subject}",           May(Action::Settle),       register::conflicts::settle),
        get ("/loads",                         May(Action::ReadRegister), register::loads::list),
        get ("/loads/{source}",                May(Action::ReadRegister), register::loads::show),
        get ("/loads/{source}/file",           May(Action::Export),       register::loads::file).slow(),
        post("/loads/{source}/undo",           May(Action::UndoLoad),     register::loads::undo).slow(),
        post("/loads/{source}/redo",           May(Action::UndoLoad),     register::loads::redo).slow(),
        // A sheet comes in.
        get ("/imports",                       May(Action::Import), importing::overview::show),
        get ("/imports/new",                   May(Action::Import), importing::begin::show),
        post("/imports/new",                   May(Action::Import), importing::begin::submit).taking_file(),
        get ("/imports/blank/{kind}",          May(Action::Import), importing::blank::show),
        get ("/imports/{id}",                  May(Action::Import), importing::overview::resume),
        post("/imports/{id}/drop",             May(Action::Import), importing::overview::throw_away),
        get ("/imports/{id}/columns",          May(Action::Import), importing::columns::show),
        post("/imports/{id}/columns",          May(Action::Import), importing::columns::submit),
        post("/imports/{id}/sheets",           May(Action::Import), importing::sheets::submit),
        get ("/imports/{id}/progress",         May(Action::Import), importing::columns::progress),
        get ("/imports/{id}/check",            May(Action::Import), importing::check::show),
        post("/imports/{id}/fix",              May(Action::Import), importing::repair::fix),
        post("/imports/{id}/unfix",            May(Action::Import), importing::repair::unfix),
        post("/imports/{id}/skip",             May(Action::Import), importing::repair::skip),
        post("/imports/{id}/restore",          May(Action::Import), importing::repair::restore),
        post("/imports/{id}/accept",           May(Action::Import), importing::repair::accept),
        get ("/imports/{id}/marked",           May(Action::Import), importing::marked::show).slow(),
        get ("/imports/{id}/effect",           May(Action::Import), importing::effect::show).slow(),
        get ("/imports/{id}/load",             May(Action::Import), importing::load::show),
        post("/imports/{id}/load",             May(Action::Import), importing::load::submit),
        get ("/duplicates",                    May(Action::Merge),        register::duplicates::list),
        get ("/duplicates/merge",              May(Action::Merge),        register::duplicates::merge_page),
        post("/duplicates/merge",              May(Action::Merge),        register::duplicates::merge),
        post("/duplicates/part",               May(Action::Merge),        register::duplicates::unmerge),
        get ("/duplicates/{id}",               May(Action::Merge),        register::duplicates::show),
        post("/duplicates/{id}/accept",        May(Action::Merge),        register::duplicates::accept),
        post("/duplicates/{id}/join",          May(Action::Merge),        register::duplicates::join),
    ]
}

/// How large a form may be that carries no file.
const LARGEST_FORM: usize = 1024 * 1024;

/// How long an upload or an export may take.
const LONG_PATIENCE: Duration = Duration::from_secs(15 * 60);

/// The server: every route behind its gate, the frame around them, and the embedded files.
pub fn router(app: App) -> Router {
    let largest_upload = app.settings().largest_upload;
    let mut pages = Router::new();
    for route in routes() {
        let patience = if route.slow { LONG_PATIENCE } else { app.settings().patience };
        let largest = if route.takes_file { largest_upload } else { LARGEST_FORM };
        let guard = gate::Guard { need: route.need, takes_file: route.takes_file, patience, largest };
        let handler = route
            .handler
            .route_layer(from_fn(move |request: Request, next: Next| gate::check(guard, request, next)))
            .route_layer(DefaultBodyLimit::max(largest));
        pages = pages.route(route.path, handler);
    }
    let pages = pages
        .fallback(home::nowhere)
        .layer(CatchPanicLayer::custom(surround::caught))
        .layer(from_fn_with_state(app.clone(), surround::surround))
        .layer(CompressionLayer::new().gzip(true).quality(CompressionLevel::Fastest))
        .with_state(app);
    Router::new().route("/assets/{name}", axum_get(assets::serve)).merge(pages)
}
