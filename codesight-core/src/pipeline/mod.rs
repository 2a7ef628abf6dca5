//! The pipeline: from the masked places of one session to its quality report and its training data.
//!
//! Synchronous and pure: no clock, no environment, no chance, no input or output, no model calls. The same input
//! gives the same bytes, so it runs alike in a server's worker, in a Python process and as a map step of a distributed
//! engine.
//!
//! [`Pipeline::default`] runs every stage of [`crate::stages`]. A [`PipelineConfig`] chooses stages and options; a
//! [`PipelineBuilder`] adds stages of your own. The functions of [`operations`] run single steps on a [`Draft`].
//! [`LiveScore`] tells the score while a session is being recorded.

mod builder;
mod config;
mod draft;
mod input;
mod live;
pub mod operations;
mod processed;
mod stage;

pub use builder::{Pipeline, PipelineBuilder, StageFactory};
pub use config::{PipelineConfig, StageConfig};
pub use draft::{DerivedContext, Draft, EnhancedInteraction, PageView, PlacedGap};
pub use input::{FrameFacts, RecordContent, SessionInput, SessionRecord};
pub use live::LiveScore;
pub use processed::ProcessedSession;
pub use stage::Stage;
