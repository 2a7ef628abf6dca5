//! What a backend must offer. Small object-safe traits; each method lists its behaviour, and each line of that list
//! is a test in [`testkit`](crate::testkit) that every backend runs.
//!
//! All calls are safe to repeat. A call that returned `Ok` is durable: it survives the end of the process.

mod api_keys;
mod audit;
mod blobs;
mod catalog;
mod consents;
mod evidence;
mod exports;
mod jobs;
mod journal;
mod keys;
mod models;
mod notify;
mod provider_files;
mod register;
mod reviews;
mod scrub;
mod tuner;

pub use api_keys::{ApiKey, ApiKeyKind, ApiKeyRegister, Role};
pub use audit::{AuditAction, AuditEntry, AuditEvent, AuditLog};
pub use blobs::{BlobInfo, BlobKey, BlobStore, BlobStoreExt, BlobUpload, PutOutcome};
pub use catalog::{Catalog, NewSession, SessionCatalog, SessionChange, SessionPage, SessionQuery};
pub use consents::ConsentLedger;
pub use evidence::{AuditEvidence, AuditLine};
pub use exports::{Export, ExportPlace, ExportRegister};
pub use jobs::{Job, JobCounts, JobFailure, JobKind, JobQueue, NewJob};
pub use journal::{JournalHead, JournalKind, JournalRecord, SessionJournal, SessionRef};
pub use keys::{KeyId, KeyStore, SecretKey};
pub use models::{Transcriber, Transcript, TranscriptSegment, VisionFrame, VisionModel};
pub use notify::{Notice, NoticeLevel, Notifier};
pub use provider_files::ProviderFiles;
pub use register::{Accounts, RightsRegister};
pub use reviews::ReviewLedger;
pub use scrub::Scrub;
pub use tuner::{Tuner, TunerCapabilities, TuningEvent, TuningJob, TuningRequest, TuningStatus};
