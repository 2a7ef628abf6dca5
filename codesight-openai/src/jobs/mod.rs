//! Training jobs: at most one for each run, watched until they end, with everything the service tells about them.

mod availability;
mod create;
mod fireworks;
mod metrics;
mod monitor;
mod resource;
mod service;
mod together;
mod tuner;
mod webhook;

pub use availability::{Availability, availability, days_until};
pub use create::RUN_ID_KEY;
pub use fireworks::FireworksTuner;
pub use metrics::{MetricsRow, MetricsTable};
pub use monitor::{Monitor, MonitorOptions, Watcher};
pub use resource::FineTuning;
pub use service::{ProgressTeller, ServiceTuner, tuner_for};
pub use together::TogetherTuner;
pub use tuner::{OpenAiTuner, TunerOptions};
pub use webhook::{Webhook, WebhookEvent, WebhookSecret};
