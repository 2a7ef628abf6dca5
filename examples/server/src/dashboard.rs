//! The dashboard: static files in the binary, no build step, no other origin.

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::App;

const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";

/// The page and its files.
pub(crate) fn routes() -> Router<App> {
    macro_rules! assets {
        ($($name:literal => $media_type:expr),* $(,)?) => {
            Router::new()
                .route("/", get(|| file(HTML, include_str!("dashboard/index.html"))))
                $(.route(
                    concat!("/assets/", $name),
                    get(|| file($media_type, include_str!(concat!("dashboard/", $name)))),
                ))*
        };
    }
    assets! {
        "api.js" => SCRIPT,
        "app.js" => SCRIPT,
        "drawing.js" => SCRIPT,
        "element.js" => SCRIPT,
        "icon.svg" => "image/svg+xml",
        "list.js" => SCRIPT,
        "style.css" => "text/css; charset=utf-8",
        "viewer.js" => SCRIPT,
    }
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
