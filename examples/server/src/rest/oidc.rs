//! Signing in at the provider: there, and back again.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use codesight_core::ErrorKind;
use schemars::JsonSchema;
use serde::Deserialize;

use super::caller::Anyone;
use super::credentials;
use super::describe::{Answer, Operation, Schemas};
use super::problem::Problem;
use super::sign_in;
use crate::app::App;
use crate::dashboard;
use crate::oidc::{Attempt, Provider};

/// How long a person may stay at the provider.
const ATTEMPT_SECONDS: u64 = 600;

fn provider(app: &App) -> Result<&Provider, Problem> {
    app.provider.as_deref().ok_or_else(Problem::not_found)
}

/// What somebody is told who comes without being signed in: programs a problem, people a page.
#[derive(Debug)]
pub(crate) struct Refusal {
    problem: Problem,
    page: Option<&'static str>,
}

impl Refusal {
    fn to(headers: &HeaderMap) -> impl FnOnce(Problem) -> Self {
        let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_person = accepted.contains("text/html");
        move |problem| Self { page: is_person.then(|| why(problem.code())), problem }
    }
}

/// A code in words for people.
fn why(code: &str) -> &'static str {
    match code {
        "role-missing" => {
            "The provider knows you, but none of your groups has a role here. Ask the people who run this server for one."
        }
        "unauthenticated" => "The provider did not sign you in, or you stopped before it could.",
        "cross-site" => "This sign-in was begun in another browser, or more than ten minutes ago.",
        "not-found" => "This server has no provider to sign in at.",
        _ => {
            "The provider could not be asked just now. Nothing is wrong with your account; try again in a moment."
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self { problem, page } = self;
        let code = problem.code();
        let mut response = problem.into_response();
        if let Some(why) = page {
            let (parts, body) = dashboard::not_signed_in(code, why).into_parts();
            *response.body_mut() = body;
            response.headers_mut().extend(parts.headers);
        }
        response
    }
}

/// As the problem it is.
impl Answer for Result<(StatusCode, HeaderMap), Refusal> {
    fn describe(status: u16, operation: &mut Operation, schemas: &mut Schemas) {
        <(StatusCode, HeaderMap)>::describe(status, operation, schemas);
    }
}

/// `GET /v1/oidc/start`: to the provider.
pub(crate) async fn start(
    State(app): State<App>,
    _: Anyone,
    headers: HeaderMap,
) -> Result<(StatusCode, HeaderMap), Refusal> {
    begin(&app).await.map_err(Refusal::to(&headers))
}

async fn begin(app: &App) -> Result<(StatusCode, HeaderMap), Problem> {
    let attempt = Attempt::random()?;
    let address = provider(app)?.address(&attempt).await?;
    to(&address, &[credentials::attempt_cookie(&attempt.to_cookie(), ATTEMPT_SECONDS, app.is_secure)])
}

/// What the provider sends a browser back with. Others of its parameters are ignored.
#[derive(Deserialize, JsonSchema)]
pub(crate) struct Callback {
    /// Good for one token; absent when the person was not signed in there.
    code: Option<String>,
    /// What this server sent along.
    state: String,
}

/// `GET /v1/oidc/callback`: from the provider. Only the browser that was sent there is signed in.
pub(crate) async fn callback(
    State(app): State<App>,
    _: Anyone,
    headers: HeaderMap,
    Query(given): Query<Callback>,
) -> Result<(StatusCode, HeaderMap), Refusal> {
    end(&app, &headers, given).await.map_err(Refusal::to(&headers))
}

async fn end(app: &App, headers: &HeaderMap, given: Callback) -> Result<(StatusCode, HeaderMap), Problem> {
    let provider = provider(app)?;
    let attempt = credentials::attempt(headers, app.is_secure)
        .and_then(|cookie| Attempt::from_cookie(cookie, &given.state))
        .ok_or_else(|| Problem::new(StatusCode::FORBIDDEN, "cross-site", "begin at /v1/oidc/start"))?;
    let code = given.code.ok_or_else(|| {
        Problem::new(
            StatusCode::UNAUTHORIZED,
            ErrorKind::Unauthenticated.code(),
            "the provider signed nobody in",
        )
    })?;
    let person = provider.person(&code, &attempt).await.map_err(|error| match error.kind() {
        ErrorKind::Forbidden => Problem::new(StatusCode::FORBIDDEN, "role-missing", error.message()),
        _ => error.into(),
    })?;
    let (_, secret) = app.sign_in_person(provider.tenant().clone(), person).await?;
    let (status, mut headers) = to("/", &[credentials::attempt_cookie("", 0, app.is_secure)])?;
    for cookie in sign_in::with_cookie(app, &secret).get_all(header::SET_COOKIE) {
        headers.append(header::SET_COOKIE, cookie.clone());
    }
    Ok((status, headers))
}

fn to(address: &str, cookies: &[String]) -> Result<(StatusCode, HeaderMap), Problem> {
    let value = |text: &str| {
        HeaderValue::try_from(text).map_err(|_| {
            let detail = "the provider names an address that is none";
            Problem::new(StatusCode::BAD_GATEWAY, "provider-unusable", detail)
        })
    };
    let mut headers = HeaderMap::new();
    headers.insert(header::LOCATION, value(address)?);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    for cookie in cookies {
        let mut cookie = value(cookie)?;
        cookie.set_sensitive(true);
        headers.append(header::SET_COOKIE, cookie);
    }
    Ok((StatusCode::SEE_OTHER, headers))
}
