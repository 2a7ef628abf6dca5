//! Which service, where, and what it offers: dated data that a caller can replace.

mod profile;
mod table;

pub use profile::{Authorization, Dialect, Offers, Profile};
