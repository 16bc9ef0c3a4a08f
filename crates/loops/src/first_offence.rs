//! First offences (首违不罚): advice to the officer from the policy, never a decision. 行政处罚法 (2021) article 33.

use jiff::civil::Date;
use kernel::Lang;
use policy::answer::Tri;
use policy::{Facts, Policy};

/// A ground on which nothing is to be, or may be, punished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// 违法行为轻微并及时改正，没有造成危害后果: it shall not be punished.
    Slight,
    /// 初次违法且危害后果轻微并及时改正: it may be spared.
    First,
    /// 有证据足以证明没有主观过错: it shall not be punished, where the evidence is enough.
    NoFault,
}

impl Ground {
    const ALL: [(Ground, &'static str); 3] =
        [(Ground::Slight, "FV-1"), (Ground::First, "FV-2"), (Ground::NoFault, "FV-3")];

    /// What the law says of it.
    pub fn say(self, lang: Lang) -> &'static str {
        match self {
            Ground::Slight => {
                lang.pick("应当不予处罚（第三十三条第一款）", "shall not be punished (article 33, first paragraph)")
            }
            Ground::First => {
                lang.pick("可以不予处罚（第三十三条第一款）", "may be spared (article 33, first paragraph)")
            }
            Ground::NoFault => lang.pick(
                "不予处罚（第三十三条第二款），证据由办案人员认定",
                "not punished (article 33, second paragraph), if the officer finds the evidence enough",
            ),
        }
    }
}

/// What the policy says of the pending case of an enterprise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// The grounds that certainly hold, and of [`Ground::NoFault`] that the officer may find.
    pub grounds: Vec<Ground>,
    /// What must be known before more can be said, by label.
    pub missing: Vec<String>,
    /// The reasons as indented lines with their articles.
    pub reasons: String,
}

impl Advice {
    /// The advice in one line. Whatever it says, a person decides, and admonishes whom nothing befalls.
    pub fn say(&self, lang: Lang) -> String {
        let grounds: Vec<&str> = self.grounds.iter().map(|ground| ground.say(lang)).collect();
        let missing = self.missing.join(lang.pick("、", ", "));
        match (grounds.is_empty(), self.missing.is_empty(), lang) {
            (false, _, Lang::Zh) => format!("建议：{}。由办案人员决定；不予处罚的应当教育。", grounds.join("；")),
            (false, _, Lang::En) => format!("Advice: {}. A person decides, and admonishes.", grounds.join("; ")),
            (true, false, Lang::Zh) => format!("还缺 {missing}，暂不能提出建议。"),
            (true, false, Lang::En) => format!("{missing} must be known before anything can be advised."),
            (true, true, Lang::Zh) => "没有不予处罚的情形。由办案人员决定。".to_owned(),
            (true, true, Lang::En) => "No ground to spare was found. A person decides.".to_owned(),
        }
    }
}

/// The advice of the policy `first-violation` on the facts of an enterprise, on a day.
pub fn advise<F: Facts + ?Sized>(policy: &Policy, facts: &F, on: Date, lang: Lang) -> Advice {
    let ready = policy.on(on);
    let outcome = ready.evaluate(facts);
    let pending = policy.conditions.iter().find(|one| one.id == "FV-0").map(|one| outcome.steps[one.step]);
    let is_pending = pending.is_none_or(|worked| worked.tri() != Tri::No);
    let (mut grounds, mut missing) = (Vec::new(), Vec::new());
    for (ground, id) in Ground::ALL.iter().filter(|_| is_pending) {
        let Some(condition) = policy.conditions.iter().find(|one| one.id == *id) else { continue };
        let worked = &outcome.steps[condition.step];
        let found = match worked.tri() {
            Tri::Yes => true,
            Tri::No => false,
            // Only the officer's own finding is open.
            Tri::Open => worked.open.is_empty(),
        };
        if found {
            grounds.push(*ground);
        } else if worked.tri() == Tri::Open {
            let labels = worked.open.iter().map(|input| {
                let input = &policy.inputs[input];
                lang.pick(&input.zh, &input.en).to_owned()
            });
            missing.extend(labels);
        }
    }
    missing.sort();
    missing.dedup();
    let reasons = ready.explain(&outcome, facts).iter().map(|reason| reason.lines(lang)).collect();
    Advice { grounds, missing, reasons }
}
