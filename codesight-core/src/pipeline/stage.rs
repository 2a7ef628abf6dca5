//! The contract of a stage.

use std::fmt;

use super::Draft;

/// One step of the pipeline.
///
/// # Behaviour
/// - reads and adds to the draft; never reads a clock, the environment, a random number, a file or the network
/// - the same draft in gives the same draft out, byte for byte
/// - whatever an interaction holds, it does not panic: what it cannot use becomes a finding
/// - a stage whose forerunners were left out does less, and does not fail
/// - its work grows in proportion to the number of interactions
pub trait Stage: fmt::Debug + Send + Sync {
    /// The name used in configurations, reports and metrics.
    fn name(&self) -> &'static str;

    /// Does the work.
    fn run(&self, draft: &mut Draft);
}
