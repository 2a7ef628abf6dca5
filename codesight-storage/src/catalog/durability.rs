//! What an acknowledged change survives.

/// What an acknowledged change survives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// The end of the process, of the operating system, and of the power supply: the database's log is synchronised
    /// before a change is acknowledged. As true as the disk is when it says that it has written.
    #[default]
    Full,
    /// The end of the process only. When the operating system or the power fails (for PostgreSQL: that of the
    /// database), the changes of the last moments may be gone, though they were acknowledged: with SQLite all since
    /// the log was last carried over into the file, with PostgreSQL those of less than a second. What is left is
    /// consistent.
    Relaxed,
}
