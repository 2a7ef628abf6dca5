//! The integration tests of codesight-storage, in one binary.

mod catalog;
mod keys;
