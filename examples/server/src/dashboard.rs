//! The dashboard: static files in the binary, no build step, no other origin.

use std::borrow::Cow;

use axum::Router;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::app::App;

const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; \
     connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";
const PICTURE: &str = "image/svg+xml";

/// The page and its files.
pub(crate) fn routes() -> Router<App> {
    macro_rules! assets {
        ($($media_type:ident: $($name:literal)*;)*) => {
            Router::new()
                .route("/", get(|| file(HTML, include_str!("dashboard/index.html"))))
                .route("/interface", get(|| file(HTML, include_str!("dashboard/interface/index.html"))))
                $($(.route(
                    concat!("/assets/", $name),
                    get(|| file($media_type, include_str!(concat!("dashboard/", $name)))),
                ))*)*
        };
    }
    let files = assets! {
        SCRIPT: "app.js" "shell.js" "sign-in.js" "ui.js" "ways.js"
            "datasets/dataset.js" "datasets/page.js" "datasets/recipe.js" "interface/page.js" "interface/schema.js"
            "lib/api.js" "lib/format.js" "lib/frames.js" "lib/keys.js" "lib/load.js" "lib/route.js"
            "parts/dialog.js" "parts/icon.js" "parts/meter.js" "parts/segments.js" "parts/states.js" "parts/tabs.js"
            "parts/virtual.js"
            "privacy/audit.js" "privacy/page.js" "privacy/person.js" "privacy/requests.js" "privacy/storage.js"
            "review/agreement.js" "review/page.js"
            "session/action.js" "session/data.js" "session/inspector.js" "session/page.js" "session/review.js"
            "session/reviewing.js" "session/stage.js" "session/steps.js" "session/timeline.js"
            "session/tabs/action.js" "session/tabs/findings.js" "session/tabs/intent.js" "session/tabs/masking.js"
            "session/tabs/page.js" "session/tabs/part.js" "session/tabs/selectors.js" "session/tabs/training.js"
            "sessions/filters.js" "sessions/page.js" "sessions/paging.js"
            "training/curve.js" "training/page.js" "training/training.js"
            "vendor/htm.mjs" "vendor/preact.mjs";
        STYLE: "styles/base.css" "styles/desk.css" "styles/inspector.css" "styles/interface.css" "styles/parts.css" "styles/sessions.css" "styles/shell.css"
            "styles/tokens.css" "styles/viewer.css";
        PICTURE: "icon.svg";
    };
    files.route("/assets/vendor/hooks.mjs", get(|| file(SCRIPT, hooks())))
}

/// Preact's hooks import `preact` by name. A name would need an import map, which is an inline script and forbidden; so
/// it becomes an address.
fn hooks() -> String {
    include_str!("dashboard/vendor/hooks.mjs").replace("from\"preact\"", "from\"./preact.mjs\"")
}

async fn file(media_type: &'static str, text: impl Into<Cow<'static, str>>) -> Response {
    with_headers(media_type, text)
}

fn with_headers(media_type: &'static str, text: impl Into<Cow<'static, str>>) -> Response {
    let mut response = text.into().into_response();
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

/// For somebody whom a provider sent back and who is not signed in; `why` and `code` are words of the server's own.
pub(crate) fn not_signed_in(code: &str, why: &str) -> Response {
    let page = include_str!("dashboard/not-signed-in.html");
    with_headers(HTML, page.replace("{why}", why).replace("{code}", code))
}

#[cfg(test)]
mod tests {
    use super::hooks;

    #[test]
    fn nothing_is_imported_by_a_name_that_needs_an_import_map() {
        let hooks = hooks();
        assert!(hooks.contains("from\"./preact.mjs\""));
        assert!(!hooks.contains("from\"preact\""));
    }
}
