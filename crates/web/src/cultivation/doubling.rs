//! `/cultivation/doubling`: the doubling paths (倍增): what was agreed with each enterprise against what came of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::Response;
use kernel::format::{money_figure, thousands, unit_name};
use kernel::money::MoneyUnit;
use kernel::{FactKey, Money, Period, SubjectId, Value};
use policy::FactSheet;
use store::StoreError;
use store::access::Scope;

use crate::kept::Kept;
use crate::policies::population::{Person, each};
use crate::ui::{Badge, Empty, Icon};
use crate::{App, Page, WebError};

/// The most years that stand side by side.
const MOST_YEARS: usize = 6;

/// The most enterprises that the page names.
const MOST_NAMED: usize = 300;

/// What was agreed with one enterprise, and its revenue by year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    id: SubjectId,
    name: String,
    base_year: i16,
    target_year: i16,
    target: Money,
    revenue: BTreeMap<i16, Money>,
}

impl Path {
    /// What is agreed with an enterprise; none where its target is not whole.
    fn of(id: SubjectId, name: &str, sheet: &FactSheet) -> Option<Self> {
        let own = |field: &str| sheet.facts.get(&FactKey::timeless(field));
        let year = |field: &str| match own(field) {
            Some(Value::Integer(year)) => i16::try_from(*year).ok(),
            _ => None,
        };
        let Some(Value::Money(target)) = own("doubling_target_revenue") else { return None };
        let (base_year, target_year) = (year("doubling_base_year")?, year("doubling_target_year")?);
        if base_year >= target_year {
            return None;
        }
        let of = |year: i16| match sheet.facts.get(&FactKey::of("operating_revenue", Period::Year(year))) {
            Some(Value::Money(amount)) => Some((year, *amount)),
            _ => None,
        };
        let revenue = (base_year..=target_year).filter_map(of).collect();
        Some(Path { id, name: name.to_owned(), base_year, target_year, target: *target, revenue })
    }

    /// Where the path stands at the end of a year: from the base year's revenue to the target in equal steps.
    fn wanted(&self, year: i16) -> Option<Money> {
        let base = i128::from(self.revenue.get(&self.base_year)?.fen());
        let (gone, whole) =
            (i128::from(year) - i128::from(self.base_year), i128::from(self.target_year) - i128::from(self.base_year));
        if gone < 0 || gone > whole {
            return None;
        }
        let fen = base + (i128::from(self.target.fen()) - base) * gone / whole;
        i64::try_from(fen).ok().map(Money::from_fen)
    }

    /// The last year after the base year of which there is a figure, and how far the figure lies from the path
    /// then; below nought where it is behind.
    fn apart(&self) -> Option<(i16, Money)> {
        let (year, actual) = self.revenue.range(self.base_year + 1..).next_back()?;
        let apart = actual.fen().checked_sub(self.wanted(*year)?.fen())?;
        Some((*year, Money::from_fen(apart)))
    }
}

/// The paths, kept until the register changes.
#[derive(Debug, Default)]
pub(crate) struct Paths(Kept<i64, Vec<Path>>);

impl Paths {
    async fn within(&self, app: &App, scope: &Scope) -> Result<Arc<Vec<Path>>, StoreError> {
        let stamp = app.store().revision().await?;
        self.0
            .within(stamp, scope, async {
                let mut found = Vec::new();
                each(app, scope, |people| {
                    let path = |person: &Person| Path::of(person.id, &person.name, &person.sheet);
                    found.extend(people.iter().filter_map(path));
                })
                .await?;
                Ok(found)
            })
            .await
    }
}

/// Actual and path of one year.
struct Cell {
    actual: String,
    wanted: String,
    is_behind: bool,
}

struct Row {
    name: String,
    address: String,
    cells: Vec<Cell>,
    target: String,
    state: Badge,
}

#[derive(Template)]
#[template(path = "cultivation/doubling.html")]
struct DoublingPage<'a> {
    page: &'a Page,
    unit: &'static str,
    years: Vec<i16>,
    rows: Vec<Row>,
    more: usize,
    /// On the path or ahead, behind, without a figure.
    counts: [(&'static str, usize); 3],
    empty: Empty<'a>,
}

/// Shows target against actual by year, the furthest behind first.
///
/// # Errors
/// What the store reports.
pub async fn show(State(app): State<App>, page: Page) -> Result<Response, WebError> {
    let viewer = page.viewer()?;
    if let Some(own) = viewer.enterprise {
        return Ok(page.go(&format!("/enterprises/{own}")));
    }
    let paths = app.doublings().within(&app, &viewer.scope).await?;
    let mut order: Vec<(Option<Money>, &Path)> =
        paths.iter().map(|path| (path.apart().map(|(_, apart)| apart), path)).collect();
    // Those of whom nothing is known come last.
    order.sort_by_key(|(apart, path)| (apart.is_none(), *apart, path.name.as_str()));
    let count = |which: fn(&Option<Money>) -> bool| order.iter().filter(|(apart, _)| which(apart)).count();
    let counts = [
        (page.t("按进度或超前", "On the path or ahead"), count(|apart| apart.is_some_and(|it| it.fen() >= 0))),
        (page.t("落后", "Behind"), count(|apart| apart.is_some_and(|it| it.fen() < 0))),
        (page.t("还没有数", "No figure yet"), count(Option::is_none)),
    ];
    let years = years(&paths);
    let template = DoublingPage {
        unit: unit_name(MoneyUnit::TenThousandYuan, page.lang),
        rows: order.iter().take(MOST_NAMED).map(|(_, path)| row(&page, path, &years)).collect(),
        more: order.len().saturating_sub(MOST_NAMED),
        years,
        counts,
        empty: Empty {
            icon: Icon("chart-line"),
            title: page.t("还没有登记倍增目标", "No doubling target is recorded yet"),
            what: page.t(
                "导入或填写企业的倍增基期年、目标年和目标营业收入后，这里逐年对照。",
                "Once base year, target year and target revenue of enterprises come in, they are compared here by year.",
            ),
            action: None,
        },
        page: &page,
    };
    page.show(template)
}

/// The years of all paths, from the first base year on.
fn years(paths: &[Path]) -> Vec<i16> {
    let first = paths.iter().map(|path| path.base_year).min();
    let last = paths.iter().map(|path| path.target_year).max();
    first.zip(last).map(|(first, last)| (first..=last).take(MOST_YEARS).collect()).unwrap_or_default()
}

fn row(page: &Page, path: &Path, years: &[i16]) -> Row {
    let wan = |amount: Money| money_figure(amount, MoneyUnit::TenThousandYuan);
    let cell = |year: &i16| {
        let (actual, wanted) = (path.revenue.get(year).copied(), path.wanted(*year));
        Cell {
            actual: actual.map(wan).unwrap_or_default(),
            wanted: wanted.filter(|_| *year > path.base_year).map(wan).unwrap_or_default(),
            is_behind: actual.zip(wanted).is_some_and(|(actual, wanted)| actual < wanted),
        }
    };
    let state = match path.apart() {
        None => Badge::shut(page.t("还没有数", "No figure yet")),
        Some((year, apart)) if apart.fen() >= 0 => Badge::ok(match page.lang {
            kernel::Lang::Zh => format!("{year} 年按进度，超前 {} 万元", wan(apart)),
            kernel::Lang::En => format!("on the path in {year}, {} ahead", wan(apart)),
        }),
        Some((year, apart)) => Badge::warn(match page.lang {
            kernel::Lang::Zh => format!("{year} 年落后 {} 万元", wan(Money::from_fen(-apart.fen()))),
            kernel::Lang::En => format!("{} behind in {year}", wan(Money::from_fen(-apart.fen()))),
        }),
    };
    let times = path.revenue.get(&path.base_year).filter(|base| base.fen() > 0).map(|base| {
        let tenths = i128::from(path.target.fen()) * 100 / i128::from(base.fen());
        thousands(&format!("{}.{:02}", tenths / 100, tenths % 100))
    });
    let times = times.map(|times| format!(" (×{times})")).unwrap_or_default();
    Row {
        name: path.name.clone(),
        address: page.link(&format!("/enterprises/{}", path.id)),
        cells: years.iter().map(cell).collect(),
        target: format!("{}: {}{times}", path.target_year, wan(path.target)),
        state,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(revenue: &[(i16, i64)]) -> Path {
        Path {
            id: SubjectId(uuid::Uuid::nil()),
            name: "甲".to_owned(),
            base_year: 2023,
            target_year: 2028,
            target: Money::from_fen(2_000),
            revenue: revenue.iter().map(|(year, fen)| (*year, Money::from_fen(*fen))).collect(),
        }
    }

    #[test]
    fn the_path_rises_in_equal_steps_and_the_last_figure_says_how_far_it_is_away() {
        let on = path(&[(2023, 1_000), (2024, 1_150), (2025, 1_400)]);
        let wanted: Vec<Option<i64>> = (2022..=2029).map(|year| on.wanted(year).map(Money::fen)).collect();
        assert_eq!(wanted, [None, Some(1_000), Some(1_200), Some(1_400), Some(1_600), Some(1_800), Some(2_000), None]);
        assert_eq!(on.apart(), Some((2025, Money::from_fen(0))));
        assert_eq!(path(&[(2023, 1_000), (2024, 1_150)]).apart(), Some((2024, Money::from_fen(-50))));
        assert_eq!(path(&[(2023, 1_000)]).apart(), None, "the base year is no result");
        assert_eq!(path(&[(2024, 1_150)]).apart(), None, "without a base there is no path");
    }
}
