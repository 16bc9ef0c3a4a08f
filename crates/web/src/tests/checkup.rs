//! The check-up: whose it is, what it says, where its figures lead, and the days it can be asked for.

use axum::http::{Method, StatusCode};
use kernel::{FactKey, Money, SourceKind, SubjectId, SubjectKind, Value};
use serde_json::Value as Json;
use store::access::{Reach, Role};
use store::{NewLoad, NewStatement};

use super::api::{call, program, read};
use crate::testing::{ENTERPRISE, House};

pub(super) const WEST: &str = "91410400000000014L";
const SCRIPT: &str = "<script>alert(1)</script>有限公司";

pub(super) fn wan(amount: i64) -> Value {
    Value::Money(Money::from_fen(amount * 1_000_000))
}

pub(super) fn code(key: &str) -> Value {
    Value::Code(key.to_owned())
}

pub(super) async fn say(house: &House, kind: SubjectKind, facts: &[(&str, Value)]) {
    let load = NewLoad {
        kind: SourceKind::Sheet,
        origin: "科技局".to_owned(),
        title: "台账.xlsx".to_owned(),
        file_hash: None,
        subject_kind: kind,
        column_map_json: None,
        by: "analyst".to_owned(),
    };
    let values = facts.iter().map(|(key, value)| (key.parse::<FactKey>().unwrap(), Some(value.clone()))).collect();
    house.app.store().load(load, [NewStatement { values, ..NewStatement::default() }], |_| {}).await.unwrap();
}

/// The enterprise of the east meets 科技型中小企业 but for what the test leaves out; that of the west is unknown.
pub(super) async fn zone() -> (House, SubjectId, SubjectId) {
    zone_in(House::new().await).await
}

/// The same in a house that is there.
pub(super) async fn zone_in(house: House) -> (House, SubjectId, SubjectId) {
    let text = |words: &str| Value::Text(words.to_owned());
    let facts = [
        ("uscc", code(ENTERPRISE)),
        ("park", text("东区")),
        ("is_resident_enterprise", Value::Bool(true)),
        ("tax_collection_mode", code("audit")),
        ("total_staff@2025", Value::Integer(40)),
        ("sci_tech_staff@2025", Value::Integer(8)),
        ("main_business_revenue@2025", wan(1_100)),
        ("other_business_revenue@2025", wan(100)),
        ("rd_expense_119@2025", wan(66)),
        ("total_cost_expense@2025", wan(1_000)),
        ("total_assets@2025", wan(1_500)),
        ("product_catalogue_class", code("permitted")),
        ("in_abnormal_list", Value::Bool(false)),
        ("in_serious_dishonest_list", Value::Bool(false)),
    ];
    say(&house, SubjectKind::Enterprise, &facts).await;
    let west = [("uscc", code(WEST)), ("park", text("西区")), ("name", text(SCRIPT))];
    say(&house, SubjectKind::Enterprise, &west).await;
    let (east, west) = (house.known(ENTERPRISE).await, house.known(WEST).await);
    (house, east, west)
}

fn page_of(id: SubjectId) -> String {
    format!("/enterprises/{id}/checkup")
}

fn of_policy(id: SubjectId, policy: &str) -> String {
    format!("/enterprises/{id}/checkup/{policy}?on=2026-06-01")
}

async fn verdict(house: &House, id: SubjectId) -> Json {
    let mut program = program(house, "analyst", Reach::Read).await;
    let address = format!("/api/v1/subjects/enterprise/{id}/checkup?policy=tech-sme&on=2026-06-01");
    read(&mut program, &address).await["results"][0].clone()
}

#[tokio::test]
async fn a_check_up_outside_ones_rows_is_answered_like_one_that_does_not_exist() {
    let (house, east, west) = zone().await;
    let nobody = SubjectId(uuid::Uuid::from_u128(7));
    for role in [Role::Officer, Role::Clerk, Role::Enterprise] {
        let mut browser = house.as_role(role).await;
        for id in [nobody, west] {
            for address in [page_of(id), of_policy(id, "tech-sme")] {
                let answer = browser.get(&address).await;
                assert_eq!(answer.status, StatusCode::NOT_FOUND, "{role:?} {address}");
                assert!(!answer.text.contains("alert(1)"), "{role:?} {address}");
            }
        }
        assert_eq!(browser.get(&page_of(east)).await.status, StatusCode::OK, "{role:?}");
        assert_eq!(browser.get(&of_policy(east, "tech-sme")).await.status, StatusCode::OK, "{role:?}");
    }
    for role in [Role::SystemAdmin, Role::SecurityAdmin, Role::Auditor] {
        let mut browser = house.as_role(role).await;
        assert_eq!(browser.get(&page_of(east)).await.status, StatusCode::FORBIDDEN, "{role:?}");
    }
    let mut officer = program(&house, "officer", Reach::Read).await;
    let address = format!("/api/v1/subjects/enterprise/{west}/checkup");
    assert_eq!(call(&mut officer, &Method::GET, &address, None).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_script_in_a_name_is_words_and_a_day_that_is_none_is_refused() {
    let (house, _, west) = zone().await;
    let mut analyst = house.as_role(Role::Analyst).await;
    for address in [page_of(west), of_policy(west, "tech-sme")] {
        let answer = analyst.get(&address).await;
        assert!(answer.text.contains("alert(1)") && !answer.text.contains("<script>alert"), "{address}");
    }
    for day in ["2026-13-01", "yesterday", "1999-12-31", "20260601"] {
        let answer = analyst.get(&format!("{}?on={day}", page_of(west))).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{day}");
    }
    let unknown = analyst.get(&of_policy(west, "tech-smee")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(unknown.text.contains("tech-sme？"), "{}", unknown.text);
    // A subject that is no enterprise has no check-up.
    let mut program = program(&house, "analyst", Reach::Read).await;
    let address = format!("/api/v1/subjects/platform/{west}/checkup");
    assert_eq!(call(&mut program, &Method::GET, &address, None).await.status, StatusCode::NOT_FOUND);
    let address = format!("/api/v1/subjects/enterprise/{west}/checkup?policy=nothing");
    assert_eq!(call(&mut program, &Method::GET, &address, None).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// Lists of records come in, with which the enterprise of the east meets 科技型中小企业.
pub(super) async fn list_records(house: &House) {
    // A list of incidents, patents, titles and awards of another enterprise says that this one has none.
    let other = ("owner_uscc", code(WEST));
    let incident = [other.clone(), ("incident_type", code("safety")), ("incident_date", day("2025-02-01"))];
    say(house, SubjectKind::Incident, &incident).await;
    say(house, SubjectKind::Title, &[other.clone(), ("cert_no", Value::Text("一".into()))]).await;
    say(house, SubjectKind::Award, &[other.clone(), ("award_name", Value::Text("一".into()))]).await;
    let patent = |number: &str| {
        let owner = ("owner_uscc", code(ENTERPRISE));
        [owner, ("ip_id", Value::Text(number.into())), ("ip_class", code("two")), ("ip_status", code("valid"))]
    };
    say(house, SubjectKind::IntellectualProperty, &patent("ZL1")).await;
    say(house, SubjectKind::IntellectualProperty, &patent("ZL2")).await;
}

#[tokio::test]
async fn records_of_which_no_list_came_in_are_missing_and_not_none() {
    let (house, east, _) = zone().await;
    let before = verdict(&house, east).await;
    assert_eq!(before["verdict"], "undetermined", "{before}");
    let missing: Vec<&str> = before["missing"].as_array().unwrap().iter().filter_map(Json::as_str).collect();
    assert!(missing.contains(&"incident"), "{missing:?}");
    list_records(&house).await;
    let after = verdict(&house, east).await;
    assert_eq!(after["none_on_record"], serde_json::json!(["title", "award", "incident"]), "{after}");
    assert_eq!(after["score"], serde_json::json!({"min": 64, "max": 64}), "{after}");
    assert_eq!(after["missing"], serde_json::json!([]), "{after}");
    assert_eq!(after["verdict"], "meets", "{after}");
}

fn day(text: &str) -> Value {
    Value::Date(text.parse().unwrap())
}

#[tokio::test]
async fn a_figure_of_a_reason_leads_to_its_source_and_a_change_moves_the_verdict() {
    let (house, east, _) = zone().await;
    let mut analyst = house.as_role(Role::Analyst).await;
    let page = analyst.get(&of_policy(east, "tech-sme")).await.text;
    let source = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let source = source.into_iter().find(|link| link.ends_with("total_staff%402025")).unwrap().to_owned();
    assert!(source.starts_with("/register/statements/"), "{source}");
    let told = analyst.get(&source).await;
    assert!(told.status == StatusCode::OK && told.text.contains("台账.xlsx"), "{}", told.text);
    assert_eq!(verdict(&house, east).await["verdict"], "undetermined");
    let change = [("uscc", code(ENTERPRISE)), ("total_staff@2025", Value::Integer(501))];
    say(&house, SubjectKind::Enterprise, &change).await;
    let after = verdict(&house, east).await;
    assert_eq!((&after["verdict"], &after["failed"][0]), (&"fails".into(), &"TSME-2a".into()), "{after}");
    let page = analyst.get(&of_policy(east, "tech-sme")).await.text;
    assert!(page.contains("职工总数不超过500人：职工总数（2025 年） 501 人，须 ≤ 500 人"), "{page}");
}

#[tokio::test]
async fn the_day_of_application_picks_version_and_year_and_the_past_is_read_as_it_was() {
    let (house, east, _) = zone().await;
    let mut program = program(&house, "analyst", Reach::Read).await;
    let address = |query: &str| format!("/api/v1/subjects/enterprise/{east}/checkup?{query}");
    let early = read(&mut program, &address("policy=srdi-sme&on=2026-03-31")).await;
    assert_eq!(early["results"][0]["version"], "srdi-sme@2022-08-01");
    let late = read(&mut program, &address("policy=srdi-sme&on=2026-04-01")).await;
    assert_eq!(late["results"][0]["version"], "srdi-sme@2026-04-01");
    // In 2025 the figures of 2024 count, and nobody knows them.
    let before = read(&mut program, &address("policy=tech-sme&on=2025-06-01")).await;
    let missing = before["results"][0]["missing"].to_string();
    assert!(missing.contains("total_staff"), "{missing}");
    // On an earlier day of the register the enterprise was not known at all.
    let unknown = address("asof=2020-01-01");
    assert_eq!(call(&mut program, &Method::GET, &unknown, None).await.status, StatusCode::NOT_FOUND);
    let every = read(&mut program, &address("on=2026-06-01")).await;
    let library = policy::Library::builtin("", &policy::Settings::new()).0;
    let asked = library.asked_of_all(jiff::civil::date(2026, 6, 1));
    let of_enterprises = asked.filter(|policy| policy.subject == SubjectKind::Enterprise).count();
    assert_eq!(every["results"].as_array().unwrap().len(), of_enterprises);
    assert_eq!(every["on"], "2026-06-01");
}

#[tokio::test]
async fn the_pages_speak_english_and_say_when_no_policy_was_in_force() {
    let (house, east, _) = zone().await;
    let mut leader = house.as_role(Role::Leader).await;
    leader.post("/preferences", &[("lang", "en"), ("next", "/")]).await;
    let page = leader.get(&format!("{}?on=2026-06-01", page_of(east))).await.text;
    assert!(page.contains("Policy check-up") && page.contains("Data missing") && page.contains("days left"), "{page}");
    let page = leader.get(&of_policy(east, "tech-sme")).await.text;
    assert!(page.contains("Answer these first") && page.contains("40 people"), "{page}");
    // Nobody may fill in who may only read.
    assert!(!page.contains("Fill in"), "{page}");
    let empty = leader.get(&format!("{}?on=2001-01-01", page_of(east))).await.text;
    assert!(empty.contains("No policy was in force on this day"), "{empty}");
}

fn number_of(page: &str) -> String {
    let start = page.split("name=\"number\" value=\"").nth(1).unwrap_or_else(|| panic!("no card to give in {page}"));
    start.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_card_is_written_down_only_as_it_was_seen_and_shows_to_whom_it_went() {
    let (house, east, west) = zone().await;
    let card = |id: SubjectId| format!("/enterprises/{id}/card");
    let mut leader = house.as_role(Role::Leader).await;
    assert!(!leader.get(&card(east)).await.text.contains("name=\"number\""), "who may not give sees no form");
    let mut officer = house.as_role(Role::Officer).await;
    let number = number_of(&officer.get(&card(east)).await.text);
    let to = |recipient: &'static str| [("recipient", recipient), ("number", number.as_str())];
    assert_eq!(leader.post(&card(east), &to("企业财务部")).await.status, StatusCode::FORBIDDEN);
    for id in [west, SubjectId(uuid::Uuid::from_u128(7))] {
        assert_eq!(officer.get(&card(id)).await.status, StatusCode::NOT_FOUND);
        assert_eq!(officer.post(&card(id), &to("企业财务部")).await.status, StatusCode::NOT_FOUND);
    }
    let nobody = officer.post(&card(east), &to("  ")).await;
    assert_eq!(nobody.status, StatusCode::UNPROCESSABLE_ENTITY);
    let long = "甲".repeat(61);
    let long = officer.post(&card(east), &[("recipient", long.as_str()), ("number", &number)]).await;
    assert_eq!(long.status, StatusCode::UNPROCESSABLE_ENTITY);
    let past = officer.post(&format!("{}?asof=2026-01-01", card(east)), &to("企业财务部")).await;
    assert!([StatusCode::CONFLICT, StatusCode::NOT_FOUND].contains(&past.status), "{}", past.status);
    assert!(house.app.store().cards_given(east, 9).await.unwrap().is_empty());

    let given = officer.post(&card(east), &to("企业财务部<b>")).await;
    assert_eq!(given.status, StatusCode::SEE_OTHER, "{}", given.text);
    let page = officer.get(&card(east)).await.text;
    assert!(page.contains("企业财务部&#60;b&#62;") || page.contains("企业财务部&lt;b&gt;"), "{page}");
    assert!(page.contains("与现在的相同"), "{page}");
    let kept = house.app.store().cards_given(east, 9).await.unwrap().remove(0);
    assert_eq!((kept.by.as_str(), &kept.hash[..12], kept.hash.len()), ("officer", number.as_str(), 64));

    // The figures change: what was seen is no longer what would be written down.
    say(&house, SubjectKind::Enterprise, &[("uscc", code(ENTERPRISE)), ("total_staff@2025", Value::Integer(501))])
        .await;
    let stale = officer.post(&card(east), &to("企业财务部")).await;
    assert_eq!(stale.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(stale.text.contains("数据刚刚变了") && number_of(&stale.text) != number, "{}", stale.text);
    let mut auditor = house.as_role(Role::Auditor).await;
    let log = auditor.get("/log?kind=card.given").await.text;
    assert!(log.contains("发出服务明白卡") && log.contains("企业财务部"), "{log}");
}

#[tokio::test]
async fn the_card_as_a_pdf_says_what_the_page_says_and_is_written_down() {
    let (house, east, west) = zone().await;
    let odd = "样例#eval(1)*精密*<script>有限公司";
    say(&house, SubjectKind::Enterprise, &[("uscc", code(ENTERPRISE)), ("name", Value::Text(odd.to_owned()))]).await;
    let pdf = |id: SubjectId| format!("/enterprises/{id}/card.pdf");
    let mut officer = house.as_role(Role::Officer).await;
    for id in [west, SubjectId(uuid::Uuid::from_u128(7))] {
        assert_eq!(officer.get(&pdf(id)).await.status, StatusCode::NOT_FOUND);
    }
    let page = officer.get(&format!("/enterprises/{east}/card?on=2026-06-01")).await.text;
    assert!(page.contains(&format!("/enterprises/{east}/card.pdf?on=2026-06-01")), "{page}");
    let number = number_of(&page);
    let made = officer.get(&format!("{}?on=2026-06-01", pdf(east))).await;
    assert_eq!((made.status, made.headers["content-type"].to_str().unwrap()), (StatusCode::OK, "application/pdf"));
    let named = made.headers["content-disposition"].to_str().unwrap();
    assert!(named.contains(&format!("card-{number}-2026-06-01.pdf")) && !named.contains('<'), "{named}");
    assert!(made.text.starts_with("%PDF-1.7"));

    let kept = house.app.store().cards_given(east, 9).await.unwrap().remove(0);
    assert!(kept.printed && kept.recipient.is_empty() && kept.hash.starts_with(&number), "{kept:?}");
    assert!(officer.get(&format!("/enterprises/{east}/card?on=2026-06-01")).await.text.contains("生成 PDF"));
    let log = house.as_role(Role::Auditor).await.get("/log?kind=card.printed").await.text;
    assert!(log.contains("生成服务明白卡 PDF") && log.contains(&number), "{log}");
}

#[tokio::test]
async fn a_card_for_which_there_is_no_place_in_the_line_is_to_be_asked_for_again_and_is_not_written_down() {
    let house = crate::testing::House::new().await;
    let firm = house.enterprise(ENTERPRISE, "样例精密轴承有限公司").await;
    let mut leader = house.as_role(Role::Leader).await;
    let line = house.app.press().crowd();
    let refused = leader.get(&format!("/enterprises/{firm}/card.pdf")).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(refused.text.contains("排队排版"), "{}", refused.text);
    assert!(house.app.store().cards_given(firm, 9).await.unwrap().is_empty());
    drop(line);
    assert_eq!(leader.get(&format!("/enterprises/{firm}/card.pdf")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_server_without_chinese_fonts_names_the_package_and_writes_no_card_down() {
    let settings = crate::Settings { fonts: vec!["/nowhere/fonts".into()], ..crate::Settings::default() };
    let house = crate::testing::House::with(settings, kernel::Catalogue::builtin().clone()).await;
    let firm = house.enterprise(ENTERPRISE, "样例精密轴承有限公司").await;
    let refused = house.as_role(Role::Leader).await.get(&format!("/enterprises/{firm}/card.pdf")).await;
    assert_eq!(refused.status, StatusCode::NOT_IMPLEMENTED);
    assert!(refused.text.contains("fonts-noto-cjk") && refused.text.contains("/nowhere/fonts"), "{}", refused.text);
    assert!(house.app.store().cards_given(firm, 9).await.unwrap().is_empty());
}
