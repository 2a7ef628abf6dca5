//! Traces, in programs that can send them and in those that cannot.
//!
//! A session is one trace, from the recorder's messages to the training lines, whichever connections and nodes have a part in
//! it: the trace's id is the session's. Whoever knows a session, or one of its lines, knows its trace.

use codesight_core::id::SessionId;
use tracing::Span;

use super::{AnyLayer, TraceSettings};

/// Traces on their way to a collector.
#[derive(Debug, Default)]
pub(crate) struct Traces {
    #[cfg(feature = "otlp")]
    sender: Option<super::otlp::Sender>,
}

impl Traces {
    /// Sends what was not sent yet.
    pub(crate) async fn end(self) {
        #[cfg(feature = "otlp")]
        if let Some(sender) = self.sender {
            sender.end().await;
        }
    }
}

#[cfg(feature = "otlp")]
pub(super) fn open(settings: &TraceSettings) -> Result<(Traces, Option<AnyLayer>), String> {
    let Some(collector) = settings.collector() else { return Ok((Traces::default(), None)) };
    let (sender, layer) = super::otlp::open(collector, settings.share())?;
    Ok((Traces { sender: Some(sender) }, Some(layer)))
}

#[cfg(not(feature = "otlp"))]
pub(super) fn open(settings: &TraceSettings) -> Result<(Traces, Option<AnyLayer>), String> {
    match settings.collector() {
        None => Ok((Traces::default(), None)),
        Some(_) => {
            Err("this program was built without traces over OTLP; build it with --features otlp".to_owned())
        }
    }
}

/// Makes a new span part of the trace of a session.
#[cfg(feature = "otlp")]
pub(crate) fn belongs_to(span: Span, session: &SessionId) -> Span {
    super::otlp::belongs_to(&span, session);
    span
}

/// Makes a new span part of the trace of a session.
#[cfg(not(feature = "otlp"))]
pub(crate) fn belongs_to(span: Span, _: &SessionId) -> Span {
    span
}
