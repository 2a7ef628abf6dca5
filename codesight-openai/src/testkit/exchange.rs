//! The stand-in without a socket.

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, StreamExt};
use http::{HeaderMap, HeaderName, HeaderValue};
use tokio::time::sleep;

use super::fault::Fault;
use super::respond::{FakeReply, FakeRequest};
use super::service::FakeService;
use crate::client::{Exchange, ExchangeFailure, Reply, Request};

/// How a reply reaches the caller.
pub(super) enum Delivery {
    /// Whole.
    Whole(FakeReply),
    /// Its beginning, then the connection breaks.
    Broken(FakeReply),
    /// Not at all; whether the service was reached.
    None { reached: bool },
}

impl FakeService {
    /// Acts upon a request, with the fault that is planned for it.
    pub(super) async fn deliver(&self, request: &FakeRequest) -> Delivery {
        let Some(fault) = self.take_fault(&request.method, &request.path) else {
            return Delivery::Whole(self.act(request).await);
        };
        let acted = if fault.acts() { Some(self.act(request).await) } else { None };
        if let Some(reply) = fault.reply(self.now()) {
            return Delivery::Whole(reply.header("x-request-id", "req_fault"));
        }
        match (fault, acted) {
            (Fault::Unreachable, _) => Delivery::None { reached: false },
            (Fault::ResetMidBody, Some(reply)) => Delivery::Broken(reply),
            (Fault::Truncated, Some(mut reply)) => {
                reply.body.truncate(reply.body.len() / 2);
                Delivery::Whole(reply)
            }
            (Fault::Slow(wait), Some(reply)) => {
                sleep(wait).await;
                Delivery::Whole(reply)
            }
            _ => Delivery::None { reached: true },
        }
    }
}

fn headers(reply: &FakeReply) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in &reply.headers {
        if let Ok(value) = HeaderValue::try_from(value) {
            map.insert(HeaderName::from_static(name), value);
        }
    }
    map
}

#[async_trait]
impl Exchange for FakeService {
    async fn exchange(&self, request: Request) -> Result<Reply, ExchangeFailure> {
        let url = url::Url::parse(&request.url).map_err(|_| ExchangeFailure::unreachable("no address"))?;
        let mut body = BytesMut::with_capacity(request.body.len() as usize);
        let mut pieces = request.body.open();
        while let Some(piece) = pieces.next().await {
            body.extend_from_slice(&piece.map_err(|_| ExchangeFailure::interrupted("the body broke off"))?);
        }
        let request = FakeRequest {
            method: request.method,
            path: path_of(url.path()),
            query: url.query_pairs().into_owned().collect(),
            headers: request.headers,
            body: body.freeze(),
        };
        let broken = || ExchangeFailure::interrupted("the connection broke");
        match self.deliver(&request).await {
            Delivery::None { reached: false } => Err(ExchangeFailure::unreachable("no connection")),
            Delivery::None { reached: true } => Err(broken()),
            Delivery::Whole(reply) => Ok(Reply {
                status: reply.status,
                headers: headers(&reply),
                body: stream::iter([Ok(reply.body)]).boxed(),
            }),
            Delivery::Broken(reply) => {
                let half: Bytes = reply.body.slice(..reply.body.len() / 2);
                Ok(Reply {
                    status: reply.status,
                    headers: headers(&reply),
                    body: stream::iter([Ok(half), Err(broken())]).boxed(),
                })
            }
        }
    }
}

/// What follows `/v1`, decoded.
pub(super) fn path_of(path: &str) -> String {
    let path = path.strip_prefix("/v1").unwrap_or(path);
    // A form's decoder takes `+` for a blank, which a path does not.
    let pairs = format!("path={}", path.replace('+', "%2B").replace('&', "%26").replace('=', "%3D"));
    url::form_urlencoded::parse(pairs.as_bytes())
        .next()
        .map_or_else(String::new, |(_, path)| path.into_owned())
}
