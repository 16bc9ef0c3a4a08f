//! What the desk's pages share: addresses, titles, numbers that lead to lists.

use jiff::civil::Date;
use kernel::Lang;
use policy::Policy;

use crate::Page;
use crate::frame::path;
use crate::ui::{Badge, figure};

/// A number that leads to the enterprises it counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct Counted {
    pub(crate) number: String,
    pub(crate) is_none: bool,
    pub(crate) address: String,
}

impl Counted {
    /// Enterprises with a verdict on a policy, narrowed further.
    pub(crate) fn of(count: u64, policy: &str, more: &[(&str, &str)]) -> Self {
        let all = [("policy", policy)].into_iter().chain(more.iter().copied());
        Counted { number: whole(count), is_none: count == 0, address: path::with_query("/register/enterprise", all) }
    }
}

/// What the counts of a version say, in the order in which they stand everywhere.
pub(crate) fn heads(page: &Page) -> [&'static str; 5] {
    [
        page.t("满足", "Meet"),
        page.t("只差一项", "Lack one"),
        page.t("不满足", "Fail"),
        page.t("缺数据", "Data missing"),
        page.t("待评审", "For experts"),
    ]
}

/// A count with its thousands parted.
pub(crate) fn whole(count: u64) -> String {
    figure::grouped(i64::try_from(count).unwrap_or(i64::MAX))
}

/// A part of an address.
pub(crate) fn part(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

/// The address of a version.
pub(crate) fn address(policy: &Policy) -> String {
    address_of(&policy.id, &policy.version())
}

/// The address of a version by its name.
pub(crate) fn address_of(id: &str, version: &str) -> String {
    let rest = version.strip_prefix(id).and_then(|rest| rest.strip_prefix('@')).unwrap_or_default();
    format!("/policies/{}/{}", part(id), part(rest))
}

/// The place whose rule it is; empty for a rule of the country.
pub(crate) fn place(policy: &Policy) -> &str {
    if policy.level == "国家" { "" } else { &policy.level }
}

/// The days of a version in words.
pub(crate) fn days(policy: &Policy, lang: Lang) -> String {
    match (policy.until, lang) {
        (None, Lang::Zh) => format!("{} 起", policy.from),
        (None, Lang::En) => format!("from {}", policy.from),
        (Some(until), Lang::Zh) => format!("{} 至 {until}", policy.from),
        (Some(until), Lang::En) => format!("{} to {until}", policy.from),
    }
}

/// Whether a version is in force, is coming or is past.
pub(crate) fn state(policy: &Policy, on: Date, lang: Lang) -> Badge {
    if policy.in_force(on) {
        Badge::ok(lang.pick("施行中", "In force"))
    } else if policy.from > on {
        Badge::early(lang.pick("将施行", "Coming")).with_icon("calendar-time")
    } else {
        Badge::shut(lang.pick("已失效", "Past"))
    }
}

/// What of a policy nobody has compared with the regulation's own text yet: parts by name, and notes.
pub(crate) fn unverified(policy: &Policy) -> Vec<String> {
    let conditions = policy.conditions.iter().map(|it| (&it.cite, &it.name));
    let definitions = policy.definitions.iter().map(|it| (&it.cite, &it.name));
    let settings = policy.settings.iter().map(|it| (&it.cite, &it.name));
    let scores = policy.scores.iter().flat_map(|it| {
        std::iter::once((&it.cite, &it.name)).chain(it.parts.iter().map(|part| (&part.cite, &part.name)))
    });
    let rewards = policy.rewards.iter().map(|it| (&it.cite, &it.name));
    let grants = policy.grants.iter().map(|it| (&it.cite, &it.text));
    let all = conditions.chain(definitions).chain(settings).chain(scores).chain(rewards).chain(grants);
    let mut names: Vec<String> = all.filter(|(cite, _)| cite.unverified).map(|(_, name)| name.clone()).collect();
    names.dedup();
    names.extend(policy.notes.iter().filter(|(unverified, _)| *unverified).map(|(_, note)| note.clone()));
    names
}

/// A parameter of the page's address; empty where it has none.
pub(crate) fn asked(page: &Page, name: &str) -> String {
    let mut pairs = form_urlencoded::parse(page.query.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.trim().to_owned()).unwrap_or_default()
}
