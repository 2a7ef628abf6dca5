//! The stand-in on a loopback port.

use std::net::SocketAddr;

use axum::body::{Body, to_bytes};
use bytes::Bytes;
use codesight_core::{Error, ErrorKind, Result};
use futures_util::stream;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use super::exchange::{Delivery, path_of};
use super::respond::{FakeReply, FakeRequest};
use super::service::FakeService;

/// Bytes of a request at most.
const MAX_REQUEST: usize = 600 * 1024 * 1024;

/// A stand-in that listens until this value is dropped.
#[derive(Debug)]
pub struct Listening {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Listening {
    /// Where.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The base address for clients.
    pub fn base_url(&self) -> String {
        format!("http://{}/v1", self.address)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Listens on `address`; port 0 takes a free one.
///
/// # Errors
/// [`ErrorKind::Unavailable`] when the port cannot be had.
pub async fn listen(service: FakeService, address: SocketAddr) -> Result<Listening> {
    let failed = |error: std::io::Error| {
        Error::new(ErrorKind::Unavailable, "testkit.listen", "the port cannot be had").caused_by(error)
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let task = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = service.clone();
            tokio::spawn(async move {
                let answer = service_fn(|request| answer(service.clone(), request));
                let connection =
                    hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), answer);
                // A connection that breaks is what some of the faults are for.
                let _ = connection.await;
            });
        }
    });
    Ok(Listening { address, task })
}

fn broken() -> std::io::Error {
    std::io::Error::new(std::io::ErrorKind::ConnectionReset, "a fault")
}

/// An error closes the connection without a reply.
async fn answer(service: FakeService, request: Request<Incoming>) -> std::io::Result<Response<Body>> {
    let (parts, body) = request.into_parts();
    let body = to_bytes(Body::new(body), MAX_REQUEST).await.map_err(|_| broken())?;
    let query = parts.uri.query().unwrap_or_default();
    let request = FakeRequest {
        method: parts.method,
        path: path_of(parts.uri.path()),
        query: url::form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
        headers: parts.headers,
        body,
    };
    match service.deliver(&request).await {
        Delivery::None { .. } => Err(broken()),
        Delivery::Whole(reply) => Ok(response(&reply, Body::from(reply.body.clone()))),
        Delivery::Broken(reply) => {
            let length = reply.body.len();
            let half: Bytes = reply.body.slice(..length / 2);
            let body = Body::from_stream(stream::iter([Ok(half), Err(broken())]));
            let mut response = response(&reply, body);
            response.headers_mut().insert("content-length", length.into());
            Ok(response)
        }
    }
}

fn response(reply: &FakeReply, body: Body) -> Response<Body> {
    let mut builder = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        builder = builder.header(*name, value);
    }
    builder.body(body).unwrap_or_default()
}
