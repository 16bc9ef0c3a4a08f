//! The ways to look at one kind of case: list, board, calendar, figures, and what the kind has besides.

use askama::Template;
use store::access::Action;

use super::words::{LOOKS, Look};
use crate::Page;

/// A way to look that only some kinds have: address, icon, Chinese, English, key.
type More = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// The ways to look at a kind, as links.
#[derive(Template)]
#[template(path = "cases/tabs.html")]
pub struct Tabs<'a> {
    page: &'a Page,
    view: &'static str,
    list_address: String,
    board_address: String,
    calendar_address: String,
    figures_address: String,
    more: Vec<More>,
    /// The kinds, on the list of every kind.
    kinds: Vec<(String, &'static str, &'static str)>,
}

impl askama::filters::HtmlSafe for Tabs<'_> {}

impl<'a> Tabs<'a> {
    /// The ways to look at a kind, of which `view` is open.
    pub fn of(page: &'a Page, look: &Look, view: &'static str) -> Self {
        let base = look.path();
        Self {
            page,
            view,
            board_address: format!("{base}/board"),
            calendar_address: format!("{base}/calendar"),
            figures_address: format!("{base}/figures"),
            list_address: base,
            more: match look.kind {
                "duty_report" => {
                    let mut more = vec![
                        ("/cases/duty_report/day", "checklist", "当日报送", "Reports of the day", "day"),
                        ("/cases/duty_report/grid", "table", "报送一览", "Who reported", "grid"),
                    ];
                    if page.can(Action::ManageLoops) {
                        more.push(("/duties", "settings", "报送安排", "Who reports what", "duties"));
                    }
                    more
                }
                "matter" if page.can(Action::ManageLoops) => {
                    vec![("/routing", "sitemap", "分派规则", "Routing rules", "routing")]
                }
                "visit" if !page.is_of_enterprise() => {
                    vec![
                        ("/visits", "current-location", "到期与路线", "Due and round", "round"),
                        ("/resources", "building-community", "六类资源", "Resources", "resources"),
                    ]
                }
                "inspection" if !page.is_of_enterprise() => {
                    vec![("/inspections/rounds", "refresh", "检查轮次", "Rounds", "rounds")]
                }
                "approval" if page.can(Action::ManageLoops) => {
                    vec![("/approvals/items", "checklist", "一件事一次办", "Joint items", "items")]
                }
                "task" => {
                    let mut more = vec![
                        ("/cases/task/wall", "columns", "挂图", "Wall map", "wall"),
                        ("/cases/task/goals", "sitemap", "目标分解", "Goals", "goals"),
                    ];
                    if page.can(Action::ManageLoops) {
                        more.push(("/cases/task/meetings", "users", "调度例会", "Meetings", "meetings"));
                    }
                    more
                }
                "document" => vec![("/cases/document/lists", "medal", "红黑榜", "Red and black list", "lists")],
                _ => Vec::new(),
            },
            kinds: match look.kind {
                "" => LOOKS.iter().map(|look| (look.path(), look.icon, look.title(page.lang))).collect(),
                _ => Vec::new(),
            },
        }
    }
}
