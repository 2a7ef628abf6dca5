//! Integration tests of codesight-openai, in one binary.
#![allow(clippy::disallowed_methods, reason = "tests read CODESIGHT_CORPORA and UPDATE_EXPECT")]
#![allow(clippy::print_stderr, reason = "a skipped test says why")]

mod cookbook;
mod corpora;
mod dialects;
mod evaluate;
mod format;
mod hostile;
mod reader;
mod repair;
mod rules;
mod schedule;
mod service;
mod support;
mod tokens;
mod transport;
mod tuner;
mod uploads;
mod vision;
