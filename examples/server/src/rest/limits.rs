//! Quotas on requests: whoever asks too often is told how long to wait, a tenant with too much under way to come again.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use codesight_core::ports::ApiKey;

use super::credentials::{self, Via};
use super::problem::Problem;
use crate::app::App;
use crate::quotas::{Asker, BURST_SECONDS, Standing};

/// The good key of a request, if it has one: looked up once, before anything else.
#[derive(Debug, Clone)]
pub(super) struct Presented(pub(super) Option<(Arc<ApiKey>, Via)>);

/// Recorders connect here, strangers among them: the socket has limits of its own.
const STREAM: &str = "/v1/stream";

/// A layer over every route.
pub(super) async fn limit(State(app): State<App>, request: Request, next: Next) -> Response {
    let (mut parts, body) = request.into_parts();
    let presented = credentials::key_of(&parts, &app).await;
    let asker = match &presented {
        Some((key, _)) => Asker::Key(key.id.clone()),
        None => Asker::Address(address(&parts.extensions)),
    };
    let tenant = presented.as_ref().map(|(key, _)| key.tenant.clone());
    let is_recorder = parts.uri.path() == STREAM;
    parts.extensions.insert(Presented(presented));
    let request = Request::from_parts(parts, body);
    if is_recorder {
        return next.run(request).await;
    }
    let standing = app.quotas.request(&asker);
    if let Some(wait) = standing.wait {
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many-requests", "ask again later");
        return told(refused(problem, wait.as_secs() + 1), standing);
    }
    let under_way = match &tenant {
        Some(tenant) => match app.quotas.begin(tenant) {
            Some(under_way) => Some(under_way),
            None => {
                let detail = "too many of this tenant's requests are under way";
                let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "overloaded", detail);
                return refused(problem, 1);
            }
        },
        None => None,
    };
    let response = next.run(request).await;
    drop(under_way);
    if tenant.is_some() { told(response, standing) } else { response }
}

fn address(extensions: &axum::http::Extensions) -> IpAddr {
    extensions.get::<SocketAddr>().map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), SocketAddr::ip)
}

fn refused(problem: Problem, seconds: u64) -> Response {
    let mut response = problem.into_response();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// The fields of draft-ietf-httpapi-ratelimit-headers-10: how many requests are left of how many
/// in a window, and when all may be made again.
fn told(mut response: Response, standing: Standing) -> Response {
    let fields = [
        ("ratelimit-policy", format!("\"key\";q={};w={BURST_SECONDS}", standing.burst)),
        ("ratelimit", format!("\"key\";r={};t={}", standing.left, standing.full_in_seconds())),
    ];
    for (name, value) in fields {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}
