//! Every port in memory: for tests, for trying the product without a service, and as the shortest correct reading
//! of each contract.
//!
//! What is here lives as long as the value; "durable" means no more than that.

mod accounts;
mod api_keys;
mod audit;
mod blobs;
mod catalog;
mod jobs;
mod journal;
mod keys;
mod notify;
mod provider_files;
mod reviews;
mod transcriber;
mod tuner;
mod vision;

use std::sync::{Mutex, MutexGuard, PoisonError};

pub use accounts::MemoryAccounts;
pub use audit::MemoryAuditLog;
pub use blobs::MemoryBlobStore;
pub use catalog::MemoryCatalog;
pub use keys::MemoryKeyStore;
pub use notify::MemoryNotifier;
pub use provider_files::MemoryProviderFiles;
pub use transcriber::ScriptedTranscriber;
pub use tuner::MemoryTuner;
pub use vision::ScriptedVisionModel;

/// Locks without a verdict on panics elsewhere: every change in this module is made after its last fallible step.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
