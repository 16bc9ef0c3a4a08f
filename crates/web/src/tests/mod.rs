//! What must hold for every page: who gets in, what is refused, what is escaped.

mod administration;
mod api;
mod api_acts;
mod api_policies;
mod auditing;
mod cases;
mod cases_lists;
mod cases_special;
mod cases_work;
mod checkup;
mod cultivation;
mod duties;
mod forged;
mod gates;
mod importing;
mod importing_sheets;
mod policies;
mod posts;
mod register;
mod resources;
mod signing_in;
mod tasks;
mod telling;
mod visits;
mod walk;
mod wording;
