//! The enterprises: who they are, where they sit, what they earn.

use jiff::civil::{Date, date};

use crate::codes;
use crate::draw::Draw;
use crate::figures::{self, YearFigures};
use crate::industry::{INDUSTRIES, Industry};
use crate::names;
use crate::organs::PARKS;

/// One enterprise of the sample.
#[derive(Debug, Clone)]
pub struct Enterprise {
    /// Its number, from 0.
    pub number: usize,
    /// Its unified social credit code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The name it bore before, of every fifteenth or so.
    pub former_name: Option<String>,
    /// 有限责任公司, 股份有限公司 and the like.
    pub form: &'static str,
    /// The day it was founded.
    pub founded: Date,
    /// What it does.
    pub industry: &'static Industry,
    /// Its park: a place in [`PARKS`].
    pub park: usize,
    /// Its registered capital, 万元.
    pub capital: i64,
    /// How good it is at research against its industry's median: 1 is the median.
    pub zeal: f64,
    /// Whether it does R&D at all.
    pub researches: bool,
    /// The year since which it is a high-tech enterprise (高新技术企业).
    pub hitech_since: Option<i16>,
    /// Its figures, one for each of [`crate::YEARS`] in which it was at work.
    pub figures: Vec<YearFigures>,
}

impl Enterprise {
    /// The name of its park.
    pub fn park_name(&self) -> &'static str {
        PARKS[self.park].1
    }

    /// The people of its last year.
    pub fn staff(&self) -> i64 {
        self.figures.last().map_or(0, |year| year.staff)
    }

    /// Whether it held the title of a high-tech enterprise in `year`.
    pub fn hitech_in(&self, year: i16) -> bool {
        self.hitech_since.is_some_and(|since| since <= year)
    }
}

/// Every enterprise of the zone, in the order of their numbers.
pub fn enterprises(seed: u64, count: usize) -> Vec<Enterprise> {
    let mut draw = Draw::new(seed, "enterprises");
    names::brands(seed, count).into_iter().enumerate().map(|(number, brand)| one(&mut draw, number, &brand)).collect()
}

fn one(draw: &mut Draw, number: usize, brand: &str) -> Enterprise {
    let industry = &INDUSTRIES[draw.weighted(INDUSTRIES.iter().map(|one| one.weight))];
    let founded = founded(draw);
    let researches = !draw.chance(industry.idle);
    let zeal = draw.log_normal(1.0, 0.45);
    // Older enterprises have had time to grow.
    let age = f64::from(2026 - founded.year());
    let size = draw.log_normal(industry.staff * (0.55 + age / 18.0), 1.05);
    let hitech_since = hitech_since(draw, industry, founded, researches, zeal, size);
    let form = form(draw, size);
    let trade = *draw.pick(industry.words);
    let name = names::enterprise(brand, trade, form);
    let former_name = draw.chance(0.065).then(|| names::enterprise(brand, former_trade(draw, trade), form));
    let park = if draw.chance(0.82) { industry.park } else { draw.whole(0, PARKS.len() as i64 - 1) as usize };
    let mut enterprise = Enterprise {
        number,
        code: codes::enterprise(number),
        name,
        former_name,
        form: if form == "股份有限公司" { form } else { "有限责任公司" },
        founded,
        industry,
        park,
        capital: capital(draw, size),
        zeal,
        researches,
        hitech_since,
        figures: Vec::new(),
    };
    enterprise.figures = figures::years(draw, &enterprise, size);
    enterprise
}

/// More enterprises are young than old, and the last year brings fewer that already report.
fn founded(draw: &mut Draw) -> Date {
    let age = draw.log_normal(7.5, 0.7).clamp(0.4, 30.0);
    let day = date(2026, 1, 1).saturating_sub(jiff::Span::new().days((age * 365.25) as i64));
    // Offices are closed on the first days of the year and on the 31st.
    date(day.year(), day.month(), day.day().clamp(4, 28))
}

/// One in three enterprises that research, sooner the keener and the larger, is a high-tech
/// enterprise; a year of business at least goes before (国科发火〔2016〕32号, article 11).
fn hitech_since(
    draw: &mut Draw,
    industry: &Industry,
    founded: Date,
    researches: bool,
    zeal: f64,
    size: f64,
) -> Option<i16> {
    let odds = 0.30 * zeal.min(2.0) * (1.0 + (size / 60.0).min(1.5)) * (industry.research / 0.05).clamp(0.35, 1.4);
    if !researches || industry.field.is_empty() || !draw.chance(odds.min(0.92)) {
        return None;
    }
    let earliest = founded.year() + 2;
    (earliest <= 2025).then(|| draw.whole(i64::from(earliest.max(2014)), 2025) as i16)
}

fn form(draw: &mut Draw, size: f64) -> &'static str {
    match () {
        () if size > 350.0 && draw.chance(0.5) => "股份有限公司",
        () if size > 180.0 && draw.chance(0.12) => "集团有限公司",
        () => "有限公司",
    }
}

/// The trade of the years before a change of name: broader, as young firms call themselves.
fn former_trade(draw: &mut Draw, trade: &str) -> &'static str {
    const BROAD: [&str; 4] = ["实业", "工贸", "科技", "设备"];
    let broad = *draw.pick(&BROAD);
    if broad == trade { "实业" } else { broad }
}

/// Registered capital comes in round figures.
fn capital(draw: &mut Draw, size: f64) -> i64 {
    const ROUND: [i64; 12] = [100, 200, 300, 500, 800, 1_000, 2_000, 3_000, 5_000, 8_000, 10_000, 20_000];
    let about = draw.log_normal(size * 16.0, 0.6) as i64;
    ROUND.iter().copied().min_by_key(|round| (round - about).abs()).unwrap_or(500)
}
