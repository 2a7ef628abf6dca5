//! One request and its reply, whatever carries them.

use std::fmt;
use std::io;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{self, BoxStream, StreamExt};
use http::{HeaderMap, Method};

/// Bytes that can be read from their beginning as often as a request is sent.
pub trait BodySource: fmt::Debug + Send + Sync {
    /// The bytes anew.
    fn open(&self) -> BoxStream<'static, io::Result<Bytes>>;
}

/// What a request carries.
#[derive(Debug, Clone, Default)]
pub enum Body {
    /// Nothing.
    #[default]
    Empty,
    /// A few bytes.
    Bytes(Bytes),
    /// Many bytes, read while they are sent.
    Stream {
        /// Where from.
        source: Arc<dyn BodySource>,
        /// How many there are.
        length: u64,
    },
}

impl Body {
    /// How many bytes.
    pub fn len(&self) -> u64 {
        match self {
            Self::Empty => 0,
            Self::Bytes(bytes) => bytes.len() as u64,
            Self::Stream { length, .. } => *length,
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The bytes, in pieces.
    pub fn open(&self) -> BoxStream<'static, io::Result<Bytes>> {
        match self {
            Self::Empty => stream::empty().boxed(),
            Self::Bytes(bytes) => stream::iter([Ok(bytes.clone())]).boxed(),
            Self::Stream { source, .. } => source.open(),
        }
    }
}

/// A request, ready to be sent.
pub struct Request {
    /// The method.
    pub method: Method,
    /// The whole address, with its query.
    pub url: String,
    /// The headers, the secret one among them.
    pub headers: HeaderMap,
    /// What it carries.
    pub body: Body,
}

/// Shows the method and the size alone: headers hold the key, addresses may hold ids.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("bytes", &self.body.len())
            .finish_non_exhaustive()
    }
}

/// A reply whose body is still to be read.
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, in pieces.
    pub body: BoxStream<'static, Result<Bytes, ExchangeFailure>>,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reply").field("status", &self.status).finish_non_exhaustive()
    }
}

/// How far an exchange without a reply came. It decides whether sending again is safe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reached {
    /// No byte of the request can have arrived: there was no connection.
    Nothing,
    /// The request may have arrived and may have been acted upon.
    Maybe,
}

/// Why there is no whole reply.
#[derive(Debug)]
pub struct ExchangeFailure {
    /// How far it came.
    pub reached: Reached,
    /// What was going on, in fixed words.
    pub what: &'static str,
    /// The error beneath.
    pub source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl ExchangeFailure {
    /// No connection.
    pub fn unreachable(what: &'static str) -> Self {
        Self { reached: Reached::Nothing, what, source: None }
    }

    /// The connection broke after the request was sent, at least in part.
    pub fn interrupted(what: &'static str) -> Self {
        Self { reached: Reached::Maybe, what, source: None }
    }
}

impl fmt::Display for ExchangeFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.what)
    }
}

impl std::error::Error for ExchangeFailure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}

/// Carries a request to a service and brings its reply. It tries once; the client decides about more.
#[async_trait]
pub trait Exchange: fmt::Debug + Send + Sync {
    /// Sends the request.
    ///
    /// # Behaviour
    /// - every status is a reply, not a failure
    /// - a failure says whether the request can have arrived
    async fn exchange(&self, request: Request) -> Result<Reply, ExchangeFailure>;
}
