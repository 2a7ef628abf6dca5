//! Logs, to standard error as text or as JSON lines, and traces over OTLP. Both hold ids, codes and numbers, never content.

#[cfg(feature = "otlp")]
mod otlp;
mod settings;
mod traces;

use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry};

pub(crate) use self::settings::TraceSettings;
pub(crate) use self::traces::{Traces, belongs_to};

type AnyLayer = Box<dyn Layer<Registry> + Send + Sync>;

/// Starts logging. `RUST_LOG` chooses what is shown; without it, everything of ours from `info` on.
pub(crate) fn start(json: bool) {
    // A second start, as in tests, keeps the first.
    let _ = tracing_subscriber::registry().with(vec![logs(json)]).try_init();
}

/// Starts logging, and sending traces where the settings ask for it.
///
/// # Errors
/// For traces that cannot be sent from this program, or there.
pub(crate) fn start_with_traces(json: bool, settings: &TraceSettings) -> Result<Traces, String> {
    let (traces, layer) = traces::open(settings)?;
    let layers: Vec<AnyLayer> = layer.into_iter().chain([logs(json)]).collect();
    let _ = tracing_subscriber::registry().with(layers).try_init();
    Ok(traces)
}

fn logs(json: bool) -> AnyLayer {
    let filter =
        EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("warn,codesight_server=info"));
    let layer = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    if json {
        layer.json().with_filter(filter).boxed()
    } else {
        layer.with_target(false).with_filter(filter).boxed()
    }
}
