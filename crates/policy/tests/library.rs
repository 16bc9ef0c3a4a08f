//! Every policy of the library loads without a remark, and each of its cases comes out as written.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use jiff::civil::date;
use kernel::Lang;
use policy::library::TEXTS;
use policy::{Library, Settings};

/// The library of one place, with a text of every remark.
fn library(place: &str) -> (Library, String) {
    let (library, remarks) = Library::builtin(place, &Settings::new());
    let shown = remarks.iter().map(|remark| remark.problem.show(&remark.source, &remark.file, Lang::Zh)).collect();
    (library, shown)
}

#[test]
fn every_text_of_the_folder_is_in_the_library() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut found: Vec<String> = names.filter(|name| name.ends_with(".policy")).collect();
    found.sort();
    let mut known: Vec<&str> = TEXTS.iter().map(|(name, _)| *name).collect();
    known.sort_unstable();
    assert_eq!(found, known);
}

#[test]
fn every_policy_loads_without_a_remark_and_every_case_comes_out_as_written() {
    for place in ["", "广东"] {
        let (library, remarks) = library(place);
        assert!(remarks.is_empty(), "\n{remarks}");
        let mut wrong = String::new();
        for policy in library.policies() {
            assert!(!policy.cases.is_empty(), "{}", policy.version());
            for mismatch in policy.try_cases() {
                wrong.push_str(&format!("{}: {}: {}\n", policy.version(), mismatch.case, mismatch.message.zh));
            }
        }
        assert!(wrong.is_empty(), "\n{wrong}");
    }
}

#[test]
fn the_day_and_the_place_pick_the_version() {
    let (national, _) = library("");
    let version = |library: &Library, id, on| library.policy(id, on).map(|policy| policy.version());
    assert_eq!(version(&national, "srdi-sme", date(2026, 3, 31)).unwrap(), "srdi-sme@2022-08-01");
    assert_eq!(version(&national, "srdi-sme", date(2026, 4, 1)).unwrap(), "srdi-sme@2026-04-01");
    assert_eq!(version(&national, "tech-sme", date(2021, 12, 31)).unwrap(), "tech-sme@2017-05-03");
    assert_eq!(version(&national, "tech-sme", date(2016, 1, 1)), None);
    let (guangdong, _) = library("广东");
    assert_eq!(version(&guangdong, "srdi-sme", date(2025, 6, 1)).unwrap(), "srdi-sme@2022-08-01@广东");
    assert_eq!(version(&guangdong, "srdi-sme", date(2026, 6, 1)).unwrap(), "srdi-sme@2026-04-01");
}

#[test]
fn a_slip_in_any_threshold_is_noticed_by_some_case() {
    let (library, _) = library("");
    let mut unnoticed = String::new();
    let mut thresholds = 0;
    for policy in library.policies() {
        let (boundaries, unreached) = policy.boundaries();
        assert!(boundaries.len() >= policy.thresholds().len() - unreached.len());
        thresholds += policy.thresholds().len();
        for threshold in unreached {
            let written = policy.slips(&threshold).iter().all(|(_, slip)| policy.notices(slip, &[]));
            if !written {
                unnoticed.push_str(&format!("{}: {}\n", policy.version(), threshold.text));
            }
        }
    }
    assert!(unnoticed.is_empty(), "{thresholds} thresholds\n{unnoticed}");
    assert!(thresholds > 200, "{thresholds}");
}
