//! What every backend is tested with: the shared conformance suites, fixtures, and wrappers that inject faults.
//!
//! Each port has a suite, a list of named scenarios. One scenario stands for each line under "Behaviour" in the
//! port's documentation and bears that line as its name; the others cover what the rest of the documentation says. A
//! backend's test hands a suite a function that makes a fresh, empty instance:
//!
//! ```
//! use std::sync::Arc;
//! use codesight_core::memory::MemoryCatalog;
//! use codesight_core::ports::Catalog;
//! use codesight_core::testkit::catalog_suite;
//!
//! # pollster::block_on(async {
//! let fresh = || async { Arc::new(MemoryCatalog::new()) as Arc<dyn Catalog> };
//! let summary = catalog_suite().run("memory", fresh).await.expect("the memory catalog keeps the contract");
//! assert!(summary.held > 10);
//! # });
//! ```
//!
//! For tests, never for production.

mod api_keys;
mod audit;
mod blobs;
mod catalog;
mod catalog_query;
mod check;
mod consents;
mod evidence;
mod exports;
mod faults;
pub mod fixtures;
mod jobs;
mod journal;
mod journal_end;
mod keys;
mod lying_blobs;
mod media;
mod models;
mod notify;
mod provider_files;
mod register;
mod reviews;
mod rights_fixtures;
mod scrub;
mod suite;
mod tuner;

pub use api_keys::api_keys_suite;
pub use audit::audit_suite;
pub use blobs::blobs_suite;
pub use catalog::catalog_suite;
pub use check::{Stop, Verdict, ensure, equal, refused};
pub use consents::consents_suite;
pub use evidence::{AuditBackend, evidence_suite};
pub use exports::exports_suite;
pub use faults::{FaultMoment, Faults, Sleep};
pub use jobs::jobs_suite;
pub use journal::journal_suite;
pub use keys::keys_suite;
pub use lying_blobs::{Lie, LyingBlobStore};
pub use models::{transcriber_suite, vision_suite};
pub use notify::notifier_suite;
pub use provider_files::provider_files_suite;
pub use register::register_suite;
pub use reviews::reviews_suite;
pub use rights_fixtures::{consent_record, legal_hold, rights_request};
pub use scrub::scrub_suite;
pub use suite::{Scenario, Suite, SuiteFailed, Summary};
pub use tuner::tuner_suite;

use crate::layer::{LayeredAccounts, LayeredBlobStore, LayeredCatalog};

/// A blob store that fails on purpose. The steps of an upload are calls like any other.
pub type FaultyBlobStore = LayeredBlobStore<Faults>;

/// A catalog that fails on purpose.
pub type FaultyCatalog = LayeredCatalog<Faults>;

/// Accounts that fail on purpose.
pub type FaultyAccounts = LayeredAccounts<Faults>;
