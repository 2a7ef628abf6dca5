//! Counting and naming what was measured.

use std::time::Duration;

/// Times, to be asked for their percentiles.
#[derive(Debug, Default, Clone)]
pub struct Times(Vec<Duration>);

impl Times {
    /// One more.
    pub fn push(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// Those of another list as well.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The time that `share` of all (0 to 1) do not exceed; nought when there is none.
    pub fn percentile(&mut self, share: f64) -> Duration {
        self.0.sort_unstable();
        let last = self.0.len().saturating_sub(1);
        self.0.get((last as f64 * share).round() as usize).copied().unwrap_or_default()
    }

    /// p50, p99 and the longest, in words.
    pub fn describe(&mut self) -> String {
        let [p50, p99, most] = [0.5, 0.99, 1.0].map(|share| self.percentile(share).as_secs_f64() * 1e3);
        format!("p50 {p50:.1} ms, p99 {p99:.1} ms, longest {most:.1} ms, of {}", self.len())
    }
}

/// What else runs on this machine, so that figures can be judged.
pub fn machine() -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let busy = load.split(' ').next().unwrap_or("unknown").to_owned();
    let build = if cfg!(debug_assertions) { "debug" } else { "release" };
    format!("{cores} cores, {busy} runnable on average of the last minute, {build} build")
}
