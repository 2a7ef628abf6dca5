//! Personal data: finding it, replacing it, and types that keep the unmasked from where it must not go.

mod boundary;

pub use boundary::{Masked, Raw};
