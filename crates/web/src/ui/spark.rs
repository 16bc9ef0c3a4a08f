//! A small line of a few years' figures, drawn by the server: it needs no script, and prints.

use std::fmt;
use std::fmt::Write as _;

/// The figures of successive periods; a missing one breaks the line.
#[derive(Debug, Clone, PartialEq)]
pub struct Spark {
    /// The figures, the oldest first.
    pub points: Vec<Option<f64>>,
    /// What it shows, for those who cannot see it.
    pub label: String,
}

const WIDTH: f64 = 78.0;
const HEIGHT: f64 = 22.0;
const EDGE: f64 = 3.0;

impl Spark {
    /// A line through these figures.
    pub fn new(points: Vec<Option<f64>>, label: impl Into<String>) -> Self {
        Self { points, label: label.into() }
    }

    /// The places of the points that exist, in the order of the figures.
    fn places(&self) -> Vec<Option<(f64, f64)>> {
        let known = || self.points.iter().flatten().copied().filter(|figure| figure.is_finite());
        let (least, most) = (known().fold(f64::INFINITY, f64::min), known().fold(f64::NEG_INFINITY, f64::max));
        let range = most - least;
        let step = (WIDTH - 2.0 * EDGE) / (self.points.len().max(2) - 1) as f64;
        self.points
            .iter()
            .enumerate()
            .map(|(at, figure)| {
                let figure = figure.filter(|figure| figure.is_finite())?;
                let share = if range > 0.0 { (figure - least) / range } else { 0.5 };
                Some((EDGE + step * at as f64, HEIGHT - EDGE - share * (HEIGHT - 2.0 * EDGE)))
            })
            .collect()
    }

    /// Which way the last figure went from the one before it.
    fn turn(&self) -> &'static str {
        let known: Vec<f64> = self.points.iter().flatten().copied().collect();
        match known.as_slice() {
            [.., before, last] if last > before => "up",
            [.., before, last] if last < before => "down",
            _ => "flat",
        }
    }
}

impl fmt::Display for Spark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let places = self.places();
        if places.iter().flatten().count() == 0 {
            return Ok(());
        }
        let mut path = String::new();
        let mut pen_down = false;
        for place in &places {
            if let Some((x, y)) = place {
                write!(path, "{}{x:.1} {y:.1}", if pen_down { "L" } else { "M" })?;
            }
            pen_down = place.is_some();
        }
        write!(
            f,
            "<svg class=\"x-spark x-{}\" width=\"{WIDTH}\" height=\"{HEIGHT}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\"><path d=\"{path}\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\" stroke-linejoin=\"round\"/>",
            self.turn(),
            super::escaped(&self.label),
        )?;
        for (x, y) in places.iter().flatten() {
            write!(f, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"1.8\" fill=\"currentColor\"/>")?;
        }
        f.write_str("</svg>")
    }
}

impl askama::filters::HtmlSafe for Spark {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_figure_stands_highest_and_a_missing_one_breaks_the_line() {
        let html = Spark::new(vec![Some(1.0), Some(3.0), None, Some(2.0)], "<营业收入>").to_string();
        assert!(html.contains("M3.0 19.0L27.0 3.0M75.0 11.0"), "{html}");
        assert_eq!(html.matches("<circle").count(), 3);
        assert!(html.contains("x-down") && html.contains("&lt;营业收入&gt;"), "{html}");
    }

    #[test]
    fn nothing_is_drawn_of_nothing_and_equal_figures_lie_in_the_middle() {
        assert_eq!(Spark::new(vec![None, None], "").to_string(), "");
        assert!(Spark::new(vec![Some(5.0), Some(5.0)], "").to_string().contains("M3.0 11.0L75.0 11.0"));
        assert_eq!(Spark::new(vec![Some(f64::NAN)], "").to_string(), "");
    }
}
