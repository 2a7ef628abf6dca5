//! The pipeline: rules, determinism, examples, odd input.

mod behaviour;
mod committed;
mod defects;
mod examples;
pub(crate) mod fixture;
mod live;
mod mistakes;
mod odd;
mod report;
mod rules;
mod shopping;
