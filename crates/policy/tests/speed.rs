//! How long one enterprise takes. Run with: cargo test --release -p policy --test speed -- --ignored --nocapture

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::hint::black_box;
use std::time::Instant;

use jiff::civil::date;
use policy::{Library, Settings};

#[test]
#[ignore = "measures, does not judge"]
fn one_enterprise() {
    let (library, _) = Library::builtin("", &Settings::new());
    let day = date(2026, 6, 1);
    for policy in library.in_force(day) {
        let ready = policy.on(day);
        let facts = &policy.cases[0].facts;
        let time = |name: &str, times: u32, work: &dyn Fn()| {
            let start = Instant::now();
            (0..times).for_each(|_| work());
            println!("{:28} {name:10} {:>10.2?}", policy.version(), start.elapsed() / times);
        };
        time("evaluate", 20_000, &|| drop(black_box(ready.evaluate(black_box(facts)))));
        let outcome = ready.evaluate(facts);
        time("explain", 2_000, &|| drop(black_box(ready.explain(&outcome, facts))));
        time("gaps", 200, &|| drop(black_box(ready.gaps(&outcome, facts))));
        for case in
            policy.cases.iter().filter(|case| ready.evaluate(&case.facts).answer() == policy::Answer::Fails).take(1)
        {
            let outcome = ready.evaluate(&case.facts);
            time("gaps,fail", 20, &|| drop(black_box(ready.gaps(&outcome, &case.facts))));
            time("plan,fail", 20, &|| drop(black_box(ready.plan(&case.facts))));
        }
    }
}
