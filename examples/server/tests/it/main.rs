//! The server as a process: real sockets, real files, real signals.
#![allow(clippy::disallowed_methods, reason = "tests are told by the environment where their services are")]
#![allow(clippy::print_stderr, reason = "a test that is slow says how far it is")]

mod accounting;
mod backup;
mod canary;
mod canary_pixels;
mod catalogue;
mod client;
mod datasets;
mod demo;
mod deploy;
mod drawn;
mod durability;
mod encrypted;
mod exit;
mod flags;
mod full_disk;
mod hostile;
mod identity;
mod import;
mod live;
mod log_retention;
mod metrics;
#[cfg(feature = "cluster")]
mod nodes;
mod oidc;
mod openapi;
mod optimize;
mod people;
#[path = "../../../../codesight-core/tests/support/plants.rs"]
mod plants;
mod process;
mod pseudonyms;
mod purposes;
mod quality;
mod recognizer;
mod repair;
mod rest;
mod rights;
mod rolling;
mod storage_quota;
mod tls;
mod traces;
mod training;
mod vision;
mod watch;
