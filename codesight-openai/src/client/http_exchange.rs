//! Exchanges over HTTP.

use std::time::Duration;

use async_trait::async_trait;
use codesight_core::{Error, ErrorKind, Result};
use futures_util::StreamExt;
use http::header::CONTENT_LENGTH;

use super::exchange::{Body, Exchange, ExchangeFailure, Reached, Reply, Request};

/// Longest wait for a connection, as in OpenAI's Python client.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// HTTP/1.1 over TLS (rustls, the system's trusted roots), connections kept for the next request. Redirects are not followed:
/// none of the services uses them, and one would carry the key elsewhere.
#[derive(Debug, Clone)]
pub struct HttpExchange {
    client: reqwest::Client,
}

impl HttpExchange {
    /// A pool of connections.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] when the system's trusted roots cannot be read.
    pub fn new() -> Result<Self> {
        let client = reqwest::Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(concat!("codesight-openai/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| {
                Error::new(ErrorKind::Unavailable, "client.new", "TLS could not be set up")
                    .caused_by(error.without_url())
            })?;
        Ok(Self { client })
    }
}

#[async_trait]
impl Exchange for HttpExchange {
    async fn exchange(&self, request: Request) -> std::result::Result<Reply, ExchangeFailure> {
        let mut builder = self.client.request(request.method, request.url).headers(request.headers);
        builder = match request.body {
            Body::Empty => builder,
            Body::Bytes(bytes) => builder.body(bytes),
            body @ Body::Stream { .. } => {
                builder.header(CONTENT_LENGTH, body.len()).body(reqwest::Body::wrap_stream(body.open()))
            }
        };
        let reply = builder.send().await.map_err(failure)?;
        Ok(Reply {
            status: reply.status().as_u16(),
            headers: reply.headers().clone(),
            body: reply.bytes_stream().map(|piece| piece.map_err(failure)).boxed(),
        })
    }
}

/// The address is left out: it may name files and jobs.
fn failure(error: reqwest::Error) -> ExchangeFailure {
    let (reached, what) = if error.is_builder() {
        (Reached::Nothing, "the request could not be built")
    } else if error.is_connect() {
        (Reached::Nothing, "no connection")
    } else if error.is_timeout() {
        (Reached::Maybe, "no reply in time")
    } else {
        (Reached::Maybe, "the connection broke")
    };
    ExchangeFailure { reached, what, source: Some(Box::new(error.without_url())) }
}
