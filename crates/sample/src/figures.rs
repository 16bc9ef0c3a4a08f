//! An enterprise's figures of one year, consistent with each other.

use rust_decimal::Decimal;

use crate::YEARS;
use crate::draw::{Draw, figure};
use crate::enterprise::Enterprise;

/// The figures of one enterprise in one year. Amounts are 万元 with two decimals.
#[derive(Debug, Clone)]
pub struct YearFigures {
    /// The year.
    pub year: i16,
    /// 营业收入总额.
    pub revenue: Decimal,
    /// 主营业务收入, never above the total.
    pub main_revenue: Decimal,
    /// 其他业务收入: the rest.
    pub other_revenue: Decimal,
    /// 收入总额 in the sense of the income tax law, article 6.
    pub gross_income: Decimal,
    /// 高新技术产品（服务）收入.
    pub hitech_income: Decimal,
    /// 出口额.
    pub export: Decimal,
    /// 成本费用支出总额.
    pub cost: Decimal,
    /// 利润总额.
    pub profit: Decimal,
    /// 净利润.
    pub net_profit: Decimal,
    /// 实缴税费.
    pub tax: Decimal,
    /// 资产总额, at the year's end.
    pub assets: Decimal,
    /// 负债总额, at the year's end.
    pub liabilities: Decimal,
    /// The three ways to count R&D, close to each other and never quite the same.
    pub research: Research,
    /// 期末从业人员.
    pub staff: i64,
    /// 职工总数, the year's average.
    pub staff_average: i64,
    /// 科技人员.
    pub technicians: i64,
    /// 研发人员, among the technicians.
    pub researchers: i64,
    /// 研发人员全时当量, 人年.
    pub full_time: Decimal,
    /// 本科以上人员.
    pub bachelors: i64,
    /// 从业人员工资性收入.
    pub pay: Decimal,
}

/// What was spent on R&D in a year, as three rules count it, 万元.
#[derive(Debug, Clone)]
pub struct Research {
    /// 会计口径.
    pub accounting: Decimal,
    /// 加计扣除口径, the narrowest (财税〔2015〕119号).
    pub deduction: Decimal,
    /// 高企口径 (国科发火〔2016〕195号).
    pub hitech: Decimal,
    /// The eight kinds of cost, which add up to the 高企口径 to the fen: labour, direct input,
    /// depreciation, intangibles, design, tests, entrusted, other.
    pub kinds: [Decimal; 8],
    /// 研发经费内部支出 as the statistics count it.
    pub statistical: Decimal,
}

/// An enterprise's course through the years: the state that one year hands to the next.
struct Course {
    staff: f64,
    revenue_per_head: f64,
    assets: f64,
    debt: f64,
    research: f64,
    trend: f64,
    momentum: f64,
    export: f64,
}

/// The figures of every year in which the enterprise was at work on the year's last day.
pub fn years(draw: &mut Draw, enterprise: &Enterprise, size: f64) -> Vec<YearFigures> {
    let industry = enterprise.industry;
    let revenue_per_head = draw.log_normal(industry.revenue_per_head, 0.38);
    let staff = size.clamp(2.0, 4_200.0);
    let trend = draw.normal(if enterprise.researches { 0.075 } else { 0.03 }, 0.07);
    let mut course = Course {
        staff,
        revenue_per_head,
        assets: staff * revenue_per_head * draw.log_normal(industry.assets, 0.35),
        debt: (draw.normal(0.48, 0.17)).clamp(0.05, 1.15),
        research: if enterprise.researches { draw.log_normal(industry.research, 0.35) * enterprise.zeal } else { 0.0 },
        trend,
        momentum: 0.0,
        export: if draw.chance(0.17) { draw.between(0.03, 0.6) } else { 0.0 },
    };
    YEARS
        .into_iter()
        .filter(|&year| {
            i32::from(enterprise.founded.year()) < i32::from(year)
                || enterprise.founded.month() <= 6 && enterprise.founded.year() == year
        })
        .map(|year| {
            let figures = one_year(draw, enterprise, &course, year);
            course.advance(draw);
            figures
        })
        .collect()
}

impl Course {
    /// The next year: growth keeps part of last year's luck, people follow sales halfway.
    fn advance(&mut self, draw: &mut Draw) {
        self.momentum = 0.45 * self.momentum + draw.normal(0.0, 0.11);
        let growth = (self.trend + self.momentum).clamp(-0.55, 1.2);
        let hiring = growth * draw.between(0.3, 0.7);
        self.staff = (self.staff * (1.0 + hiring)).max(2.0);
        self.revenue_per_head *= (1.0 + growth) / (1.0 + hiring);
        self.assets *= 1.0 + 0.65 * growth + draw.normal(0.02, 0.05);
        self.debt = (self.debt + draw.normal(0.0, 0.04)).clamp(0.04, 1.2);
        self.research *= draw.log_normal(1.02, 0.12);
    }
}

fn one_year(draw: &mut Draw, enterprise: &Enterprise, course: &Course, year: i16) -> YearFigures {
    let industry = enterprise.industry;
    let first_year = enterprise.founded.year() == year;
    let staff = (course.staff * if first_year { 0.5 } else { 1.0 }).round().max(1.0);
    let revenue = figure(staff * course.revenue_per_head * if first_year { 0.4 } else { 1.0 });
    let earned = f(revenue);
    // What a small firm spends on research is a larger part of less.
    let intensity = (course.research * if staff < 12.0 { 1.25 } else { 1.0 }).min(0.75);
    let research = research(draw, earned * intensity);
    let margin = draw.normal(industry.margin - 0.25 * (intensity - industry.research).max(0.0), 0.045);
    let profit = figure(earned * margin);
    let rate = if enterprise.hitech_in(year) {
        0.15
    } else if f(profit) < 300.0 {
        0.05
    } else {
        0.25
    };
    let main_revenue = figure(earned * draw.between(0.90, 1.0));
    let (technicians, researchers) = scientists(draw, staff, intensity);
    let assets = figure(course.assets.max(earned * 0.12).max(20.0));
    let hitech_share = if enterprise.hitech_in(year) { draw.between(0.62, 0.96) } else { draw.between(0.0, 0.5) };
    YearFigures {
        year,
        revenue,
        main_revenue,
        other_revenue: revenue - main_revenue,
        gross_income: revenue + figure(earned * draw.between(0.0, 0.03)),
        hitech_income: if enterprise.researches { figure(f(main_revenue) * hitech_share) } else { Decimal::ZERO },
        export: figure(earned * course.export * draw.between(0.8, 1.2)),
        cost: revenue - profit,
        profit,
        net_profit: if profit > Decimal::ZERO { figure(f(profit) * (1.0 - rate)) } else { profit },
        tax: figure(earned * draw.between(0.018, 0.045) + f(profit).max(0.0) * rate),
        assets,
        liabilities: figure(f(assets) * course.debt),
        research,
        staff: staff as i64,
        staff_average: (staff * draw.between(0.93, 1.03)).round().max(1.0) as i64,
        technicians,
        researchers,
        full_time: figure(researchers as f64 * draw.between(0.55, 0.92)).round_dp(1),
        bachelors: ((staff * (0.12 + 2.6 * intensity).min(0.85) * draw.between(0.8, 1.15)).round() as i64)
            .clamp(0, staff as i64),
        pay: figure(staff * draw.log_normal(industry.pay, 0.14)),
    }
}

/// Research that costs much is done by many; the law asks for a tenth of the people
/// (国科发火〔2016〕32号, article 11), and those who aim at it hold a little more.
fn scientists(draw: &mut Draw, staff: f64, intensity: f64) -> (i64, i64) {
    if intensity == 0.0 {
        return ((staff * draw.between(0.0, 0.06)).round() as i64, 0);
    }
    let share = (0.09 + 2.4 * intensity * draw.between(0.8, 1.2)).min(0.8);
    let technicians = (staff * share).round().clamp(1.0, staff);
    let researchers = (technicians * draw.between(0.6, 0.95)).round().clamp(1.0, technicians);
    (technicians as i64, researchers as i64)
}

fn research(draw: &mut Draw, spent: f64) -> Research {
    const SHARES: [f64; 8] = [0.47, 0.29, 0.08, 0.02, 0.02, 0.05, 0.05, 0.02];
    let hitech = figure(spent * draw.between(0.96, 1.06));
    let mut kinds = [Decimal::ZERO; 8];
    let drawn: Vec<f64> = SHARES.iter().map(|share| share * draw.between(0.6, 1.4)).collect();
    let sum: f64 = drawn.iter().sum();
    for (kind, share) in kinds.iter_mut().zip(&drawn) {
        *kind = figure(f(hitech) * share / sum).round_dp(2);
    }
    // Rounding leaves a few hundred yuan over; they go to the largest kind.
    kinds[0] += hitech - kinds.iter().sum::<Decimal>();
    Research {
        accounting: figure(spent),
        deduction: figure(spent * draw.between(0.82, 0.97)),
        hitech,
        kinds,
        statistical: figure(spent * draw.between(0.93, 1.03)),
    }
}

fn f(amount: Decimal) -> f64 {
    use rust_decimal::prelude::ToPrimitive;
    amount.to_f64().unwrap_or_default()
}
