//! The check-up as one line of JSON, for scripts.

use policy::Answer;
use serde::Serialize;
use serde_json::Value as Json;

use crate::checkup::CheckUp;
use crate::gap::Gap;
use crate::missing::Missing;
use crate::plan::{Move, Plan};
use crate::reward::Reward;

/// The line. The first keys are promised to scripts; others may be added behind them.
#[derive(Serialize)]
struct Line<'a> {
    enterprise: &'a str,
    policy: &'a str,
    version: &'a str,
    verdict: &'static str,
    score: Option<Bounds>,
    failed: Vec<&'a str>,
    missing: Vec<&'a str>,
    gap: Vec<GapLine<'a>>,
    name: &'a str,
    on: String,
    title: &'a str,
    level: &'a str,
    unverified: bool,
    open: Vec<&'a str>,
    questions: Vec<Question<'a>>,
    plan: Option<PlanLine<'a>>,
    window: Option<WindowLine>,
    rewards: Vec<RewardLine<'a>>,
    unverified_notes: &'a [String],
    none_on_record: Vec<&'static str>,
}

#[derive(Serialize)]
struct Bounds {
    min: Json,
    max: Json,
}

#[derive(Serialize)]
struct GapLine<'a> {
    condition: &'a str,
    field: Option<&'a str>,
    now: Json,
    needed: Json,
    unit: &'a str,
    fact: Option<String>,
    must: &'static str,
    movable: bool,
    first_day: Option<String>,
}

#[derive(Serialize)]
struct Question<'a> {
    field: &'a str,
    fact: Option<String>,
    name: &'a str,
    settles: usize,
    conditions: usize,
    points: Json,
}

#[derive(Serialize)]
struct PlanLine<'a> {
    on: String,
    verdict: &'static str,
    cost: Option<Json>,
    moves: Vec<MoveLine<'a>>,
}

#[derive(Serialize)]
struct MoveLine<'a> {
    fact: String,
    field: &'a str,
    now: Json,
    needed: Json,
    unit: &'a str,
    cost: Option<Json>,
    last_day: Option<String>,
    year_over: bool,
}

#[derive(Serialize)]
struct WindowLine {
    from: String,
    to: String,
}

#[derive(Serialize)]
struct RewardLine<'a> {
    id: &'a str,
    name: &'a str,
    amount: Bounds,
    if_met: Bounds,
    unit: &'static str,
    absorbed: bool,
}

impl CheckUp {
    /// The check-up as one line of JSON without a line break. The same check-up gives the same bytes.
    pub fn to_json_line(&self) -> String {
        // A structure of texts, numbers and lists always serialises.
        serde_json::to_string(&self.line()).unwrap_or_default()
    }

    /// The same as a value, for an answer that holds several.
    pub fn to_json(&self) -> Json {
        serde_json::to_value(self.line()).unwrap_or_default()
    }

    fn line(&self) -> Line<'_> {
        let mut missing: Vec<&str> = Vec::new();
        for one in &self.missing {
            // Several years of one field are one key.
            if !missing.contains(&one.field.as_str()) {
                missing.push(&one.field);
            }
        }
        Line {
            enterprise: &self.enterprise,
            policy: &self.policy,
            version: &self.version,
            verdict: Answer::key(self.verdict),
            score: self.score.as_ref().map(|score| Bounds { min: score.json_least(), max: score.json_most() }),
            failed: self.failed.iter().map(|condition| condition.id.as_str()).collect(),
            missing,
            gap: self.gap.iter().map(gap).collect(),
            name: &self.name,
            on: self.on.to_string(),
            title: &self.title,
            level: &self.level,
            unverified: self.unverified,
            open: self.open.iter().map(|condition| condition.id.as_str()).collect(),
            questions: self.missing.iter().map(question).collect(),
            plan: self.plan.as_ref().map(plan),
            window: self.window.map(|it| WindowLine { from: it.from.to_string(), to: it.to.to_string() }),
            rewards: self.rewards.iter().map(reward).collect(),
            unverified_notes: &self.unverified_notes,
            none_on_record: self.none_on_record.iter().map(|kind| kind.key()).collect(),
        }
    }
}

fn gap(gap: &Gap) -> GapLine<'_> {
    GapLine {
        condition: &gap.condition,
        field: gap.field.as_deref(),
        now: gap.now.json_least(),
        needed: gap.needed.json_least(),
        unit: gap.needed.unit(),
        fact: gap.fact.as_ref().map(ToString::to_string),
        must: gap.compare.sign(),
        movable: gap.movable,
        first_day: gap.first_day.map(|day| day.to_string()),
    }
}

fn question(missing: &Missing) -> Question<'_> {
    Question {
        field: &missing.field,
        fact: missing.fact.as_ref().map(ToString::to_string),
        name: &missing.name.zh,
        settles: missing.settles,
        conditions: missing.conditions,
        points: missing.points.json_least(),
    }
}

fn plan(plan: &Plan) -> PlanLine<'_> {
    PlanLine {
        on: plan.on.to_string(),
        verdict: plan.answer.key(),
        cost: plan.cost.as_ref().map(|cost| cost.json_least()),
        moves: plan.moves.iter().map(moved).collect(),
    }
}

fn moved(found: &Move) -> MoveLine<'_> {
    MoveLine {
        fact: found.fact.to_string(),
        field: &found.fact.field,
        now: found.now.json_least(),
        needed: found.needed.json_least(),
        unit: found.needed.unit(),
        cost: found.cost.as_ref().map(|cost| cost.json_least()),
        last_day: found.last_day.map(|day| day.to_string()),
        year_over: found.year_over,
    }
}

fn reward(reward: &Reward) -> RewardLine<'_> {
    let bounds = |figure: &crate::Figure| Bounds { min: figure.json_least(), max: figure.json_most() };
    RewardLine {
        id: &reward.id,
        name: &reward.name.zh,
        amount: bounds(&reward.amount),
        if_met: bounds(&reward.if_met),
        unit: "万元",
        absorbed: reward.absorbed,
    }
}
