//! Every policy of the library loads without a remark, and each of its cases comes out as written.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use kernel::{Catalogue, Lang};
use policy::{Settings, check};

fn policies() -> Vec<(String, String)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies");
    let mut found: Vec<(String, String)> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "policy"))
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), std::fs::read_to_string(&path).unwrap()))
        .collect();
    found.sort();
    found
}

#[test]
fn every_policy_loads_without_a_remark() {
    let mut remarks = String::new();
    for (file, source) in policies() {
        let checked = check(&source, Catalogue::builtin(), &Settings::new());
        for problem in &checked.problems {
            remarks.push_str(&problem.show(&source, &file, Lang::Zh));
        }
    }
    assert!(remarks.is_empty(), "\n{remarks}");
}

#[test]
fn every_case_comes_out_as_written() {
    let mut wrong = String::new();
    let mut count = 0;
    for (file, source) in policies() {
        if let Some(policy) = check(&source, Catalogue::builtin(), &Settings::new()).policy {
            count += policy.cases.len();
            for mismatch in policy.try_cases() {
                wrong.push_str(&format!("{file}: {}: {}\n", mismatch.case, mismatch.message.zh));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}");
    assert!(count > 0);
}
