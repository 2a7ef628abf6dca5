//! How much a reader may be asked to do.

/// Limits of an archive reader. What passes one of them is refused before it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArchiveLimits {
    /// Bytes of the ZIP.
    pub max_archive_bytes: u64,
    /// Files in it.
    pub max_entries: u64,
    /// Bytes of one file after inflating.
    pub max_entry_bytes: u64,
    /// Bytes of all files after inflating.
    pub max_total_bytes: u64,
    /// Bytes of `manifest.json` after inflating.
    pub max_manifest_bytes: u64,
    /// How many times its compressed size a file may have, once it is larger than `ratio_free_bytes`.
    pub max_ratio: u64,
    /// Files up to this size may compress as well as they like: JSON that repeats itself does, and a file of this
    /// size harms nobody.
    pub ratio_free_bytes: u64,
}

impl Default for ArchiveLimits {
    fn default() -> Self {
        Self {
            max_archive_bytes: u64::from(u32::MAX),
            max_entries: 65_534,
            max_entry_bytes: u64::from(u32::MAX) - 1,
            max_total_bytes: 16 << 30,
            max_manifest_bytes: 64 << 20,
            max_ratio: 100,
            ratio_free_bytes: 256 << 20,
        }
    }
}
