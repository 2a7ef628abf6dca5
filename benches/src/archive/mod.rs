//! What the measurement of archives is made of.

pub mod access;
pub mod baseline;
pub mod process;
pub mod quality;
pub mod session;
pub mod write;
