//! Workbooks of several sheets: one load, whatever kinds they speak of.

use axum::http::{Method, StatusCode};
use kernel::SubjectKind;
use kernel::credit_code::CreditCode;
use store::access::{Reach, Role};
use uuid::Uuid;

use super::api::{is_documented, program};
use super::importing::total;
use crate::jobs::runner::run_one;
use crate::testing::{Browser, House};

fn code(nth: u32) -> String {
    CreditCode::complete(&format!("91410400MA{nth:07}")).unwrap().to_string()
}

fn book(sheets: &[(&str, String)]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    for (name, text) in sheets {
        let page = book.add_worksheet();
        page.set_name(*name).unwrap();
        for (at, line) in (0..).zip(text.lines()) {
            for (column, cell) in (0..).zip(line.split(',')) {
                page.write_string(at, column, cell).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

/// Two enterprises, and their titles in a sheet whose name says nothing; `staff` and `owner` are
/// the doubtful cells.
fn workbook(staff: &str, owner: &str) -> Vec<u8> {
    book(&[
        ("说明", "填表须知".to_owned()),
        (
            "年报",
            format!(
                "统一社会信用代码,企业名称,所属园区,期末从业人员 2025\n{},样例甲有限公司,东区,10\n{},样例乙有限公司,东区,{staff}",
                code(1),
                code(2)
            ),
        ),
        (
            "表三",
            format!(
                "统一社会信用代码,资质类别,有效期起\n{},高新技术企业,2023-12-01\n{owner},高新技术企业,2024-12-01",
                code(1)
            ),
        ),
    ])
}

async fn begin(browser: &mut Browser, kind: &str, bytes: &[u8]) -> String {
    let fields = [("kind", kind), ("origin", "科技局")];
    let answer = browser.upload("/imports/new", &fields, Some(("全套.xlsx", bytes))).await;
    assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text);
    answer.location().strip_suffix("/columns").unwrap().to_owned()
}

/// What each sheet is taken for, as the page of columns shows it.
fn kinds(page: &str) -> Vec<String> {
    let chosen = |select: &str| {
        let select = select.split_once("</select>").unwrap().0;
        let option = select.split("<option ").find(|option| option.contains(" selected"));
        option.map_or_else(String::new, |option| option.split('"').nth(1).unwrap().to_owned())
    };
    page.split("name=\"kind-").skip(1).map(chosen).collect()
}

#[tokio::test]
async fn the_sheets_of_a_workbook_are_guessed_changed_mended_and_stored_as_one_load() {
    let house = House::new().await;
    let mut browser = house.as_role(Role::Analyst).await;
    let import = begin(&mut browser, "each", &workbook("-5", &code(2))).await;
    let columns = browser.get(&format!("{import}/columns")).await;
    assert_eq!(kinds(&columns.text), ["", "enterprise", "title"], "{}", columns.text);
    let its = browser.get(&format!("{import}/columns?s=%E8%A1%A8%E4%B8%89")).await;
    assert!(its.text.contains("<h2 class=\"x-part\">表三") && its.text.contains("资质类别"), "{}", its.text);

    let none = browser.post(&format!("{import}/sheets"), &[("sheet-0", "年报"), ("kind-0", "")]).await;
    assert_eq!(none.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.text.contains("至少选一张工作表"), "{}", none.text);
    let ghost = browser.post(&format!("{import}/sheets"), &[("sheet-0", "没有"), ("kind-0", "title")]).await;
    assert_eq!(ghost.status, StatusCode::CONFLICT);
    let without = [("sheet-0", "年报"), ("kind-0", "enterprise"), ("sheet-1", "表三"), ("kind-1", "")];
    assert_eq!(browser.post(&format!("{import}/sheets"), &without).await.status, StatusCode::SEE_OTHER);
    let check = browser.get(&format!("{import}/check")).await;
    assert_eq!((total(&check.text, "数据行"), total(&check.text, "有问题")), ("2".into(), "1".into()));
    let with = [("sheet-0", "年报"), ("kind-0", "enterprise"), ("sheet-1", "表三"), ("kind-1", "title")];
    browser.post(&format!("{import}/sheets"), &with).await;

    // The title of the faulty enterprise waits for its row.
    let check = browser.get(&format!("{import}/check")).await;
    assert_eq!((total(&check.text, "数据行"), total(&check.text, "有问题")), ("4".into(), "2".into()));
    assert!(check.text.contains("aria-current=\"page\">年报"), "the first sheet with a fault is shown: {}", check.text);
    let titles = browser.get(&format!("{import}/check?s=%E8%A1%A8%E4%B8%89")).await;
    assert!(titles.text.contains("在工作表“年报”第 3 行，那一行有问题"), "{}", titles.text);
    let refused = browser.post(&format!("{import}/load"), &[]).await;
    assert!(refused.text.contains("还有 2 处问题"), "{}", refused.text);

    let lost =
        browser.post(&format!("{import}/fix"), &[("s", "没有"), ("row", "3"), ("column", "3"), ("text", "5")]).await;
    assert_eq!(lost.status, StatusCode::CONFLICT);
    browser.post(&format!("{import}/fix"), &[("s", "年报"), ("row", "3"), ("column", "3"), ("text", "5")]).await;
    let check = browser.get(&format!("{import}/check")).await;
    assert_eq!((total(&check.text, "没有问题"), total(&check.text, "有问题")), ("4".into(), "0".into()));
    let effect = browser.get(&format!("{import}/effect")).await;
    assert_eq!(total(&effect.text, "将存入"), "4");
    browser.post(&format!("{import}/load"), &[]).await;
    assert!(run_one(&house.app, Uuid::new_v4()).await.unwrap(), "no job waits");
    let done = browser.get(&format!("{import}/load")).await;
    assert_eq!((total(&done.text, "存入"), total(&done.text, "新主体")), ("4".into(), "4".into()), "{}", done.text);

    let load = house.app.store().loads(None, 1).await.unwrap().remove(0);
    assert_eq!(load.subject_kinds, [SubjectKind::Enterprise, SubjectKind::Title]);
    let page = browser.get(&format!("/loads/{}", load.id)).await;
    for expected in ["企业、资质", "年报", "表三", "期末从业人员", "资质类别"] {
        assert!(page.text.contains(expected), "{expected}: {}", page.text);
    }
    assert!(browser.get("/imports").await.text.contains("企业、资质"));
    assert_eq!(house.app.store().undo_load(load.id, "重复", "analyst").await.unwrap(), 4);
}

#[tokio::test]
async fn a_form_for_one_kind_passes_the_others_over_and_says_what_they_read_like() {
    let house = House::new().await;
    let mut browser = house.as_role(Role::Analyst).await;
    let import = begin(&mut browser, "enterprise", &workbook("5", &code(2))).await;
    let columns = browser.get(&format!("{import}/columns")).await;
    assert_eq!(kinds(&columns.text), ["", "enterprise", ""]);
    assert!(columns.text.contains("更像“资质”表") && !columns.text.contains("--kind"), "{}", columns.text);
}

#[tokio::test]
async fn a_program_sends_the_whole_workbook_and_may_say_what_a_sheet_speaks_of() {
    let house = House::new().await;
    let mut analyst = program(&house, "analyst", Reach::Write).await;
    let mut send = async |fields: &[(&str, &str)], bytes: Vec<u8>| {
        let answer = analyst.forge_upload("/api/v1/imports", fields, Some(("全套.xlsx", &bytes))).await;
        is_documented(&Method::POST, "/api/v1/imports", &answer);
        (answer.status, serde_json::from_str::<serde_json::Value>(&answer.text).unwrap())
    };
    let (status, faulty) = send(&[], workbook("5", &code(3))).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{faulty}");
    assert_eq!((faulty["faults"][0]["sheet"].as_str(), faulty["accepted"].as_u64()), (Some("表三"), Some(0)));
    let alone = [("sheets", "{\"表三\": null}"), ("dry_run", "true")];
    let (status, some) = send(&alone, workbook("5", &code(3))).await;
    assert_eq!((status, some["accepted"].as_u64()), (StatusCode::OK, Some(2)), "{some}");
    assert_eq!(some["passed_over"][1]["sheet"], "表三");
    let (status, all) = send(&[], workbook("5", &code(2))).await;
    assert_eq!((status, all["accepted"].as_u64()), (StatusCode::CREATED, Some(4)), "{all}");
    assert_eq!((&all["sheets"][1]["kind"], &all["sheets"][1]["rows"]), (&"title".into(), &2.into()));
    for (sheets, expected) in [
        ("[1]", StatusCode::BAD_REQUEST),
        ("{\"表三\": \"ghost\"}", StatusCode::BAD_REQUEST),
        ("{\"没有\": \"title\"}", StatusCode::UNPROCESSABLE_ENTITY),
    ] {
        let (status, said) = send(&[("sheets", sheets)], workbook("5", &code(2))).await;
        assert_eq!(status, expected, "{sheets}: {said}");
    }
}
