//! One request to a vault: bounded in time and in what comes back, and never redirected, because the token goes with it.

use std::sync::Arc;

use codesight_core::error::{Error, ErrorKind, Result, Retry};
use codesight_core::ports::KeyId;
use futures_util::StreamExt as _;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::Value;

use super::VaultOptions;

/// More than any answer about one key: a vault keeps no secrets there but ours.
const LONGEST_REPLY: usize = 64 << 10;

#[derive(Clone)]
pub(super) struct Client {
    http: reqwest::Client,
    options: Arc<VaultOptions>,
}

/// An answer. It has no `Debug`, because it may hold a key.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) body: Vec<u8>,
}

impl Reply {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

impl Client {
    pub(super) fn new(options: VaultOptions) -> Result<Self> {
        let mut builder = reqwest::Client::builder()
            .timeout(options.timeout)
            .connect_timeout(options.timeout)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("codesight-storage/", env!("CARGO_PKG_VERSION")));
        if let Some(pem) = &options.authority {
            let certificates = reqwest::Certificate::from_pem_bundle(pem).map_err(|_| {
                Error::invalid("keys.open", "the authority of the vault is no certificate in PEM")
            })?;
            builder = certificates.into_iter().fold(builder, reqwest::ClientBuilder::add_root_certificate);
        }
        let http = builder.build().map_err(|error| {
            Error::new(ErrorKind::Unavailable, "keys.open", "TLS could not be set up")
                .caused_by(error.without_url())
        })?;
        Ok(Self { http, options: Arc::new(options) })
    }

    pub(super) fn options(&self) -> &VaultOptions {
        &self.options
    }

    pub(super) async fn get(&self, operation: &'static str, kind: &str, id: &KeyId) -> Result<Reply> {
        self.send(operation, Method::GET, kind, id, None).await
    }

    pub(super) async fn post(
        &self,
        operation: &'static str,
        kind: &str,
        id: &KeyId,
        body: &Value,
    ) -> Result<Reply> {
        self.send(operation, Method::POST, kind, id, Some(body)).await
    }

    pub(super) async fn put(
        &self,
        operation: &'static str,
        kind: &str,
        id: &KeyId,
        body: &Value,
    ) -> Result<Reply> {
        self.send(operation, Method::PUT, kind, id, Some(body)).await
    }

    /// Sends, and once more when the token is refused and another one is in its file by now.
    async fn send(
        &self,
        operation: &'static str,
        method: Method,
        kind: &str,
        id: &KeyId,
        body: Option<&Value>,
    ) -> Result<Reply> {
        let token = self.options.token.current(operation).await?;
        let reply = self.send_with(operation, &token, method.clone(), kind, id, body).await?;
        if reply.status != 403 {
            return Ok(reply);
        }
        let newer = self.options.token.current(operation).await?;
        if newer == token {
            return Ok(reply);
        }
        self.send_with(operation, &newer, method, kind, id, body).await
    }

    async fn send_with(
        &self,
        operation: &'static str,
        token: &str,
        method: Method,
        kind: &str,
        id: &KeyId,
        body: Option<&Value>,
    ) -> Result<Reply> {
        let away = |error: reqwest::Error| {
            Error::new(ErrorKind::Unavailable, operation, "the vault does not answer")
                .with("code", "vault-away")
                .caused_by(error.without_url())
        };
        let mut address = self.options.address.clone();
        // Every part was checked to be plain; a key's name is made of letters, digits, dots and dashes.
        address.set_path(&format!("/v1/{}/{kind}/{}/{id}", self.options.mount, self.options.folder));
        let mut headers = HeaderMap::new();
        for (name, value) in
            [("x-vault-token", Some(token)), ("x-vault-namespace", self.options.namespace.as_deref())]
        {
            let Some(value) = value else { continue };
            let mut value = HeaderValue::from_str(value)
                .map_err(|_| Error::invalid(operation, "a header of the vault holds what no header may"))?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        headers.insert("x-vault-request", HeaderValue::from_static("true"));
        let mut request = self.http.request(method, address).headers(headers);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let response = request.send().await.map_err(away)?;
        let status = response.status().as_u16();
        let mut chunks = response.bytes_stream();
        let mut body = Vec::new();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(away)?;
            if body.len() + chunk.len() > LONGEST_REPLY {
                return Err(Error::new(
                    ErrorKind::LimitExceeded,
                    operation,
                    "the vault's answer is too long",
                )
                .with("code", "vault-reply-too-long"));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Reply { status, body })
    }
}

/// An answer that is not the JSON it should be.
pub(super) fn unreadable(operation: &'static str) -> Error {
    Error::new(ErrorKind::Corrupt, operation, "the vault's answer cannot be read")
        .with("code", "vault-reply-unreadable")
}

/// A refusal, by its status alone: what a vault says in words may repeat a path or a policy.
pub(super) fn refused(operation: &'static str, reply: &Reply) -> Error {
    let (kind, code, message) = match reply.status {
        401 | 403 => (ErrorKind::Forbidden, "vault-token-refused", "the vault refuses the token"),
        404 => (ErrorKind::NotFound, "vault-path-missing", "the vault has no such engine or path"),
        429 => (ErrorKind::Unavailable, "vault-busy", "the vault takes no more requests now"),
        503 => (ErrorKind::Unavailable, "vault-sealed", "the vault is sealed or in maintenance"),
        500..=599 | 412 | 472 | 473 => (ErrorKind::Unavailable, "vault-failing", "the vault failed"),
        400 => (ErrorKind::Invalid, "vault-request-refused", "the vault refuses the request"),
        _ => (ErrorKind::Unexpected, "vault-status", "the vault answers what nobody expected"),
    };
    let error = Error::new(kind, operation, message).with("code", code).with("status", reply.status);
    // Somebody may unseal it, or renew the token, at any moment.
    if kind == ErrorKind::Forbidden { error.retry_when(Retry::Never) } else { error }
}
