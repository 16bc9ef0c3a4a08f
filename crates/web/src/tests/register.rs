//! The register's pages: rows of others stay unseen, words stay words, numbers lead to their source.

use axum::http::StatusCode;
use kernel::{FactKey, Money, Period, SourceKind, SubjectId, SubjectKind, Value};
use store::access::Role;
use store::{NewLoad, NewStatement};

use crate::testing::{Browser, ENTERPRISE, House};

const WEST: &str = "91410400000000014L";
const SCRIPT: &str = "<script>alert(1)</script>有限公司";

fn revenue(year: i16) -> FactKey {
    FactKey::of("operating_revenue", Period::Year(year))
}

fn wan(amount: i64) -> Value {
    Value::Money(Money::from_fen(amount * 1_000_000))
}

fn text(words: &str) -> Value {
    Value::Text(words.to_owned())
}

/// Loads one row from an origin.
async fn say(house: &House, origin: &str, code: &str, facts: &[(FactKey, Value)]) -> kernel::SourceId {
    let load = NewLoad {
        kind: SourceKind::Sheet,
        origin: origin.to_owned(),
        title: format!("{origin}年报.xlsx"),
        file_hash: None,
        subject_kind: SubjectKind::Enterprise,
        column_map_json: None,
        by: "analyst".to_owned(),
    };
    let mut values: Vec<(FactKey, Option<Value>)> =
        vec![(FactKey::timeless("uscc"), Some(Value::Code(code.to_owned())))];
    values.extend(facts.iter().map(|(key, value)| (key.clone(), Some(value.clone()))));
    let statement = NewStatement { values: values.into_iter().collect(), ..NewStatement::default() };
    house.app.store().load(load, [statement], |_| {}).await.unwrap().source.unwrap()
}

/// An enterprise in the east with a phone, and one in the west with a script in its name.
async fn zone() -> (House, SubjectId, SubjectId) {
    let house = House::new().await;
    let phone = (FactKey::timeless("contact_phone"), text("13800000000"));
    let east = (FactKey::timeless("park"), text("东区"));
    say(&house, "统计办", ENTERPRISE, &[east, phone, (revenue(2025), wan(9_528)), (revenue(2024), wan(8_921))]).await;
    let name = (FactKey::timeless("name"), text(SCRIPT));
    let west = (FactKey::timeless("park"), text("西区"));
    say(&house, "统计办", WEST, &[name, west, (revenue(2025), wan(500))]).await;
    let (one, other) = (house.known(ENTERPRISE).await, house.known(WEST).await);
    (house, one, other)
}

fn page_of(id: SubjectId) -> String {
    format!("/register/enterprise/{id}")
}

/// The address of a figure's source, as the subject's page links it.
async fn source_of(browser: &mut Browser, id: SubjectId, fact: &str) -> String {
    let page = browser.get(&page_of(id)).await.text;
    let fact = fact.replace('@', "%40");
    let links = page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next());
    let found = links.filter(|link| link.starts_with("/register/statements/")).find(|link| link.ends_with(&fact));
    found.unwrap_or_else(|| panic!("no link to {fact} in {page}")).to_owned()
}

#[tokio::test]
async fn another_units_officer_and_another_enterprise_are_answered_as_if_it_did_not_exist() {
    let (house, east, west) = zone().await;
    let nobody = page_of(SubjectId(uuid::Uuid::from_u128(7)));
    let mut analyst = house.as_role(Role::Analyst).await;
    let source = source_of(&mut analyst, west, "operating_revenue@2025").await;
    for role in [Role::Officer, Role::Clerk, Role::Enterprise] {
        let mut browser = house.as_role(role).await;
        let guessed = browser.get(&nobody).await;
        assert_eq!(guessed.status, StatusCode::NOT_FOUND);
        for address in [page_of(west), format!("{}/edit?fact=park", page_of(west)), source.clone()] {
            let answer = browser.get(&address).await;
            assert_eq!(answer.status, StatusCode::NOT_FOUND, "{role:?} {address}");
            assert!(!answer.text.contains("alert(1)"), "{role:?} {address}");
        }
        let form = [("fact", "park"), ("value", "东区"), ("seen", ""), ("reason", "x"), ("do", "save")];
        let answer = browser.post(&format!("{}/edit", page_of(west)), &form).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{role:?}");
        assert_eq!(browser.get(&page_of(east)).await.status, StatusCode::OK, "{role:?}");
    }
    for role in [Role::SystemAdmin, Role::SecurityAdmin, Role::Auditor] {
        let mut browser = house.as_role(role).await;
        assert_eq!(browser.get(&page_of(east)).await.status, StatusCode::FORBIDDEN, "{role:?}");
    }
}

#[tokio::test]
async fn lists_counts_search_and_exports_hold_only_the_rows_of_the_reader() {
    let (house, ..) = zone().await;
    for (role, expected) in
        [(Role::Leader, 2), (Role::Analyst, 2), (Role::Officer, 1), (Role::Clerk, 1), (Role::Enterprise, 1)]
    {
        let mut browser = house.as_role(role).await;
        let list = browser.get("/register/enterprise").await;
        assert_eq!(list.status, StatusCode::OK, "{role:?}: {}", list.text);
        assert!(list.text.contains(&format!("x-total\">{expected} 家")), "{role:?}: {}", list.text);
        assert_eq!(list.text.contains("alert(1)"), expected == 2, "{role:?}");
        let found = browser.get("/search?q=alert").await;
        assert_eq!(found.text.contains(WEST), expected == 2, "{role:?}");
        let export = browser.get("/register/enterprise/export/csv").await;
        assert_eq!(export.text.trim_end().lines().count(), expected + 1, "{role:?}: {}", export.text);
        let conflicts = browser.get("/conflicts").await;
        assert_eq!(conflicts.status, StatusCode::OK, "{role:?}");
    }
}

#[tokio::test]
async fn a_script_in_a_name_is_words_on_every_page_that_shows_it() {
    let (house, _, west) = zone().await;
    say(&house, "税务局", WEST, &[(revenue(2025), wan(600))]).await;
    let mut analyst = house.as_role(Role::Analyst).await;
    let source = source_of(&mut analyst, west, "operating_revenue@2025").await;
    let settle = format!("/conflicts/{west}?fact=operating_revenue%402025");
    let merge = format!("/duplicates/merge?kept={west}");
    let own = page_of(west);
    let edit = format!("{own}/edit?fact=operating_revenue%402025");
    for address in ["/register/enterprise", "/search?q=alert", "/conflicts", &settle, &merge, &own, &edit, &source] {
        let answer = analyst.get(address).await;
        // One exact hit of a search opens the subject.
        if answer.status == StatusCode::SEE_OTHER {
            continue;
        }
        assert_eq!(answer.status, StatusCode::OK, "{address}: {}", answer.text);
        assert!(answer.text.contains("alert(1)"), "{address}");
        assert!(!answer.text.contains("<script>alert"), "{address}");
    }
}

#[tokio::test]
async fn a_formula_in_an_exported_cell_is_words() {
    let (house, ..) = zone().await;
    say(&house, "统计办", WEST, &[(FactKey::timeless("name"), text("=HYPERLINK(\"http://x\")"))]).await;
    let mut analyst = house.as_role(Role::Analyst).await;
    let export = analyst.get("/register/enterprise/export/csv?q=HYPERLINK").await;
    assert!(export.text.contains("\"'=HYPERLINK"), "{}", export.text);
    assert_eq!(export.text.trim_end().lines().count(), 2);
    let xlsx = analyst.get("/register/enterprise/export/xlsx").await;
    assert_eq!(xlsx.status, StatusCode::OK);
    assert_eq!(analyst.get("/register/enterprise/export/pdf").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn personal_data_are_shown_only_to_roles_that_need_them_and_each_look_is_recorded() {
    let (house, east, _) = zone().await;
    for (role, shown) in [(Role::Leader, false), (Role::Clerk, false), (Role::Officer, true), (Role::Enterprise, true)]
    {
        let mut browser = house.as_role(role).await;
        let page = browser.get(&page_of(east)).await.text;
        assert_eq!(page.contains("13800000000"), shown, "{role:?}");
        assert_eq!(page.contains("按您的角色不予显示"), !shown, "{role:?}");
        let list = browser.get("/register/enterprise?cols=contact_phone").await.text;
        assert!(!list.contains("13800000000"), "{role:?}: personal data are in no list");
    }
    let filter = store::audit::LogFilter { kind: Some("personal.".to_owned()), ..Default::default() };
    let looks = house.app.store().log(&filter, None, 50).await.unwrap();
    let by: std::collections::BTreeSet<&str> = looks.iter().map(|look| look.by.as_str()).collect();
    assert!(by.contains("officer") && !by.contains("leader") && !by.contains("enterprise"), "{by:?}");
    assert!(looks.iter().all(|look| !look.data.to_string().contains("138")));
}

#[tokio::test]
async fn a_correction_is_typed_kept_when_refused_and_refused_when_another_came_first() {
    let (house, east, _) = zone().await;
    let mut officer = house.as_role(Role::Officer).await;
    let edit = format!("{}/edit", page_of(east));
    let form = officer.get(&format!("{edit}?fact=operating_revenue%402025")).await.text;
    let seen = form.split("name=\"seen\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    let send = |value: &'static str, reason: &'static str| {
        [("fact", "operating_revenue@2025"), ("value", value), ("seen", ""), ("reason", reason), ("do", "save")]
    };
    let with_seen = |value, reason, seen: &'static str| {
        let mut fields = send(value, reason);
        fields[2].1 = seen;
        fields
    };
    let seen: &'static str = Box::leak(seen.into_boxed_str());
    let wrong = officer.post(&edit, &with_seen("很多", "电话核实", seen)).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("“很多”") && wrong.text.contains("电话核实"), "{}", wrong.text);
    let reasonless = officer.post(&edit, &with_seen("9600", " ", seen)).await;
    assert_eq!(reasonless.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(reasonless.text.contains("value=\"9600\""), "{}", reasonless.text);
    let done = officer.post(&edit, &with_seen("9600", "看过审计报告", seen)).await;
    assert_eq!((done.status, done.location()), (StatusCode::SEE_OTHER, page_of(east).as_str()));
    let page = officer.get(&page_of(east)).await.text;
    assert!(page.contains("1 处来源不一") && page.contains("9,600"), "{page}");
    let stale = officer.post(&edit, &with_seen("9700", "又一次", seen)).await;
    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(stale.text.contains("9,600") && stale.text.contains("value=\"9700\""), "{}", stale.text);
    let authority = officer.post(&edit, &[("fact", "uscc"), ("value", WEST), ("seen", ""), ("reason", "x")]).await;
    assert_ne!(authority.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_conflict_is_settled_settled_again_and_settled_in_bulk_after_a_preview() {
    let (house, east, _) = zone().await;
    say(&house, "税务局", ENTERPRISE, &[(revenue(2025), wan(9_000)), (revenue(2024), wan(8_000))]).await;
    let mut analyst = house.as_role(Role::Analyst).await;
    let queue = analyst.get("/conflicts").await.text;
    assert!(queue.contains("9,528") && queue.contains("9,000"), "{queue}");
    assert!(analyst.get("/conflicts?size=50").await.text.contains("没有待核定"));
    let one = format!("/conflicts/{east}");
    let shown = analyst.get(&format!("{one}?fact=operating_revenue%402025")).await.text;
    let part =
        |page: &str, mark: &str| page.split(mark).nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    let seen = part(&shown, "name=\"seen\" value=\"");
    let fact = ("fact", "operating_revenue@2025");
    let nothing = analyst.post(&one, &[fact, ("seen", &seen), ("reason", "税务数据为准")]).await;
    assert_eq!(nothing.status, StatusCode::UNPROCESSABLE_ENTITY);
    let other = [fact, ("seen", &seen), ("choice", "other"), ("other", "9100"), ("reason", "两表均有误")];
    assert_eq!(analyst.post(&one, &other).await.status, StatusCode::SEE_OTHER);
    assert_eq!(analyst.post(&one, &other).await.status, StatusCode::CONFLICT);
    let again = analyst.get(&format!("{one}?fact=operating_revenue%402025")).await.text;
    let seen = part(&again, "name=\"seen\" value=\"");
    let other = [fact, ("seen", &seen), ("choice", "other"), ("other", "9200"), ("reason", "更正核定")];
    assert_eq!(analyst.post(&one, &other).await.status, StatusCode::SEE_OTHER);
    assert!(analyst.get(&page_of(east)).await.text.contains("9,200"));

    let pick = format!("{east}|operating_revenue@2024");
    let preview = analyst.post("/conflicts/preview", &[("pick", &pick), ("origin", "统计办")]).await;
    assert!(preview.text.contains("8,000") && preview.text.contains("8,921"), "{}", preview.text);
    let pick = part(&preview.text, "name=\"pick\" value=\"");
    let done =
        analyst.post("/conflicts/settle", &[("pick", &pick), ("origin", "统计办"), ("reason", "以统计为准")]).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    assert!(analyst.get("/conflicts").await.text.contains("没有待核定"));
    let mut officer = house.as_role(Role::Officer).await;
    assert_eq!(officer.post("/conflicts/settle", &[("pick", &pick)]).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_load_is_undone_with_its_reach_in_words_and_the_past_still_shows_it() {
    let (house, east, _) = zone().await;
    let source = say(&house, "税务局", ENTERPRISE, &[(revenue(2023), wan(7_777))]).await;
    let mut analyst = house.as_role(Role::Analyst).await;
    let load = format!("/loads/{source}");
    let page = analyst.get(&load).await.text;
    assert!(page.contains("1 个主体的 2 项数据"), "{page}");
    assert!(analyst.get(&page_of(east)).await.text.contains("7,777"));
    assert_eq!(analyst.post(&format!("{load}/undo"), &[("reason", "文件有误")]).await.status, StatusCode::SEE_OTHER);
    assert!(!analyst.get(&page_of(east)).await.text.contains("7,777"));
    assert_eq!(analyst.post(&format!("{load}/undo"), &[("reason", "再来")]).await.status, StatusCode::CONFLICT);
    assert_eq!(analyst.post(&format!("{load}/redo"), &[("reason", "恢复")]).await.status, StatusCode::SEE_OTHER);
    assert!(analyst.get(&page_of(east)).await.text.contains("7,777"));
    let mut officer = house.as_role(Role::Officer).await;
    assert_eq!(officer.get(&load).await.status, StatusCode::NOT_FOUND);
    assert_eq!(analyst.get(&format!("{}?asof=2020-01-01", page_of(east))).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn duplicates_are_merged_after_a_look_at_both_and_parted_again() {
    let (house, east, west) = zone().await;
    let mut analyst = house.as_role(Role::Analyst).await;
    let both = analyst.get(&format!("/duplicates/merge?kept={east}&other={west}")).await;
    assert!(both.text.contains("9,528") && both.text.contains("500 万元"), "{}", both.text);
    let (east_id, west_id) = (east.to_string(), west.to_string());
    let form = [("kept", east_id.as_str()), ("other", west_id.as_str()), ("reason", "同一家企业")];
    assert_eq!(analyst.post("/duplicates/merge", &form).await.status, StatusCode::SEE_OTHER);
    let moved = analyst.get(&page_of(west)).await;
    assert_eq!((moved.status, moved.location()), (StatusCode::SEE_OTHER, page_of(east).as_str()));
    assert_eq!(analyst.post("/duplicates/part", &form).await.status, StatusCode::SEE_OTHER);
    assert_eq!(analyst.get(&page_of(west)).await.status, StatusCode::OK);
    let mut clerk = house.as_role(Role::Clerk).await;
    assert_eq!(clerk.post("/duplicates/merge", &form).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn views_are_saved_renamed_and_deleted_by_their_owner_only() {
    let (house, ..) = zone().await;
    let mut leader = house.as_role(Role::Leader).await;
    let kept = [("kind", "enterprise"), ("query", "conflicts=1&sort=-revenue&evil=1"), ("name", "要看的")];
    let answer = leader.post("/register/views", &kept).await;
    assert_eq!(answer.location(), "/register/enterprise?conflicts=1&sort=-revenue");
    let list = leader.get("/register/enterprise").await.text;
    let id = list.split("/register/views/").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
    let mut analyst = house.as_role(Role::Analyst).await;
    let change = [("kind", "enterprise"), ("query", ""), ("name", "改名"), ("do", "rename")];
    assert_eq!(analyst.post(&format!("/register/views/{id}"), &change).await.status, StatusCode::NOT_FOUND);
    assert_eq!(leader.post(&format!("/register/views/{id}"), &change).await.status, StatusCode::SEE_OTHER);
    let list = leader.get("/register/enterprise").await.text;
    assert!(list.contains("改名") && !list.contains("要看的"));
    let shared = [("kind", "enterprise"), ("query", ""), ("name", "共享"), ("shared", "1")];
    assert_eq!(leader.post("/register/views", &shared).await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn taking_back_is_offered_only_to_whoever_said_something() {
    let (house, east, _) = zone().await;
    let edit = format!("{}/edit", page_of(east));
    let form = format!("{edit}?fact=operating_revenue%402025");
    let mut analyst = house.as_role(Role::Analyst).await;
    let offered = |page: &str| page.contains("value=\"withdraw\"");
    let first = analyst.get(&form).await.text;
    assert!(!offered(&first), "nothing was said yet: {first}");
    let seen = first.split("name=\"seen\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let fields =
        [("fact", "operating_revenue@2025"), ("seen", &seen), ("value", "20"), ("reason", "核对"), ("do", "save")];
    assert_eq!(analyst.post(&edit, &fields).await.status, StatusCode::SEE_OTHER);
    assert!(offered(&analyst.get(&form).await.text));
    let mut officer = house.as_role(Role::Officer).await;
    let page = officer.get(&form).await;
    assert!(page.status == StatusCode::OK && !offered(&page.text), "another said it");
}

#[tokio::test]
async fn every_page_speaks_both_languages() {
    let (house, east, _) = zone().await;
    let mut analyst = house.as_role(Role::Analyst).await;
    let source = source_of(&mut analyst, east, "operating_revenue@2025").await;
    analyst.cookies.insert("xs_lang".to_owned(), "en".to_owned());
    let edit = format!("{}/edit", page_of(east));
    let merge = format!("/duplicates/merge?kept={east}");
    for address in [
        "/register/enterprise",
        "/register/person",
        "/conflicts",
        "/loads",
        "/duplicates",
        "/search?q=zz",
        &page_of(east),
        &edit,
        &merge,
        &source,
    ] {
        let page = analyst.get(address).await;
        assert_eq!(page.status, StatusCode::OK, "{address}");
        for chinese in ["台账", "来源", "筛选", "更正", "没有", "请"] {
            let main = page.text.split("<main").nth(1).unwrap_or_default();
            assert!(!main.contains(chinese), "{address} says {chinese} in English: {main}");
        }
    }
}

#[tokio::test]
async fn a_list_goes_forward_and_back_page_by_page() {
    let house = House::new().await;
    let load = NewLoad {
        kind: SourceKind::Sheet,
        origin: "统计办".to_owned(),
        title: "名录.xlsx".to_owned(),
        file_hash: None,
        subject_kind: SubjectKind::Enterprise,
        column_map_json: None,
        by: "analyst".to_owned(),
    };
    let named = |number: u32| NewStatement {
        values: [(FactKey::timeless("name"), Some(text(&format!("样例{number:03}公司"))))].into(),
        ..NewStatement::default()
    };
    house.app.store().load(load, (0..160).map(named), |_| {}).await.unwrap();
    let mut leader = house.as_role(Role::Leader).await;
    let linked = |page: &str, rel: &str| -> Option<String> {
        let (_, after) = page.split_once(&format!("rel=\"{rel}\" href=\""))?;
        Some(after.split('"').next()?.replace("&#38;", "&").replace("&amp;", "&"))
    };
    let rows = |page: &str| -> Vec<String> {
        page.split("class=\"x-name\"><a href=\"").skip(1).map(|row| row.split('"').next().unwrap().to_owned()).collect()
    };
    let mut seen = Vec::new();
    let mut address = "/register/enterprise?sort=name&candidates=1".to_owned();
    loop {
        let page = leader.get(&address).await;
        assert_eq!(page.status, StatusCode::OK, "{address}: {}", page.text);
        seen.push((address.clone(), rows(&page.text), linked(&page.text, "prev")));
        match linked(&page.text, "next") {
            Some(next) => address = next,
            None => break,
        }
    }
    assert_eq!(seen.iter().map(|(_, rows, _)| rows.len()).collect::<Vec<_>>(), [50, 50, 50, 10]);
    assert_eq!(seen[0].2, None, "nothing comes before the first page");
    for at in (1..seen.len()).rev() {
        let before = leader.get(seen[at].2.as_ref().unwrap()).await;
        assert_eq!(rows(&before.text), seen[at - 1].1, "back from page {}", at + 1);
        assert_eq!(linked(&before.text, "prev"), seen[at - 1].2, "and on from there");
    }
}

/// An enterprise of the eastern park whose name a sheet told on that day of January 2026.
async fn said_in_january(house: &House, day: i8, name: &str) {
    let code = kernel::credit_code::CreditCode::complete("91410400MA0077777").unwrap().to_string();
    let then = jiff::civil::date(2026, 1, day).at(3, 0, 0, 0).to_zoned(jiff::tz::TimeZone::UTC).unwrap();
    let load = NewLoad {
        kind: SourceKind::Sheet,
        origin: "统计办".to_owned(),
        title: "年报.xlsx".to_owned(),
        file_hash: None,
        subject_kind: SubjectKind::Enterprise,
        column_map_json: None,
        by: "analyst".to_owned(),
    };
    let values = [
        (FactKey::timeless("uscc"), Some(Value::Code(code))),
        (FactKey::timeless("name"), Some(text(name))),
        (FactKey::timeless("park"), Some(text("东区"))),
    ];
    let statement = NewStatement { values: values.into(), ..NewStatement::default() };
    let store = house.app.store().with_clock(store::Clock::fixed(then.timestamp()));
    store.load(load, [statement], |_| {}).await.unwrap();
}

#[tokio::test]
async fn a_list_asked_for_a_past_day_shows_that_day_and_what_has_none_says_that_it_is_of_today() {
    let (house, east, _) = zone().await;
    let mut analyst = house.as_role(Role::Analyst).await;
    for (day, name) in [(2, "旧名样例公司"), (9, "新名样例公司")] {
        said_in_january(&house, day, name).await;
    }
    let list = analyst.get("/register/enterprise?asof=2026-01-05").await;
    for (expected, there) in
        [("旧名样例公司", true), ("新名样例公司", false), ("您在看截至", true), ("本页是今天", false)]
    {
        assert_eq!(list.text.contains(expected), there, "{expected}: {}", list.text);
    }
    assert!(list.text.contains("1 家"), "{}", list.text);
    assert!(list.text.contains("?asof=2026-01-05") && !list.text.contains(&page_of(east)), "{}", list.text);
    let file = analyst.get("/register/enterprise/export/csv?asof=2026-01-05").await;
    assert!(file.text.contains("旧名样例公司") && !file.text.contains("新名样例公司"), "{}", file.text);
    assert!(file.headers["content-disposition"].to_str().unwrap().contains("enterprise-2026-01-05.csv"));
    assert!(analyst.get("/register/enterprise").await.text.contains("新名样例公司"));
    let mut officer = house.as_role(Role::Officer).await;
    assert!(officer.get("/register/enterprise?asof=2026-01-05").await.text.contains("旧名样例公司"));
    let mut firm = house.as_role(Role::Enterprise).await;
    assert!(!firm.get("/register/enterprise?asof=2026-01-05").await.text.contains("旧名样例公司"));
    for address in ["/conflicts?asof=2026-01-05", "/loads?asof=2026-01-05"] {
        let page = analyst.get(address).await;
        assert_eq!(page.status, StatusCode::OK, "{address}");
        assert!(page.text.contains("本页是今天的内容"), "{address}");
        assert!(!page.text.contains("也不能改动"), "{address}");
    }
}

#[tokio::test]
async fn a_day_that_takes_long_to_derive_says_how_far_it_is_and_then_shows_its_list() {
    let settings = crate::Settings { past_patience: std::time::Duration::ZERO, ..crate::Settings::default() };
    let house = House::with(settings, kernel::Catalogue::builtin().clone()).await;
    said_in_january(&house, 2, "旧名样例公司").await;
    let mut analyst = house.as_role(Role::Analyst).await;
    let address = "/register/enterprise?asof=2026-01-05";
    let first = analyst.get(address).await;
    assert_eq!((first.status, first.headers["refresh"].to_str().unwrap()), (StatusCode::ACCEPTED, "1"));
    assert!(first.text.contains("<progress") && !first.text.contains("旧名样例公司"), "{}", first.text);
    let mut last = first;
    for _ in 0..200 {
        last = analyst.get(address).await;
        if last.status == StatusCode::OK {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert!(last.text.contains("旧名样例公司"), "{}", last.text);
}

#[tokio::test]
async fn a_merge_and_its_undoing_stand_in_the_history_of_both() {
    let (house, east, west) = zone().await;
    let mut analyst = house.as_role(Role::Analyst).await;
    let (kept, other) = (east.to_string(), west.to_string());
    let form = [("kept", kept.as_str()), ("other", other.as_str()), ("reason", "同一家企业")];
    assert_eq!(analyst.post("/duplicates/merge", &form).await.status, StatusCode::SEE_OTHER);
    let merged = analyst.get(&page_of(east)).await.text;
    assert!(merged.contains("并入了重复主体") && merged.contains("同一家企业"), "{merged}");
    let form = [("kept", kept.as_str()), ("other", other.as_str()), ("reason", "地址不同")];
    assert_eq!(analyst.post("/duplicates/part", &form).await.status, StatusCode::SEE_OTHER);
    let (one, two) = (analyst.get(&page_of(east)).await.text, analyst.get(&page_of(west)).await.text);
    assert!(one.contains("拆出了曾并入的主体") && one.contains("并入了重复主体") && one.contains("地址不同"), "{one}");
    assert!(two.contains("从另一主体拆出") && two.contains("曾并入另一主体"), "{two}");
    let mut officer = house.as_role(Role::Officer).await;
    let seen = officer.get(&page_of(east)).await.text;
    assert!(seen.contains("并入了重复主体") && !seen.contains("alert(1)"), "another unit's name stays unseen: {seen}");
}

#[tokio::test]
async fn a_settlement_stands_in_the_history() {
    let (house, east, _) = zone().await;
    say(&house, "税务局", ENTERPRISE, &[(revenue(2025), wan(9_600))]).await;
    let mut analyst = house.as_role(Role::Analyst).await;
    let address = format!("/conflicts/{east}?fact=operating_revenue%402025");
    let page = analyst.get(&address).await.text;
    let value = |name: &str| {
        let after = page.split_once(&format!("name=\"{name}\" value=\"")).unwrap_or_else(|| panic!("{name}: {page}")).1;
        after.split('"').next().unwrap().to_owned()
    };
    let (seen, choice) = (value("seen"), value("choice"));
    let form = [
        ("fact", "operating_revenue@2025"),
        ("seen", seen.as_str()),
        ("choice", choice.as_str()),
        ("reason", "以报表原件为准"),
    ];
    let done = analyst.post(&format!("/conflicts/{east}"), &form).await;
    assert_eq!(done.status, StatusCode::SEE_OTHER, "{}", done.text);
    let history = analyst.get(&page_of(east)).await.text;
    let history = history.split_once("x-timeline").unwrap().1;
    assert!(history.contains("核定") && history.contains("以报表原件为准"), "{history}");
}

#[tokio::test]
async fn the_total_of_conflicts_leaves_out_personal_data_for_whoever_may_not_see_them() {
    let (house, ..) = zone().await;
    let phone = (FactKey::timeless("contact_phone"), text("13900000000"));
    say(&house, "税务局", ENTERPRISE, &[phone, (revenue(2025), wan(9_600))]).await;
    for (role, count) in [(Role::Leader, 1), (Role::Clerk, 1), (Role::Officer, 2), (Role::Analyst, 2)] {
        let page = house.as_role(role).await.get("/conflicts").await.text;
        let foot = page.split_once("x-pager").unwrap().1.split_once("</span>").unwrap().0.to_owned();
        assert!(foot.contains(&format!("共 {count} 条")), "{role:?}: {foot}");
        assert_eq!(page.contains("13900000000"), count == 2, "{role:?}");
    }
}

#[tokio::test]
async fn everyone_begins_where_their_work_is() {
    let house = House::new().await;
    for (role, first) in [
        (Role::Enterprise, "/today"),
        (Role::Clerk, "/today"),
        (Role::Leader, "/today"),
        (Role::SystemAdmin, "/administration/accounts"),
        (Role::Auditor, "/log"),
    ] {
        assert_eq!(house.as_role(role).await.get("/").await.location(), first, "{role:?}");
    }
}

#[tokio::test]
async fn a_list_exported_from_the_page_comes_back_unchanged_with_each_figure_under_its_year() {
    let (house, ..) = zone().await;
    let staff = (FactKey::of("year_end_employees", Period::Year(2024)), Value::Integer(40));
    say(&house, "统计办", "91410400000000022F", &[(FactKey::timeless("name"), text("样例公司")), staff]).await;
    let mut analyst = house.as_role(Role::Analyst).await;
    for (columns, heads) in [
        ("", &["营业收入总额（万元） 2025"][..]),
        ("?cols=year_end_employees,@unit,rd_expense", &["期末从业人员（人） 2024"]),
    ] {
        let export = analyst.get(&format!("/register/enterprise/export/csv{columns}")).await;
        heads.iter().for_each(|head| assert!(export.text.contains(head), "{head}: {}", export.text));
        let incoming = intake::Incoming {
            bytes: export.text.clone().into_bytes().into(),
            source: SourceKind::Sheet,
            title: "企业.csv".into(),
            origin: "清单".into(),
            by: "analyst".into(),
        };
        let manner = intake::Manner { rehearsal: true, ..intake::Manner::default() };
        let plan = intake::Plan::of(SubjectKind::Enterprise);
        let (store, scope) = (house.app.store(), store::access::Scope::Zone);
        let outcome = intake::take_in(store, &incoming, &plan, house.app.catalogue(), &scope, manner).await.unwrap();
        assert_eq!(outcome.faults.total, 0, "{:#?}{}", outcome.faults.kept, export.text);
        assert_eq!((outcome.rows, outcome.accepted, outcome.unchanged), (3, 0, 3), "{}", export.text);
        assert!(outcome.own_columns.contains(&"园区/单位".to_owned()), "{:?}", outcome.own_columns);
    }
}
