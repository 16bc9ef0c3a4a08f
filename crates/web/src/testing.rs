//! The harness of this crate's tests: a server in the process over an empty register, with an
//! account of every role, and browsers that keep their cookies.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use kernel::{Catalogue, FactKey, Lang, SourceKind, SubjectId, SubjectKind, Value};
use store::access::{Account, Hand, NewAccount, Role, UnitId, UnitKind};
use store::testing::TestDatabase;
use store::{Key, NewLoad, NewStatement, Resolution, Store};
use tower::ServiceExt;

use crate::frame::token;
use crate::{App, Settings, router};

/// The password of every account of the harness.
pub const PASSWORD: &str = "春眠不觉晓 2026";

/// The code of the enterprise that the harness's enterprise account is bound to.
pub const ENTERPRISE: &str = "91410400000010006H";

static HASH: LazyLock<String> = LazyLock::new(|| crate::sign_in::password::hash(PASSWORD).unwrap());

/// A server over a register of its own, gone when the test ends.
pub struct House {
    /// What the handlers share.
    pub app: App,
    /// The unit at the top, an east park and a west park.
    pub units: [UnitId; 3],
    router: Router,
    _database: TestDatabase,
}

impl House {
    /// An empty register with the three units and an account for each of [`House::roles`], named
    /// by the role's key: those of the register's staff over the east park, the others over all.
    pub async fn new() -> Self {
        Self::with(Settings::default(), Catalogue::builtin().clone()).await
    }

    /// The same with other settings and a catalogue.
    pub async fn with(settings: Settings, catalogue: Catalogue) -> Self {
        let database = TestDatabase::sqlite();
        let store = Store::migrate(&database.location, Arc::new(catalogue)).await.unwrap();
        store.name_zone("样例高新区", "Sample Zone", true, "(console)").await.unwrap();
        let top = store.create_unit(Hand::Console, None, UnitKind::Zone, "样例高新区").await.unwrap().id;
        let east = store.create_unit(Hand::Console, Some(top), UnitKind::Park, "东区").await.unwrap().id;
        let west = store.create_unit(Hand::Console, Some(top), UnitKind::Park, "西区").await.unwrap().id;
        let app = App::new(store, settings).await.unwrap();
        let house = Self { router: router(app.clone()), app, units: [top, east, west], _database: database };
        house.enterprise(ENTERPRISE, "样例精密轴承有限公司").await;
        for role in Self::roles() {
            let unit = if matches!(role, Role::Officer | Role::Clerk) { east } else { top };
            if role != Role::Enterprise {
                house.account(role.key(), &[(role, unit)]).await;
            }
        }
        house.enterprise_account(Role::Enterprise.key(), ENTERPRISE).await;
        house
    }

    /// Puts an enterprise with this code and name into the register.
    pub async fn enterprise(&self, code: &str, name: &str) -> SubjectId {
        let load = NewLoad {
            kind: SourceKind::Sheet,
            origin: "统计办".to_owned(),
            title: "企业年报.xlsx".to_owned(),
            file_hash: None,
            subject_kind: SubjectKind::Enterprise,
            column_map_json: None,
            by: "(console)".to_owned(),
        };
        let values = [
            (FactKey::timeless("uscc"), Some(Value::Code(code.to_owned()))),
            (FactKey::timeless("name"), Some(Value::Text(name.to_owned()))),
        ];
        let statement = NewStatement { values: values.into(), ..NewStatement::default() };
        self.app.store().load(load, [statement], |_| {}).await.unwrap();
        self.known(code).await
    }

    /// The enterprise with this code.
    pub async fn known(&self, code: &str) -> SubjectId {
        let key = Key { code: Some(code.to_owned()), name: None };
        match self.app.store().resolve(SubjectKind::Enterprise, &[key]).await.unwrap().remove(0) {
            Resolution::Existing(id) => id,
            other => panic!("{code}: {other:?}"),
        }
    }

    /// Makes an enterprise's own account.
    pub async fn enterprise_account(&self, name: &str, code: &str) -> Account {
        let new = NewAccount {
            name,
            display_name: name,
            unit: self.units[0],
            enterprise: Some(self.known(code).await),
            lang: Lang::Zh,
            password_hash: Some(&HASH),
            must_change_password: false,
        };
        let account = self.app.store().create_account(Hand::Console, new).await.unwrap();
        self.app.store().grant(Hand::Console, account.id, Role::Enterprise, self.units[0]).await.unwrap();
        account
    }

    /// The roles, each of which has an account.
    pub fn roles() -> impl Iterator<Item = Role> {
        Role::ALL.iter().copied()
    }

    /// Makes an account with these roles over these units.
    pub async fn account(&self, name: &str, roles: &[(Role, UnitId)]) -> Account {
        let new = NewAccount {
            name,
            display_name: name,
            unit: self.units[0],
            enterprise: None,
            lang: Lang::Zh,
            password_hash: Some(&HASH),
            must_change_password: false,
        };
        let account = self.app.store().create_account(Hand::Console, new).await.unwrap();
        for (role, unit) in roles {
            self.app.store().grant(Hand::Console, account.id, *role, *unit).await.unwrap();
        }
        account
    }

    /// A browser nobody has signed in with.
    pub fn anonymous(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            cookies: BTreeMap::new(),
            bearer: None,
            extra: HeaderMap::new(),
            bytes: Vec::new(),
        }
    }

    /// A browser in which the account of this role is signed in.
    pub async fn as_role(&self, role: Role) -> Browser {
        self.as_account(role.key()).await
    }

    /// A browser in which this account is signed in, through the form.
    pub async fn as_account(&self, name: &str) -> Browser {
        let mut browser = self.anonymous();
        browser.get("/sign-in").await;
        let answer = browser.post("/sign-in", &[("name", name), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{name} cannot sign in: {}", answer.text);
        browser
    }
}

/// A browser: it keeps cookies and sends the form's token, unless told not to.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    /// The cookies it holds.
    pub cookies: BTreeMap<String, String>,
    /// A personal token to send instead.
    pub bearer: Option<String>,
    /// Headers sent with every request.
    pub extra: HeaderMap,
    bytes: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub text: String,
}

impl Answer {
    /// Where a redirect leads.
    pub fn location(&self) -> &str {
        self.headers.get(header::LOCATION).map(|to| to.to_str().unwrap()).unwrap_or_default()
    }

    /// The `Set-Cookie` line of a cookie.
    pub fn set_cookie(&self, name: &str) -> Option<&str> {
        let start = format!("{name}=");
        self.headers
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|line| line.to_str().unwrap())
            .find(|line| line.starts_with(&start))
    }
}

impl Browser {
    /// The token of the forms this browser sees.
    pub fn csrf(&self) -> String {
        let cookie = self.cookies.get("xs_session").or_else(|| self.cookies.get("xs_visit"));
        cookie.map(|cookie| token::of(cookie)).unwrap_or_default()
    }

    /// Opens a page.
    pub async fn get(&mut self, address: &str) -> Answer {
        let request = Request::builder().method(Method::GET).uri(address).header(header::ACCEPT, "text/html");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Downloads a file.
    pub async fn get_bytes(&mut self, address: &str) -> Vec<u8> {
        let answer = self.get(address).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        std::mem::take(&mut self.bytes)
    }

    /// Sends a form as a page of ours does.
    pub async fn post(&mut self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf();
        let mut all = vec![(token::FIELD, csrf.as_str())];
        all.extend_from_slice(fields);
        self.forge(address, &all).await
    }

    /// Sends a form with these fields and nothing else: what another site could make a browser send.
    pub async fn forge(&mut self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = Request::builder()
            .method(Method::POST)
            .uri(address)
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Sends a form with a file as a page of ours does.
    pub async fn upload(&mut self, address: &str, fields: &[(&str, &str)], file: Option<(&str, &[u8])>) -> Answer {
        let csrf = self.csrf();
        let mut all = vec![(token::FIELD, csrf.as_str())];
        all.extend_from_slice(fields);
        self.forge_upload(address, &all, file).await
    }

    /// Sends a form with a file and these fields and nothing else.
    pub async fn forge_upload(
        &mut self,
        address: &str,
        fields: &[(&str, &str)],
        file: Option<(&str, &[u8])>,
    ) -> Answer {
        const BOUNDARY: &str = "----a-boundary-that-no-file-holds";
        let mut body = Vec::new();
        for (name, value) in fields {
            let part = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
            body.extend_from_slice(part.as_bytes());
        }
        if let Some((name, bytes)) = file {
            let part = format!(
                "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: application/octet-stream\r\n\r\n"
            );
            body.extend_from_slice(part.as_bytes());
            body.extend_from_slice(bytes);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        let request = Request::builder()
            .method(Method::POST)
            .uri(address)
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"));
        self.send(request.body(Body::from(body)).unwrap()).await
    }

    /// Sends a request with the cookies, and keeps those that come back.
    pub async fn send(&mut self, mut request: Request<Body>) -> Answer {
        let line: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !line.is_empty() {
            request.headers_mut().insert(header::COOKIE, line.join("; ").parse().unwrap());
        }
        if let Some(bearer) = &self.bearer {
            request.headers_mut().insert(header::AUTHORIZATION, format!("Bearer {bearer}").parse().unwrap());
        }
        request.headers_mut().insert(header::HOST, "zone.test".parse().unwrap());
        for (name, value) in &self.extra {
            request.headers_mut().insert(name, value.clone());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for line in parts.headers.get_all(header::SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (name, value) = line.split(';').next().unwrap().split_once('=').unwrap();
            if line.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let bytes = body.collect().await.unwrap().to_bytes();
        self.bytes = bytes.to_vec();
        Answer { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
    }
}
