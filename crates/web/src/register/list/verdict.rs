//! Lists narrowed by what a policy says: `?policy=srdi-sme&verdict=fails&lacks=staff`.

use kernel::Lang;
use policy::{Answer, Library};
use store::{Filter, Lacks};

/// What is asked of a policy's verdicts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PolicyAsk {
    /// The policy's id; empty where nothing is asked.
    pub policy: String,
    /// The answer; any where empty.
    pub verdict: String,
    /// The one condition that fails, or [`ONE`] for whichever; anything where empty.
    pub lacks: String,
}

/// Stands for exactly one condition, whichever it is. No condition has this id.
pub const ONE: &str = "1";

const ANSWERS: [Answer; 4] = [Answer::Meets, Answer::Fails, Answer::Undetermined, Answer::Expert];

/// The answer of a key in addresses.
pub fn answer(key: &str) -> Option<Answer> {
    ANSWERS.into_iter().find(|answer| answer.key() == key)
}

impl PolicyAsk {
    /// The parameters of an address.
    pub fn parameters(&self) -> [(&'static str, String); 3] {
        let kept = |value: &String| if self.policy.is_empty() { String::new() } else { value.clone() };
        [("policy", self.policy.clone()), ("verdict", kept(&self.verdict)), ("lacks", kept(&self.lacks))]
    }

    /// The filter, where one is asked for.
    pub fn filter(&self) -> Option<Filter> {
        let given = |value: &String| Some(value.clone()).filter(|value| !value.is_empty());
        (!self.policy.is_empty()).then(|| Filter::Verdict {
            policy: self.policy.clone(),
            answer: given(&self.verdict),
            lacks: match self.lacks.as_str() {
                "" => Lacks::Any,
                ONE => Lacks::One,
                condition => Lacks::Only(condition.to_owned()),
            },
        })
    }

    /// The filter in words: 高新技术企业认定 不满足，只差 科技人员占比.
    pub fn say(&self, library: &Library, lang: Lang) -> String {
        let mut versions = library.policies().iter().filter(|policy| policy.id == self.policy).rev();
        let policy = versions.next();
        let mut words = vec![policy.map_or(self.policy.as_str(), |policy| policy.title.as_str()).to_owned()];
        if let Some(answer) = answer(&self.verdict) {
            words.push(lang.pick(answer.zh(), answer.en()).to_owned());
        }
        if self.lacks == ONE {
            words.push(lang.pick("只差一项", "lacks one condition").to_owned());
        } else if !self.lacks.is_empty() {
            let known = policy.and_then(|policy| policy.conditions.iter().find(|known| known.id == self.lacks));
            let name = known.map_or(self.lacks.as_str(), |known| known.name.as_str());
            words.push(format!("{}{name}", lang.pick("只差 ", "lacks only ")));
        }
        words.join(" ")
    }
}
