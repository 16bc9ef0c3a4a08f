//! What matters are about.

use kernel::Lang;

/// A topic of matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Topic {
    /// Its key, as cases and routing rules bear it.
    pub key: &'static str,
    zh: &'static str,
    en: &'static str,
}

impl Topic {
    /// Its name.
    pub fn label(&self, lang: Lang) -> &'static str {
        lang.pick(self.zh, self.en)
    }
}

const fn topic(key: &'static str, zh: &'static str, en: &'static str) -> Topic {
    Topic { key, zh, en }
}

/// Every topic, in the order of the form.
pub const ALL: [Topic; 15] = [
    topic("power", "供电", "Power supply"),
    topic("water_gas_heat", "供水供气供热", "Water, gas, heat"),
    topic("land", "用地", "Land"),
    topic("construction", "规划建设", "Planning and building"),
    topic("environment", "环保", "Environment"),
    topic("safety", "安全生产与消防", "Safety and fire"),
    topic("transport", "交通物流", "Transport"),
    topic("network", "网络通信", "Network"),
    topic("tax", "税务", "Tax"),
    topic("finance", "融资", "Finance"),
    topic("talent", "人才用工", "People"),
    topic("science_policy", "科技政策", "Science policy"),
    topic("ip", "知识产权", "Intellectual property"),
    topic("market", "市场监管", "Market supervision"),
    topic("other", "其他", "Other"),
];

/// What visits are, by the keys under which a cadence counts them, in the order of the form.
pub const VISITS: [Topic; 3] = [
    topic(FIRM_VISIT, "企业走访", "Firm visit"),
    topic("park_visit", "园区走访", "Park visit"),
    topic("talk", "座谈", "Talk"),
];

/// The topics that a case of a kind may have.
pub fn of(kind: &str) -> &'static [Topic] {
    if kind == "visit" { &VISITS } else { &ALL }
}

/// The key of the visit of a firm.
pub const FIRM_VISIT: &str = "firm_visit";

/// The name of the topic with this key; a key that is not known stands for itself.
pub fn label(key: &str, lang: Lang) -> String {
    ALL.iter()
        .chain(&VISITS)
        .find(|topic| topic.key == key)
        .map_or_else(|| key.to_owned(), |topic| topic.label(lang).to_owned())
}
