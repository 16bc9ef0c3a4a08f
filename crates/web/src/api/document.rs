//! `GET /api/openapi.json`: the API as an OpenAPI document, made from the table of operations.

use std::sync::LazyLock;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use utoipa::openapi::path::Operation as Described;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, PathItem, Ref, RefOr, ResponseBuilder,
};
use utoipa::{PartialSchema as _, ToSchema as _};

use super::Operation;
use super::asked::Asked;
use super::me::{Nothing, action_key};
use super::problem::Problem;
use crate::WebError;
use crate::router::Need;

const TOKEN: &str = "token";

const DESCRIPTION: &str = "\
The functions of the pages as JSON (与页面相同的功能，JSON 形式).\n\n\
**Token 令牌.** Make a personal token on the page of your account and send it as `Authorization: Bearer`. \
It sees and does what its owner may, and only reads where it was made to read. \
What lies outside one's rows is answered like what does not exist (404).\n\n\
**Values 值.** Money is a decimal text in yuan (元), exact to the fen: `\"95285000.00\"`. Measured figures and \
percentages are decimal texts, counts are integers, days are `2025-03-04`, moments are RFC 3339 in UTC. \
The filters of lists take money in 万元, as the pages do.\n\n\
**Errors 错误.** Every error has the one shape `Problem`, in the language of `Accept-Language` (zh or en); nothing \
was changed. Unknown parameters and fields are refused with the list of those known.\n\n\
**Rate 频率.** So many calls a minute for each token and each address; beyond it 429 with `Retry-After`.";

static DOCUMENT: LazyLock<OpenApi> = LazyLock::new(build);

/// The document.
pub fn document() -> &'static OpenApi {
    &DOCUMENT
}

/// The OpenAPI document of this API, for any account.
#[utoipa::path(get, path = "/api/openapi.json", operation_id = "openapi", tag = "Account",
    responses((status = 200, description = "The document", body = Object)))]
pub async fn show(_: Asked<Nothing>) -> Result<Response, WebError> {
    let text = document().to_json().map_err(WebError::broken)?;
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

fn build() -> OpenApi {
    let mut components = Components::new();
    let mut schemas = vec![(Problem::name().into_owned(), Problem::schema())];
    Problem::schemas(&mut schemas);
    let mut document = OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Xianshou 先手")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(DESCRIPTION))
                .build(),
        )
        .build();
    for operation in super::operations() {
        let (need, takes_body) = (operation.need, operation.method == axum::http::Method::POST);
        let Operation { path, described: (more, paths, _), .. } = operation;
        schemas.extend(more);
        for (address, mut item) in paths.paths {
            for described in [&mut item.get, &mut item.post].into_iter().flatten() {
                let names_something =
                    path.contains('{') || described.parameters.as_ref().is_some_and(|known| !known.is_empty());
                complete(described, need, takes_body && described.request_body.is_some(), names_something);
            }
            merge(&mut document, address, item);
        }
    }
    components.schemas.extend(schemas);
    components.security_schemes.insert(
        TOKEN.to_owned(),
        RefOr::T(SecurityScheme::Http(
            HttpBuilder::new()
                .scheme(HttpAuthScheme::Bearer)
                .description(Some("A personal token, made on the page of one's account."))
                .build(),
        )),
    );
    document.components = Some(components);
    document.security = Some(vec![SecurityRequirement::new(TOKEN, Vec::<String>::new())]);
    document
}

fn merge(document: &mut OpenApi, address: String, item: PathItem) {
    match document.paths.paths.get_mut(&address) {
        Some(known) => known.merge_operations(item),
        None => {
            document.paths.paths.insert(address, item);
        }
    }
}

/// Adds what the frame around every operation can answer, and what the operation needs.
fn complete(described: &mut Described, need: Need, takes_body: bool, names_something: bool) {
    let mut may = vec![
        ("400", "A parameter or a body that cannot be read"),
        ("401", "No valid token"),
        ("403", "The account's roles or the token's reach do not allow it"),
        ("409", "It changed in the meantime, or the account must change its password first"),
        ("429", "Too many calls; wait the seconds of Retry-After"),
        ("500", "Something is broken"),
        ("503", "Busy; try again in a few seconds"),
    ];
    if names_something || takes_body {
        may.push(("404", "There is no such thing within one's rows"));
    }
    if takes_body {
        may.push(("413", "More than is taken"));
        may.push(("415", "Not the expected type"));
        may.push(("422", "Something given breaks a rule"));
    } else {
        may.push(("422", "The place of the page belongs to another list"));
    }
    for (status, words) in may {
        described.responses.responses.entry(status.to_owned()).or_insert_with(|| RefOr::T(problem(words)));
    }
    let needs = match need {
        Need::Nothing | Need::Account => "any account".to_owned(),
        Need::May(action) => {
            let roles: Vec<&str> = action.roles().iter().map(|role| role.key()).collect();
            format!("`{}` ({})", action_key(action), roles.join(", "))
        }
    };
    let said = described.description.take().unwrap_or_default();
    described.description = Some(format!("{said}\n\nNeeds: {needs}.").trim_start().to_owned());
}

fn problem(words: &str) -> utoipa::openapi::Response {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(Problem::name()))).build();
    ResponseBuilder::new().description(words).content("application/json", content).build()
}
