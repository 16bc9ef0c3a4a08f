//! What was said about a subject and when, in words, and the sources it was said by.

use std::collections::BTreeMap;

use jiff::Timestamp;
use kernel::{Catalogue, Lang, Place, SourceKind, Statement, SubjectKind};
use store::access::Viewer;
use store::{Deed, SourceInfo, SubjectView};

use crate::frame::day;
use crate::register::loads::may_see;
use crate::register::words;

/// How many moments a page lists.
const MOST: usize = 40;

/// How many facts a moment names before it only counts them.
const NAMED: usize = 4;

/// One moment of the history.
#[derive(Debug, PartialEq, Eq)]
pub struct Moment {
    at: Timestamp,
    /// When, to the minute.
    pub when: String,
    /// What happened.
    pub title: String,
    /// Who did it.
    pub who: String,
    /// The facts, or the file.
    pub detail: String,
    /// Why, where a person gave a reason.
    pub reason: String,
    /// Where the detail leads.
    pub address: Option<String>,
}

/// One source.
#[derive(Debug, PartialEq, Eq)]
pub struct SourceLine {
    /// What people call it.
    pub title: String,
    /// Who speaks.
    pub origin: String,
    /// When it came.
    pub when: String,
    /// Where in it this subject stands.
    pub place: String,
    /// The page of the load.
    pub address: Option<String>,
    /// Whether it stands undone.
    pub undone: bool,
}

/// The history of a subject, the latest first, up to a moment of the past where one is chosen.
/// Loads are linked for those who may see them.
pub fn timeline(
    found: &SubjectView,
    deeds: &[Deed],
    catalogue: &Catalogue,
    until: Option<Timestamp>,
    lang: Lang,
    viewer: &Viewer,
) -> Vec<Moment> {
    let mut moments: Vec<Moment> = Vec::new();
    let own = found.statements.values().filter(|said| said.subject == found.record.id || is_merged(found, said));
    for said in own {
        if let Some(source) = found.sources.get(&said.source) {
            let mut moment = said_moment(said, source, catalogue, found.record.kind, lang);
            moment.address =
                moment.address.filter(|address| !address.starts_with("/loads/") || may_see(viewer, source));
            moments.push(moment);
        }
    }
    for source in found.sources.values() {
        if let Some(at) = source.undone_at {
            moments.push(Moment {
                at,
                when: day::minute(at),
                title: lang.pick("撤销了导入批次", "A load was undone").to_owned(),
                who: words::person(source.undone_by.as_deref().unwrap_or_default(), lang),
                detail: source.title.clone(),
                reason: String::new(),
                address: load_address(source, viewer),
            });
        }
    }
    moments.extend(deeds.iter().map(|deed| deed_moment(deed, found, lang)));
    moments.retain(|moment| until.is_none_or(|until| moment.at <= until));
    moments.sort_by_key(|moment| std::cmp::Reverse(moment.at));
    moments.truncate(MOST);
    moments
}

/// The page of a load, for those who may see it.
fn load_address(source: &SourceInfo, viewer: &Viewer) -> Option<String> {
    may_see(viewer, source).then(|| format!("/loads/{}", source.id))
}

/// An act on the subject as such: two were merged, or parted again.
fn deed_moment(deed: &Deed, found: &SubjectView, lang: Lang) -> Moment {
    let is_duplicate = deed.duplicate == Some(found.record.id);
    let title = match (deed.kind.as_str(), is_duplicate) {
        ("subject.merged" | "candidate.joined", false) => lang.pick("并入了重复主体", "A duplicate was merged into it"),
        ("subject.merged" | "candidate.joined", true) => lang.pick("曾并入另一主体", "It was merged into another"),
        ("subject.unmerged", false) => lang.pick("拆出了曾并入的主体", "A merged subject was parted from it"),
        ("subject.unmerged", true) => lang.pick("从另一主体拆出", "It was parted from another"),
        ("candidate.accepted", _) => lang.pick("确认列入台账", "It was accepted into the register"),
        _ => lang.pick("依法删除了个人信息", "Personal data were erased by law"),
    };
    Moment {
        at: deed.at,
        when: day::minute(deed.at),
        title: title.to_owned(),
        who: words::person(&deed.by, lang),
        detail: deed.other.as_ref().map(|other| other.name.clone()).unwrap_or_default(),
        reason: deed.reason.clone(),
        address: deed.other.as_ref().map(|other| super::page::address(other.kind, other.id)),
    }
}

fn is_merged(found: &SubjectView, said: &Statement) -> bool {
    found.merged.iter().any(|row| row.id == said.subject)
}

fn said_moment(said: &Statement, source: &SourceInfo, catalogue: &Catalogue, kind: SubjectKind, lang: Lang) -> Moment {
    let title = match source.kind {
        SourceKind::Sheet | SourceKind::System | SourceKind::Document | SourceKind::Sample => {
            format!("{}：{}", lang.pick("导入", "Loaded"), source.title)
        }
        kind => words::source_kind(kind, lang).to_owned(),
    };
    let single = source.kind.is_single_act();
    let mut names: Vec<String> =
        said.values.keys().take(NAMED).map(|key| words::fact(catalogue, kind, key, lang)).collect();
    if said.values.len() > NAMED {
        names.push(match lang {
            Lang::Zh => format!("等 {} 项", said.values.len()),
            Lang::En => format!("{} facts in all", said.values.len()),
        });
    }
    let first = said.values.keys().next();
    let address = match first {
        Some(fact) if single => Some(super::page::source_address(said.seq, &fact.to_string())),
        _ if !single => Some(format!("/loads/{}", source.id)),
        _ => None,
    };
    let origin = words::origin(&source.origin, lang);
    let person = words::person(&said.said_by, lang);
    let who = if origin == person { origin } else { format!("{origin} · {person}") };
    Moment {
        at: said.said_at,
        when: day::minute(said.said_at),
        title,
        who,
        detail: names.join(lang.pick("、", ", ")),
        reason: said.reason.clone().unwrap_or_default(),
        address,
    }
}

/// The sources of a subject, the latest first, each with the rows that speak of it.
pub fn sources(found: &SubjectView, until: Option<Timestamp>, lang: Lang, viewer: &Viewer) -> Vec<SourceLine> {
    let mut places: BTreeMap<kernel::SourceId, Vec<String>> = BTreeMap::new();
    for said in found.statements.values() {
        let here = places.entry(said.source).or_default();
        if let Place::Row { sheet, row } = &said.place {
            here.push(match lang {
                Lang::Zh => format!("{sheet} 第 {row} 行"),
                Lang::En => format!("{sheet}, row {row}"),
            });
        }
    }
    let mut infos: Vec<&SourceInfo> = found.sources.values().collect();
    infos.retain(|source| until.is_none_or(|until| source.at <= until));
    infos.sort_by_key(|source| std::cmp::Reverse((source.at, source.id)));
    let line = |source: &SourceInfo| {
        let single = source.kind.is_single_act();
        let mut rows = places.get(&source.id).cloned().unwrap_or_default();
        let count = rows.len();
        rows.truncate(3);
        if count > 3 {
            rows.push(match lang {
                Lang::Zh => format!("共 {count} 行"),
                Lang::En => format!("{count} rows in all"),
            });
        }
        let kind = words::source_kind(source.kind, lang);
        SourceLine {
            title: if source.title.is_empty() { kind.to_owned() } else { source.title.clone() },
            origin: words::origin(&source.origin, lang),
            when: day::minute(source.at),
            place: if rows.is_empty() { kind.to_owned() } else { rows.join(lang.pick("；", "; ")) },
            address: load_address(source, viewer).filter(|_| !single),
            undone: source.undone_at.is_some(),
        }
    };
    infos.into_iter().map(line).collect()
}
