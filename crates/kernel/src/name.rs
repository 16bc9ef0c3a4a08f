//! Names of enterprises and institutions, so that one firm is found under the ways it is written.

use crate::text;

/// Endings that say what form of company it is. They stay in the normal form, since 甲有限公司 and
/// 甲股份有限公司 can be two firms; the likeness of two names leaves them aside.
const FORMS: &[&str] = &[
    "集团股份有限公司",
    "股份有限责任公司",
    "集团有限责任公司",
    "股份有限公司",
    "有限责任公司",
    "集团有限公司",
    "集团公司",
    "有限公司",
    "股份公司",
    "合伙企业",
    "有限合伙",
    "公司",
    "集团",
];

/// Words a branch's name ends with.
const BRANCHES: &[&str] =
    &["分公司", "分厂", "分店", "分行", "支行", "分社", "分所", "分院", "办事处", "营业部", "项目部"];

/// Words before a former name.
const FORMER_MARKS: &[&str] = &["曾用名", "原名称", "原企业名称", "原名", "原"];

/// A name as it was written, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Name {
    /// The name without remarks on former names, as it was written.
    pub written: String,
    /// The normal form, under which names are compared and indexed.
    pub normal: String,
    /// Former names given with it, as written.
    pub former: Vec<String>,
    /// The normal form of the firm whose branch it is, if it is one.
    pub parent: Option<String>,
}

impl Name {
    /// Takes a written name apart: `甲公司（原名：乙公司）`, `甲有限公司苏州分公司`.
    pub fn read(written: &str) -> Self {
        let cleaned = text::clean(written);
        let (written, former) = part_former(&cleaned);
        let normal = normal(&written);
        let parent = parent_of(&normal);
        Self { written, normal, former, parent }
    }
}

/// The normal form of a name: half-width, brackets of one kind, lower case, no spaces, no
/// punctuation between words. The form of the company stays.
pub fn normal(name: &str) -> String {
    text::fold(name)
        .chars()
        .filter(|c| {
            !c.is_whitespace()
                && !matches!(c, '"' | '\'' | '“' | '”' | '‘' | '’' | '·' | '・' | '.' | ',' | '，' | '。' | '*')
        })
        .map(|c| match c {
            '[' | '{' | '<' | '〈' | '《' => '(',
            ']' | '}' | '>' | '〉' | '》' => ')',
            c => c,
        })
        .flat_map(char::to_lowercase)
        .collect()
}

/// Several names written in one cell of former names, parted by 、；, or line breaks.
pub fn split_names(written: &str) -> Vec<String> {
    let cleaned = text::clean(written);
    let names = cleaned.split(['、', ';', '；', ',', '，', '|']).map(|name| strip_mark(name.trim()));
    names.filter(|name| name.chars().count() > 1 && *name != "暂无").map(str::to_owned).collect()
}

fn strip_mark(name: &str) -> &str {
    match FORMER_MARKS.iter().find_map(|mark| name.strip_prefix(mark)) {
        Some(rest) if rest.starts_with([':', '：']) => rest.trim_start_matches([':', '：']).trim(),
        _ => name,
    }
}

/// Parts `甲公司（曾用名：乙公司、丙公司）` into the name and the former names. A bracket that is
/// part of the name, as in 华为（苏州）有限公司, stays.
fn part_former(written: &str) -> (String, Vec<String>) {
    let mut name = String::new();
    let mut former = Vec::new();
    let mut rest = written;
    while let Some(open) = rest.find(['(', '（']) {
        let inside = &rest[open..];
        let width = inside.chars().next().map_or(1, char::len_utf8);
        let Some(close) = inside.find([')', '）']) else { break };
        let content = inside[width..close].trim();
        let end = open + close + inside[close..].chars().next().map_or(1, char::len_utf8);
        match former_in(content) {
            Some(names) => {
                name.push_str(&rest[..open]);
                former.extend(names);
            }
            None => name.push_str(&rest[..end]),
        }
        rest = &rest[end..];
    }
    name.push_str(rest);
    (name.trim().to_owned(), former)
}

fn former_in(content: &str) -> Option<Vec<String>> {
    let rest = FORMER_MARKS.iter().find_map(|mark| content.strip_prefix(mark))?;
    // 原 alone begins place names too (原阳), so it needs a colon or a company's name after it.
    let is_marked = rest.starts_with([':', '：']) || !content.starts_with('原') || rest.ends_with("公司");
    let names = is_marked.then(|| split_names(rest.trim_start_matches([':', '：', ' '])))?;
    (!names.is_empty()).then_some(names)
}

/// The firm whose branch a normal name is: `甲有限公司苏州分公司` belongs to `甲有限公司`.
fn parent_of(normal: &str) -> Option<String> {
    let bare = normal.trim_end_matches(')');
    if !BRANCHES.iter().any(|branch| bare.ends_with(branch)) {
        return None;
    }
    let head = &bare[..bare.len() - "分公司".len().min(bare.len())];
    let end = FORMS.iter().filter_map(|form| head.find(form).map(|at| at + form.len())).max()?;
    (end < normal.len()).then(|| normal[..end].to_owned())
}

/// A place in brackets is a part of the name in any case; the form of the company is not what
/// tells two firms apart.
fn core(normal: &str) -> &str {
    let core = FORMS.iter().find_map(|form| normal.strip_suffix(form)).unwrap_or(normal);
    if core.is_empty() { normal } else { core }
}

/// How alike two names are, 0 to 1; 1 only where their normal forms are equal.
///
/// The names are compared without the form of the company by the pairs of characters they share
/// (Dice), and a short name contained in order in a long one counts as near: 邵阳液压 in
/// 邵阳维克液压股份有限公司. It is meant for putting candidates before a person, never for
/// joining two firms without one.
pub fn similarity(one: &str, other: &str) -> f64 {
    similarity_of_normal(&normal(one), &normal(other))
}

/// [`similarity`] of names already in normal form, for comparing one name with many.
pub fn similarity_of_normal(one: &str, other: &str) -> f64 {
    if one == other {
        return 1.0;
    }
    let (one_core, other_core) = (core(one), core(other));
    if one_core == other_core {
        return 0.97;
    }
    similarity_of_keys(one_core, other_core).min(0.96)
}

/// How alike two texts are by shared pairs of characters and by order, 0 to 1.
pub(crate) fn similarity_of_keys(one: &str, other: &str) -> f64 {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    let (short, long) = if one.len() <= other.len() { (&one, &other) } else { (&other, &one) };
    if short.is_empty() {
        return if long.is_empty() { 1.0 } else { 0.0 };
    }
    let pairs = dice(short, long);
    let held = in_order(short, long);
    let share = ratio(held, short.len());
    let cover = ratio(short.len(), long.len());
    // Two characters far apart in a long name say nothing; three in order do.
    let tells = short.len() >= 3 || pairs > 0.0;
    // A short name all of whose characters stand in order in the long one; the more of the long
    // one it covers, the nearer.
    let contained = match share > 0.99 {
        _ if !tells => 0.0,
        true => 0.6 + 0.35 * cover,
        false => share * share * (0.4 + 0.5 * cover),
    };
    pairs.max(contained)
}

fn ratio(part: usize, whole: usize) -> f64 {
    // Lengths of names lie far below the bounds of both types.
    f64::from(u32::try_from(part).unwrap_or(u32::MAX)) / f64::from(u32::try_from(whole.max(1)).unwrap_or(u32::MAX))
}

/// Twice the shared pairs of neighbouring characters over all pairs.
fn dice(short: &[char], long: &[char]) -> f64 {
    if short.len() < 2 || long.len() < 2 {
        return if short == long { 1.0 } else { 0.0 };
    }
    let mut used = vec![false; long.len() - 1];
    let mut shared = 0;
    for pair in short.windows(2) {
        if let Some(at) = long.windows(2).zip(&used).position(|(other, used)| !used && other == pair) {
            used[at] = true;
            shared += 1;
        }
    }
    ratio(2 * shared, short.len() + long.len() - 2)
}

/// The most characters of `short` that stand in `long` in the same order.
fn in_order(short: &[char], long: &[char]) -> usize {
    let mut row = vec![0_usize; long.len() + 1];
    for a in short {
        let mut diagonal = 0;
        for (at, b) in long.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if a == b { diagonal + 1 } else { above.max(row[at]) };
            diagonal = above;
        }
    }
    row[long.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_firm_written_in_two_ways_has_one_normal_form() {
        for other in ["华星(苏州)电子 有限公司", "华星〔苏州〕电子有限公司", "　华星（苏州）电子有限公司"]
        {
            assert_eq!(normal(other), normal("华星（苏州）电子有限公司"), "{other}");
        }
        assert_ne!(normal("华星有限公司"), normal("华星股份有限公司"));
    }

    #[test]
    fn former_names_are_taken_from_brackets_and_a_place_is_not() {
        let name = Name::read("华星电子有限公司（曾用名：华兴电子厂、华兴实业公司）");
        assert_eq!((name.written.as_str(), name.former.len()), ("华星电子有限公司", 2));
        assert_eq!(name.former[1], "华兴实业公司");
        assert_eq!(Name::read("甲科技公司(原乙科技公司)").former, ["乙科技公司"]);
        assert_eq!(Name::read("华星（苏州）有限公司").former, Vec::<String>::new());
        assert_eq!(Name::read("华星（原阳）有限公司").written, "华星（原阳）有限公司");
    }

    #[test]
    fn a_branch_names_its_firm_and_a_firm_names_none() {
        assert_eq!(Name::read("华星电子有限公司苏州分公司").parent.as_deref(), Some("华星电子有限公司"));
        assert_eq!(Name::read("华星银行股份有限公司常熟支行").parent.as_deref(), Some("华星银行股份有限公司"));
        assert_eq!(Name::read("华星电子有限公司").parent, None);
        assert_eq!(Name::read("分公司").parent, None);
    }

    #[test]
    fn names_in_one_cell_are_parted() {
        assert_eq!(split_names("原名：甲公司；乙公司、无"), ["甲公司", "乙公司"]);
    }

    #[test]
    fn a_short_name_is_nearer_to_its_firm_than_to_another() {
        let near = similarity("邵阳液压", "邵阳维克液压股份有限公司");
        assert!(near > 0.7, "{near}");
        assert!(similarity("邵阳液压", "湖南华联瓷业股份有限公司") < 0.2);
        assert!((similarity("甲", "甲") - 1.0).abs() < f64::EPSILON);
        assert!(similarity("华星有限公司", "华星股份有限公司") < 1.0);
        assert!(similarity("", "甲公司") < 0.01);
    }
}
