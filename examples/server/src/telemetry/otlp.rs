//! Sending spans by OTLP over HTTP, as protocol buffers.

use std::time::Duration;

use async_trait::async_trait;
use axum::http::{Request, Response};
use bytes::Bytes;
use codesight_core::id::SessionId;
use opentelemetry::trace::{
    SpanContext, SpanId, TraceContextExt as _, TraceFlags, TraceId, TraceState, TracerProvider as _,
};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::{HttpClient, HttpError};
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
use tokio::runtime::Handle;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use super::AnyLayer;

/// A collector that takes longer than this for some spans loses them.
const PATIENCE: Duration = Duration::from_secs(10);
/// What a collector answers is a few bytes.
const LARGEST_ANSWER: u64 = 1 << 20;
/// What becomes a span: everything of ours down to single appends, whatever the log shows.
const SPANS: &str = "codesight_server=debug";
const NAME: &str = "codesight-server";

/// What sends spans in the background.
#[derive(Debug)]
pub(super) struct Sender(SdkTracerProvider);

impl Sender {
    /// Sends what is left; gives up with the collector.
    pub(super) async fn end(self) {
        // It waits for a thread of its own, which needs this runtime to send.
        let ended = tokio::task::spawn_blocking(move || self.0.shutdown_with_timeout(PATIENCE));
        if !matches!(ended.await, Ok(Ok(()))) {
            tracing::warn!("the last traces could not be sent");
        }
    }
}

/// Sends the spans of this share of all sessions to `collector`.
pub(super) fn open(collector: &str, share: f64) -> Result<(Sender, AnyLayer), String> {
    let refused = |error: &dyn std::fmt::Display| format!("traces cannot be sent to that address: {error}");
    let client = reqwest::Client::builder().timeout(PATIENCE).build().map_err(|error| refused(&error))?;
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(format!("{}/v1/traces", collector.trim_end_matches('/')))
        .with_http_client(Client { client, runtime: Handle::current() })
        .with_timeout(PATIENCE)
        .build()
        .map_err(|error| refused(&error))?;
    let version = KeyValue::new("service.version", env!("CARGO_PKG_VERSION"));
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        // By the trace's id alone, so that every node and connection decides alike about a session.
        .with_sampler(Sampler::TraceIdRatioBased(share))
        .with_resource(Resource::builder_empty().with_service_name(NAME).with_attribute(version).build())
        .build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer(NAME))
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_filter(EnvFilter::new(SPANS))
        .boxed();
    Ok((Sender(provider), layer))
}

/// Makes a new span part of the trace of a session. Its parent there is the session itself, which is no span: it has no end
/// that a server could tell.
pub(super) fn belongs_to(span: &Span, session: &SessionId) {
    let Ok(id) = uuid::Uuid::parse_str(session.as_str()) else { return };
    let [_, _, _, _, _, _, _, _, parent @ ..] = id.into_bytes();
    let root = SpanContext::new(
        TraceId::from_bytes(id.into_bytes()),
        SpanId::from_bytes(parent),
        TraceFlags::SAMPLED,
        true,
        TraceState::default(),
    );
    // Refused when nobody asked for traces.
    let _ = span.set_parent(Context::new().with_remote_span_context(root));
}

/// The exporter works in a thread of its own; requests are made by the program's runtime.
#[derive(Debug)]
struct Client {
    client: reqwest::Client,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let sending = self.runtime.spawn(async move {
            let answer = client.execute(reqwest::Request::try_from(request)?).await?;
            let status = answer.status();
            if answer.content_length().is_some_and(|length| length > LARGEST_ANSWER) {
                return Err(HttpError::from("the collector's answer is too large"));
            }
            let mut response = Response::new(answer.bytes().await?);
            *response.status_mut() = status;
            Ok(response)
        });
        sending.await?
    }
}
