//! Which service, where, and what it offers: dated data that a caller can replace.

mod local;
mod profile;
mod recipe;
mod table;

pub use local::LocalTrainer;
pub use profile::{Authorization, Dialect, Offers, Profile};
pub use recipe::Recipe;
