//! `/api`: the pages' functions as JSON, for a person's own programs.
//!
//! Each operation stands here once, with its address, what it needs and its description; the
//! router and the OpenAPI document are both made from this table, and call the same functions of
//! `store` and of the pages as the pages do. A program shows a personal token; what it sees and
//! may do is what its owner sees and may do, narrowed to reading where the token only reads.

pub(crate) mod asked;
mod cases;
mod catalogue;
mod checkup;
mod conflicts;
mod correct;
mod document;
mod duplicates;
mod duties;
mod export;
mod goals;
pub mod guide;
mod imports;
mod jobs;
pub(crate) mod limit;
mod loads;
mod log;
mod me;
mod meetings;
mod policies;
mod policy_drafts;
pub(crate) mod problem;
mod rehearsals;
mod resources;
mod search;
mod statements;
mod subject;
mod subjects;
mod units;
mod value;
mod views;
mod visits;
mod words;

use axum::http::Method;
use store::access::Action;
use utoipa_axum::router::UtoipaMethodRouter;
use utoipa_axum::routes;

use crate::App;
use crate::router::{Need, Route};

pub use document::document;

/// The most rows of one answer.
pub(crate) const MOST_ROWS: u64 = 500;

/// One operation: its address, what it needs, and its handler with its description.
pub(crate) struct Operation {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) need: Need,
    /// Whether it takes a file and may take long.
    pub(crate) takes_file: bool,
    /// Whether it may take long: a file of a whole list.
    pub(crate) slow: bool,
    pub(crate) described: UtoipaMethodRouter<App>,
}

fn get(path: &'static str, need: Need, described: UtoipaMethodRouter<App>) -> Operation {
    Operation { method: Method::GET, path, need, takes_file: false, slow: false, described }
}

fn post(path: &'static str, need: Need, described: UtoipaMethodRouter<App>) -> Operation {
    Operation { method: Method::POST, path, need, takes_file: false, slow: false, described }
}

/// Every operation.
#[rustfmt::skip]
pub(crate) fn operations() -> Vec<Operation> {
    use Need::{Account, May};
    vec![
        get ("/api/openapi.json",                    Account,                   routes!(document::show)),
        get ("/api/v1/me",                           Account,                   routes!(me::show)),
        get ("/api/v1/catalogue",                    May(Action::ReadRegister), routes!(catalogue::list)),
        get ("/api/v1/units",                        May(Action::ReadRegister), routes!(units::list)),
        get ("/api/v1/search",                       May(Action::ReadRegister), routes!(search::find)),
        get ("/api/v1/subjects/{kind}",              May(Action::ReadRegister), routes!(subjects::list)),
        Operation { slow: true, ..
        get ("/api/v1/subjects/{kind}/export/{form}", May(Action::Export),      routes!(export::file)) },
        get ("/api/v1/subjects/{kind}/{id}",         May(Action::ReadRegister), routes!(subject::show)),
        get ("/api/v1/subjects/{kind}/{id}/checkup", May(Action::ReadRegister), routes!(checkup::show)),
        post("/api/v1/subjects/{kind}/{id}/facts",   May(Action::ReadRegister), routes!(correct::change)),
        get ("/api/v1/policies",                     May(Action::ReadPolicies),     routes!(policies::list)),
        get ("/api/v1/policies/{id}/{version}",      May(Action::ReadPolicies),     routes!(policies::show)),
        get ("/api/v1/policies/{id}/{version}/effect", May(Action::ReadPolicies),   routes!(policies::effect)),
        get ("/api/v1/policy-drafts",                May(Action::ReadPolicyDrafts), routes!(policy_drafts::list)),
        post("/api/v1/policy-drafts",                May(Action::DraftPolicy),      routes!(policy_drafts::begin)),
        get ("/api/v1/policy-drafts/{id}",           May(Action::ReadPolicyDrafts), routes!(policy_drafts::show)),
        post("/api/v1/policy-drafts/{id}",           May(Action::DraftPolicy),      routes!(policy_drafts::save)),
        post("/api/v1/policy-drafts/{id}/check",     May(Action::DraftPolicy),      routes!(policy_drafts::check)),
        post("/api/v1/policy-drafts/{id}/drop",      May(Action::DraftPolicy),      routes!(policy_drafts::drop)),
        post("/api/v1/policy-drafts/{id}/publish",   May(Action::PublishPolicy),    routes!(policy_drafts::publish)),
        post("/api/v1/publications/{id}/withdraw",   May(Action::PublishPolicy),    routes!(policy_drafts::withdraw)),
        post("/api/v1/rehearsals",                   May(Action::ReadPolicies),     routes!(rehearsals::ask)),
        get ("/api/v1/rehearsals/{id}",              May(Action::ReadPolicies),     routes!(rehearsals::show)),
        get ("/api/v1/statements/{seq}",             May(Action::ReadRegister), routes!(statements::show)),
        get ("/api/v1/conflicts",                    May(Action::ReadRegister), routes!(conflicts::list)),
        post("/api/v1/conflicts/settle",             May(Action::Settle),       routes!(conflicts::settle)),
        post("/api/v1/duplicates/merge",             May(Action::Merge),        routes!(duplicates::merge)),
        post("/api/v1/duplicates/unmerge",           May(Action::Merge),        routes!(duplicates::unmerge)),
        post("/api/v1/candidates/{id}",              May(Action::Merge),        routes!(duplicates::claim)),
        get ("/api/v1/views/{kind}",                 May(Action::ReadRegister), routes!(views::list)),
        post("/api/v1/views/{kind}",                 May(Action::ReadRegister), routes!(views::save)),
        post("/api/v1/views/{kind}/{id}/delete",     May(Action::ReadRegister), routes!(views::delete)),
        get ("/api/v1/loads",                        May(Action::ReadRegister), routes!(loads::list)),
        post("/api/v1/loads/{source}/undo",          May(Action::UndoLoad),     routes!(loads::undo)),
        post("/api/v1/loads/{source}/redo",          May(Action::UndoLoad),     routes!(loads::redo)),
        Operation { takes_file: true, ..
        post("/api/v1/imports",                      May(Action::Import),       routes!(imports::import)) },
        get ("/api/v1/goals",                        May(Action::ReadCases),    routes!(goals::list)),
        post("/api/v1/goals",                        May(Action::ManageLoops),  routes!(goals::set)),
        get ("/api/v1/meetings",                     May(Action::ManageLoops),  routes!(meetings::list)),
        post("/api/v1/meetings",                     May(Action::ManageLoops),  routes!(meetings::call)),
        post("/api/v1/meetings/{key}",               May(Action::ManageLoops),  routes!(meetings::write)),
        get ("/api/v1/duties",                       May(Action::ManageLoops),  routes!(duties::book)),
        post("/api/v1/duties",                       May(Action::ManageLoops),  routes!(duties::set)),
        post("/api/v1/duties/forms",                 May(Action::ManageLoops),  routes!(duties::add_form)),
        post("/api/v1/duties/end",                   May(Action::ManageLoops),  routes!(duties::end)),
        get ("/api/v1/duty-reports",                 May(Action::ReadCases),    routes!(duties::list)),
        get ("/api/v1/duty-reports/{number}",        May(Action::ReadCases),    routes!(duties::show)),
        post("/api/v1/duty-reports/{number}",        May(Action::ActOnCases),   routes!(duties::send)),
        get ("/api/v1/resources/{kind}",             May(Action::ReadCases),    routes!(resources::list)),
        get ("/api/v1/resources/{kind}/{id}",        May(Action::ReadCases),    routes!(resources::show)),
        get ("/api/v1/cases/{kind}/{number}/resources", May(Action::ReadCases), routes!(resources::matches)),
        get ("/api/v1/visits",                       May(Action::ReadCases),    routes!(visits::list)),
        get ("/api/v1/visits/{officer}",             May(Action::ReadCases),    routes!(visits::show)),
        get ("/api/v1/case-views/{kind}",            May(Action::ReadCases),    routes!(views::list_of_cases)),
        post("/api/v1/case-views/{kind}",            May(Action::ReadCases),    routes!(views::save_of_cases)),
        post("/api/v1/case-views/{kind}/{id}/delete", May(Action::ReadCases),   routes!(views::delete_of_cases)),
        get ("/api/v1/cases/{kind}",                 May(Action::ReadCases),    routes!(cases::list)),
        post("/api/v1/cases/{kind}",                 May(Action::OpenCases),    routes!(cases::open)),
        get ("/api/v1/cases/{kind}/{number}",        May(Action::ReadCases),    routes!(cases::show)),
        post("/api/v1/cases/{kind}/{number}/steps/{step}", May(Action::ActOnCases), routes!(cases::act)),
        Operation { takes_file: true, ..
        post("/api/v1/cases/{kind}/files",           May(Action::OpenCases),    routes!(cases::open_with_files)) },
        Operation { takes_file: true, ..
        post("/api/v1/cases/{kind}/{number}/steps/{step}/files", May(Action::ActOnCases), routes!(cases::act_with_files)) },
        get ("/api/v1/log",                          May(Action::ReadLog),      routes!(log::list)),
        post("/api/v1/verify",                       May(Action::Verify),       routes!(jobs::verify)),
        get ("/api/v1/jobs/{id}",                    Account,                   routes!(jobs::show)),
    ]
}

/// The operations as the router takes them.
pub(crate) fn routes() -> Vec<Route> {
    let route = |operation: Operation| {
        let (_, _, handler) = operation.described;
        let route = Route::of(operation.method, operation.path, operation.need, handler);
        match (operation.takes_file, operation.slow) {
            (true, _) => route.taking_file(),
            (false, true) => route.slow(),
            (false, false) => route,
        }
    };
    operations().into_iter().map(route).collect()
}
