//! Keys, apart from the data they protect.

mod audited;
mod file;

pub use audited::{AuditedKeyStore, INSTALLATION};
pub use file::FileKeyStore;
