//! The yearly returns: what the statistics office, the tax bureau, the science bureau, the
//! human resources bureau and the enterprises themselves report.
//!
//! The bureaus agree on most figures. Where they do not, both words are kept, as in any zone:
//! one wrote before the audit and one after, one counts a branch and the other does not.

use kernel::{SourceKind, SubjectKind};
use rust_decimal::Decimal;

use crate::YEARS;
use crate::draw::{Draw, figure};
use crate::enterprise::Enterprise;
use crate::figures::YearFigures;
use crate::sheet::{Cell, SampleSheet};

/// Of a hundred cells of a return, this many are left empty.
const MISSING: f64 = 0.065;

/// The five returns.
pub fn sheets(seed: u64, enterprises: &[Enterprise]) -> Vec<SampleSheet> {
    vec![
        statistics(&mut Draw::new(seed, "statistics"), enterprises),
        tax(&mut Draw::new(seed, "tax"), enterprises),
        science(&mut Draw::new(seed, "science"), enterprises),
        people(&mut Draw::new(seed, "people"), enterprises),
        declarations(&mut Draw::new(seed, "declarations"), enterprises),
    ]
}

/// A cell that the clerk may have left empty.
fn filled(draw: &mut Draw, cell: impl Into<Cell>) -> Cell {
    if draw.chance(MISSING) { Cell::Empty } else { cell.into() }
}

/// One row for each enterprise and year, with a column for the year.
fn statistics(draw: &mut Draw, enterprises: &[Enterprise]) -> SampleSheet {
    let headings = [
        "年度",
        "uscc",
        "name",
        "operating_revenue",
        "main_business_revenue",
        "other_business_revenue",
        "total_cost_expense",
        "total_profit",
        "net_profit",
        "total_assets",
        "total_liabilities",
        "rd_expense",
        "rd_internal_statistical",
        "export_revenue",
        "rd_staff",
        "rd_fte",
        "year_end_employees",
    ];
    let mut sheet = SampleSheet::new("02-统计年报", "统计年报", "统计办", SubjectKind::Enterprise, &headings);
    for year in YEARS {
        for one in enterprises {
            let Some(of_year) = one.figures.iter().find(|figures| figures.year == year) else { continue };
            sheet.rows.push(statistics_row(draw, one, of_year));
        }
    }
    sheet
}

fn statistics_row(draw: &mut Draw, one: &Enterprise, of: &YearFigures) -> Vec<Cell> {
    let amounts = [
        of.main_revenue,
        of.other_revenue,
        of.cost,
        of.profit,
        of.net_profit,
        of.assets,
        of.liabilities,
        of.research.accounting,
        of.research.statistical,
        of.export,
    ];
    let mut row: Vec<Cell> = vec![i64::from(of.year).into(), one.code.as_str().into(), one.name.as_str().into()];
    // The first question of the return is never left open.
    row.push(of.revenue.into());
    row.extend(amounts.into_iter().map(|amount| filled(draw, amount)));
    row.push(filled(draw, of.researchers));
    row.push(filled(draw, of.full_time));
    row.push(filled(draw, of.staff));
    row
}

/// One row for each enterprise, the years side by side, in 元 as the tax system counts.
fn tax(draw: &mut Draw, enterprises: &[Enterprise]) -> SampleSheet {
    let mut columns = vec!["uscc".to_owned(), "name".to_owned()];
    for field in ["operating_revenue", "rd_expense_119", "tax_paid"] {
        columns.extend(YEARS.iter().map(|year| format!("{field}:元@{year}")));
    }
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    let mut sheet = SampleSheet::new("03-税务数据", "税务数据", "税务局", SubjectKind::Enterprise, &columns);
    for one in enterprises.iter().filter(|one| !one.figures.is_empty()) {
        let mut row: Vec<Cell> = vec![one.code.as_str().into(), one.name.as_str().into()];
        let mut revenues = Vec::new();
        let mut deductions = Vec::new();
        let mut paid = Vec::new();
        for year in YEARS {
            let of = one.figures.iter().find(|figures| figures.year == year);
            revenues.push(of.map(|of| in_yuan(differing(draw, of.revenue, 0.03))));
            deductions.push(of.map(|of| in_yuan(of.research.deduction)).filter(|amount| !amount.is_zero()));
            paid.push(of.map(|of| in_yuan(of.tax)));
        }
        for amount in [revenues, deductions, paid].concat() {
            row.push(filled(draw, amount));
        }
        sheet.rows.push(row);
    }
    sheet
}

fn in_yuan(amount: Decimal) -> Decimal {
    (amount * Decimal::from(10_000)).normalize()
}

/// The figure as another bureau has it: mostly the same, at times a few per cent off.
fn differing(draw: &mut Draw, amount: Decimal, odds: f64) -> Decimal {
    if !draw.chance(odds) {
        return amount;
    }
    let off = draw.between(0.006, 0.07) * if draw.chance(0.7) { 1.0 } else { -1.0 };
    let factor = Decimal::ONE + figure(off).max(Decimal::new(-6, 2));
    let other = (amount * factor).round_dp(2);
    if other == amount { amount + Decimal::ONE } else { other }
}

/// The yearly report of the high-tech enterprises: their R&D as the title's rules count it.
fn science(draw: &mut Draw, enterprises: &[Enterprise]) -> SampleSheet {
    let headings = [
        "年度",
        "uscc",
        "name",
        "gross_income",
        "hitech_income",
        "rd_expense_hnte",
        "rd_labor",
        "rd_direct",
        "rd_depr",
        "rd_intangible",
        "rd_design",
        "rd_test",
        "rd_entrusted",
        "rd_other",
        "total_staff_avg",
        "sci_tech_staff_avg",
    ];
    let mut sheet = SampleSheet::new("04-高企年报", "高企年报", "科技局", SubjectKind::Enterprise, &headings);
    for year in YEARS {
        for one in enterprises.iter().filter(|one| one.hitech_in(year)) {
            let Some(of) = one.figures.iter().find(|figures| figures.year == year) else { continue };
            let mut row: Vec<Cell> = vec![i64::from(year).into(), one.code.as_str().into(), one.name.as_str().into()];
            row.push(filled(draw, of.gross_income));
            row.push(filled(draw, of.hitech_income));
            row.push(of.research.hitech.into());
            row.extend(of.research.kinds.iter().map(|&kind| Cell::from(kind)));
            row.push(filled(draw, of.staff_average));
            row.push(filled(draw, of.technicians));
            sheet.rows.push(row);
        }
    }
    sheet
}

/// People and pay of the last year; the bureau counts the insured.
fn people(draw: &mut Draw, enterprises: &[Enterprise]) -> SampleSheet {
    let headings = ["uscc", "name", "year_end_employees@2025", "staff_bachelor_up@2025", "payroll_total@2025"];
    let mut sheet = SampleSheet::new("05-用工情况", "用工情况", "人社局", SubjectKind::Enterprise, &headings);
    for one in enterprises {
        let Some(of) = one.figures.iter().find(|figures| figures.year == 2025) else { continue };
        let staff = if draw.chance(0.035) { (of.staff - draw.whole(1, 1 + of.staff / 12)).max(1) } else { of.staff };
        sheet.rows.push(vec![
            one.code.as_str().into(),
            one.name.as_str().into(),
            filled(draw, staff),
            filled(draw, of.bachelors.min(staff)),
            filled(draw, of.pay),
        ]);
    }
    sheet
}

/// What a quarter of the enterprises declared about themselves for the last year.
fn declarations(draw: &mut Draw, enterprises: &[Enterprise]) -> SampleSheet {
    let headings = [
        "uscc",
        "name",
        "operating_revenue@2025",
        "rd_expense@2025",
        "net_profit@2025",
        "total_assets@2025",
        "year_end_employees@2025",
    ];
    let mut sheet = SampleSheet::new("06-企业填报", "企业填报", "企业填报", SubjectKind::Enterprise, &headings);
    sheet.source = SourceKind::Declaration;
    for one in enterprises {
        let Some(of) = one.figures.iter().find(|figures| figures.year == 2025) else { continue };
        if !draw.chance(0.27) {
            continue;
        }
        let (revenue, research) = (differing(draw, of.revenue, 0.05), differing(draw, of.research.accounting, 0.08));
        sheet.rows.push(vec![
            one.code.as_str().into(),
            one.name.as_str().into(),
            revenue.into(),
            filled(draw, research),
            filled(draw, of.net_profit),
            filled(draw, of.assets),
            filled(draw, of.staff),
        ]);
    }
    sheet
}
