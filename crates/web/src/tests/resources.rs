//! The directory of the six kinds of resource, and what of it may answer a need.

use axum::http::StatusCode;
use store::access::Role;

use crate::testing::House;

#[tokio::test]
async fn an_enterprise_has_no_directory_and_everybody_who_serves_has() {
    let house = House::new().await;
    let mut enterprise = house.as_role(Role::Enterprise).await;
    for page in ["/resources", "/resources?kind=talent", "/resources/export"] {
        assert_eq!(enterprise.get(page).await.status, StatusCode::NOT_FOUND, "{page}");
    }
    house.enterprise("91410400000020001A", "样例轴承检测有限公司").await;
    let mut leader = house.as_role(Role::Leader).await;
    let all = leader.get("/resources").await.text;
    for said in ["载体", "企业", "平台", "人才", "机构", "专项", "样例轴承检测有限公司"] {
        assert!(all.contains(said), "{said}: {all}");
    }
    let found = leader.get("/resources?kind=enterprise&q=%E6%A3%80%E6%B5%8B").await.text;
    assert!(found.contains("样例轴承检测有限公司") && !found.contains("样例精密轴承有限公司"), "{found}");
    let mut clerk = house.as_role(Role::Clerk).await;
    assert!(!clerk.get("/resources").await.text.contains("样例轴承检测有限公司"), "not of the clerk's rows");
    assert_eq!(leader.get("/resources?case=matter/SQ-2026-99999").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_matter_leads_to_what_may_answer_it_and_says_why() {
    let house = House::new().await;
    house.enterprise("91410400000020001A", "样例轴承检测有限公司").await;
    let mut enterprise = house.as_role(Role::Enterprise).await;
    let fields = [("title", "轴承检测排不上号"), ("topic", "market"), ("text", "想就近找检测的")];
    let opened = enterprise.upload("/cases/matter/new", &fields, None).await;
    let address = opened.location().to_owned();
    let number = address.rsplit('/').next().unwrap().to_owned();
    let mut leader = house.as_role(Role::Leader).await;
    let way = format!("/resources?case=matter%2F{number}");
    assert!(leader.get(&address).await.text.contains(&way), "the way there stands on the matter");
    assert!(!enterprise.get(&address).await.text.contains("/resources"));
    let answers = leader.get(&way).await.text;
    assert!(answers.contains("样例轴承检测有限公司") && answers.contains("都提到“轴承检测”"), "{answers}");
    assert!(!answers.contains("样例精密轴承有限公司"), "who asks is no answer: {answers}");
    let export = leader.get(&format!("/resources/export?case=matter%2F{number}")).await;
    assert_eq!(export.status, StatusCode::OK);
    assert!(export.headers["content-disposition"].to_str().unwrap().contains("resources-"));
    assert_eq!(leader.get("/resources/export?kind=programme").await.status, StatusCode::OK);
}
