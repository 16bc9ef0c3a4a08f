//! Visits that are due, the round, the cadence as a setting, and what a written-up visit leaves in the register.

use axum::http::StatusCode;
use store::access::Role;
use store::cases::CaseFilter;

use crate::testing::{ENTERPRISE, House};
use crate::visits::opening::open_due;

/// A house whose firm the officer `visitor` of the whole zone serves.
pub(super) async fn house() -> House {
    let house = House::new().await;
    house.account("visitor", &[(Role::Officer, house.units[0])]).await;
    let firm = house.known(ENTERPRISE).await;
    let leader = house.app.store().account_by_name("leader").await.unwrap().unwrap();
    let leader = house.app.store().viewer(leader.id).await.unwrap().unwrap();
    house.app.store().assign_officer(&leader, &[firm], Some("visitor")).await.unwrap();
    house
}

async fn set(browser: &mut crate::testing::Browser, firm: &str, park: &str, talk: &str) -> crate::testing::Answer {
    let fields = [
        ("name", "一月一访"),
        ("firm_visit.every", "year"),
        ("firm_visit.count", firm),
        ("park_visit.every", "year"),
        ("park_visit.count", park),
        ("talk.every", "year"),
        ("talk.count", talk),
        ("seen", "0"),
    ];
    browser.post("/visits/cadence", &fields).await
}

#[tokio::test]
async fn only_those_who_manage_the_loops_set_the_cadence_and_an_enterprise_has_no_such_page() {
    let house = house().await;
    let mut enterprise = house.as_role(Role::Enterprise).await;
    assert_eq!(enterprise.get("/visits").await.status, StatusCode::NOT_FOUND);
    assert!(!enterprise.get("/cases/visit").await.text.contains("/visits"), "no way there either");
    for role in [Role::Officer, Role::Clerk, Role::Enterprise, Role::SystemAdmin, Role::Auditor] {
        let mut browser = house.as_role(role).await;
        assert_eq!(set(&mut browser, "1", "0", "0").await.status, StatusCode::FORBIDDEN, "{role:?}");
        let away = [("officer", "visitor"), ("from", "2026-01-01"), ("to", "2026-12-31"), ("seen", "0")];
        assert_eq!(browser.post("/visits/away", &away).await.status, StatusCode::FORBIDDEN, "{role:?}");
    }
    let mut clerk = house.as_role(Role::Clerk).await;
    assert!(!clerk.get("/visits?officer=visitor").await.text.contains("样例精密轴承"), "another's round is not shown");
    let mut leader = house.as_role(Role::Leader).await;
    for (count, said) in [("很多", "很多"), ("61", "0 至 60")] {
        let refused = set(&mut leader, count, "0", "0").await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{count}");
        assert!(refused.text.contains(said) && refused.text.contains("一月一访"), "{}", refused.text);
    }
    let backwards = [("officer", "visitor"), ("from", "2026-12-31"), ("to", "2026-01-01"), ("seen", "0")];
    assert_eq!(leader.post("/visits/away", &backwards).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn what_the_cadence_asks_for_opens_by_itself_once_and_for_its_officer() {
    let house = house().await;
    let mut leader = house.as_role(Role::Leader).await;
    assert_eq!(set(&mut leader, "2", "0", "1").await.status, StatusCode::SEE_OTHER);
    // One firm only: of two firm visits one can be planned. The officer of the harness has no firm.
    assert_eq!(open_due(&house.app).await.unwrap(), 3);
    assert_eq!(open_due(&house.app).await.unwrap(), 0, "looked at twice, nothing opens twice");
    let mut visitor = house.as_account("visitor").await;
    let due = visitor.get("/visits").await.text;
    for said in ["走访样例精密轴承有限公司", "座谈", "一月一访", "0/2", "还差 2"] {
        assert!(due.contains(said), "{said} is not on the page: {due}");
    }
    assert!(visitor.get("/today").await.text.contains("走访样例精密轴承有限公司"));
    let overview = leader.get("/visits").await.text;
    assert!(overview.contains("/visits?officer=visitor") && overview.contains("0/2"), "{overview}");
    let away = [("officer", "visitor"), ("from", "2020-01-01"), ("to", "2099-12-31"), ("seen", "0")];
    assert_eq!(leader.post("/visits/away", &away).await.status, StatusCode::SEE_OTHER);
    assert!(visitor.get("/visits").await.text.contains("本期没有工作日了"), "who is away owes nothing by a day");
}

#[tokio::test]
async fn the_round_says_why_and_begins_a_visit_of_the_firm() {
    let house = house().await;
    let mut visitor = house.as_account("visitor").await;
    let round = visitor.get("/visits").await.text;
    assert!(round.contains("从未走访") && round.contains("样例精密轴承有限公司"), "{round}");
    let firm = house.known(ENTERPRISE).await;
    let begin = format!("/cases/visit/new?subject={firm}");
    assert!(round.contains(&begin), "{round}");
    let form = visitor.get(&begin).await.text;
    assert!(form.contains("企业走访") && form.contains("座谈") && form.contains("样例精密轴承有限公司"), "{form}");
    let none = visitor.upload("/cases/visit/new", &[("title", "走走"), ("topic", "firm_visit")], None).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY, "a firm's visit needs the firm");
    let park = visitor.upload("/cases/visit/new", &[("title", "看东区"), ("topic", "park_visit")], None).await;
    assert_eq!(park.status, StatusCode::SEE_OTHER, "{}", park.text);
    // A visit of no firm takes no figures.
    let record = format!("{}/record", park.location());
    let figure = [
        ("seen", "1"),
        ("text", "看了"),
        ("figure.0.field", "operating_revenue"),
        ("figure.0.year", "2025"),
        ("figure.0.value", "1"),
    ];
    assert_eq!(visitor.upload(&record, &figure, None).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn a_figure_of_a_visit_leads_back_to_the_visit_and_the_card_is_logged() {
    let house = house().await;
    let firm = house.known(ENTERPRISE).await.to_string();
    let mut visitor = house.as_account("visitor").await;
    let opened = visitor.upload("/cases/visit/new", &[("title", "看二期"), ("subject", &firm)], None).await;
    let address = opened.location().to_owned();
    let number = address.rsplit('/').next().unwrap().to_owned();
    let record = format!("{address}/record");
    let page = visitor.get(&address).await.text;
    assert!(page.contains(&record) && !page.contains("您没有可办理的步骤"), "the step has a page of its own: {page}");
    let year = (jiff::Zoned::now().year() - 1).to_string();
    let wrong = [
        ("seen", "1"),
        ("text", "订单增加"),
        ("figure.0.field", "operating_revenue"),
        ("figure.0.year", year.as_str()),
        ("figure.0.value", "很多"),
    ];
    let refused = visitor.upload(&record, &wrong, None).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("很多") && refused.text.contains("订单增加"), "{}", refused.text);
    let mut right = wrong.to_vec();
    right[4] = ("figure.0.value", "1200.5");
    right.push(("card_to", "财务部"));
    right.push(("spot", "34.81234, 113.55432 (±8 m, 2026-11-22T02:31:00Z)"));
    let done = visitor.upload(&record, &right, None).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let page = visitor.get(&address).await.text;
    for said in ["1 项数据已记入企业档案", "服务明白卡已登记送达", "1,200.5", "财务部", "2026-11-22 10:31"]
    {
        assert!(page.contains(said), "{said} is not on the page: {page}");
    }
    let id = house.known(ENTERPRISE).await;
    let scope = store::access::Scope::Zone;
    let subject = house.app.store().subject(id, &scope, false, None).await.unwrap().unwrap();
    let fact = format!("operating_revenue@{year}");
    let seq = subject.view.facts[&fact.parse::<kernel::FactKey>().unwrap()].seq;
    let source = visitor.get(&format!("/register/statements/{seq}?fact={fact}")).await.text;
    assert!(source.contains(&format!("href=\"/cases/visit/{number}\"")), "the figure leads to its visit: {source}");
    let card = visitor.get(&format!("/enterprises/{firm}/card")).await.text;
    assert!(card.contains("财务部"), "{card}");
    let visits = CaseFilter { kinds: vec!["visit".into()], open: Some(true), ..CaseFilter::default() };
    let viewer = house.app.store().account_by_name("visitor").await.unwrap().unwrap();
    let viewer = house.app.store().viewer(viewer.id).await.unwrap().unwrap();
    assert_eq!(house.app.store().count_cases(&viewer, &visits).await.unwrap(), 0);
}
