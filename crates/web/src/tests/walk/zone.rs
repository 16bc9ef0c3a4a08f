//! The zone through which the API is walked: something of everything an operation can name.

use axum::http::{Method, StatusCode};
use kernel::{SubjectKind, Value};
use serde_json::{Value as Json, json};
use store::access::{Action, Reach, Role};

use crate::Settings;
use crate::jobs::runner::run_one;
use crate::testing::{Browser, ENTERPRISE, House};
use crate::tests::api::{call, code as code_of, program, read};
use crate::tests::checkup::{WEST, code, list_records, say, wan, zone_in};
use crate::tests::cultivation::check_up;

const PHONE: &str = "0371-66668888";

/// A house with its things, and what a role must not be shown of them.
pub(super) struct Zone {
    _house: House,
    /// The program that walks.
    pub(super) program: Browser,
    east: String,
    second: String,
    candidate: String,
    load: String,
    statement: i64,
    conflict: Vec<i64>,
    view: String,
    case_view: String,
    draft: String,
    draft_text: String,
    rehearsal: String,
    unit: String,
    /// Words that no answer to this role may hold.
    pub(super) hidden: Vec<&'static str>,
}

async fn make(program: &mut Browser, address: &str, body: &Json, status: StatusCode) -> Json {
    let answer = call(program, &Method::POST, address, Some(body)).await;
    assert_eq!(answer.status, status, "{address}: {}", answer.text);
    serde_json::from_str(&answer.text).unwrap()
}

fn text(of: &Json) -> String {
    of.as_str().unwrap().to_owned()
}

impl Zone {
    /// A zone for one role to walk through.
    pub(super) async fn of(role: Role) -> Self {
        // Nobody walks as slowly as the limit of calls would have it.
        let settings = Settings { calls_a_minute: u32::MAX, ..Settings::default() };
        let (house, east, _) = zone_in(House::with(settings, kernel::Catalogue::builtin().clone()).await).await;
        list_records(&house).await;
        let words = |words: &str| Value::Text(words.to_owned());
        let more =
            [("uscc", code(ENTERPRISE)), ("contact_phone", words(PHONE)), ("operating_revenue@2025", wan(1_200))];
        say(&house, SubjectKind::Enterprise, &more).await;
        let second = [("uscc", code(&code_of(7))), ("name", words("样例同名一厂")), ("park", words("东区"))];
        say(&house, SubjectKind::Enterprise, &second).await;
        say(&house, SubjectKind::Enterprise, &[("name", words("无码样例公司")), ("park", words("东区"))]).await;
        check_up(&house).await;

        let mut analyst = program(&house, "analyst", Reach::Write).await;
        let of_east = format!("/api/v1/subjects/enterprise/{east}");
        let fact = |subject: &Json| {
            let facts = subject["facts"].as_array().unwrap();
            facts.iter().find(|fact| fact["fact"] == "operating_revenue@2025").unwrap().clone()
        };
        let statement = fact(&read(&mut analyst, &of_east).await)["statement"].as_i64().unwrap();
        let change = json!({"fact": "operating_revenue@2025", "value": "13000000.00", "seen": statement});
        let correction = json!({"reason": "核对", "changes": [change]});
        make(&mut analyst, &format!("{of_east}/facts"), &correction, StatusCode::OK).await;
        let said = fact(&read(&mut analyst, &of_east).await)["said"].clone();
        let conflict = said.as_array().unwrap().iter().map(|word| word["statement"].as_i64().unwrap()).collect();
        let rows = read(&mut analyst, "/api/v1/subjects/enterprise?candidates=1").await;
        let loads = read(&mut analyst, "/api/v1/loads?limit=1").await;
        let version = json!({"version": "tech-sme@2022-01-01"});
        let draft = make(&mut analyst, "/api/v1/policy-drafts", &version, StatusCode::CREATED).await;
        let shared = json!({"name": "共享的", "query": "sort=name", "shared": true});
        let mut view = make(&mut analyst, "/api/v1/views/enterprise", &shared, StatusCode::OK).await;
        let mut rehearsal = make(&mut analyst, "/api/v1/rehearsals", &version, StatusCode::ACCEPTED).await;
        let units = read(&mut analyst, "/api/v1/units").await;

        let mut program = program(&house, role.key(), Reach::Write).await;
        if Action::ReadRegister.allowed(&[role]) {
            let own = json!({"name": "自己的", "query": "sort=name"});
            view = make(&mut program, "/api/v1/views/enterprise", &own, StatusCode::OK).await;
        }
        let mut case_view = String::new();
        if Action::ReadCases.allowed(&[role]) {
            let own = json!({"name": "自己的", "query": "colour=red"});
            let made = make(&mut program, "/api/v1/case-views/matter", &own, StatusCode::OK).await;
            case_view = text(&made["id"]);
        }
        if Action::ReadPolicies.allowed(&[role]) {
            rehearsal = make(&mut program, "/api/v1/rehearsals", &version, StatusCode::ACCEPTED).await;
        }
        while run_one(&house.app, uuid::Uuid::new_v4()).await.unwrap() {}
        Self {
            program,
            east: east.to_string(),
            second: house.known(&code_of(7)).await.to_string(),
            candidate: text(&rows["rows"][0]["id"]),
            load: text(&loads["rows"][0]["id"]),
            statement,
            conflict,
            view: text(&view["id"]),
            case_view,
            draft: text(&draft["draft"]["id"]),
            draft_text: text(&draft["source"]),
            rehearsal: text(&rehearsal["id"]),
            unit: text(&units["rows"][1]["id"]),
            hidden: hidden(role),
            _house: house,
        }
    }

    /// Texts that fit a parameter of an operation; the first of them is that of the good request.
    pub(super) fn known(&self, operation: &str, name: &str) -> Vec<String> {
        let one = |text: &str| vec![text.to_owned()];
        match (operation, name) {
            (_, "kind") if operation == "log" => vec!["load.".to_owned(), "role.granted".to_owned()],
            ("case_views" | "save_case_view" | "delete_case_view", "kind") => {
                vec!["matter".to_owned(), "every".to_owned()]
            }
            ("resources", "kind") => vec!["enterprise".to_owned(), "carrier".to_owned(), "programme".to_owned()],
            (_, "kind") => vec!["enterprise".to_owned(), "platform".to_owned(), "title".to_owned()],
            (_, "form") => vec!["csv".to_owned(), "csv-gb18030".to_owned(), "xlsx".to_owned()],
            (_, "seq") => one(&self.statement.to_string()),
            (_, "source") => one(&self.load),
            ("settle_candidate", "id") => one(&self.candidate),
            ("delete_view", "id") => one(&self.view),
            ("delete_case_view", "id") => one(&self.case_view),
            ("visit_round", "officer") => one("officer"),
            ("visit_round", "place") => one(&self.unit),
            ("duty_reports", "day") => vec!["2026-11-01".to_owned(), "2026-06-01".to_owned()],
            ("duty_reports", "late") => one("true"),
            ("job" | "rehearsal", "id") => one(&self.rehearsal),
            ("policy" | "policy_effect", "id") => one("tech-sme"),
            ("policy" | "policy_effect", "version") => one("2022-01-01"),
            (_, "id") if operation.contains("polic") => one(&self.draft),
            (_, "id") => one(&self.east),
            (_, "q") => one("样例"),
            (_, "unit") => one(&self.unit),
            (_, "subject") => vec![self.east.clone(), self.second.clone()],
            (_, "industry") => vec!["C".to_owned(), "39".to_owned(), "3973".to_owned()],
            (_, "sort") => vec!["-revenue".to_owned(), "name".to_owned(), "day".to_owned()],
            (_, "cols") => one("uscc,operating_revenue,park"),
            (_, "missing" | "field") => one("operating_revenue"),
            (_, "asof" | "on" | "from" | "to") if operation != "rehearsal" => {
                vec!["2026-06-01".to_owned(), "2026-11-01".to_owned()]
            }
            (_, "policy") => one("tech-sme,high-tech-enterprise"),
            (_, "list") => vec!["enters".to_owned(), "near".to_owned()],
            (_, "title") => one("hnte"),
            (_, "title_state") => one("valid"),
            (_, "conflicts" | "candidates") => one("1"),
            (_, "by") => one("analyst"),
            _ => vec!["7".to_owned(), "2020".to_owned()],
        }
    }

    /// The value of a body's field in the good request.
    pub(super) fn body(&self, operation: &str, name: &str) -> Json {
        match (operation, name) {
            (_, "reason") => json!("核对"),
            ("correct", "changes") => json!([
                {"fact": "operating_revenue@2024", "value": "2000000.00", "seen": null},
                {"fact": "website", "value": "www.example.com", "seen": null},
            ]),
            ("settle", "subject") => json!(self.east),
            ("settle", "fact") => json!("operating_revenue@2025"),
            ("settle", "seen") => json!(self.conflict),
            ("settle", "statement") => json!(self.conflict[0]),
            ("merge" | "unmerge", "kept") => json!(self.east),
            ("merge" | "unmerge", "duplicate") => json!(self.second),
            ("save_view" | "save_case_view", "name") => json!("视图"),
            ("save_case_view", "query") => json!("colour=red&sort=-opened"),
            ("save_view", "query") => json!("industry=39&sort=-revenue&cols=uscc"),
            ("save_view" | "save_case_view", "shared") => json!(false),
            ("begin_policy_draft" | "rehearse", "version") => json!("tech-sme@2022-01-01"),
            ("rehearse", "set") => json!({}),
            (_, "source") => json!(self.draft_text),
            // The draft is kept once before it is given up.
            ("drop_policy_draft", "seen") => json!(2),
            (_, "seen") => json!(1),
            _ => Json::Null,
        }
    }
}

/// What of the register a role must not be shown: everything, the other park, or personal data.
fn hidden(role: Role) -> Vec<&'static str> {
    const EAST: [&str; 4] = [ENTERPRISE, "样例精密轴承有限公司", "样例同名一厂", "无码样例公司"];
    const WESTERN: [&str; 2] = [WEST, "<script>alert(1)</script>有限公司"];
    let mut hidden = Vec::new();
    if !Action::ReadRegister.allowed(&[role]) {
        hidden.extend(EAST);
    }
    if !matches!(role, Role::Leader | Role::Analyst) {
        hidden.extend(WESTERN);
    }
    match role {
        Role::Enterprise => hidden.extend(["样例同名一厂", "无码样例公司"]),
        _ if !Action::ReadPersonal.allowed(&[role]) => hidden.push(PHONE),
        _ => {}
    }
    hidden
}
