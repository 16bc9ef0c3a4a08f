//! The ladder and the check-up of everybody: who sees what, what changes it, what can be given again.

use axum::http::StatusCode;
use kernel::{SubjectKind, Value};
use store::access::{Role, Scope};
use store::verdict::Verdict;
use uuid::Uuid;

use super::checkup::{WEST, code, list_records, say, wan, zone};
use crate::cultivation::{batch, replay};
use crate::jobs::runner::run_one;
use crate::testing::{ENTERPRISE, House};

/// Checks up on everybody, as the runner does when it has nothing else to do.
pub(super) async fn check_up(house: &House) {
    batch::keep_up(&house.app).await.unwrap();
    while run_one(&house.app, Uuid::new_v4()).await.unwrap() {}
}

async fn verdict(house: &House, enterprise: &str, policy: &str) -> Verdict {
    let subject = house.known(enterprise).await;
    let found = house.app.store().verdicts_of(subject, &Scope::Zone).await.unwrap();
    found.into_iter().find(|verdict| verdict.policy == policy).unwrap()
}

#[tokio::test]
async fn a_change_is_followed_by_its_verdict_and_nothing_else_is_looked_at() {
    let (house, ..) = zone().await;
    list_records(&house).await;
    check_up(&house).await;
    let first = house.app.store().last_round().await.unwrap().unwrap();
    assert_eq!(first.enterprises, 2);
    assert_eq!(verdict(&house, ENTERPRISE, "tech-sme").await.answer, "meets");
    check_up(&house).await;
    assert_eq!(house.app.store().last_round().await.unwrap().unwrap(), first, "nothing changed, nothing is done");

    say(&house, SubjectKind::Enterprise, &[("uscc", code(ENTERPRISE)), ("total_staff@2025", Value::Integer(600))])
        .await;
    check_up(&house).await;
    let second = house.app.store().last_round().await.unwrap().unwrap();
    assert_eq!(second.enterprises, 1, "only the enterprise that changed");
    let now = verdict(&house, ENTERPRISE, "tech-sme").await;
    assert_eq!((now.answer.as_str(), now.failed.is_empty()), ("fails", false));
    let before = house.app.store().verdicts_before(now.subject, &Scope::Zone).await.unwrap();
    assert!(before.iter().any(|before| before.policy == "tech-sme" && before.answer == "meets"));
}

#[tokio::test]
async fn every_verdict_can_be_given_again_byte_for_byte() {
    let (house, east, west) = zone().await;
    check_up(&house).await;
    let title = [
        ("owner_uscc", code(ENTERPRISE)),
        ("qualification_code", code("hnte")),
        ("valid_from", Value::Date("2025-12-01".parse().unwrap())),
        ("valid_to", Value::Date("2028-11-30".parse().unwrap())),
    ];
    say(&house, SubjectKind::Title, &title).await;
    say(&house, SubjectKind::Enterprise, &[("uscc", code(ENTERPRISE)), ("total_assets@2025", wan(30_000))]).await;
    check_up(&house).await;
    let store = house.app.store();
    let mut seen = 0;
    for subject in [east, west] {
        let standing = store.verdicts_of(subject, &Scope::Zone).await.unwrap();
        let ended = store.verdicts_before(subject, &Scope::Zone).await.unwrap();
        assert!(!standing.is_empty());
        for verdict in standing.iter().chain(&ended) {
            let again = replay::replay(&house.app, verdict).await.unwrap();
            let again = again.unwrap_or_else(|| panic!("{} of {}", verdict.policy, verdict.on));
            assert_eq!(again.record, verdict.record, "{} of {}", verdict.policy, verdict.on);
            assert_eq!(again.text.map(|hash| hash.len()), Some(64), "by the text that was kept");
            seen += 1;
        }
    }
    assert!(seen > 20, "{seen}");
    let missing = &verdict(&house, WEST, "tech-sme").await.record;
    assert!(!missing.contains("\"title\""), "a first list of titles speaks of everybody: {missing}");
    let gone = Verdict { version: "tech-sme@1999".into(), ..verdict(&house, ENTERPRISE, "tech-sme").await };
    assert_eq!(replay::replay(&house.app, &gone).await.unwrap(), None, "a version nobody has");
}

#[tokio::test]
async fn the_ladder_counts_only_the_rows_of_its_reader_and_each_number_opens_its_list() {
    let (house, east, _) = zone().await;
    list_records(&house).await;
    check_up(&house).await;
    let mut officer = house.as_role(Role::Officer).await;
    let mut analyst = house.as_role(Role::Analyst).await;
    let meets = "/register/enterprise?policy=tech-sme&title=tech_sme&verdict=meets&title_state=none";
    for browser in [&mut officer, &mut analyst] {
        let page = browser.get("/cultivation").await;
        assert_eq!(page.status, StatusCode::OK);
        let link = meets.split_once('?').unwrap().1.replace('&', "&amp;");
        let escaped = page.text.contains(&link) || page.text.contains(&link.replace("&amp;", "&#38;"));
        assert!(escaped, "no link to who qualifies: {link}");
    }
    let unknown = "/register/enterprise?policy=tech-sme&verdict=undetermined";
    assert!(analyst.get(unknown).await.text.contains(WEST));
    assert!(!officer.get(unknown).await.text.contains(WEST), "the west is not the officer's");
    assert!(officer.get(meets).await.text.contains(ENTERPRISE));
    let mut own = house.as_role(Role::Enterprise).await;
    let answer = own.get("/cultivation").await;
    assert_eq!((answer.status, answer.location()), (StatusCode::SEE_OTHER, &*format!("/enterprises/{east}/checkup")));
    for role in [Role::SystemAdmin, Role::SecurityAdmin, Role::Auditor] {
        assert_eq!(house.as_role(role).await.get("/cultivation").await.status, StatusCode::FORBIDDEN);
    }
}

#[tokio::test]
async fn a_list_asked_for_an_answer_there_is_not_says_so() {
    let (house, ..) = zone().await;
    let mut analyst = house.as_role(Role::Analyst).await;
    let answer = analyst.get("/register/enterprise?policy=tech-sme&verdict=perhaps").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert!(answer.text.contains("perhaps"));
    let empty = analyst.get("/cultivation").await;
    assert_eq!(empty.status, StatusCode::OK);
    assert!(empty.text.contains("还没有体检结论"));
}

#[tokio::test]
async fn the_filing_calendar_names_what_holders_owe_and_who_they_are() {
    let (house, ..) = zone().await;
    let next_year = jiff::Zoned::now().date().year() + 1;
    let title = [
        ("owner_uscc", code(ENTERPRISE)),
        ("qualification_code", code("hnte")),
        ("valid_from", Value::Date(jiff::civil::date(next_year - 2, 1, 1))),
        ("valid_to", Value::Date(jiff::civil::date(next_year, 12, 30))),
    ];
    say(&house, SubjectKind::Title, &title).await;
    check_up(&house).await;
    let mut analyst = house.as_role(Role::Analyst).await;
    let page = analyst.get("/cultivation").await.text;
    let (_, calendar) = page.split_once("申报日历").unwrap_or_else(|| panic!("no calendar in {page}"));
    let row = |what: &str| calendar.split("<tr>").find(|row| row.contains(what)).unwrap_or_default().to_owned();
    let report = row("上一年度发展情况报表");
    assert!(report.contains("-05-31") && report.contains(">1</a>") && report.contains("待核"), "{report}");
    assert!(report.contains("title=hnte") && report.contains("title_state=valid"), "{report}");
    assert!(row("更新信息").contains("-03-31") && !row("更新信息").contains("</a>"), "nobody holds it");
    let ending = |state: &str| format!("/register/enterprise?title=hnte&title_state={state}");
    assert!(analyst.get(&ending("next_year")).await.text.contains(ENTERPRISE));
    assert!(!analyst.get(&ending("this_year")).await.text.contains(ENTERPRISE));
}

#[tokio::test]
async fn ratios_that_drift_and_doubling_paths_are_shown_within_the_readers_rows() {
    let (house, east, west) = zone().await;
    let hnte = [
        ("owner_uscc", code(ENTERPRISE)),
        ("qualification_code", code("hnte")),
        ("valid_from", Value::Date("2025-12-01".parse().unwrap())),
        ("valid_to", Value::Date("2028-11-30".parse().unwrap())),
    ];
    say(&house, SubjectKind::Title, &hnte).await;
    let figures = [
        ("uscc", code(ENTERPRISE)),
        ("sci_tech_staff_avg@2024", Value::Decimal(150.into())),
        ("total_staff_avg@2024", Value::Decimal(1_000.into())),
        ("sci_tech_staff_avg@2025", Value::Decimal(110.into())),
        ("total_staff_avg@2025", Value::Decimal(1_000.into())),
        ("doubling_base_year", Value::Integer(2023)),
        ("doubling_target_year", Value::Integer(2028)),
        ("doubling_target_revenue", wan(2_000)),
        ("operating_revenue@2023", wan(1_000)),
        ("operating_revenue@2024", wan(1_150)),
    ];
    say(&house, SubjectKind::Enterprise, &figures).await;
    let mut officer = house.as_role(Role::Officer).await;
    let radar = officer.get("/cultivation/radar").await;
    assert_eq!(radar.status, StatusCode::OK, "{}", radar.text);
    for said in ["15%", "11%", "≥ 10%", "7%", &east.to_string()] {
        assert!(radar.text.contains(said), "{said} is not shown: {}", radar.text);
    }
    let doubling = officer.get("/cultivation/doubling").await.text;
    for said in ["2024 年落后 50 万元", "2028: 2,000 (×2.00)", "1,200"] {
        assert!(doubling.contains(said), "{said} is not shown: {doubling}");
    }
    let more = [("uscc", code(ENTERPRISE)), ("park", Value::Text("西区".to_owned()))];
    say(&house, SubjectKind::Enterprise, &more).await;
    assert!(!officer.get("/cultivation/doubling").await.text.contains("2,000"), "another park's");
    assert!(!officer.get("/cultivation/radar").await.text.contains(&east.to_string()), "{west}");
}
