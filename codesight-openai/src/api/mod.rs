//! Requests and replies as OpenAI's API description has them (github openai/openai-openapi, 2026-08-21), read with tolerance: an
//! unknown field is ignored, an unknown word kept, a field that services leave out optional.

mod file;
mod job;
mod method;
mod model;
mod page;

pub use file::{FileObject, Purpose, UploadObject, UploadPartObject};
pub use job::{CheckpointObject, EventObject, JobErrorObject, JobObject};
pub use method::{
    CreateJob, DpoHyperparameters, Hyperparameters, Method, OrAuto, ReinforcementHyperparameters,
};
pub use model::ModelObject;
pub use page::Page;
