//! The steps of the ladder: each title with the policy that leads to it.

/// One step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The title, a choice of the field `qualification_code`.
    pub title: &'static str,
    /// The policy's id.
    pub policy: &'static str,
}

/// Every step, from the first to the highest.
pub const STEPS: &[Step] = &[
    Step { title: "tech_sme", policy: "tech-sme" },
    Step { title: "innovative_sme", policy: "innovative-sme" },
    Step { title: "hnte", policy: "high-tech-enterprise" },
    Step { title: "srdi", policy: "srdi-sme" },
    Step { title: "little_giant", policy: "little-giant" },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_step_names_a_title_of_the_catalogue_and_a_policy_of_the_library() {
        let titles = kernel::Catalogue::builtin().field("qualification_code").unwrap();
        let (library, _) = policy::Library::builtin("", &policy::Settings::new());
        for step in STEPS {
            assert!(titles.choice(step.title).is_some(), "{}", step.title);
            assert!(library.policies().iter().any(|policy| policy.id == step.policy), "{}", step.policy);
        }
    }
}
