//! The grammar page is true: what it shows is read, checked and comes out as it says.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use jiff::civil::date;
use kernel::{Catalogue, Lang};
use policy::{Library, Settings};

fn blocks(kind: &str) -> Vec<String> {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/policy-grammar.md")).unwrap();
    let fence = format!("```{kind}\n");
    page.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

#[test]
fn every_example_of_the_page_reads_and_comes_out() {
    let (whole, over) = (blocks("policy"), blocks("policy-override"));
    assert_eq!((whole.len(), over.len()), (1, 1));
    let texts = [("page", whole[0].as_str()), ("override", over[0].as_str())];
    let (library, remarks) = Library::read(texts, Catalogue::builtin(), "某省", &Settings::new());
    let shown: String =
        remarks.iter().map(|remark| remark.problem.show(&remark.source, &remark.file, Lang::Zh)).collect();
    assert!(remarks.is_empty(), "\n{shown}");
    let policy = library.policy("sample", date(2026, 6, 1)).unwrap();
    assert_eq!(policy.level, "国家");
    let wrong: Vec<String> =
        policy.try_cases().into_iter().map(|mismatch| format!("{}: {}", mismatch.case, mismatch.message.zh)).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!(library.policy("sample", date(2026, 8, 1)).unwrap().level, "某省");
    assert_eq!(policy::format::format(&whole[0]), whole[0]);
}
