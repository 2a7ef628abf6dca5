//! The integration tests of codesight-storage, in one binary.
#![allow(clippy::print_stderr, reason = "a skipped test says so, with its reason")]
#![allow(clippy::disallowed_methods, reason = "tests read CODESIGHT_CORPORA and measure time")]

mod archives;
mod catalog;
#[path = "../../../codesight-core/tests/support/corpora.rs"]
mod corpora;
mod crash;
#[cfg(feature = "encryption")]
mod encryption;
mod faults;
mod hostile_archives;
mod hostile_images;
mod keys;
mod levels;
mod lifecycle;
mod memory;
mod objects;
mod reencode;
mod repairs;
mod rights;
#[cfg(feature = "s3")]
mod s3;
mod samples;
mod support;
#[cfg(feature = "vault")]
mod vault;
