//! Logs: to standard error, as text or as JSON lines. What is logged holds ids, codes and numbers, never content.

use tracing_subscriber::EnvFilter;

/// Starts logging. `RUST_LOG` chooses what is shown; without it, everything of ours from `info` on.
pub(crate) fn start(json: bool) {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,codesight_server=info"));
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start, as in tests, keeps the first.
    let _ = if json { builder.json().try_init() } else { builder.with_target(false).try_init() };
}
