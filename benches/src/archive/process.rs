//! Processor time and memory, as the kernel counts them.

use crate::server::Outcome;

/// Ticks of the kernel's counters in a second; 100 on every Linux that Rust runs on.
const TICKS: f64 = 100.0;

/// Seconds of processor time.
#[derive(Debug, Clone, Copy)]
pub struct Cpu {
    /// Of this process.
    pub own: f64,
    /// Of its children that have ended.
    pub children: f64,
}

/// Processor time up to now.
///
/// # Errors
/// Where there is no `/proc`.
pub fn cpu() -> Outcome<Cpu> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks = |field: usize| -> Outcome<f64> { Ok(fields.get(field).ok_or("no field")?.parse::<f64>()?) };
    Ok(Cpu { own: (ticks(11)? + ticks(12)?) / TICKS, children: (ticks(13)? + ticks(14)?) / TICKS })
}

/// The most memory this process ever had resident, in bytes.
///
/// # Errors
/// Where there is no `/proc`.
pub fn peak_memory() -> Outcome<u64> {
    status("VmHWM:")
}

/// The memory this process has resident, in bytes.
///
/// # Errors
/// Where there is no `/proc`.
pub fn memory() -> Outcome<u64> {
    status("VmRSS:")
}

fn status(field: &str) -> Outcome<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(field)).ok_or("no such field")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
}
