//! The policy desk: who may do what, what a bad text is told, how a text comes into force, and what it does.

use axum::http::StatusCode;
use kernel::{SubjectKind, Value};
use policy::library::TEXTS;
use store::access::Role;
use store::policies::PolicyDraft;

use super::checkup::{WEST, code, list_records, say, zone};
use super::cultivation::check_up;
use crate::testing::{Browser, ENTERPRISE, House};

const VERSION: &str = "/policies/tech-sme/2022-01-01";

/// A text of the library, with its first day set to `from`.
pub(super) fn text(file: &str, from: &str) -> String {
    let (_, source) = TEXTS.iter().find(|(name, _)| *name == file).unwrap();
    let days = source.lines().find(|line| line.starts_with("施行")).unwrap();
    source.replacen(days, &format!("施行 {from}"), 1)
}

/// Today, as the pages see it.
fn today(house: &House) -> String {
    crate::frame::day::day_of(house.app.store().clock().now()).to_string()
}

/// Begins a draft from a version and keeps a text in it.
async fn drafted(house: &House, browser: &mut Browser, version: &str, source: &str) -> PolicyDraft {
    let begun = browser.post("/policies/drafts", &[("version", version)]).await;
    assert_eq!(begun.status, StatusCode::SEE_OTHER, "{}", begun.text);
    let address = begun.location().to_owned();
    let kept = browser.post(&address, &[("source", source), ("seen", "1")]).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER, "{}", kept.text);
    house.app.store().policy_drafts().await.unwrap().remove(0)
}

#[tokio::test]
async fn the_desk_is_for_the_staff_drafts_for_leader_and_analyst_and_each_does_one_half() {
    let house = House::new().await;
    let mut analyst = house.as_role(Role::Analyst).await;
    let draft = drafted(&house, &mut analyst, "tech-sme@2022-01-01", &text("tech-sme-2022.policy", "2027-01-01")).await;
    let address = format!("/policies/drafts/{}", draft.id);
    let rehearsal = format!("{address}/rehearsal");
    let statuses = |desk: u16, drafts: u16, settings: u16| (desk, drafts, settings);
    for role in Role::ALL.iter().copied() {
        let mut browser = house.as_role(role).await;
        let expected = match role {
            Role::Leader => statuses(200, 200, 200),
            Role::Analyst => statuses(200, 200, 403),
            Role::Officer | Role::Clerk => statuses(200, 403, 403),
            _ => statuses(403, 403, 403),
        };
        for (page, status) in [
            ("/policies", expected.0),
            (VERSION, expected.0),
            ("/policies/tech-sme/2022-01-01/try", expected.0),
            (address.as_str(), expected.1),
            (rehearsal.as_str(), expected.1),
            ("/policies/settings", expected.2),
        ] {
            let answer = browser.get(page).await;
            assert_eq!(answer.status.as_u16(), status, "{role:?} {page}");
        }
        let publish = browser.post(&format!("{address}/publish"), &[("seen", "99")]).await;
        let may = role == Role::Leader;
        assert_eq!(publish.status == StatusCode::FORBIDDEN, !may, "{role:?} {}", publish.status);
        let begin = browser.post("/policies/drafts", &[]).await;
        assert_eq!(begin.status == StatusCode::FORBIDDEN, role != Role::Analyst, "{role:?}");
    }
    let mut officer = house.as_role(Role::Officer).await;
    assert!(!officer.get("/policies").await.text.contains(&draft.id.to_string()), "no drafts for an officer");
    let asked = officer.post("/policies/rehearsals", &[("address", rehearsal.as_str())]).await;
    assert_eq!(asked.status, StatusCode::FORBIDDEN, "nor a rehearsal of one by a job");
}

#[tokio::test]
async fn every_error_of_a_draft_is_told_at_once_with_its_place_and_a_bad_text_harms_nothing() {
    let house = House::new().await;
    let mut analyst = house.as_role(Role::Analyst).await;
    let wrong = "政策 p 甲\n文号 一号\n层级 国家\n适用 企业\n施行 2027-01-01\n\n条件 A 人数\n  职工总人数[上年] ≤ 500人\n\n条件 B 单位\n  营业收入[上年] ≥ 3人\n\n条件丙 C 关键词\n  成立日期 ≤ 申请日\n";
    let draft = drafted(&house, &mut analyst, "", wrong).await;
    let address = format!("/policies/drafts/{}", draft.id);
    let page = analyst.get(&address).await.text;
    for said in ["第 8 行第 3 列", "是否指", "职工总数", "第 11 行", "第 13 行第 1 列", "还不能发布"]
    {
        assert!(page.contains(said), "{said} is not said: {page}");
    }
    assert!(page.contains("<u>职工总人数"), "the place is underlined");
    assert!(!page.contains(&format!("{address}/rehearsal")), "a text with errors is not rehearsed");
    let rehearsal = analyst.get(&format!("{address}/rehearsal")).await;
    assert_eq!(rehearsal.status, StatusCode::CONFLICT);

    // As it is typed: the problems alone, and nothing is kept.
    let typed = analyst.post(&format!("{address}/check"), &[("source", "政策 p\n<script>x</script>")]).await;
    assert!(typed.text.contains("x-problems") && !typed.text.contains("<script>x"), "{}", typed.text);
    let same = house.app.store().policy_draft(draft.id).await.unwrap().unwrap();
    assert_eq!(same.source, wrong);

    let deep = format!("政策 p 甲\n施行 2027-01-01\n条件 A 深\n  {}1{} ≥ 1\n", "(".repeat(2000), ")".repeat(2000));
    let levels: String = (0..60).map(|level| format!("{}任一\n", "  ".repeat(level + 1))).collect();
    let nested = format!("政策 p 甲\n施行 2027-01-01\n条件 A 深\n{levels}");
    let bands =
        "政策 p 甲\n施行 2027-01-01\n条件 A 档\n  研发强度 ≥ 分档 营业收入[上年]\n    ≤ 1万元 : 5%\n    ≥ 3万元 : 3%\n";
    let upside = "政策 p 甲\n施行 2027-01-01 至 2026-01-01\n条件 A 一\n  成立日期 ≤ 申请日\n";
    let cycle = "政策 p 甲\n施行 2027-01-01\n设 甲 = 乙\n设 乙 = 甲\n条件 A 一\n  甲 ≥ 1人\n";
    for bad in [deep.as_str(), nested.as_str(), bands, upside, cycle, "", "政策"] {
        let answer = analyst.post(&format!("{address}/check"), &[("source", bad)]).await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(answer.text.contains("错误"), "{:?} is told nothing", &bad.chars().take(60).collect::<String>());
    }
    let nul = analyst.post(&format!("{address}/check"), &[("source", "政策\u{0}")]).await;
    assert_eq!(nul.status, StatusCode::BAD_REQUEST);
    assert!(nul.text.contains("U+0000"), "{}", nul.text);
    let huge = "条件 A 一\n".repeat(10 * 1024 * 1024 / 16);
    let answer = analyst.post(&address, &[("source", huge.as_str()), ("seen", "2")]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    let same = house.app.store().policy_draft(draft.id).await.unwrap().unwrap();
    assert_eq!((same.source.as_str(), same.version), (wrong, 2));
}

#[tokio::test]
async fn two_who_change_one_draft_see_both_texts_and_nothing_is_overwritten() {
    let house = House::new().await;
    house.account("second", &[(Role::Analyst, house.units[0])]).await;
    let mut first = house.as_role(Role::Analyst).await;
    let mut second = house.as_account("second").await;
    let draft = drafted(&house, &mut first, "", "政策 p 甲\n施行 2027-01-01\n").await;
    let address = format!("/policies/drafts/{}", draft.id);
    let theirs = second.post(&address, &[("source", "政策 p 乙方写的\n"), ("seen", "2")]).await;
    assert_eq!(theirs.status, StatusCode::SEE_OTHER);
    let mine = first.post(&address, &[("source", "政策 p 甲方写的\n"), ("seen", "2")]).await;
    assert_eq!(mine.status, StatusCode::CONFLICT);
    for said in ["second", "没有覆盖任何一方", "甲方写的", "乙方写的", "name=\"seen\" value=\"3\""] {
        assert!(mine.text.contains(said), "{said}");
    }
    let kept = house.app.store().policy_draft(draft.id).await.unwrap().unwrap();
    assert_eq!((kept.source.as_str(), kept.hands.len()), ("政策 p 乙方写的\n", 2));
}

#[tokio::test]
async fn a_text_is_published_by_a_second_person_once_its_cases_notice_every_slip() {
    let (house, east, _) = zone().await;
    list_records(&house).await;
    check_up(&house).await;
    let mut analyst = house.as_role(Role::Analyst).await;
    let mut leader = house.as_role(Role::Leader).await;
    let today = today(&house);
    let good = text("tech-sme-2022.policy", &today).replacen("职工总数[上年] ≤ 500人", "职工总数[上年] ≤ 30人", 1);
    assert!(good.contains("≤ 30人"));
    // The written cases speak of 500: they fail now, and that refuses it.
    let draft = drafted(&house, &mut analyst, "tech-sme@2022-01-01", &good).await;
    let address = format!("/policies/drafts/{}", draft.id);
    let refused = leader.post(&format!("{address}/publish"), &[("seen", "2")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("没有发布") && refused.text.contains("不通过"), "{}", refused.text);

    // A threshold that no case looks at refuses it too.
    let one = format!(
        "政策 p 甲\n文号 一号\n层级 国家\n适用 企业\n施行 {today}\n\n条件 A 人数\n  职工总数[上年] ≤ 30人\n  科技人员数[上年] ≥ 5人\n"
    );
    let lax = format!("{one}\n例 一\n  申请日 = 2026-06-01\n  职工总数[上年] = 30人\n  期望 缺数据 科技人员数\n");
    let kept = analyst.post(&address, &[("source", lax.as_str()), ("seen", "2")]).await;
    assert_eq!(kept.status, StatusCode::SEE_OTHER);
    let refused = leader.post(&format!("{address}/publish"), &[("seen", "3")]).await;
    assert!(refused.text.contains("写偏了，没有例会发现") && refused.text.contains("科技人员数"), "{}", refused.text);

    let sound = format!(
        "{one}\n例 一\n  申请日 = 2026-06-01\n  职工总数[上年] = 30人\n  科技人员数[上年] = 5人\n  期望 满足\n"
    );
    analyst.post(&address, &[("source", sound.as_str()), ("seen", "3")]).await;
    let stale = leader.post(&format!("{address}/publish"), &[("seen", "3")]).await;
    assert_eq!(stale.status, StatusCode::CONFLICT, "what the leader saw is not what would be published");
    let published = leader.post(&format!("{address}/publish"), &[("seen", "4")]).await;
    assert_eq!(published.status, StatusCode::SEE_OTHER, "{}", published.text);
    assert_eq!(published.location(), format!("/policies/p/{today}"));
    assert_eq!(analyst.post(&address, &[("source", "x"), ("seen", "5")]).await.status, StatusCode::CONFLICT);

    // The check-up follows, and the verdict that is kept is given again by the text that was used.
    let page = leader.get(&format!("/enterprises/{east}/checkup/p")).await.text;
    assert!(page.contains("人数：职工总数") && page.contains("须 ≤ 30 人"), "{page}");
    check_up(&house).await;
    let found = house.app.store().verdicts_of(east, &store::access::Scope::Zone).await.unwrap();
    let verdict = found.iter().find(|verdict| verdict.policy == "p").unwrap();
    assert_eq!((verdict.answer.as_str(), verdict.failed.as_str()), ("fails", "A"));
    let again = format!("/enterprises/{east}/verdicts/p/{}", verdict.known_at.as_microsecond());
    let again = leader.get(&again).await.text;
    assert!(again.contains("一字不差") && again.contains("SHA-256"), "{again}");
    let mut auditor = house.as_role(Role::Auditor).await;
    let log = auditor.get("/log?kind=policy.published").await.text;
    assert!(log.contains("发布政策") && log.contains(&format!("p@{today}")), "{log}");
}

#[tokio::test]
async fn nobody_publishes_what_they_wrote_in_and_a_version_overlaps_with_no_other() {
    let house = House::new().await;
    let both = [(Role::Analyst, house.units[0]), (Role::Leader, house.units[0])];
    house.account("both", &both).await;
    let mut both = house.as_account("both").await;
    let mut leader = house.as_role(Role::Leader).await;
    let next = text("srdi-sme-2026.policy", "2099-01-01").replacen("取代 srdi-sme@2022-08-01\n", "", 1);
    let draft = drafted(&house, &mut both, "srdi-sme@2026-04-01", &next).await;
    let publish = format!("/policies/drafts/{}/publish", draft.id);
    let own = both.post(&publish, &[("seen", "2")]).await;
    assert_eq!(own.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(own.text.contains("须由另一位有发布权的人发布"), "{}", own.text);
    assert!(leader.get(&format!("/policies/drafts/{}", draft.id)).await.text.contains("届时施行至 2098-12-31"));
    assert_eq!(leader.post(&publish, &[("seen", "2")]).await.status, StatusCode::SEE_OTHER);
    let before = house.app.library().version("srdi-sme@2026-04-01").unwrap().until;
    assert_eq!(before.unwrap().to_string(), "2098-12-31");

    // The same first day again, a day that is past, and a day within another version's.
    for (day, said) in [("2099-01-01", "已有版本"), ("2020-01-01", "已经过去"), ("2098-01-01", "施行日期重叠")]
    {
        let other = text("srdi-sme-2026.policy", day).replacen("取代 srdi-sme@2022-08-01\n", "", 1);
        let draft = drafted(&house, &mut both, "", &other).await;
        let refused = leader.post(&format!("/policies/drafts/{}/publish", draft.id), &[("seen", "2")]).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{day}");
        assert!(refused.text.contains(said), "{day}: {}", refused.text);
    }

    // Withdrawn before its first day, the version before it has no last day again.
    let withdraw = format!("/policies/published/{}/withdraw", draft.id);
    assert_eq!(both.post(&withdraw, &[("reason", " ")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let mut analyst = house.as_role(Role::Analyst).await;
    assert_eq!(analyst.post(&withdraw, &[("reason", "错")]).await.status, StatusCode::FORBIDDEN);
    assert_eq!(leader.post(&withdraw, &[("reason", "数字有误")]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(house.app.library().version("srdi-sme@2026-04-01").unwrap().until, None);
    assert_eq!(leader.get("/policies/srdi-sme/2099-01-01").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn the_place_and_its_figures_change_the_policies_that_are_asked() {
    let (house, east, _) = zone().await;
    check_up(&house).await;
    let mut leader = house.as_role(Role::Leader).await;
    let before = leader.get("/policies").await.text;
    assert!(before.contains("没有选定所在地"));
    let wrong = [("place", "河南郑州"), ("set.startup-subsidy.补贴标准", "很多")];
    let refused = leader.post("/policies/settings", &wrong).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.text.contains("很多") && refused.text.contains("不是带单位的数"), "{}", refused.text);
    let other_unit = [("place", "河南郑州"), ("set.startup-subsidy.补贴标准", "3人")];
    let refused = leader.post("/policies/settings", &other_unit).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "an amount is not in people");
    assert_eq!(house.app.library().place(), "");

    let right = [("place", "河南郑州"), ("set.startup-subsidy.补贴标准", "8000元")];
    assert_eq!(leader.post("/policies/settings", &right).await.status, StatusCode::SEE_OTHER);
    let library = house.app.library();
    assert_eq!(library.place(), "河南郑州");
    let subsidy = library.version("startup-subsidy@2025-11-17@河南").unwrap();
    assert_eq!(subsidy.settings[0].value.as_deref(), Some("8000元"));
    check_up(&house).await;
    let found = house.app.store().verdicts_of(east, &store::access::Scope::Zone).await.unwrap();
    let verdict = found.iter().find(|verdict| verdict.policy == "high-tech-award").unwrap();
    assert_eq!(verdict.version, "high-tech-award@2023-01-01@郑州", "the override of the place");
    let at = verdict.known_at.as_microsecond();
    let again = leader.get(&format!("/enterprises/{east}/verdicts/high-tech-award/{at}")).await.text;
    assert!(again.contains("一字不差"), "{again}");

    // Another place: what was kept is still given by the text of then.
    let other = [("place", "广东")];
    assert_eq!(leader.post("/policies/settings", &other).await.status, StatusCode::SEE_OTHER);
    assert!(house.app.library().version("high-tech-award@2023-01-01@郑州").is_none());
    let again = leader.get(&format!("/enterprises/{east}/verdicts/high-tech-award/{at}")).await.text;
    assert!(again.contains("一字不差") && again.contains("SHA-256"), "{again}");
    let mut auditor = house.as_role(Role::Auditor).await;
    let log = auditor.get("/log?kind=policy.chosen").await.text;
    assert!(log.contains("所在地 未选 → 河南郑州") && log.contains("补贴标准"), "{log}");
}

#[tokio::test]
async fn a_rehearsal_names_who_loses_because_of_which_condition_within_the_readers_rows() {
    let (house, ..) = zone().await;
    list_records(&house).await;
    say(&house, SubjectKind::Enterprise, &[("uscc", code(WEST)), ("total_staff@2025", Value::Integer(41))]).await;
    check_up(&house).await;
    let mut analyst = house.as_role(Role::Analyst).await;
    let mut officer = house.as_role(Role::Officer).await;
    let moved = "/policies/tech-sme/2022-01-01/try?on=2026-06-01&set.TSME-2a=39";
    let page = analyst.get(moved).await;
    assert_eq!(page.status, StatusCode::OK, "{}", page.text);
    for said in ["1 → 0", "样例精密轴承有限公司", "职工总数不超过500人", "500人"] {
        assert!(page.text.contains(said), "{said}: {}", page.text);
    }
    // 41 people of the west: within 5 % of 39? No; 40 of the east are.
    let near = format!("{moved}&list=near");
    let page = analyst.get(&near).await.text;
    assert!(page.contains("≤ 39人") && page.contains("40人"), "{page}");
    let kept = officer.get(&format!("{moved}&list=moves")).await.text;
    assert!(!kept.contains(WEST) && !kept.contains("alert(1)"), "the west is not the officer's");
    let bytes = analyst.get_bytes(&format!("{moved}&list=leaves&form=xlsx")).await;
    assert_eq!(&bytes[..2], b"PK");
    // A figure with another unit, and one that is none.
    for wrong in ["3元", "abc"] {
        let refused = analyst.get(&format!("/policies/tech-sme/2022-01-01/try?set.TSME-2a={wrong}")).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{wrong}");
        assert!(refused.text.contains("这样的数不能用"), "{wrong}");
    }
    let estimate = analyst.get(&format!("{moved}&each=20")).await.text;
    assert!(estimate.contains("新进入的 0 家"), "{estimate}");
}

#[tokio::test]
async fn two_versions_are_compared_in_words_and_on_the_register() {
    let (house, ..) = zone().await;
    let mut leader = house.as_role(Role::Leader).await;
    let address = "/policies/srdi-sme/2026-04-01/against?with=srdi-sme%402022-08-01";
    let page = leader.get(address).await;
    assert_eq!(page.status, StatusCode::OK);
    for said in ["srdi-sme@2022-08-01", "srdi-sme@2026-04-01", "文本变化", "新增"] {
        assert!(page.text.contains(said), "{said}");
    }
    let unknown = leader.get("/policies/srdi-sme/2026-04-01/against?with=srdi-sme%401999-01-01").await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn many_enterprises_are_rehearsed_as_a_job_that_only_its_asker_reads() {
    let settings = crate::Settings { tried_at_once: 0, ..crate::Settings::default() };
    let house = House::with(settings, kernel::Catalogue::builtin().clone()).await;
    let mut analyst = house.as_role(Role::Analyst).await;
    let address = "/policies/tech-sme/2022-01-01/try?set.TSME-2a=39&on=2026-06-01";
    let page = analyst.get(address).await.text;
    assert!(page.contains("作为任务运行"), "{page}");
    let asked = analyst.post("/policies/rehearsals", &[("address", address)]).await;
    assert_eq!(asked.status, StatusCode::SEE_OTHER);
    let job = asked.location().trim_start_matches("/jobs/").to_owned();
    while crate::jobs::runner::run_one(&house.app, uuid::Uuid::new_v4()).await.unwrap() {}
    let told = analyst.get(&format!("/jobs/{job}")).await.text;
    assert!(told.contains("预演完成"), "{told}");
    let result = analyst.get(&format!("/policies/rehearsals/{job}")).await;
    assert_eq!(result.status, StatusCode::OK);
    assert!(result.text.contains("职工总数不超过500人"), "{}", result.text);
    let mut leader = house.as_role(Role::Leader).await;
    assert_eq!(leader.get(&format!("/policies/rehearsals/{job}")).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_version_shows_the_regulation_its_text_its_cases_and_whom_each_condition_stops() {
    let (house, ..) = zone().await;
    list_records(&house).await;
    say(&house, SubjectKind::Enterprise, &[("uscc", code(ENTERPRISE)), ("total_staff@2025", Value::Integer(501))])
        .await;
    check_up(&house).await;
    let mut leader = house.as_role(Role::Leader).await;
    let page = leader.get(VERSION).await.text;
    for said in
        ["国科发政〔2017〕115号", "id=\"L1\"", "id=\"c-TSME-2a\"", "href=\"#c-TSME-2a\"", "通过", "差一点", "501人"]
    {
        assert!(page.contains(said), "{said}");
    }
    assert!(page.contains("lacks=TSME-2a"), "the condition leads to those it alone stops");
    let list = leader.get("/policies").await.text;
    assert!(list.contains("policy=tech-sme") && list.contains("verdict=fails"), "{list}");
    assert_eq!(leader.get("/policies/tech-sme").await.location(), VERSION);
    assert_eq!(leader.get("/policies/tech-sme/1999-01-01").await.status, StatusCode::NOT_FOUND);
    leader.post("/preferences", &[("lang", "en"), ("next", "/")]).await;
    let english = leader.get(VERSION).await.text;
    assert!(english.contains("Technology SME") && english.contains("lang=\"zh-CN\">科技型中小企业评价"), "{english}");
}

#[tokio::test]
async fn a_verdict_of_another_row_is_given_again_to_nobody() {
    let (house, east, west) = zone().await;
    check_up(&house).await;
    let found = house.app.store().verdicts_of(west, &store::access::Scope::Zone).await.unwrap();
    let at = found[0].known_at.as_microsecond();
    let of_west = format!("/enterprises/{west}/verdicts/{}/{at}", found[0].policy);
    let mut officer = house.as_role(Role::Officer).await;
    assert_eq!(officer.get(&format!("/enterprises/{west}/verdicts")).await.status, StatusCode::NOT_FOUND);
    assert_eq!(officer.get(&of_west).await.status, StatusCode::NOT_FOUND);
    assert_eq!(officer.get(&format!("/enterprises/{east}/verdicts/tech-sme/12")).await.status, StatusCode::NOT_FOUND);
    assert!(officer.get(&format!("/enterprises/{east}/verdicts")).await.text.contains("tech-sme@2022-01-01"));
    let mut analyst = house.as_role(Role::Analyst).await;
    assert!(analyst.get(&of_west).await.text.contains("一字不差"));
}
