//! Load on the real server, over the real protocol.

pub mod client;
pub mod figures;
pub mod hostile;
pub mod probe;
