//! An item of 一件事一次办 as it is typed into the page: read, held against what there is, and refused by name.

use std::collections::HashMap;

use kernel::{Catalogue, Lang, SubjectKind};
use loops::items::{Ask, Item, Question, may_be_asked};
use loops::{Clock, Promise, Speed};
use store::access::{UnitId, UnitTree};

use crate::WebError;

/// The most papers of an item and characters of a name.
const PAPERS: usize = 40;
const LONGEST: usize = 80;
/// How many lines of a form the page takes.
const LINES: usize = 10;

/// An item as it was typed.
#[derive(Debug, Clone, Default)]
pub struct Written {
    /// What it is called.
    pub name: String,
    /// The papers, one a line.
    pub papers: String,
    /// The unit in charge, by id.
    pub lead: String,
    /// The units that give a part, by id.
    pub parts: Vec<String>,
    /// The class of speed, by key; empty for the ordinary one.
    pub speed: String,
    /// Within how many days or hours it is promised; empty for the longest of the class.
    pub within: String,
    /// `hours`, or empty for working days.
    pub counted: String,
    /// The lines of the form, as many as the page has.
    pub lines: Vec<Line>,
}

/// A question of the form as it was typed.
#[derive(Debug, Clone, Default)]
pub struct Line {
    /// What is asked.
    pub label: String,
    /// The kind of answer, by key.
    pub ask: String,
    /// What a figure is counted in, or the choices with 、 between them.
    pub more: String,
    /// Whether the form is incomplete without it.
    pub needed: bool,
}

impl Line {
    fn read(fields: &HashMap<String, String>, at: usize) -> Self {
        let field = |name: &str| {
            fields.get(&format!("ask.{at}.{name}")).map(|value| value.trim().to_owned()).unwrap_or_default()
        };
        Self { label: field("label"), ask: field("kind"), more: field("more"), needed: !field("needed").is_empty() }
    }

    /// The question; what is asked of the register bears the name it has there.
    fn question(&self) -> Result<Question, WebError> {
        let known = Catalogue::builtin().fields_of(SubjectKind::Enterprise).find(|field| {
            let names = [Lang::Zh, Lang::En].map(|lang| field.label(SubjectKind::Enterprise, lang) == self.label);
            may_be_asked(field) && (names.contains(&true) || field.key == self.label)
        });
        let ask = match (self.ask.as_str(), known) {
            ("register", Some(field)) => Ask::Register(field.key.clone()),
            ("register", None) => {
                return Err(WebError::invalid(
                    format!("企业档案中没有可填的指标“{}”。请从提示中选，或改作文字、数字。", self.label),
                    format!(
                        "The register has no fact “{}” that a form may ask for; choose one of those offered.",
                        self.label
                    ),
                ));
            }
            ("number", _) => Ask::Number(self.more.chars().take(10).collect()),
            ("day", _) => Ask::Day,
            ("yes_no", _) => Ask::YesNo,
            ("choice", _) => Ask::Choice(self.choices()?),
            _ => Ask::Text,
        };
        let label = match (&ask, known) {
            (Ask::Register(_), Some(field)) => field.label(SubjectKind::Enterprise, Lang::Zh).to_owned(),
            _ => self.label.clone(),
        };
        Ok(Question { label, ask, needed: self.needed })
    }

    fn choices(&self) -> Result<Vec<String>, WebError> {
        let choices: Vec<String> = self
            .more
            .split(['、', ',', '，', ';', '；'])
            .map(str::trim)
            .filter(|choice| !choice.is_empty())
            .map(str::to_owned)
            .collect();
        if (2..=20).contains(&choices.len()) {
            return Ok(choices);
        }
        Err(WebError::invalid(
            format!("“{}”是选择，请写出 2 至 20 个选项，用顿号分开。", self.label),
            format!("“{}” is a choice: write 2 to 20 choices with commas between them.", self.label),
        ))
    }
}

/// The form of an item from its lines; one without a name is none.
fn form(lines: &[Line]) -> Result<Vec<Question>, WebError> {
    let mut form: Vec<Question> = Vec::new();
    for line in lines.iter().filter(|line| !line.label.is_empty()) {
        let question = line.question()?;
        // The name stands in addresses of fields and in lines that are typed as “name: answer”.
        if question.label.contains(['：', ':', '.', '@']) || question.label.chars().count() > 40 {
            return Err(WebError::invalid(
                format!("表格栏目“{}”不能超过 40 字，也不能含冒号、点或 @。", question.label),
                format!("“{}” of the form has over 40 characters, or a colon, a point or an @.", question.label),
            ));
        }
        if form.iter().any(|known| known.label == question.label) {
            return Err(WebError::invalid(
                format!("表格里有两个“{}”，请只留一个。", question.label),
                format!("The form asks for “{}” twice; keep one.", question.label),
            ));
        }
        form.push(question);
    }
    Ok(form)
}

impl Written {
    /// What the fields of the page say.
    pub fn read(fields: &HashMap<String, String>) -> Self {
        let field = |name: &str| fields.get(name).map(|value| value.trim().replace("\r\n", "\n")).unwrap_or_default();
        let mut parts: Vec<String> =
            fields.keys().filter_map(|name| name.strip_prefix("assist.")).map(str::to_owned).collect();
        parts.sort_unstable();
        let lines = (0..LINES).map(|at| Line::read(fields, at)).collect();
        Self {
            name: field("name"),
            papers: field("papers"),
            lead: field("lead"),
            parts,
            speed: field("speed"),
            within: field("within"),
            counted: field("counted"),
            lines,
        }
    }

    /// The item.
    ///
    /// # Errors
    /// The first thing that is missing, too long, or cannot be promised.
    pub fn item(&self, key: String, units: &UnitTree) -> Result<Item, WebError> {
        let mut papers: Vec<String> = Vec::new();
        for paper in self.papers.lines().map(str::trim).filter(|line| !line.is_empty()) {
            if !papers.iter().any(|known| known == paper) {
                papers.push(paper.to_owned());
            }
        }
        let too_long = |text: &str| text.chars().count() > LONGEST;
        if self.name.is_empty() || too_long(&self.name) {
            return Err(WebError::invalid("请写明事项名称，80 字以内。", "Name the item, in 80 characters."));
        }
        if papers.is_empty() || papers.len() > PAPERS || papers.iter().any(|paper| too_long(paper)) {
            return Err(WebError::invalid(
                "请列出材料，一行一件，1 至 40 件，每件 80 字以内。",
                "List the papers, one a line: 1 to 40, each in 80 characters.",
            ));
        }
        let is_open = |id: &String| {
            let unit = id.parse().ok().map(UnitId).and_then(|id| units.get(id));
            unit.is_some_and(|unit| unit.closed_at.is_none())
        };
        if !is_open(&self.lead) || !self.parts.iter().all(is_open) {
            return Err(WebError::invalid("请选择在用的主办单位和协办单位。", "Choose units that are open."));
        }
        let parts = self.parts.iter().filter(|unit| **unit != self.lead).cloned().collect();
        let (speed, within) = self.promised()?;
        let form = form(&self.lines)?;
        let (name, lead) = (self.name.clone(), self.lead.clone());
        Ok(Item { key, name, papers, lead, parts, ended: false, speed, within, form })
    }

    /// What is promised: never longer than the law or the class of speed allows.
    fn promised(&self) -> Result<(Speed, Option<Clock>), WebError> {
        let speed = match self.speed.as_str() {
            "" => Some(Speed::Ordinary),
            key => Speed::from_key(key),
        };
        let speed = speed.ok_or_else(|| WebError::invalid("请选择办理速度。", "Choose how fast it is decided."))?;
        let count = match self.within.as_str() {
            "" => None,
            text => Some(text.parse::<u16>().map_err(|_| {
                let text: String = text.chars().take(20).collect();
                WebError::invalid(
                    format!("承诺时限“{text}”不是一个整数，应写作 5，再选工作日或小时。"),
                    format!("“{text}” is no whole number; write the promised time like 5 and choose its unit."),
                )
            })?),
        };
        let within = count.map(u32::from).map(|count| match self.counted.as_str() {
            "hours" => Clock::Hours(count),
            _ => Clock::WorkingDays(count),
        });
        match Promise::of(speed, within) {
            Ok(_) => Ok((speed, within)),
            Err(fault) => Err(WebError::invalid(fault.say(Lang::Zh), fault.say(Lang::En))),
        }
    }
}
