//! `fields` of the targets, which say what they check.
#![no_main]

#[path = "../../codesight-core/tests/support/targets.rs"]
#[allow(dead_code, reason = "each binary runs one of them")]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::fields(bytes));
