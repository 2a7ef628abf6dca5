//! The pipeline: rules, determinism, examples, odd input.

mod behaviour;
mod committed;
mod examples;
pub(crate) mod fixture;
mod odd;
mod rules;
