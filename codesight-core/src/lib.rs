#![doc = include_str!("../README.md")]

pub mod dom;
pub mod error;
pub mod id;
pub mod import;
pub mod layer;
pub mod memory;
pub mod model;
pub mod pipeline;
pub mod ports;
pub mod privacy;
pub mod report;
pub mod review;
pub mod rights;
pub mod stages;
pub mod structured;
#[cfg(feature = "testkit")]
pub mod testkit;
pub mod time;
pub mod training;
pub mod wire;

/// The program in the repository's README runs.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct ReadmeProgram;

pub use error::{Error, ErrorKind, Result, Retry};
