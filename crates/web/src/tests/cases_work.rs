//! Inspections with their rounds, deadlines and the advice on first offences; applications with one notice,
//! one set of papers and a session by video.

use axum::http::StatusCode;
use store::access::Role;

use crate::testing::{Answer, Browser, House};

const PHOTO: (&str, &[u8]) = ("现场.jpg", &[0xFF, 0xD8, 0xFF, 0xE0, 0, 1, 2, 3]);

/// Takes a step as the page's form does.
async fn step(browser: &mut Browser, address: &str, step: &str, fields: &[(&str, &str)], file: bool) -> Answer {
    let page = browser.get(address).await;
    assert_eq!(page.status, StatusCode::OK, "{address}: {}", page.text);
    let seen = page.text.split("name=\"seen\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or("1");
    let mut all = vec![("seen", seen)];
    all.extend_from_slice(fields);
    browser.upload(&format!("{address}/steps/{step}"), &all, file.then_some(PHOTO)).await
}

/// The same, where it must be taken.
async fn takes(browser: &mut Browser, address: &str, key: &str, fields: &[(&str, &str)], file: bool) {
    let answer = step(browser, address, key, fields, file).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{key}: {}", answer.text);
}

/// The same, where it must be refused with these words.
async fn refuses(browser: &mut Browser, address: &str, key: &str, fields: &[(&str, &str)], said: &str) {
    let answer = step(browser, address, key, fields, true).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{key} {fields:?}: {}", answer.text);
    assert!(answer.text.contains(said), "{key}: {said}: {}", answer.text);
}

/// The page of the only inspection.
async fn planned(house: &House) -> String {
    let east = house.units[1].to_string();
    let mut leader = house.as_role(Role::Leader).await;
    let firm = "样例精密轴承有限公司";
    let round =
        [("name", "四季度安全检查"), ("checkpoints", "消防通道\n用电安全"), ("unit", east.as_str()), ("firms", firm)];
    let mut wrong = round;
    wrong[3] = ("firms", "没有这家公司");
    let unknown = leader.post("/inspections/rounds", &wrong).await;
    assert_eq!(unknown.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(unknown.text.contains("没有这家公司") && unknown.text.contains("消防通道"), "{}", unknown.text);
    let mut enterprise = house.as_role(Role::Enterprise).await;
    assert_ne!(enterprise.post("/inspections/rounds", &round).await.status, StatusCode::SEE_OTHER);
    assert_eq!(enterprise.get("/inspections/rounds").await.status, StatusCode::NOT_FOUND);
    for said in ["已安排检查 1 家", "另有 1 家先前已在这一轮中"] {
        assert_eq!(leader.post("/inspections/rounds", &round).await.status, StatusCode::SEE_OTHER);
        assert!(leader.get("/inspections/rounds").await.text.contains(said), "{said}");
    }
    let list = leader.get("/cases/inspection").await.text;
    let number = list.split("/cases/inspection/JC-").nth(1).unwrap().split('"').next().unwrap();
    format!("/cases/inspection/JC-{number}")
}

#[tokio::test]
async fn an_inspection_has_checkpoints_and_deadlines_and_the_policy_only_advises() {
    let house = House::new().await;
    let address = planned(&house).await;
    let mut clerk = house.as_role(Role::Clerk).await;
    let mut enterprise = house.as_role(Role::Enterprise).await;
    let mut leader = house.as_role(Role::Leader).await;

    let begin = clerk.get(&address).await.text;
    assert!(
        begin.contains("value=\"消防通道\"") && begin.contains("未检查"),
        "the first checkpoint stands ready: {begin}"
    );
    refuses(&mut clerk, &address, "check", &[("extra.checkpoint", "消防通道")], "请填写“结果”").await;
    let odd = [("extra.checkpoint", "消防通道"), ("extra.result", "很好")];
    refuses(&mut clerk, &address, "check", &odd, "应为下列之一").await;
    let unasked = [("extra.checkpoint", "消防通道"), ("extra.result", "found"), ("extra.secret", "x")];
    refuses(&mut clerk, &address, "check", &unasked, "没有“secret”这一栏").await;
    takes(&mut clerk, &address, "check", &unasked[..2], false).await;
    takes(&mut clerk, &address, "find", &[("text", "通道堆物")], true).await;

    let order = [("text", "责令改正"), ("extra.finding.1", "清空消防通道"), ("extra.finding.1.until", "2020-01-01")];
    refuses(&mut clerk, &address, "order", &order, "已经过去").await;
    refuses(&mut clerk, &address, "order", &order[..2], "没有写改正期限").await;
    let order = [
        ("text", "责令改正"),
        ("extra.finding.1", "清空消防通道"),
        ("extra.finding.1.until", "2099-12-31"),
        ("extra.finding.2", "补装灭火器"),
        ("extra.finding.2.until", "2099-11-30"),
    ];
    takes(&mut clerk, &address, "order", &order, false).await;
    let theirs = enterprise.get(&address).await.text;
    assert!(theirs.contains("期限：2099-11-30"), "the case is due with the first of its findings: {theirs}");
    assert!(theirs.contains("清空消防通道") && theirs.contains("2099-12-31") && theirs.contains("待改正"), "{theirs}");
    takes(&mut enterprise, &address, "correct", &[], true).await;
    takes(&mut clerk, &address, "look_again", &[("text", "已清空")], true).await;

    let advice = leader.get(&address).await.text;
    for said in ["首违不罚：政策的建议", "暂不能提出建议", "系统不会自动决定", "first-violation@"]
    {
        assert!(advice.contains(said), "{said}: {advice}");
    }
    let slight =
        [("extra.offence_minor", "no"), ("extra.harm_level", "slight"), ("extra.subjective_fault", "negligence")];
    refuses(&mut clerk, &address, "advise", &slight[..2], "主观过错").await;
    takes(&mut clerk, &address, "advise", &slight, false).await;
    // No list of penalties came in: whether it is the first is nobody's to say.
    let page = leader.get(&address).await.text;
    assert!(page.contains("还缺 既往处罚记录") && !page.contains("建议：可以不予处罚"), "{page}");
    let minor =
        [("extra.offence_minor", "yes"), ("extra.harm_level", "none"), ("extra.subjective_fault", "negligence")];
    takes(&mut clerk, &address, "advise", &minor, false).await;
    let page = leader.get(&address).await.text;
    assert!(page.contains("建议：应当不予处罚（第三十三条第一款）"), "{page}");
    assert!(page.contains("待决定"), "advice decides nothing: {page}");
    assert!(!enterprise.get(&address).await.text.contains("政策的建议"), "advice is the unit's own");
    // The one who inspected does not decide, and the head says why.
    refuses(&mut leader, &address, "spare", &[], "需要理由").await;
    assert_ne!(step(&mut clerk, &address, "spare", &[("text", "轻微")], false).await.status, StatusCode::SEE_OTHER);
    takes(&mut leader, &address, "spare", &[("text", "轻微且已改正，已教育")], false).await;
    assert!(enterprise.get(&address).await.text.contains("不予处罚（已教育）"));
}

/// An application for the item, with one of its two papers.
async fn applied(house: &House) -> String {
    let (east, west) = (house.units[1].to_string(), format!("assist.{}", house.units[2]));
    let item = [
        ("name", "新建厂房开工"),
        ("papers", "营业执照\n总平面图"),
        ("lead", east.as_str()),
        (west.as_str(), "1"),
        ("seen", "0"),
    ];
    for role in [Role::Clerk, Role::Officer, Role::Enterprise] {
        assert_eq!(
            house.as_role(role).await.post("/approvals/items", &item).await.status,
            StatusCode::FORBIDDEN,
            "{role:?}"
        );
    }
    let mut leader = house.as_role(Role::Leader).await;
    let bare = leader.post("/approvals/items", &[("name", "新建厂房开工"), ("lead", &east), ("seen", "0")]).await;
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(leader.post("/approvals/items", &item).await.status, StatusCode::SEE_OTHER);
    let mut enterprise = house.as_role(Role::Enterprise).await;
    let form = enterprise.get("/cases/approval/new?item=I-001").await.text;
    assert!(form.contains("name=\"paper.总平面图\"") && form.contains("value=\"新建厂房开工\""), "{form}");
    let sent = [
        ("title", "新建厂房开工"),
        ("text", "二期厂房"),
        ("item", "I-001"),
        ("paper.营业执照", "1"),
        ("paper.编造的材料", "1"),
    ];
    let opened = enterprise.upload("/cases/approval/new", &sent, None).await;
    assert_eq!(opened.status, StatusCode::SEE_OTHER, "{}", opened.text);
    opened.location().to_owned()
}

#[tokio::test]
async fn everything_missing_is_named_in_one_notice_and_a_second_is_refused() {
    let house = House::new().await;
    let address = applied(&house).await;
    let mut analyst = house.as_role(Role::Analyst).await;
    let mut enterprise = house.as_role(Role::Enterprise).await;
    let page = analyst.get(&address).await.text;
    assert!(page.contains("营业执照") && page.contains("未交") && page.contains(">总平面图</textarea>"), "{page}");
    assert!(!page.contains("编造的材料"), "only papers of the item are handed in");
    refuses(&mut analyst, &address, "ask_for_papers", &[], "请填写").await;
    takes(&mut analyst, &address, "ask_for_papers", &[("extra.missing", "总平面图")], false).await;
    let theirs = enterprise.get(&address).await.text;
    assert!(theirs.contains("缺，已一次告知") && theirs.contains("请一次补齐下列材料"), "{theirs}");
    takes(&mut enterprise, &address, "complete", &[], true).await;
    refuses(&mut analyst, &address, "ask_for_papers", &[("extra.missing", "环评批复")], "只能办一次").await;
    assert!(analyst.get(&address).await.text.contains("没有列出的材料视为不缺"));
    // The item says who leads and who gives a part.
    let page = analyst.get(&address).await.text;
    let chosen = format!("value=\"{}\" selected", house.units[1]);
    assert!(page.contains(&chosen), "{page}");
    let (east, west) = (house.units[1].to_string(), format!("assist.{}", house.units[2]));
    takes(&mut analyst, &address, "accept", &[("unit", &east), (&west, "1")], false).await;
    assert!(analyst.get(&address).await.text.contains("待意见"));
}

#[tokio::test]
async fn a_session_by_video_is_booked_with_a_safe_link_and_its_pictures_have_time_and_place() {
    let house = House::new().await;
    let address = applied(&house).await;
    let east = house.units[1].to_string();
    let mut analyst = house.as_role(Role::Analyst).await;
    let mut clerk = house.as_role(Role::Clerk).await;
    takes(&mut analyst, &address, "accept", &[("unit", &east)], false).await;
    let book = |at, link| [("extra.session_at", at), ("extra.link", link), ("extra.checklist", "大门\n消防栓")];
    let (later, link) = ("2099-12-01T10:30", "https://meeting.example.com/dm/1");
    refuses(&mut clerk, &address, "book", &book("2020-01-01T10:30", link), "已经过去").await;
    refuses(&mut clerk, &address, "book", &book("明天上午", link), "不是一个时间").await;
    for unsafe_link in ["http://meeting.example.com/1", "javascript:alert(1)"] {
        refuses(&mut clerk, &address, "book", &book(later, unsafe_link), "须以 https:// 开头").await;
    }
    let mut enterprise = house.as_role(Role::Enterprise).await;
    let theirs = step(&mut enterprise, &address, "book", &book(later, link), false).await;
    assert_ne!(theirs.status, StatusCode::SEE_OTHER, "the applicant does not book");
    takes(&mut clerk, &address, "book", &book(later, link), false).await;
    let invited = enterprise.get(&address).await.text;
    assert!(
        invited.contains("href=\"https://meeting.example.com/dm/1\"") && invited.contains("2099-12-01 10:30"),
        "{invited}"
    );
    assert!(clerk.get(&address).await.text.contains("大门：\n消防栓："), "the record begins with the checklist");
    refuses(&mut clerk, &address, "inspect", &[("text", "合格"), ("extra.checklist", "大门：合格")], "拍摄地点").await;
    let record = [
        ("text", "合格"),
        ("extra.checklist", "大门：合格"),
        ("extra.spot", "34.81234, 113.55432 (±8 m, 2026-11-22T02:31:00Z)"),
    ];
    takes(&mut clerk, &address, "inspect", &record, true).await;
    let page = clerk.get(&address).await.text;
    assert!(page.contains("34.81234, 113.55432 2026-11-22 10:31") && page.contains("现场.jpg"), "{page}");
}
