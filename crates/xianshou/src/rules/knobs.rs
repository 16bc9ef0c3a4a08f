//! What can be set in a policy to see what would follow: settings, thresholds and amounts.

use policy::ir::{Dim, Op, Origin, Policy, Setting, StepId};
use policy::problem::Span;

/// One figure that can be set.
pub struct Knob {
    /// The id under which it is set: `TSME-2a`, `HNTE-5#2`, `补贴标准`.
    pub id: String,
    /// Other words it answers to: the name of its condition, its text.
    names: Vec<String>,
    /// Where it stands, as a person reads it.
    pub text: String,
    /// What it is now.
    pub now: String,
    /// Where the figure stands in the text.
    pub span: Span,
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

/// Everything that can be set, in the order of the text.
pub fn knobs(policy: &Policy) -> Vec<Knob> {
    let settings: Vec<Knob> = policy.settings.iter().filter_map(|setting| of_setting(policy, setting)).collect();
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
    places.retain(|place| !settings.iter().any(|setting| setting.span == place.span));
    places.sort_by_key(|place| place.span);
    settings.into_iter().chain(named(policy, &places)).collect()
}

/// A setting, where its figure stands in its own line.
fn of_setting(policy: &Policy, setting: &Setting) -> Option<Knob> {
    let value = setting.value.as_deref().unwrap_or("未定");
    let mut at = 0;
    for line in policy.source.split_inclusive('\n') {
        let rest = line.trim_start().strip_prefix("参数").or_else(|| line.trim_start().strip_prefix("setting"));
        let named = rest.and_then(|rest| rest.split_once('=')).filter(|(name, _)| name.trim() == setting.name);
        if let Some(found) =
            named.and_then(|(_, figure)| figure.find(value).map(|from| line.len() - figure.len() + from))
        {
            let span = Span::new(at + found, at + found + value.len());
            let (id, text) = (setting.name.clone(), line.trim().to_owned());
            return Some(Knob { id, names: Vec::new(), text, now: value.to_owned(), span });
        }
        at += line.len();
    }
    None
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
            span: place.span,
        }
    };
    places.iter().enumerate().map(knob).collect()
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
