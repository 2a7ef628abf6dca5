//! The secret of a request: in a header, or in the cookie of a sign-in. A cookie is sent by the browser whoever made the
//! page ask, so what changes something must show, beside the cookie, that the page could read an answer of ours.

use std::sync::Arc;

use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use codesight_core::id::ContentHash;
use codesight_core::ports::{ApiKey, ApiKeyKind};
use subtle::ConstantTimeEq;

use super::problem::Problem;
use crate::app::App;

/// Over TLS: no other host and no plain connection can set a cookie of this name.
const SECURE_COOKIE: &str = "__Host-codesight";
const PLAIN_COOKIE: &str = "codesight";
/// The same for what a browser keeps while its person is at a provider.
const SECURE_ATTEMPT: &str = "__Host-codesight-attempt";
const PLAIN_ATTEMPT: &str = "codesight-attempt";
/// The header that shows that a page of ours sent the request.
pub(crate) const CSRF_HEADER: &str = "x-csrf-token";

/// How a key came with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Via {
    Header,
    Cookie {
        /// What the page must send back to change something.
        csrf_token: String,
    },
}

/// The good key that came with a request, and how it came.
pub(super) async fn key_of(parts: &Parts, app: &App) -> Option<(Arc<ApiKey>, Via)> {
    if let Some(secret) = bearer(parts) {
        let key = app.access.identify(secret).await.filter(|key| key.kind == ApiKeyKind::Issued)?;
        return Some((key, Via::Header));
    }
    let secret = cookie(parts, app.is_secure)?;
    let key = app.access.identify(secret).await.filter(|key| key.kind == ApiKeyKind::SignIn)?;
    Some((key, Via::Cookie { csrf_token: csrf_token(secret) }))
}

/// Refuses what a page of somebody else may have made the browser send.
pub(super) fn check_origin(parts: &Parts, via: &Via) -> Result<(), Problem> {
    match via {
        Via::Cookie { csrf_token } if !parts.method.is_safe() && !is_from_our_page(parts, csrf_token) => {
            Err(Problem::cross_site())
        }
        _ => Ok(()),
    }
}

/// The token of a request.
fn bearer(parts: &Parts) -> Option<&str> {
    let value = parts.headers.get(header::AUTHORIZATION)?;
    value.to_str().ok()?.strip_prefix("Bearer ")
}

fn cookie(parts: &Parts, is_secure: bool) -> Option<&str> {
    named(&parts.headers, if is_secure { SECURE_COOKIE } else { PLAIN_COOKIE })
}

/// The cookie of a browser that was sent to a provider.
pub(super) fn attempt(headers: &HeaderMap, is_secure: bool) -> Option<&str> {
    named(headers, if is_secure { SECURE_ATTEMPT } else { PLAIN_ATTEMPT })
}

fn named<'h>(headers: &'h HeaderMap, wanted: &str) -> Option<&'h str> {
    let all = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == wanted).map(|(_, value)| value)
}

/// Follows from the secret, and does not give it away.
pub(super) fn csrf_token(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(ContentHash::of(format!("csrf {secret}").as_bytes()).as_bytes())
}

fn is_from_our_page(parts: &Parts, expected: &str) -> bool {
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    let site = text("sec-fetch-site").is_none_or(|site| site == "same-origin");
    let token = text(CSRF_HEADER).unwrap_or_default();
    site && bool::from(token.as_bytes().ct_eq(expected.as_bytes()))
}

/// The cookie of a sign-in, as a header's value. Scripts cannot read it, other sites do not send it.
pub(super) fn set_cookie(secret: &str, seconds: u64, is_secure: bool) -> String {
    let (name, secure) = if is_secure { (SECURE_COOKIE, "; Secure") } else { (PLAIN_COOKIE, "") };
    format!("{name}={secret}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}")
}

/// The cookie of somebody who is at a provider, as a header's value. It comes back with them from that other site.
pub(super) fn attempt_cookie(secrets: &str, seconds: u64, is_secure: bool) -> String {
    let (name, secure) = if is_secure { (SECURE_ATTEMPT, "; Secure") } else { (PLAIN_ATTEMPT, "") };
    format!("{name}={secrets}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(headers: &[(&str, &str)]) -> Parts {
        let mut request = axum::http::Request::builder();
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(()).expect("a request").into_parts().0
    }

    #[test]
    fn the_cookie_is_found_among_others_and_only_by_its_name() {
        assert_eq!(cookie(&parts(&[("cookie", "a=1; codesight=secret; b=2")]), false), Some("secret"));
        assert_eq!(cookie(&parts(&[("cookie", "a=1"), ("cookie", "__Host-codesight=s")]), true), Some("s"));
        assert_eq!(cookie(&parts(&[("cookie", "codesight=planted")]), true), None);
        assert_eq!(cookie(&parts(&[("cookie", "xcodesight=secret; codesightx=secret")]), false), None);
    }

    #[test]
    fn a_request_of_another_site_is_told_apart() {
        let token = csrf_token("secret");
        assert!(!token.contains("secret"));
        assert!(is_from_our_page(&parts(&[("x-csrf-token", &token)]), &token));
        assert!(!is_from_our_page(&parts(&[]), &token));
        assert!(!is_from_our_page(&parts(&[("x-csrf-token", "other")]), &token));
        let forged = [("x-csrf-token", token.as_str()), ("sec-fetch-site", "cross-site")];
        assert!(!is_from_our_page(&parts(&forged), &token));
    }

    #[test]
    fn over_tls_the_cookie_is_bound_to_the_host() {
        assert_eq!(
            set_cookie("s", 60, true),
            "__Host-codesight=s; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure"
        );
        assert!(!set_cookie("s", 60, false).contains("Secure"));
    }
}
