//! Acts through the API: merges, views, exports, loads.

use axum::http::{Method, StatusCode};
use kernel::{FactKey, SourceKind, SubjectKind, Value};
use serde_json::{Value as Json, json};
use store::access::Reach;
use store::{NewLoad, NewStatement};

use super::api::{NOBODY, call, code, enterprises, is_documented, program, read};
use crate::testing::House;

#[tokio::test]
async fn duplicates_are_merged_and_parted_and_candidates_settled_by_whoever_may() {
    let house = House::new().await;
    let ids = enterprises(&house, "统计办", &[(1, Some(1)), (2, Some(2))]).await;
    let mut analyst = program(&house, "analyst", Reach::Write).await;
    let mut officer = program(&house, "officer", Reach::Write).await;
    let (merge, unmerge) = ("/api/v1/duplicates/merge", "/api/v1/duplicates/unmerge");
    let pair =
        |kept: &str, duplicate: &str, reason: &str| json!({"kept": kept, "duplicate": duplicate, "reason": reason});
    let (one, two) = (ids[0].to_string(), ids[1].to_string());
    assert_eq!(
        call(&mut officer, &Method::POST, merge, Some(&pair(&one, &two, "重复"))).await.status,
        StatusCode::FORBIDDEN
    );
    for (address, body, status) in [
        (merge, pair(&one, NOBODY, "重复"), StatusCode::NOT_FOUND),
        (merge, pair(&one, &two, " "), StatusCode::UNPROCESSABLE_ENTITY),
        (merge, pair(&one, &one, "重复"), StatusCode::UNPROCESSABLE_ENTITY),
        (unmerge, pair(&one, &two, "没有合并过"), StatusCode::NOT_FOUND),
        (merge, json!({"kept": one, "duplicate": "2", "reason": "x"}), StatusCode::BAD_REQUEST),
        (merge, pair(&one, &two, "同一家"), StatusCode::OK),
        (merge, pair(&one, &two, "同一家"), StatusCode::NOT_FOUND),
        (unmerge, pair(&one, &two, "并错了"), StatusCode::OK),
        (unmerge, pair(&one, &two, "并错了"), StatusCode::NOT_FOUND),
    ] {
        let answer = call(&mut analyst, &Method::POST, address, Some(&body)).await;
        assert_eq!(answer.status, status, "{address} {body}: {}", answer.text);
    }
    let load = NewLoad {
        kind: SourceKind::Sheet,
        origin: "统计办".to_owned(),
        title: "名录.xlsx".to_owned(),
        file_hash: None,
        subject_kind: SubjectKind::Enterprise,
        column_map_json: None,
        by: "(console)".to_owned(),
    };
    let named = |name: &str| NewStatement {
        values: [(FactKey::timeless("name"), Some(Value::Text(name.to_owned())))].into(),
        ..NewStatement::default()
    };
    house.app.store().load(load, [named("无码甲公司"), named("无码乙公司")], |_| {}).await.unwrap();
    let waiting = read(&mut analyst, "/api/v1/subjects/enterprise?candidates=1&sort=-name").await;
    let candidates: Vec<String> =
        waiting["rows"].as_array().unwrap().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(candidates.len(), 2);
    let claim = |subject: Option<&String>, reason: &str| json!({"subject": subject, "reason": reason});
    for (candidate, body, status) in [
        (NOBODY, claim(None, "新企业"), StatusCode::NOT_FOUND),
        (candidates[0].as_str(), claim(None, ""), StatusCode::UNPROCESSABLE_ENTITY),
        (candidates[0].as_str(), claim(None, "新企业"), StatusCode::OK),
        (candidates[0].as_str(), claim(None, "新企业"), StatusCode::CONFLICT),
        (candidates[1].as_str(), claim(Some(&one), "旧名"), StatusCode::OK),
    ] {
        let answer = call(&mut analyst, &Method::POST, &format!("/api/v1/candidates/{candidate}"), Some(&body)).await;
        assert_eq!(answer.status, status, "{candidate} {body}: {}", answer.text);
    }
    assert_eq!(read(&mut analyst, "/api/v1/subjects/enterprise?candidates=1").await["total"], 0);
}

#[tokio::test]
async fn views_are_saved_seen_and_deleted_by_their_owner_alone() {
    let house = House::new().await;
    let mut clerk = program(&house, "clerk", Reach::Write).await;
    let address = "/api/v1/views/enterprise";
    let view = |query: &str, shared: bool| json!({"name": "年内到期", "query": query, "shared": shared});
    for (body, status) in [
        (view("title=hnte&title_state=expiring", true), StatusCode::FORBIDDEN),
        (view("sort=password", false), StatusCode::BAD_REQUEST),
        (json!({"name": " ", "query": ""}), StatusCode::UNPROCESSABLE_ENTITY),
        (view("title=hnte&title_state=expiring&after=ff", false), StatusCode::OK),
    ] {
        let answer = call(&mut clerk, &Method::POST, address, Some(&body)).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.text);
    }
    let rows = read(&mut clerk, address).await["rows"].clone();
    assert_eq!(rows[0]["query"], "title=hnte&title_state=expiring", "a view keeps no place in the list");
    assert_eq!((rows[0]["own"].as_bool(), rows[0]["shared"].as_bool()), (Some(true), Some(false)));
    let id = rows[0]["id"].as_str().unwrap();
    let mut analyst = program(&house, "analyst", Reach::Write).await;
    assert_eq!(read(&mut analyst, address).await["rows"], json!([]));
    let delete = format!("{address}/{id}/delete");
    assert_eq!(call(&mut analyst, &Method::POST, &delete, None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(call(&mut clerk, &Method::POST, &delete, None).await.status, StatusCode::OK);
    assert_eq!(call(&mut clerk, &Method::POST, &delete, None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(call(&mut clerk, &Method::GET, "/api/v1/views/ghost", None).await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_export_holds_the_rows_of_the_reader_and_no_formula() {
    let house = House::new().await;
    enterprises(&house, "统计办", &[(1, Some(100_000_000)), (2, None)]).await;
    let address = "/api/v1/subjects/enterprise/export/csv?cols=uscc&sort=name";
    let mut leader = program(&house, "leader", Reach::Read).await;
    let whole = call(&mut leader, &Method::GET, address, None).await;
    assert_eq!((whole.status, whole.text.trim_end().lines().count()), (StatusCode::OK, 4), "{}", whole.text);
    let mut officer = program(&house, "officer", Reach::Read).await;
    let own = call(&mut officer, &Method::GET, address, None).await;
    assert_eq!(own.text.trim_end().lines().count(), 1, "{}", own.text);
    for wrong in ["/api/v1/subjects/enterprise/export/pdf", "/api/v1/subjects/ghost/export/csv"] {
        assert_eq!(call(&mut leader, &Method::GET, wrong, None).await.status, StatusCode::NOT_FOUND, "{wrong}");
    }
    let mut auditor = program(&house, "auditor", Reach::Read).await;
    let taken = read(&mut auditor, "/api/v1/log?kind=list.exported").await;
    assert_eq!(taken["total"], 2, "each export is in the log");
}

#[tokio::test]
async fn a_load_is_undone_and_redone_by_whoever_may() {
    let house = House::new().await;
    enterprises(&house, "税务局", &[(1, Some(1)), (2, Some(2))]).await;
    let mut analyst = program(&house, "analyst", Reach::Write).await;
    let loads = read(&mut analyst, "/api/v1/loads?limit=1").await;
    let (load, next) = (loads["rows"][0]["id"].as_str().unwrap(), loads["next"].as_str().unwrap());
    assert_eq!(loads["rows"][0]["origin"], "税务局");
    assert_eq!(read(&mut analyst, &format!("/api/v1/loads?before={next}")).await["rows"].as_array().unwrap().len(), 1);
    let undo = format!("/api/v1/loads/{load}/undo");
    let redo = format!("/api/v1/loads/{load}/redo");
    for (address, body, status) in [
        (&undo, json!({"reason": ""}), StatusCode::UNPROCESSABLE_ENTITY),
        (&redo, json!({"reason": "未撤销"}), StatusCode::CONFLICT),
        (&undo, json!({"reason": "整批有误"}), StatusCode::OK),
        (&undo, json!({"reason": "整批有误"}), StatusCode::CONFLICT),
        (&redo, json!({"reason": "原来无误"}), StatusCode::OK),
    ] {
        let answer = call(&mut analyst, &Method::POST, address, Some(&body)).await;
        assert_eq!(answer.status, status, "{address} {body}: {}", answer.text);
    }
}

#[tokio::test]
async fn a_sheet_is_taken_in_whole_or_not_at_all() {
    let house = House::new().await;
    let mut analyst = program(&house, "analyst", Reach::Write).await;
    let sheet = |last: &str| {
        format!(
            "统一社会信用代码,企业名称,营业收入总额（万元）2025\n{},样例甲,100\n{},样例乙,{last}\n",
            code(1),
            code(2)
        )
    };
    let mut send = async |fields: &[(&str, &str)], text: &str| -> (StatusCode, Json) {
        let answer = analyst.forge_upload("/api/v1/imports", fields, Some(("年报.csv", text.as_bytes()))).await;
        is_documented(&Method::POST, "/api/v1/imports", &answer);
        (answer.status, serde_json::from_str(&answer.text).unwrap())
    };
    let kind = ("kind", "enterprise");
    let (status, faulty) = send(&[kind], &sheet("很多")).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY, "{faulty}");
    assert_eq!(
        (faulty["faults"][0]["cell"].as_str(), faulty["faults"][0]["found"].as_str()),
        (Some("C3"), Some("很多"))
    );
    assert_eq!((faulty["rows"].as_u64(), faulty["accepted"].as_u64()), (Some(2), Some(0)));
    let (status, tried) = send(&[kind, ("dry_run", "true")], &sheet("200")).await;
    assert_eq!((status, tried["accepted"].as_u64(), &tried["load"]), (StatusCode::OK, Some(2), &Json::Null));
    let (status, some) = send(&[kind, ("skip_faulty", "true")], &sheet("很多")).await;
    assert_eq!((status, some["accepted"].as_u64()), (StatusCode::CREATED, Some(1)), "{some}");
    let (status, all) = send(&[kind], &sheet("200")).await;
    assert_eq!((status, all["accepted"].as_u64(), all["unchanged"].as_u64()), (StatusCode::CREATED, Some(1), Some(1)));
    let (status, again) = send(&[kind], &sheet("200")).await;
    assert_eq!((status, again["accepted"].as_u64()), (StatusCode::OK, Some(0)), "{again}");
    for (fields, status) in [
        (&[("kind", "ghost")][..], StatusCode::BAD_REQUEST),
        (&[kind, ("mode", "fast")][..], StatusCode::BAD_REQUEST),
        (&[kind, ("dry_run", "maybe")][..], StatusCode::BAD_REQUEST),
        (&[kind, ("period", "last year")][..], StatusCode::BAD_REQUEST),
    ] {
        assert_eq!(send(fields, &sheet("1")).await.0, status, "{fields:?}");
    }
    assert_eq!(send(&[kind], "PK\u{3}\u{4} no workbook").await.0, StatusCode::UNPROCESSABLE_ENTITY);
}
