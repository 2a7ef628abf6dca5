//! Keys, apart from the data they protect.

mod file;

pub use file::FileKeyStore;
