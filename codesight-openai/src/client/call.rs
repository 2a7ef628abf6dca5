//! The client: sends a call until it succeeds, is refused for good, or the time is up.

use std::fmt;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use codesight_core::time::Clock;
use codesight_core::{Error, ErrorKind, Result, Retry};
use futures_util::StreamExt;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, sleep, timeout_at};

use super::exchange::{Body, Exchange, Reached, Request};
use super::failure::ApiFailure;
use super::key::ApiKey;
use super::multipart::Form;
use super::rate::{RateLimits, text};
use super::retry::{Chance, Repeat, RetryPolicy, SystemChance};
use crate::provider::{Authorization, Profile};

/// Replies larger than this are an error, bytes.
const MAX_REPLY: usize = 256 * 1024 * 1024;

/// One call.
#[derive(Debug, Clone)]
pub struct Call {
    operation: &'static str,
    method: Method,
    path: String,
    query: Vec<(String, String)>,
    content_type: Option<String>,
    body: Body,
    repeat: Repeat,
}

impl Call {
    /// A call without a body. `path` begins with a slash and is added to the provider's base address; parts that come from elsewhere
    /// are written with [`Call::segment`].
    pub fn new(operation: &'static str, method: Method, path: impl Into<String>) -> Self {
        let repeat = if method == Method::POST { Repeat::LookFirst } else { Repeat::Safe };
        Self {
            operation,
            method,
            path: path.into(),
            query: Vec::new(),
            content_type: None,
            body: Body::Empty,
            repeat,
        }
    }

    /// One part of a path, with everything escaped that is not plain.
    pub fn segment(text: &str) -> String {
        url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
    }

    /// Adds to the query.
    #[must_use]
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Says that sending it twice does no harm.
    #[must_use]
    pub fn repeatable(mut self) -> Self {
        self.repeat = Repeat::Safe;
        self
    }

    /// Carries JSON.
    ///
    /// # Errors
    /// [`ErrorKind::Unexpected`] for a value that JSON cannot say.
    pub fn json(mut self, value: &impl Serialize) -> Result<Self> {
        let bytes = serde_json::to_vec(value).map_err(|error| {
            Error::new(ErrorKind::Unexpected, self.operation, "the request is not serialisable")
                .caused_by(error)
        })?;
        self.content_type = Some("application/json".to_owned());
        self.body = Body::Bytes(bytes.into());
        Ok(self)
    }

    /// Carries a form.
    #[must_use]
    pub fn form(mut self, form: Form) -> Self {
        self.content_type = Some(form.content_type());
        self.body = form.into_body();
        self
    }
}

/// A whole reply.
#[derive(Clone)]
pub struct Answer {
    /// The body.
    pub body: Bytes,
    /// The id to give to the service's support.
    pub request_id: Option<String>,
    /// What the headers said about limits.
    pub rate_limits: RateLimits,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("bytes", &self.body.len())
            .field("request_id", &self.request_id)
            .finish_non_exhaustive()
    }
}

enum Attempt {
    Answered(Answer),
    Refused(ApiFailure),
    /// There is no whole reply that can be read.
    Lost(Reached, Error),
}

/// Speaks to one service.
#[derive(Debug, Clone)]
pub struct Client {
    profile: Arc<Profile>,
    key: Option<ApiKey>,
    exchange: Arc<dyn Exchange>,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    policy: RetryPolicy,
}

impl Client {
    /// A client of the service that `profile` describes.
    pub fn new(
        profile: Profile,
        key: Option<ApiKey>,
        exchange: Arc<dyn Exchange>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self {
            profile: Arc::new(profile),
            key,
            exchange,
            clock,
            chance: Arc::new(SystemChance),
            policy: RetryPolicy::default(),
        }
    }

    /// With another patience.
    #[must_use]
    pub fn with_policy(mut self, policy: RetryPolicy) -> Self {
        self.policy = policy;
        self
    }

    /// With another source of chance.
    #[must_use]
    pub fn with_chance(mut self, chance: Arc<dyn Chance>) -> Self {
        self.chance = chance;
        self
    }

    /// The service.
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// The clock it was given.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// How patient it is.
    pub fn policy(&self) -> &RetryPolicy {
        &self.policy
    }

    /// Waits before a call whose outcome is unknown is looked after: as long as the service asked, or as long as before a retry.
    pub(crate) async fn pause(&self, retry: u32, error: &Error) {
        let asked = match error.retry() {
            Retry::After(asked) => Some(asked.min(self.policy.max_asked_delay)),
            _ => None,
        };
        sleep(asked.unwrap_or_else(|| self.policy.backoff(retry, &*self.chance))).await;
    }

    /// Sends the call and reads the JSON of the reply.
    ///
    /// # Errors
    /// As [`Client::send`].
    pub async fn fetch<T: DeserializeOwned>(&self, call: Call) -> Result<T> {
        self.run(call, |answer| serde_json::from_slice(&answer.body).map_err(drop)).await
    }

    /// Sends the call and takes the reply as it is.
    ///
    /// # Errors
    /// - a refusal, whose [`ApiFailure`] is the source of the error
    /// - [`ErrorKind::Unavailable`] when there is no whole reply; for a call that is not repeatable and may have been acted upon
    ///   the error has the fact `outcome=unknown`
    pub async fn send(&self, call: Call) -> Result<Answer> {
        self.run(call, |answer| Ok(answer.clone())).await
    }

    async fn run<T>(
        &self,
        call: Call,
        read: impl Fn(&Answer) -> std::result::Result<T, ()> + Send,
    ) -> Result<T> {
        let deadline = Instant::now() + self.policy.deadline;
        let mut retry = 0;
        loop {
            let ends = deadline.min(Instant::now() + self.policy.attempt_timeout);
            let attempt = match timeout_at(ends, self.attempt(&call, retry)).await {
                Ok(Attempt::Answered(answer)) => match read(&answer) {
                    Ok(value) => return Ok(value),
                    Err(()) => Attempt::Lost(Reached::Maybe, unreadable(&call, &answer)),
                },
                Ok(attempt) => attempt,
                Err(_) => Attempt::Lost(
                    Reached::Maybe,
                    Error::new(ErrorKind::Unavailable, call.operation, "no reply in time"),
                ),
            };
            let (error, pause) = self.judge(&call, attempt, retry);
            let Some(pause) = pause else { return Err(error) };
            if Instant::now() + pause >= deadline {
                return Err(error.with("deadline_ms", self.policy.deadline.as_millis()));
            }
            tracing::debug!(
                operation = call.operation,
                retry,
                pause_ms = pause.as_millis() as u64,
                "trying again"
            );
            sleep(pause).await;
            retry += 1;
        }
    }

    /// The error of a failed try, and the pause before the next one if there is to be one.
    fn judge(&self, call: &Call, attempt: Attempt, retry: u32) -> (Error, Option<std::time::Duration>) {
        match attempt {
            Attempt::Refused(refusal) => {
                let pause = self.policy.after_refusal(&refusal, retry, &*self.chance);
                let may_have_acted = refusal.is_transient() && !refusal.was_turned_away();
                let error = refusal.into_error(call.operation);
                if call.repeat == Repeat::LookFirst && may_have_acted {
                    return (unknown(error), None);
                }
                (error, pause)
            }
            Attempt::Lost(reached, error) => {
                if call.repeat == Repeat::LookFirst && reached == Reached::Maybe {
                    return (unknown(error), None);
                }
                let pause =
                    (retry < self.policy.max_retries).then(|| self.policy.backoff(retry, &*self.chance));
                (error, pause)
            }
            Attempt::Answered(_) => (Error::new(ErrorKind::Unexpected, call.operation, "no error"), None),
        }
    }

    async fn attempt(&self, call: &Call, retry: u32) -> Attempt {
        let request = match self.request(call, retry) {
            Ok(request) => request,
            Err(error) => return Attempt::Lost(Reached::Nothing, error),
        };
        let lost = |failure: super::exchange::ExchangeFailure| {
            let reached = failure.reached;
            let error = Error::new(ErrorKind::Unavailable, call.operation, failure.what).caused_by(failure);
            Attempt::Lost(reached, error)
        };
        let mut reply = match self.exchange.exchange(request).await {
            Ok(reply) => reply,
            Err(failure) => return lost(failure),
        };
        let mut body = BytesMut::new();
        while let Some(piece) = reply.body.next().await {
            match piece {
                Ok(piece) if body.len() + piece.len() <= MAX_REPLY => body.extend_from_slice(&piece),
                Ok(_) => {
                    let error =
                        Error::new(ErrorKind::LimitExceeded, call.operation, "the reply is too large")
                            .with("limit", MAX_REPLY);
                    return Attempt::Lost(Reached::Maybe, error);
                }
                // A refusal is a refusal, also when its sentence is cut off.
                Err(_) if reply.status >= 400 => break,
                Err(mut failure) => {
                    failure.reached = Reached::Maybe;
                    return lost(failure);
                }
            }
        }
        let now = self.clock.now();
        let request_id = text(&reply.headers, "x-request-id").map(str::to_owned);
        tracing::debug!(operation = call.operation, status = reply.status, request_id, "reply");
        if (200..300).contains(&reply.status) {
            let rate_limits = RateLimits::of(&reply.headers, now);
            return Attempt::Answered(Answer { body: body.freeze(), request_id, rate_limits });
        }
        Attempt::Refused(ApiFailure::read(reply.status, &reply.headers, &body, now))
    }

    fn request(&self, call: &Call, retry: u32) -> Result<Request> {
        let wrong = |_| Error::invalid("client.request", "a header cannot be said in HTTP");
        let mut headers = HeaderMap::new();
        if let Some(content_type) = &call.content_type {
            headers.insert(CONTENT_TYPE, HeaderValue::try_from(content_type).map_err(wrong)?);
        }
        if let Some(key) = &self.key {
            let (name, value) = match &self.profile.authorization {
                Authorization::Bearer => (AUTHORIZATION, format!("Bearer {}", key.expose())),
                Authorization::Header { name } => {
                    let name = HeaderName::try_from(name).map_err(|_| {
                        Error::invalid("client.request", "the key's header has no usable name")
                    })?;
                    (name, key.expose().to_owned())
                }
            };
            let mut value = HeaderValue::try_from(value).map_err(wrong)?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        for (name, value) in &self.profile.headers {
            let name = HeaderName::try_from(name).map_err(|_| {
                Error::invalid("client.request", "a header of the profile has no usable name")
            })?;
            headers.insert(name, HeaderValue::try_from(value).map_err(wrong)?);
        }
        headers.insert("x-stainless-retry-count", HeaderValue::from(retry));
        let mut url = format!("{}{}", self.profile.base_url.trim_end_matches('/'), call.path);
        if !(call.query.is_empty() && self.profile.query.is_empty()) {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.extend_pairs(self.profile.query.iter().chain(&call.query));
            url.push('?');
            url.push_str(&query.finish());
        }
        Ok(Request { method: call.method.clone(), url, headers, body: call.body.clone() })
    }
}

fn unreadable(call: &Call, answer: &Answer) -> Error {
    let error =
        Error::new(ErrorKind::Unavailable, call.operation, "the reply is not what the service promises")
            .with("bytes", answer.body.len());
    match &answer.request_id {
        Some(id) => error.with("request_id", id),
        None => error,
    }
}

fn unknown(error: Error) -> Error {
    error.with("outcome", "unknown").retry_when(Retry::Later)
}

/// Whether the call behind the error may have been acted upon: look before sending it again.
pub(crate) fn is_outcome_unknown(error: &Error) -> bool {
    error.context().contains(&("outcome", "unknown".to_owned()))
}
