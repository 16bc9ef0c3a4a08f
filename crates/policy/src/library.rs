//! Every policy there is: versions by date, and what a place overrides.

use jiff::civil::Date;
use kernel::Catalogue;

use crate::check::{Checked, Settings, check_tree};
use crate::ir::Policy;
use crate::parse::parse;
use crate::problem::{Problem, Severity, Span, nearest};
use crate::tree::Tree;

macro_rules! policy_files {
    ($($name:literal),* $(,)?) => {
        &[$((concat!($name, ".policy"), include_str!(concat!("../../../policies/", $name, ".policy")))),*]
    };
}

/// The texts that come with the program, by file name.
pub const TEXTS: &[(&str, &str)] = policy_files![
    "above-scale-2023",
    "challenge-demand-songjiang-2021",
    "challenge-grant-ganzhou-2023",
    "challenge-grant-hunan",
    "challenge-grant-nanchang-2021",
    "engineering-center-henan-2020",
    "engineering-center-xinyang",
    "first-violation-2021",
    "gazelle-2016",
    "gazelle-jinan-2016",
    "gazelle-shandong",
    "high-tech-award-henan-2017",
    "high-tech-award-henan-2023",
    "high-tech-award-zhengzhou",
    "high-tech-enterprise-2016",
    "high-tech-relocation-henan-2023",
    "incubator-2018",
    "incubator-2025",
    "innovation-voucher-2015",
    "innovation-voucher-fujian",
    "innovation-voucher-hainan-2024",
    "innovation-voucher-liaoning-2025",
    "innovation-voucher-shanxi-2017",
    "innovation-voucher-zigong",
    "innovative-sme-2022",
    "little-giant-2022",
    "little-giant-2026",
    "loss-carry-forward-2018",
    "maker-space-2017",
    "new-rd-institution-guangdong",
    "rd-deduction-2023",
    "rd-deduction-ic-2023",
    "size-class-2011",
    "srdi-sme-2022",
    "srdi-sme-2022-guangdong",
    "srdi-sme-2026",
    "startup-subsidy-2022",
    "startup-subsidy-2025",
    "tase-2017",
    "tech-center-henan-2018",
    "tech-sme-2017",
    "tech-sme-2022",
    "tech-transfer-2015",
    "unicorn-2016",
    "unicorn-shandong-2019",
    "unicorn-shenzhen",
    "unicorn-suqian-2022",
];

/// The level of rules that hold everywhere.
const NATION: &str = "国家";

/// One text that was read.
#[derive(Debug)]
struct Text {
    file: String,
    source: String,
    tree: Tree,
}

/// A problem of one of the library's texts.
#[derive(Debug)]
pub struct Remark {
    /// The file.
    pub file: String,
    /// The text it speaks of.
    pub source: String,
    /// The problem.
    pub problem: Problem,
}

/// The policies of a zone.
#[derive(Debug, Default)]
pub struct Library {
    policies: Vec<Policy>,
    place: String,
}

impl Library {
    /// Reads texts, for one place with its settings. A place is written as the places it lies in
    /// (`河南郑州`); rules of other places are left out, and an override of this place takes the place
    /// of the parts of the same name. Where no place is named, the rules of every place are read and
    /// no override.
    pub fn read<'t>(
        texts: impl IntoIterator<Item = (&'t str, &'t str)>,
        catalogue: &Catalogue,
        place: &str,
        settings: &Settings,
    ) -> (Self, Vec<Remark>) {
        Library::with(texts, [], catalogue, place, settings)
    }

    /// The same, with texts that a zone published later. One of these ends the version before it that had
    /// no last day: that is in force to the day before.
    pub fn with<'t>(
        texts: impl IntoIterator<Item = (&'t str, &'t str)>,
        published: impl IntoIterator<Item = (&'t str, &'t str)>,
        catalogue: &Catalogue,
        place: &str,
        settings: &Settings,
    ) -> (Self, Vec<Remark>) {
        let mut remarks = Vec::new();
        let mut whole: Vec<Text> = Vec::new();
        let mut overrides: Vec<Text> = Vec::new();
        let texts = texts.into_iter().map(|text| (text, false));
        for ((file, source), new) in texts.chain(published.into_iter().map(|text| (text, true))) {
            let (tree, problems) = parse(source);
            if new {
                whole.iter_mut().chain(&mut overrides).for_each(|text| text.end_before(&tree));
            }
            let text = Text { file: file.to_owned(), source: source.to_owned(), tree };
            if text.tree.overrides.is_some() {
                remarks.extend(problems.into_iter().map(|problem| text.remark(problem)));
                overrides.push(text);
            } else {
                whole.push(text);
            }
        }
        let mut library = Library { policies: Vec::new(), place: place.to_owned() };
        for text in whole.iter().filter(|text| text.tree.level.text == NATION || place.is_empty() || text.is_of(place))
        {
            let (_, problems) = parse(&text.source);
            let checked = check_tree(&text.tree, &text.source, catalogue, settings, problems);
            library.take(checked, text, &mut remarks);
        }
        for text in overrides.iter().filter(|text| text.is_of(place)) {
            library.override_with(text, &whole, catalogue, settings, &mut remarks);
        }
        library.versions_apart(&mut remarks);
        (library, remarks)
    }

    /// The library that comes with the program, for one place.
    pub fn builtin(place: &str, settings: &Settings) -> (Self, Vec<Remark>) {
        Library::read(TEXTS.iter().copied(), Catalogue::builtin(), place, settings)
    }

    /// The version with this name, as [`Policy::version`] says it.
    pub fn version(&self, version: &str) -> Option<&Policy> {
        self.policies.iter().find(|policy| policy.version() == version)
    }

    fn take(&mut self, checked: Checked, text: &Text, remarks: &mut Vec<Remark>) {
        remarks.extend(checked.problems.into_iter().map(|problem| text.remark(problem)));
        self.policies.extend(checked.policy);
    }

    fn override_with(
        &mut self,
        text: &Text,
        whole: &[Text],
        catalogue: &Catalogue,
        settings: &Settings,
        remarks: &mut Vec<Remark>,
    ) {
        let Some(wanted) = &text.tree.overrides else { return };
        let from = text.tree.force.map(|force| force.0);
        // The version that is in force when the override begins.
        let base = whole.iter().filter(|base| base.tree.id.text == wanted.text).find(|base| {
            base.tree
                .force
                .zip(from)
                .is_some_and(|((start, end, _), from)| start <= from && end.is_none_or(|end| from <= end))
        });
        let Some(base) = base else {
            let known: Vec<&str> = whole.iter().map(|base| base.tree.id.text.as_str()).collect();
            let (zh, en) = (
                format!("没有在该日施行的政策“{}”可以覆盖", wanted.text),
                format!("no policy {:?} in force on that day can be overridden", wanted.text),
            );
            let problem = Problem::error("unknown-policy", wanted.span, zh, en);
            remarks.push(text.remark(problem.nearest(&nearest(&wanted.text, known))));
            return;
        };
        // Both texts become one source: the place's text first, so that its places stay true.
        let offset = text.source.len() + 1;
        let source = format!("{}\n{}", text.source, base.source);
        let merged = merged(&source, offset, &text.tree, base.tree.force);
        let mut checked = check_tree(&merged, &source, catalogue, settings, Vec::new());
        if let Some(policy) = &mut checked.policy {
            policy.own = text.source.len();
        }
        self.policies.retain(|policy| {
            !(policy.id == wanted.text
                && Some(policy.from) == base.tree.force.map(|force| force.0)
                && text.replaces(policy))
        });
        self.take(checked, text, remarks);
    }

    /// Reports versions of one policy whose days overlap.
    fn versions_apart(&mut self, remarks: &mut Vec<Remark>) {
        self.policies.sort_by(|a, b| (&a.id, a.from, &a.level).cmp(&(&b.id, b.from, &b.level)));
        for pair in self.policies.windows(2) {
            let [before, after] = pair else { continue };
            let overlap = before.id == after.id
                && before.level == after.level
                && before.until.is_none_or(|until| until >= after.from);
            if overlap {
                let (zh, en) = (
                    format!("{} 与 {} 的施行日期重叠", before.version(), after.version()),
                    format!("{} and {} are in force on the same days", before.version(), after.version()),
                );
                let problem = Problem::error("versions-overlap", Span::default(), zh, en);
                remarks.push(Remark { file: after.version(), source: after.source.clone(), problem });
            }
        }
    }

    /// The place the library was read for; empty where none was named.
    pub fn place(&self) -> &str {
        &self.place
    }

    /// The policies in force on a day that are asked of every subject. Where no place was named, a
    /// local rule that itself asks for registration in its place is left out: it is still found by
    /// its id, but nobody elsewhere is told about it.
    pub fn asked_of_all(&self, on: Date) -> impl Iterator<Item = &Policy> {
        let placed = !self.place.is_empty();
        self.in_force(on).filter(move |policy| placed || policy.level == NATION || !policy.asks_where_registered())
    }

    /// Every policy, by id and date.
    pub fn policies(&self) -> &[Policy] {
        &self.policies
    }

    /// The version of a policy in force on a day: the place's own before the national one.
    pub fn policy(&self, id: &str, on: Date) -> Option<&Policy> {
        self.policies
            .iter()
            .filter(|policy| policy.id == id && policy.in_force(on))
            .max_by_key(|policy| (policy.from, policy.level != NATION))
    }

    /// Every policy in force on a day.
    pub fn in_force(&self, on: Date) -> impl Iterator<Item = &Policy> {
        self.policies
            .iter()
            .filter(move |policy| policy.in_force(on))
            .filter(move |policy| self.policy(&policy.id, on).is_some_and(|chosen| std::ptr::eq(chosen, *policy)))
    }

    /// Whether every remark is a mere warning.
    pub fn is_sound(remarks: &[Remark]) -> bool {
        remarks.iter().all(|remark| remark.problem.severity == Severity::Warning)
    }
}

impl Policy {
    /// Whether the policy looks at the division an enterprise is registered in.
    fn asks_where_registered(&self) -> bool {
        self.inputs.iter().any(|input| input.field() == Some("registered_region_code"))
    }
}

/// Reads one version again from its whole text ([`Policy::source`], of which `own` bytes are its own) and
/// the figures that were set for it: the same text and figures give the same policy.
pub fn read_again(source: &str, own: usize, catalogue: &Catalogue, settings: &Settings) -> Checked {
    let Some(over) = source.get(..own).filter(|_| own < source.len()) else {
        return crate::check::check(source, catalogue, settings);
    };
    let (over, _) = parse(over);
    let merged = merged(source, own + 1, &over, None);
    let mut checked = check_tree(&merged, source, catalogue, settings, Vec::new());
    if let Some(policy) = &mut checked.policy {
        policy.own = own;
    }
    checked
}

impl Text {
    /// Ends the text the day before another version of the same rule begins, where it has no last day.
    fn end_before(&mut self, next: &Tree) {
        let rule = |tree: &Tree| (tree.id.text.clone(), tree.level.text.clone(), tree.overrides.is_some());
        let (Some((from, None, span)), Some((begins, ..))) = (self.tree.force, next.force) else { return };
        if from < begins && rule(&self.tree) == rule(next) {
            self.tree.force = Some((from, begins.yesterday().ok(), span));
        }
    }

    fn remark(&self, problem: Problem) -> Remark {
        Remark { file: self.file.clone(), source: self.source.clone(), problem }
    }

    /// Whether the text is the rule of this place, or of one it lies in.
    fn is_of(&self, place: &str) -> bool {
        let level = &self.tree.level.text;
        level == place || !level.is_empty() && place.contains(level.as_str())
    }

    /// Whether the override stands in for the whole time of a version.
    fn replaces(&self, policy: &Policy) -> bool {
        self.tree
            .force
            .is_some_and(|(from, until, _)| from <= policy.from && (until.is_none() || until == policy.until))
    }
}

/// The second of two joined texts with the first blanked out, so that its places count in the whole.
fn blanked(source: &str, offset: usize) -> String {
    let first: String = source[..offset].bytes().map(|byte| if byte == b'\n' { '\n' } else { ' ' }).collect();
    format!("{first}{}", &source[offset..])
}

/// The tree of two joined texts, of which the second begins at `offset`, with the days of the second.
fn merged(source: &str, offset: usize, over: &Tree, force: Option<(Date, Option<Date>, Span)>) -> Tree {
    let (mut base, _) = parse(&blanked(source, offset));
    base.force = force.or(base.force);
    merge(base, over)
}

/// A base tree in which the parts of the same name are those of the override.
fn merge(mut base: Tree, over: &Tree) -> Tree {
    base.title = over.title.clone();
    base.title_en = over.title_en.clone().or(base.title_en);
    base.level = over.level.clone();
    base.documents.extend(over.documents.iter().cloned());
    base.notes.extend(over.notes.iter().cloned());
    // An override cannot outlive what it overrides.
    let end = base.force.and_then(|(_, until, _)| until);
    base.force = over.force.map(|(from, until, span)| (from, until.into_iter().chain(end).min(), span));
    base.window = over.window.or(base.window);
    base.validity = over.validity.clone().or(base.validity);
    if !over.confers.is_empty() {
        base.confers = over.confers.clone();
    }
    replace(&mut base.grants, &over.grants, |part| &part.text);
    replace(&mut base.definitions, &over.definitions, |part| &part.name.text);
    replace(&mut base.settings, &over.settings, |part| &part.name.text);
    replace(&mut base.conditions, &over.conditions, |part| &part.id.text);
    replace(&mut base.scores, &over.scores, |part| &part.id.text);
    replace(&mut base.rewards, &over.rewards, |part| &part.id.text);
    // The base's cases state the national outcome; only those of the override still hold.
    let cases = over.cases.iter().filter(|case| !case.expects.is_empty()).cloned();
    for case in &mut base.cases {
        case.expects.clear();
    }
    base.cases.extend(cases);
    base.overrides = None;
    base.merged = true;
    base
}

fn replace<T: Clone>(base: &mut Vec<T>, over: &[T], name: impl Fn(&T) -> &String) {
    for part in over {
        match base.iter_mut().find(|known| name(known) == name(part)) {
            Some(known) => *known = part.clone(),
            None => base.push(part.clone()),
        }
    }
}
