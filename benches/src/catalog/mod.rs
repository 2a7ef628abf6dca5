//! What the measurement of the catalogs is made of.

pub mod appends;
pub mod queries;
pub mod sessions;
