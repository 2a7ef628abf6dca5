#![doc = include_str!("../README.md")]
//!
//! This crate is the native half of the package: conversions, and calls into the other crates. It holds no rule and no
//! default of its own; what people see of it is in `python/codesight_sdk`.

#![expect(clippy::needless_pass_by_value, reason = "arguments come from Python by value")]

mod archive;
mod arrow;
mod catalog;
mod clock;
mod compose;
mod erase;
mod errors;
mod evaluate;
mod examples;
mod fleet;
mod import;
mod mask;
mod monitor;
mod pixels;
mod recording;
mod runtime;
mod service;
mod store;
mod tables;
mod told;
mod uplink;
mod validate;

/// The native module of the package.
#[pyo3::pymodule(gil_used = false)]
mod _native {
    #[pymodule_export]
    use super::archive::{Archive, verify_archive};
    #[pymodule_export]
    use super::arrow::ArrowTable;
    #[pymodule_export]
    use super::catalog::Catalog;
    #[pymodule_export]
    use super::erase::erase_subject;
    #[pymodule_export]
    use super::evaluate::{Evaluation, evaluate_models};
    #[pymodule_export]
    use super::examples::{Processed, default_pipeline, pipeline_stages};
    #[pymodule_export]
    use super::fleet::process_part;
    #[pymodule_export]
    use super::import::{import_sessions, importers};
    #[pymodule_export]
    use super::mask::{Masker, pii_types};
    #[pymodule_export]
    use super::monitor::follow_job;
    #[pymodule_export]
    use super::pixels::{Pixels, decode_image};
    #[pymodule_export]
    use super::recording::archive_recording;
    #[pymodule_export]
    use super::service::{Service, services};
    #[pymodule_export]
    use super::store::Blobs;
    #[pymodule_export]
    use super::uplink::Uplink;
    #[pymodule_export]
    use super::validate::{providers, validate_bytes, validate_file};

    /// Version of the package, and whether it was built with optimisation.
    #[pymodule_export]
    const VERSION: &str = env!("CARGO_PKG_VERSION");
    #[pymodule_export]
    const OPTIMISED: bool = !cfg!(debug_assertions);
}
