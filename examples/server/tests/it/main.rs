//! The server as a process: real sockets, real files, real signals.
#![allow(clippy::print_stderr, reason = "a test that is slow says how far it is")]

mod client;
mod demo;
mod durability;
mod hostile;
mod live;
mod metrics;
mod process;
mod quality;
mod rest;
mod tls;
