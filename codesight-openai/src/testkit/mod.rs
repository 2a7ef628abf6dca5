//! A stand-in for an OpenAI-compatible service, with memory and with faults on demand.
//!
//! It keeps files, uploads, jobs and batches as the service does, checks what it is sent, and walks each job one status further every
//! time the job is asked for. [`FakeService`] is an [`Exchange`](crate::client::Exchange), so that time can be virtual, and
//! [`listen`] puts the same service on a loopback port, where any other client can drive it. It trains nothing.

mod batches;
mod chat;
mod dialects;
mod exchange;
mod fault;
mod files;
mod jobs;
mod listen;
mod models;
mod respond;
mod service;
mod state;
mod uploads;

pub use chat::{ChatResponder, ChatTurn};
pub use dialects::OtherService;
pub use fault::{Fault, FaultPlan, RateForm};
pub use listen::{Listening, listen};
pub use service::{FakeOptions, FakeService, Seen};
pub use state::Counts;
