//! What can be set in a policy to see what would follow: settings, thresholds and amounts.

use kernel::Catalogue;

use crate::check::{Checked, Settings};
use crate::ir::{Dim, Op, Origin, Policy, Setting, StepId};
use crate::library::read_again;
use crate::problem::Span;

/// One figure that can be set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Knob {
    /// The id under which it is set: `TSME-2a`, `HNTE-5#2`, `补贴标准`.
    pub id: String,
    /// Other words it answers to: the name of its condition, its text.
    names: Vec<String>,
    /// Where it stands, as a person reads it.
    pub text: String,
    /// What it is now.
    pub now: String,
    /// Where the figure stands in the text; `None` for a setting, which a zone sets beside the text.
    pub place: Option<Span>,
}

impl Knob {
    /// Whether a word means this one.
    pub fn answers_to(&self, word: &str) -> bool {
        let bare = bare(word);
        self.id == word.trim() || self.names.iter().any(|name| self::bare(name) == bare)
    }
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

impl Policy {
    /// The policy with other figures: each knob with the figure as it would be written (`300人`). `settings`
    /// are those the policy was read with.
    pub fn with_set(&self, set: &[(&Knob, &str)], catalogue: &Catalogue, settings: &Settings) -> Checked {
        let mut settings = settings.clone();
        let mut edits: Vec<(Span, &str)> = Vec::new();
        for (knob, figure) in set {
            match knob.place {
                Some(span) => edits.push((span, figure.trim())),
                None => drop(settings.insert(format!("{}.{}", self.id, knob.id), figure.trim().to_owned())),
            }
        }
        // From the end, so that what stands before keeps its place.
        edits.sort_by_key(|(span, _)| std::cmp::Reverse(*span));
        let (mut source, mut own) = (self.source.clone(), self.own);
        for (span, figure) in edits {
            source.replace_range(span.start..span.end, figure);
            if span.start < self.own {
                own = own + figure.len() - (span.end - span.start);
            }
        }
        let mut checked = read_again(&source, own, catalogue, &settings);
        if let Some(changed) = &mut checked.policy {
            // A version that another one ends, or a place's, keeps its days.
            (changed.from, changed.until) = (self.from, self.until);
        }
        checked
    }
}

/// Everything that can be set, in the order of the text.
pub fn knobs(policy: &Policy) -> Vec<Knob> {
    let settings: Vec<Knob> = policy.settings.iter().map(|setting| of_setting(policy, setting)).collect();
    let mut places: Vec<Place> = Vec::new();
    for threshold in policy.thresholds() {
        let Some(span) = written(policy, threshold.edge) else { continue };
        // A figure that is used twice is set once.
        if !places.iter().any(|place| place.span == span) {
            let owner = owner(policy, threshold.step);
            places.push(Place { span, text: threshold.text.clone(), owner });
        }
    }
    for reward in &policy.rewards {
        let amounts = below(policy, reward.step)
            .into_iter()
            .filter(|step| matches!(policy.steps[*step].op, Op::Fixed(_)) && policy.steps[*step].dim == Dim::money());
        for span in amounts.filter_map(|step| written(policy, step)) {
            if !places.iter().any(|place| place.span == span) {
                let owner = Some((reward.id.clone(), reward.name.clone()));
                places.push(Place { span, text: span.of(&policy.source).to_owned(), owner });
            }
        }
    }
    // A threshold that is a setting is set by its name.
    places.retain(|place| !policy.settings.iter().any(|setting| in_setting(policy, setting, place.span)));
    places.sort_by_key(|place| place.span);
    settings.into_iter().chain(named(policy, &places)).collect()
}

fn of_setting(policy: &Policy, setting: &Setting) -> Knob {
    let value = setting.value.clone().unwrap_or_else(|| "未定".to_owned());
    let begins = |line: &&str| {
        let rest = line.trim_start().strip_prefix("参数").or_else(|| line.trim_start().strip_prefix("setting"));
        rest.and_then(|rest| rest.split(['=', '＝']).next()).is_some_and(|name| {
            name.trim() == setting.name
                || name.trim().strip_prefix(setting.name.as_str()).is_some_and(|rest| rest.starts_with(' '))
        })
    };
    let text = policy.source.lines().find(begins).unwrap_or_default().trim().to_owned();
    Knob { id: setting.name.clone(), names: Vec::new(), text, now: value, place: None }
}

struct Place {
    span: Span,
    text: String,
    /// Id and name of the part it belongs to.
    owner: Option<(String, String)>,
}

/// The places with ids: that of their part, numbered where the part has several.
fn named(policy: &Policy, places: &[Place]) -> Vec<Knob> {
    let of = |owner: &Option<(String, String)>| places.iter().filter(|place| place.owner == *owner).count();
    let knob = |(at, place): (usize, &Place)| {
        let nth = places[..=at].iter().filter(|other| other.owner == place.owner).count();
        let (id, name) = place.owner.clone().unwrap_or_else(|| ("*".to_owned(), "*".to_owned()));
        let number = if of(&place.owner) > 1 { format!("#{nth}") } else { String::new() };
        let text = line(&policy.source, place.span);
        Knob {
            id: format!("{id}{number}"),
            names: vec![format!("{name}{number}"), place.text.clone(), text.clone()],
            text,
            now: place.span.of(&policy.source).to_owned(),
            place: Some(place.span),
        }
    };
    places.iter().enumerate().map(knob).collect()
}

/// Whether a figure is the name of a setting, or stands in its line.
fn in_setting(policy: &Policy, setting: &Setting, span: Span) -> bool {
    let line = line(&policy.source, span);
    let begins = ["参数", "setting"].iter().any(|word| line.starts_with(word));
    span.of(&policy.source) == setting.name || begins && line.contains(&setting.name)
}

/// The line on which a figure stands.
fn line(source: &str, span: Span) -> String {
    let start = source[..span.start].rfind('\n').map_or(0, |newline| newline + 1);
    source[start..].lines().next().unwrap_or_default().trim().to_owned()
}

/// Where a step is written in the policy itself.
fn written(policy: &Policy, step: StepId) -> Option<Span> {
    match policy.steps[step].origin {
        Origin::Policy(span) if !span.of(&policy.source).is_empty() => Some(span),
        _ => None,
    }
}

/// The innermost part of the policy that stands on a step: an item, a definition, a condition.
fn owner(policy: &Policy, step: StepId) -> Option<(String, String)> {
    let parts = policy.scores.iter().flat_map(|score| {
        let items = score.parts.iter().filter(|part| !part.is_group);
        items.map(|part| (part.step, part.id.clone(), part.name.clone()))
    });
    let definitions =
        policy.definitions.iter().map(|defined| (defined.step, defined.name.clone(), defined.name.clone()));
    let conditions = policy.conditions.iter().map(|known| (known.step, known.id.clone(), known.name.clone()));
    let all = parts.chain(definitions).chain(conditions);
    let holding = all.filter_map(|(own, id, name)| {
        let below = below(policy, own);
        below.contains(&step).then_some((below.len(), id, name))
    });
    holding.min_by_key(|(size, ..)| *size).map(|(_, id, name)| (id, name))
}

/// A step and all it stands on.
fn below(policy: &Policy, step: StepId) -> Vec<StepId> {
    let mut found = vec![step];
    let mut at = 0;
    while let Some(&next) = found.get(at) {
        for part in policy.parts_of(next) {
            if !found.contains(&part) {
                found.push(part);
            }
        }
        at += 1;
    }
    found
}
