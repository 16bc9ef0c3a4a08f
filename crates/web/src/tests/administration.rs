//! The three administrators at work, each at their own.

use axum::http::StatusCode;
use store::access::Role;

use crate::testing::House;

/// The address of an account's page.
async fn address(house: &House, name: &str) -> String {
    let account = house.app.store().account_by_name(name).await.unwrap().unwrap();
    format!("/administration/accounts/{}", account.id)
}

#[tokio::test]
async fn a_new_person_gets_in_by_the_work_of_two_administrators() {
    let house = House::new().await;
    let mut system = house.as_role(Role::SystemAdmin).await;
    let mut security = house.as_role(Role::SecurityAdmin).await;
    let [_, east, _] = house.units;
    let fields = [("name", "Zhang.San"), ("display_name", "张三"), ("unit", &east.to_string()), ("lang", "zh")];
    let made = system.post("/administration/accounts/new", &fields).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let account = made.location().to_owned();
    let page = system.get(&account).await;
    assert!(page.text.contains("未设密码") && page.text.contains("请通知安全管理员"), "{}", page.text);
    assert!(!page.text.contains("授予角色"), "the system administrator is offered to grant");

    let page = security.post(&format!("{account}/password"), &[]).await;
    let password = page.text.split("<b class=\"x-code\">").nth(1).unwrap()[..19].to_owned();
    let granted = security.post(&format!("{account}/grant"), &[("role", "officer"), ("unit", &east.to_string())]).await;
    assert_eq!(granted.status, StatusCode::SEE_OTHER);
    assert!(!security.get(&account).await.text.contains(&password), "the password is shown twice");

    let mut person = house.anonymous();
    person.get("/sign-in").await;
    let entered = person.post("/sign-in", &[("name", "zhang.san"), ("password", &password)]).await;
    assert_eq!(entered.location(), "/account");
    assert!(person.get("/account").await.text.contains("样例高新区 / 东区"));
}

#[tokio::test]
async fn what_is_refused_is_said_on_the_page_and_what_was_typed_stays() {
    let house = House::new().await;
    let mut system = house.as_role(Role::SystemAdmin).await;
    let mut security = house.as_role(Role::SecurityAdmin).await;
    let [top, east, _] = house.units.map(|unit| unit.to_string());
    let fields = [("name", "leader"), ("display_name", "又一位<领导>"), ("unit", &east), ("lang", "zh")];
    let taken = system.post("/administration/accounts/new", &fields).await;
    assert_eq!(taken.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(taken.text.contains("已经存在") && taken.text.contains("又一位&#60;领导&#62;"), "{}", taken.text);
    assert!(taken.text.contains(&format!("<option value=\"{east}\" selected>")));

    let own = address(&house, "security_admin").await;
    let grant = [("role", "security_admin"), ("unit", top.as_str())];
    let powers = security.post(&format!("{own}/grant"), &grant).await;
    assert!(powers.text.contains("不能改变自己账号的权限"), "{}", powers.text);
    let leader = address(&house, "leader").await;
    let apart = security.post(&format!("{leader}/grant"), &[("role", "auditor"), ("unit", &top)]).await;
    assert!(apart.text.contains("不能由同一账号担任"), "{}", apart.text);
    assert_eq!(
        security.post(&format!("{leader}/grant"), &[("role", "root"), ("unit", &top)]).await.status,
        StatusCode::BAD_REQUEST
    );

    let used = system.post(&format!("/administration/units/{east}/retire"), &[]).await;
    assert_eq!(used.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(used.text.contains("不能停用"), "{}", used.text);
    let missing = system.get("/administration/accounts/00000000-0000-7000-8000-000000000000").await;
    assert_eq!(missing.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_locked_account_is_out_at_once_and_in_again_when_unlocked() {
    let house = House::new().await;
    let mut security = house.as_role(Role::SecurityAdmin).await;
    let mut clerk = house.as_role(Role::Clerk).await;
    let account = address(&house, "clerk").await;
    assert_eq!(security.post(&format!("{account}/lock"), &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(clerk.get("/account").await.status, StatusCode::SEE_OTHER);
    assert!(security.get(&account).await.text.contains("已锁定"));
    security.post(&format!("{account}/unlock"), &[]).await;
    house.as_role(Role::Clerk).await;
}

#[tokio::test]
async fn another_persons_session_is_ended_by_the_security_administrator_only() {
    let house = House::new().await;
    let mut officer = house.as_role(Role::Officer).await;
    let account = house.app.store().account_by_name("officer").await.unwrap().unwrap();
    let session = house.app.store().sessions_of(account.id).await.unwrap()[0].id;
    let end = format!("/administration/accounts/{}/sessions/{session}/end", account.id);
    for role in [Role::SystemAdmin, Role::Auditor, Role::Analyst] {
        assert_eq!(house.as_role(role).await.post(&end, &[]).await.status, StatusCode::FORBIDDEN, "{role:?}");
    }
    assert_eq!(officer.get("/account").await.status, StatusCode::OK);
    assert_eq!(house.as_role(Role::SecurityAdmin).await.post(&end, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(officer.get("/account").await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn units_are_made_renamed_moved_and_the_zone_gets_its_name() {
    let house = House::new().await;
    let mut system = house.as_role(Role::SystemAdmin).await;
    let [_, east, west] = house.units.map(|unit| unit.to_string());
    let made = system.post("/administration/units", &[("name", "一期"), ("kind", "park"), ("parent", &east)]).await;
    assert_eq!(made.location(), "/administration/units");
    let tree = house.app.store().units().await.unwrap();
    let unit = tree.by_name("一期").unwrap().id;
    let changed =
        system.post(&format!("/administration/units/{unit}"), &[("name", "西区一期"), ("parent", &west)]).await;
    assert_eq!(changed.location(), "/administration/units", "{}", changed.text);
    let tree = house.app.store().units().await.unwrap();
    let path: Vec<&str> = tree.path(unit).iter().map(|unit| unit.name.as_str()).collect();
    assert_eq!(path, ["样例高新区", "西区", "西区一期"]);

    let named = system.post("/administration/settings", &[("name_zh", "新名称高新区"), ("name_en", "New Zone")]).await;
    assert_eq!(named.status, StatusCode::SEE_OTHER);
    assert!(house.anonymous().get("/sign-in").await.text.contains("新名称高新区"));
    let empty = system.post("/administration/settings", &[("name_zh", " "), ("name_en", "")]).await;
    assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn the_list_of_accounts_is_searched_and_turned_by_key() {
    let house = House::new().await;
    for number in 0..60 {
        house.account(&format!("person{number:02}"), &[]).await;
    }
    let mut system = house.as_role(Role::SystemAdmin).await;
    let first = system.get("/administration/accounts").await;
    let next = first.text.split("rel=\"next\" href=\"").nth(1).unwrap_or_else(|| panic!("{}", first.text));
    let next = next.split('"').next().unwrap().replace("&#38;", "&");
    let second = system.get(&next).await;
    assert!(
        second.text.contains("person59") && !second.text.contains("person00") && !second.text.contains("rel=\"next\"")
    );
    let found = system.get("/administration/accounts?q=PERSON07").await;
    assert!(found.text.contains("person07") && !found.text.contains("person08"));
    assert!(system.get("/administration/accounts?q=%25").await.text.contains("没有符合条件的账号"));
}

#[tokio::test]
async fn an_enterprises_account_is_bound_by_its_code_and_an_unknown_code_is_refused() {
    let house = House::new().await;
    let mut system = house.as_role(Role::SystemAdmin).await;
    let unit = house.units[0].to_string();
    let fields = |name: &'static str, code: &'static str| {
        [("name", name), ("display_name", "轴承公司"), ("unit", unit.as_str()), ("lang", "zh"), ("enterprise", code)]
    };
    let unknown = system.post("/administration/accounts/new", &fields("zhoucheng", "911101080000000000")).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unknown.text.contains("台账里没有信用代码"), "{}", unknown.text);
    let made = system.post("/administration/accounts/new", &fields("zhoucheng", crate::testing::ENTERPRISE)).await;
    assert_eq!(made.status, StatusCode::SEE_OTHER, "{}", made.text);
    let account = house.app.store().account_by_name("zhoucheng").await.unwrap().unwrap();
    assert_eq!(account.enterprise, Some(house.known(crate::testing::ENTERPRISE).await));
}
