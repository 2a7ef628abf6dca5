//! The dashboard: static files in the binary, no build step, no other origin.

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::App;

const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The page and its files.
pub(crate) fn routes() -> Router<App> {
    Router::new()
        .route("/", get(|| file("text/html; charset=utf-8", include_str!("dashboard/index.html"))))
        .route(
            "/assets/style.css",
            get(|| file("text/css; charset=utf-8", include_str!("dashboard/style.css"))),
        )
        .route(
            "/assets/app.js",
            get(|| file("text/javascript; charset=utf-8", include_str!("dashboard/app.js"))),
        )
        .route(
            "/assets/api.js",
            get(|| file("text/javascript; charset=utf-8", include_str!("dashboard/api.js"))),
        )
        .route(
            "/assets/list.js",
            get(|| file("text/javascript; charset=utf-8", include_str!("dashboard/list.js"))),
        )
        .route(
            "/assets/viewer.js",
            get(|| file("text/javascript; charset=utf-8", include_str!("dashboard/viewer.js"))),
        )
        .route(
            "/assets/drawing.js",
            get(|| file("text/javascript; charset=utf-8", include_str!("dashboard/drawing.js"))),
        )
        .route(
            "/assets/element.js",
            get(|| file("text/javascript; charset=utf-8", include_str!("dashboard/element.js"))),
        )
}

async fn file(media_type: &'static str, text: &'static str) -> Response {
    let mut response = text.into_response();
    for (name, value) in [
        (header::CONTENT_TYPE, media_type),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-cache"),
    ] {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
