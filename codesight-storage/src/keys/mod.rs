//! Keys, apart from the data they protect.

mod audited;
mod file;
#[cfg(feature = "encryption")]
mod master;
mod record;
#[cfg(feature = "encryption")]
mod rewrap;

pub use audited::{AuditedKeyStore, INSTALLATION};
pub use file::FileKeyStore;
#[cfg(feature = "encryption")]
pub use master::MasterKeys;
#[cfg(feature = "encryption")]
pub use rewrap::RewrapReport;
