//! Keys, apart from the data they protect.

mod audited;
mod file;
#[cfg(feature = "encryption")]
mod master;
mod record;
#[cfg(feature = "encryption")]
mod rewrap;
#[cfg(feature = "vault")]
mod vault;

pub use audited::{AuditedKeyStore, INSTALLATION};
pub use file::FileKeyStore;
#[cfg(feature = "encryption")]
pub use master::MasterKeys;
#[cfg(feature = "encryption")]
pub use rewrap::RewrapReport;
#[cfg(feature = "vault")]
pub use vault::{VaultKeyStore, VaultOptions, VaultToken};
