//! Questions to a chat model, with pictures, tools, or an answer bound to a schema; one by one or as a batch.

mod batch;
mod model;
mod price;
mod speech;
mod wire;

pub use batch::{BatchOptions, Batches};
pub use model::ChatModel;
pub(crate) use price::BATCH_SHARE;
pub use price::ChatPrice;
pub use speech::ServiceTranscriber;
pub use wire::{Answer, Question, ToolUse, Usage};
