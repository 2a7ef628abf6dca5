//! Calls to an OpenAI-compatible service: one try or several, within a deadline, with everything a refusal said kept.
//!
//! Bodies are never logged, nor is the key. What is logged is the operation, the status and the request id.

mod call;
mod exchange;
mod failure;
mod http_exchange;
mod key;
mod multipart;
mod rate;
mod retry;

pub(crate) use call::is_outcome_unknown;
pub use call::{Answer, Call, Client};
pub use exchange::{Body, BodySource, Exchange, ExchangeFailure, Reached, Reply, Request};
pub use failure::ApiFailure;
pub use http_exchange::HttpExchange;
pub use key::ApiKey;
pub use multipart::Form;
pub use rate::{RateBudget, RateLimits, retry_after};
pub use retry::{Chance, Repeat, RetryPolicy, SystemChance};
