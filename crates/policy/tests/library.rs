//! Every policy of the library loads without a remark, and each of its cases comes out as written.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use jiff::civil::date;
use kernel::{Catalogue, Lang};
use policy::library::TEXTS;
use policy::{Library, Settings};

/// No place, and every place that has texts of its own to read.
const PLACES: [&str; 8] = ["", "广东", "河南郑州", "福建", "辽宁", "海南", "山西", "四川自贡"];

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
fn the_page_of_the_library_names_every_text_with_its_days() {
    let page = include_str!("../../../docs/policy-library.md");
    let force = |source: &str| source.lines().find_map(|line| line.strip_prefix("施行 ").map(str::to_owned)).unwrap();
    for (file, source) in TEXTS {
        let row = format!("| `{}` |", file.trim_end_matches(".policy"));
        let row =
            page.lines().find(|line| line.starts_with(&row)).unwrap_or_else(|| panic!("{file} is not on the page"));
        assert!(row.ends_with(&format!(" {} |", force(source))), "{file}: {row}");
    }
}

#[test]
fn every_policy_loads_without_a_remark_and_every_case_comes_out_as_written() {
    for place in PLACES {
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
fn a_place_has_the_rules_of_the_places_it_lies_in_and_no_others() {
    let on = date(2026, 6, 1);
    let levels = |place| {
        let (library, _) = library(place);
        let mut found: Vec<String> = library.in_force(on).map(|policy| policy.level.clone()).collect();
        found.sort();
        found.dedup();
        found
    };
    assert_eq!(levels("河南郑州"), ["国家", "河南", "郑州"]);
    assert_eq!(levels("广东"), ["国家", "广东"]);
    assert!(levels("").contains(&"深圳".to_owned()) && !levels("").contains(&"郑州".to_owned()));
    // Where no place is named, rules that ask where a firm is registered wait to be asked for by id.
    let (nowhere, _) = library("");
    let asked: Vec<&str> = nowhere.asked_of_all(on).map(|policy| policy.id.as_str()).collect();
    assert!(asked.contains(&"gazelle") && asked.contains(&"startup-subsidy") && !asked.contains(&"gazelle-shandong"));
    assert!(nowhere.policy("gazelle-shandong", on).is_some());
    let (jinan, _) = library("山东省济南市");
    assert!(jinan.asked_of_all(on).any(|policy| policy.id == "gazelle-jinan"));
    let (zhengzhou, _) = library("河南郑州");
    let award = zhengzhou.policy("high-tech-award", on).unwrap();
    assert_eq!((award.level.as_str(), award.version()), ("郑州", "high-tech-award@2023-01-01@郑州".to_owned()));
    let before = zhengzhou.policy("high-tech-award", date(2020, 6, 1)).unwrap();
    assert_eq!(before.version(), "high-tech-award@2017-07-01@河南");
}

#[test]
fn a_slip_in_any_threshold_is_noticed_by_some_case() {
    let everywhere = library("").0;
    let overridden = PLACES.map(|place| library(place).0);
    let known: Vec<String> = everywhere.policies().iter().map(|policy| policy.version()).collect();
    // What an override leaves as it is, the cases of the text below it have proved.
    let proved: Vec<String> =
        everywhere.policies().iter().flat_map(|policy| policy.thresholds()).map(|threshold| threshold.text).collect();
    let places = overridden.iter().flat_map(|library| library.policies());
    let own = places.filter(|policy| !known.contains(&policy.version()));
    let mut unnoticed = String::new();
    let mut thresholds = 0;
    for (policy, is_whole) in
        everywhere.policies().iter().map(|policy| (policy, true)).chain(own.map(|own| (own, false)))
    {
        let (boundaries, unreached) = policy.boundaries();
        assert!(boundaries.len() >= policy.thresholds().len() - unreached.len());
        thresholds += policy.thresholds().len();
        for threshold in unreached.into_iter().filter(|threshold| is_whole || !proved.contains(&threshold.text)) {
            let written = policy.slips(&threshold).iter().all(|(_, slip)| policy.notices(slip, &[]));
            if !written {
                unnoticed.push_str(&format!("{}: {}\n", policy.version(), threshold.text));
            }
        }
    }
    assert!(unnoticed.is_empty(), "{thresholds} thresholds\n{unnoticed}");
    assert!(thresholds > 200, "{thresholds}");
}

/// A text of the library with its first day set to another.
fn moved(file: &str, from: &str, to: &str) -> String {
    let (_, source) = TEXTS.iter().find(|(name, _)| *name == file).unwrap();
    assert!(source.contains(from), "{file} has no {from}");
    source.replacen(from, to, 1)
}

#[test]
fn a_text_published_later_ends_the_version_before_it_and_overlaps_with_no_other() {
    let next = moved("srdi-sme-2026.policy", "施行 2026-04-01", "施行 2027-01-01");
    let texts = || TEXTS.iter().copied();
    let published = [("next", next.as_str())];
    let (library, remarks) = Library::with(texts(), published, Catalogue::builtin(), "", &Settings::new());
    assert!(remarks.is_empty(), "{:?}", remarks.iter().map(|remark| &remark.problem).collect::<Vec<_>>());
    let before = library.version("srdi-sme@2026-04-01").unwrap();
    assert_eq!(before.until, Some(date(2026, 12, 31)));
    assert_eq!(library.policy("srdi-sme", date(2027, 1, 1)).unwrap().version(), "srdi-sme@2027-01-01");
    // One that begins within the days of a version with a last day overlaps and says so.
    let within = moved("srdi-sme-2022.policy", "施行 2022-08-01", "施行 2025-01-01");
    let (_, remarks) = Library::with(texts(), [("x", within.as_str())], Catalogue::builtin(), "", &Settings::new());
    assert!(remarks.iter().any(|remark| remark.problem.code == "versions-overlap"), "{remarks:?}");
}

#[test]
fn a_setting_is_set_for_one_policy_and_a_version_is_read_again_from_its_text() {
    let settings: Settings = [
        ("startup-subsidy.补贴标准".to_owned(), "8000元".to_owned()),
        ("high-tech-award.首次认定奖补标准".to_owned(), "25万元".to_owned()),
    ]
    .into();
    let (library, remarks) = Library::builtin("河南郑州", &settings);
    assert!(remarks.is_empty(), "{remarks:?}");
    let value = |version: &str, name: &str| {
        let policy = library.version(version).unwrap();
        policy.settings.iter().find(|setting| setting.name == name).unwrap().value.clone()
    };
    assert_eq!(value("startup-subsidy@2025-11-17@河南", "补贴标准").as_deref(), Some("8000元"));
    assert_eq!(value("high-tech-award@2023-01-01@郑州", "首次认定奖补标准").as_deref(), Some("25万元"));
    assert_eq!(value("high-tech-award@2023-01-01@郑州", "连续三次通过奖补标准"), None);
    for policy in library.policies() {
        let again = policy::library::read_again(&policy.source, policy.own, Catalogue::builtin(), &settings);
        let again = again.policy.unwrap_or_else(|| panic!("{}", policy.version()));
        assert_eq!(again.steps, policy.steps, "{}", policy.version());
        assert_eq!((again.version(), again.own, &again.cases), (policy.version(), policy.own, &policy.cases));
    }
}

#[test]
fn a_figure_is_set_in_a_text_in_what_it_overrides_and_beside_both() {
    let (library, _) = Library::builtin("河南郑州", &Settings::new());
    let award = library.version("high-tech-award@2023-01-01@郑州").unwrap();
    let knobs = policy::knobs::knobs(award);
    assert!(award.own < award.source.len() && !knobs.is_empty());
    for knob in knobs.iter().filter(|knob| !knob.now.contains(['-', '未'])) {
        let changed = award.with_set(&[(knob, &knob.now)], Catalogue::builtin(), &Settings::new());
        let same = changed.policy.unwrap_or_else(|| panic!("{}: {:?}", knob.id, changed.problems));
        assert_eq!((same.version(), &same.source), (award.version(), &award.source), "{}", knob.id);
    }
    let first = knobs.iter().find(|knob| knob.id == "首次认定奖补标准").unwrap();
    let set = award.with_set(&[(first, "30万元")], Catalogue::builtin(), &Settings::new()).policy.unwrap();
    assert_eq!(set.settings[0].value.as_deref(), Some("30万元"));
    let wrong = award.with_set(&[(first, "三十")], Catalogue::builtin(), &Settings::new());
    assert!(wrong.policy.is_none() && wrong.problems.iter().any(|problem| problem.code == "bad-setting"));
}

#[test]
fn every_part_that_pages_name_has_a_name_in_english() {
    let (library, _) = library("");
    let mut named = 0;
    for policy in library.policies() {
        let conditions = policy.conditions.iter().map(|it| (&it.name, &it.name_en));
        let scores = policy.scores.iter().map(|it| (&it.name, &it.name_en));
        let parts = policy.scores.iter().flat_map(|it| it.parts.iter().map(|part| (&part.name, &part.name_en)));
        let rewards = policy.rewards.iter().map(|it| (&it.name, &it.name_en));
        let grants = policy.grants.iter().map(|it| (&it.text, &it.text_en));
        let definitions = policy.definitions.iter().map(|it| (&it.name, &it.name_en));
        let settings = policy.settings.iter().map(|it| (&it.name, &it.name_en));
        let titles = policy.confers.iter().map(|it| (&it.name, &it.name_en));
        let others = definitions.chain(settings).chain(titles);
        for (name, english) in conditions.chain(scores).chain(parts).chain(rewards).chain(grants).chain(others) {
            let is_chinese = |english: &String| english.chars().any(|sign| ('\u{4e00}'..='\u{9fff}').contains(&sign));
            let said = english.as_ref().is_some_and(|english| !is_chinese(english));
            assert!(said, "{} {name}: {english:?}", policy.version());
            named += 1;
        }
    }
    assert!(named > 200, "{named}");
}

#[test]
fn policies_that_confer_the_same_title_are_known_by_what_they_declare() {
    let (library, _) = library("");
    let of = |id: &str| library.policy(id, date(2026, 6, 1)).unwrap();
    let shared =
        |a: &str, b: &str| of(a).confers_too(of(b)).map(|title| title.name_in(Lang::Zh).to_owned()).collect::<Vec<_>>();
    assert_eq!(shared("gazelle", "gazelle-shandong"), ["瞪羚企业"]);
    assert_eq!(shared("unicorn-shenzhen", "unicorn-suqian"), ["独角兽企业", "潜在独角兽企业"]);
    // The same tax rate is no title, and neither is a likeness of names.
    assert!(shared("high-tech-enterprise", "tase").is_empty());
    assert!(shared("engineering-center", "engineering-center-city").is_empty());
    assert_eq!(of("srdi-sme").confers[0].key.as_deref(), Some("srdi"));
}

#[test]
fn every_derived_field_of_the_catalogue_can_be_reckoned() {
    for field in Catalogue::builtin().fields().iter().filter(|field| field.derived.is_some()) {
        let kind = field.subjects[0].zh();
        let year = if field.period == kernel::PeriodKind::Year { "[上年]" } else { "" };
        let source = format!("政策 p 甲\n适用 {kind}\n施行 2026-01-01\n条件 A 一\n  {}{year} ≠ 0\n", field.zh);
        let checked = policy::check(&source, Catalogue::builtin(), &Settings::new());
        let problems: Vec<_> = checked.problems.iter().filter(|it| it.severity == policy::Severity::Error).collect();
        assert!(problems.is_empty(), "{}: {problems:?}", field.key);
    }
}

#[test]
fn every_policy_has_a_title_in_english() {
    for place in ["", "河南郑州", "广东", "福建"] {
        for policy in library(place).0.policies() {
            let english = policy.title_in(Lang::En);
            assert!(
                english.is_ascii() && english.len() > 5 || english.contains("R&D"),
                "{}: {english}",
                policy.version()
            );
        }
    }
}
