//! The memory of this process, where the system tells it.

/// Bytes resident, from `/proc/self/statm`; none on systems without it.
pub(super) fn resident() -> Option<u64> {
    // Linux on every platform this server is built for maps pages of 4 kB to user space in this file.
    const PAGE: u64 = 4096;
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    text.split_whitespace().nth(1)?.parse::<u64>().ok().map(|pages| pages * PAGE)
}
