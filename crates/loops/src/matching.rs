//! From a need to the resources that may answer it (1+6+N): which of them, and why.
//!
//! Nothing here knows what a word means: what the need and the resource say in the same words, the technical
//! field, the industry and the place are held against each other, and each reason is told.

use std::collections::BTreeMap;

use kernel::Lang;

/// What somebody needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Need {
    /// In the words it was told in.
    pub words: String,
    /// Its topic, by key.
    pub topic: String,
    /// The park of who needs it.
    pub place: Option<String>,
    /// The industry code of who needs it.
    pub industry: String,
}

/// The six kinds of resource of 1+6+N.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// 载体: where one can settle.
    Carrier,
    /// 企业.
    Enterprise,
    /// 平台.
    Platform,
    /// 人才.
    Talent,
    /// 机构.
    Institution,
    /// 专项: programmes, projects and what policies give.
    Programme,
}

impl Sort {
    /// Every one, in the order of the wording.
    pub const ALL: [Sort; 6] =
        [Sort::Carrier, Sort::Enterprise, Sort::Platform, Sort::Talent, Sort::Institution, Sort::Programme];

    /// The name in addresses.
    pub fn key(self) -> &'static str {
        match self {
            Sort::Carrier => "carrier",
            Sort::Enterprise => "enterprise",
            Sort::Platform => "platform",
            Sort::Talent => "talent",
            Sort::Institution => "institution",
            Sort::Programme => "programme",
        }
    }

    /// The one with this name.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sort| sort.key() == key)
    }

    /// Its name.
    pub fn label(self, lang: Lang) -> &'static str {
        match self {
            Sort::Carrier => lang.pick("载体", "Carriers"),
            Sort::Enterprise => lang.pick("企业", "Enterprises"),
            Sort::Platform => lang.pick("平台", "Platforms"),
            Sort::Talent => lang.pick("人才", "Talent"),
            Sort::Institution => lang.pick("机构", "Institutions"),
            Sort::Programme => lang.pick("专项", "Programmes"),
        }
    }

    /// Whether matters on a topic are the kind of thing that it answers.
    fn answers(self, topic: &str) -> bool {
        match topic {
            "land" | "construction" => self == Sort::Carrier,
            "finance" => matches!(self, Sort::Institution | Sort::Programme),
            "talent" => matches!(self, Sort::Talent | Sort::Institution),
            "science_policy" => matches!(self, Sort::Programme | Sort::Platform),
            "ip" => self == Sort::Institution,
            "market" => self == Sort::Enterprise,
            _ => false,
        }
    }
}

/// Something that may answer a need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resource {
    /// What the caller calls it; handed back as it came.
    pub id: String,
    /// Which of the six.
    pub sort: Sort,
    /// Its name and what is said of it.
    pub words: String,
    /// The park it is in.
    pub place: Option<String>,
    /// Its industry code, of an enterprise.
    pub industry: String,
}

/// Why a resource may answer a need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// Both say these words.
    Words(Vec<String>),
    /// The topic is what such resources answer.
    Topic(Sort),
    /// Both are of one division of industry.
    Industry,
    /// Both are in one park.
    Place,
}

impl Why {
    /// In words.
    pub fn say(&self, lang: Lang) -> String {
        match (self, lang) {
            (Why::Words(words), Lang::Zh) => format!("都提到“{}”", words.join("”“")),
            (Why::Words(words), Lang::En) => format!("both say “{}”", words.join("”, “")),
            (Why::Topic(sort), Lang::Zh) => format!("这类诉求常由{}解决", sort.label(lang)),
            (Why::Topic(sort), Lang::En) => format!("such needs are answered by {}", sort.label(lang).to_lowercase()),
            (Why::Industry, lang) => lang.pick("同一行业大类", "the same division of industry").to_owned(),
            (Why::Place, lang) => lang.pick("同一园区", "the same park").to_owned(),
        }
    }
}

/// A resource that may answer a need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Match {
    /// The resource.
    pub id: String,
    /// Which of the six.
    pub sort: Sort,
    /// What speaks for it, added up.
    pub points: u32,
    /// What speaks for it.
    pub reasons: Vec<Why>,
}

/// Each sign of a word that both say; five words at the most.
const SIGN: u32 = 10;
const TOPIC: u32 = 15;
const INDUSTRY: u32 = 10;
const PLACE: u32 = 5;

/// Of one sort so many at the most are told, so that the many do not hide the few.
const EACH: usize = 8;

/// What a company is by law says nothing of what it does.
const FORMS: [&str; 5] = ["股份有限公司", "有限责任公司", "集团有限公司", "有限公司", "公司"];

/// Words that every need and every name has, which say nothing.
const EMPTY: [&str; 24] = [
    "集团", "有限", "企业", "需要", "希望", "我们", "没有", "解决", "问题", "技术", "科技", "服务", "中心", "建设",
    "发展", "项目", "平台", "样例", "工作", "情况", "相关", "进行", "提供", "支持",
];

/// The resources that may answer a need, the best first, at most so many. Neither place nor industry alone
/// makes a match: something must be said that is about the need.
pub fn matches(need: &Need, resources: &[Resource], most: usize) -> Vec<Match> {
    let mut found: Vec<Match> = resources.iter().filter_map(|resource| weighed(need, resource)).collect();
    found.sort_by(|a, b| b.points.cmp(&a.points).then_with(|| a.id.cmp(&b.id)));
    let mut told: BTreeMap<Sort, usize> = BTreeMap::new();
    found.retain(|one| {
        let sort = told.entry(one.sort).or_default();
        *sort += 1;
        *sort <= EACH
    });
    found.truncate(most);
    found
}

fn weighed(need: &Need, resource: &Resource) -> Option<Match> {
    let (mut points, mut reasons) = (0, Vec::new());
    let shared = shared(&without_forms(&need.words), &without_forms(&resource.words));
    if !shared.is_empty() {
        points += shared.iter().map(|word| SIGN * word.chars().count() as u32).sum::<u32>();
        reasons.push(Why::Words(shared));
    }
    if resource.sort.answers(&need.topic) {
        points += TOPIC;
        reasons.push(Why::Topic(resource.sort));
    }
    if reasons.is_empty() {
        return None;
    }
    let division = |code: &str| code.get(..2).map(str::to_owned);
    if division(&need.industry).is_some() && division(&need.industry) == division(&resource.industry) {
        points += INDUSTRY;
        reasons.push(Why::Industry);
    }
    if need.place.is_some() && need.place == resource.place {
        points += PLACE;
        reasons.push(Why::Place);
    }
    Some(Match { id: resource.id.clone(), sort: resource.sort, points, reasons })
}

fn without_forms(text: &str) -> String {
    FORMS.iter().fold(text.to_owned(), |text, form| text.replace(form, " "))
}

/// The longest words of two signs or more that stand in both texts, in the order of the first; five at most.
fn shared(need: &str, resource: &str) -> Vec<String> {
    let signs: Vec<char> = need.chars().collect();
    let is_word = |sign: char| sign.is_alphanumeric();
    let (mut words, mut at) = (Vec::<String>::new(), 0);
    while at + 1 < signs.len() && words.len() < 5 {
        let longest = (at + 2..=signs.len()).take_while(|end| is_word(signs[end - 1])).take_while(|end| {
            let word: String = signs[at..*end].iter().collect();
            resource.contains(&word)
        });
        match longest.last().filter(|_| is_word(signs[at])) {
            Some(end) => {
                let word: String = signs[at..end].iter().collect();
                if !says_nothing(&word) && !words.contains(&word) {
                    words.push(word);
                }
                at = end;
            }
            None => at += 1,
        }
    }
    words
}

/// Whether a word is made of empty ones, or is a short piece of letters or figures.
fn says_nothing(word: &str) -> bool {
    let rest = EMPTY.iter().fold(word.to_owned(), |rest, empty| rest.replace(empty, ""));
    rest.chars().count() < 2 || (rest.is_ascii() && rest.len() < 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(id: &str, sort: Sort, words: &str, place: &str) -> Resource {
        Resource { id: id.into(), sort, words: words.into(), place: Some(place.into()), industry: String::new() }
    }

    fn need(words: &str, topic: &str) -> Need {
        Need { words: words.into(), topic: topic.into(), place: Some("东区".into()), industry: String::new() }
    }

    #[test]
    fn what_is_said_in_the_same_words_comes_first_and_says_which() {
        let resources = [
            resource("a", Sort::Institution, "轴承检测公共实验室 精密轴承", "西区"),
            resource("b", Sort::Talent, "数控机床", "东区"),
            resource("c", Sort::Platform, "轴承技术中心", "东区"),
        ];
        let found = matches(&need("我们需要精密轴承的检测", ""), &resources, 9);
        let ids: Vec<&str> = found.iter().map(|one| one.id.as_str()).collect();
        assert_eq!(ids, ["a", "c"], "the same park alone is no match");
        assert_eq!(found[0].reasons[0].say(Lang::Zh), "都提到“精密轴承”“检测”");
        assert_eq!(found[1].reasons, [Why::Words(vec!["轴承".into()]), Why::Place]);
    }

    #[test]
    fn a_topic_leads_to_what_answers_it() {
        let resources =
            [resource("bank", Sort::Institution, "科技支行", "西区"), resource("lab", Sort::Carrier, "孵化器", "西区")];
        let found = matches(&need("周转困难", "finance"), &resources, 9);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].id.as_str(), found[0].reasons.as_slice()), ("bank", &[Why::Topic(Sort::Institution)][..]));
    }

    #[test]
    fn empty_words_and_nothing_at_all_match_nothing() {
        let resources = [resource("a", Sort::Enterprise, "样例科技有限公司 技术服务中心", "东区")];
        for words in ["", "我们公司需要技术服务", "a b", "，。"] {
            assert_eq!(matches(&need(words, ""), &resources, 9), [], "{words}");
        }
        assert_eq!(matches(&need("轴承", "ip"), &[], 9), []);
    }

    #[test]
    fn no_more_are_told_than_asked_for_and_the_many_do_not_hide_the_few() {
        let mut resources: Vec<Resource> =
            (0..50).map(|at| resource(&format!("{at:02}"), Sort::Platform, "轴承", "西区")).collect();
        resources.push(resource("99", Sort::Talent, "轴承", "西区"));
        let ids = |most: usize| {
            let found = matches(&need("轴承", ""), &resources, most);
            found.into_iter().map(|one| one.id).collect::<Vec<_>>()
        };
        assert_eq!(ids(3), ["00", "01", "02"]);
        assert_eq!((ids(50).len(), ids(50).last().map(String::as_str)), (9, Some("99")));
    }

    #[test]
    fn what_a_company_is_by_law_is_not_what_it_does() {
        let resources = [
            resource("a", Sort::Enterprise, "样例流体装备有限公司", "西区"),
            resource("b", Sort::Enterprise, "样例环评咨询有限公司", "西区"),
        ];
        let found = matches(&need("甲乙装备有限公司的环评", ""), &resources, 9);
        let words: Vec<String> = found.iter().map(|one| one.reasons[0].say(Lang::Zh)).collect();
        assert_eq!(words, ["都提到“装备”", "都提到“环评”"]);
    }
}
