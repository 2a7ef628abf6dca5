//! What operators watch: counters, gauges and histograms in OpenMetrics text, under `GET /metrics` of an address of their
//! own.
//!
//! Names are `codesight_<what>_<unit>`; units are seconds, bytes and ratios of 0 to 1. Labels are words of our own, so
//! that there are few of them: never an id, never a tenant.

mod http;
mod memory;
mod server;

use std::time::Duration;

use codesight_core::model::QualityReport;
use codesight_core::ports::JobCounts;
use codesight_core::review::{ReviewDecision, Verdict};
use codesight_core::wire::WireCode;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::{Histogram, exponential_buckets};
use prometheus_client::registry::{Registry, Unit};

use crate::storage_guard::StorageGuard;

pub(crate) use http::measure;
pub(crate) use server::serve;

/// A label with one word.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Word {
    kind: &'static str,
}

/// A route as it is written in the router, the method, and the status.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    route: String,
    method: &'static str,
    status: u16,
}

/// Everything that is measured in one process.
#[derive(Debug)]
pub(crate) struct Metrics {
    registry: Registry,
    connections: Gauge,
    refused: Family<Word, Counter>,
    sessions: Family<Word, Counter>,
    interactions: Counter,
    frames: Counter,
    frame_bytes: Counter,
    acknowledge: Histogram,
    append_failures: Counter,
    quota_waits: Counter,
    collector_changes: Family<Word, Counter>,
    jobs: Family<Word, Gauge>,
    job_results: Family<Word, Counter>,
    processing: Histogram,
    quality: Histogram,
    completeness: Histogram,
    gaps: Counter,
    findings: Family<Word, Counter>,
    archive_bytes: Counter,
    training_lines: Counter,
    reviews: Family<Word, Counter>,
    requests: Family<Request, Counter>,
    request_duration: Histogram,
    resident_memory: Gauge,
    stored: Gauge,
    storage_quota: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("codesight");
        let from_a_millisecond = || Histogram::new(exponential_buckets(0.001, 2.0, 15));
        let metrics = Self {
            connections: Gauge::default(),
            refused: Family::default(),
            sessions: Family::default(),
            interactions: Counter::default(),
            frames: Counter::default(),
            frame_bytes: Counter::default(),
            acknowledge: from_a_millisecond(),
            append_failures: Counter::default(),
            quota_waits: Counter::default(),
            collector_changes: Family::default(),
            jobs: Family::default(),
            job_results: Family::default(),
            processing: Histogram::new(exponential_buckets(0.05, 2.0, 14)),
            quality: Histogram::new((1..=20).map(|step| f64::from(step) / 20.0)),
            completeness: Histogram::new((1..=20).map(|step| f64::from(step) / 20.0)),
            gaps: Counter::default(),
            findings: Family::default(),
            archive_bytes: Counter::default(),
            training_lines: Counter::default(),
            reviews: Family::default(),
            requests: Family::default(),
            request_duration: from_a_millisecond(),
            resident_memory: Gauge::default(),
            stored: Gauge::default(),
            storage_quota: Gauge::default(),
            registry: Registry::default(),
        };
        let r = &mut registry;
        let m = &metrics;
        r.register("connections", "Connections held now", m.connections.clone());
        r.register("refusals", "Messages, interactions and frames refused, by code", m.refused.clone());
        r.register("sessions", "Sessions that were started, resumed or sealed", m.sessions.clone());
        r.register(
            "interactions_stored",
            "Interactions, gaps and findings made durable",
            m.interactions.clone(),
        );
        r.register("frames_stored", "Frames and audio parts made durable", m.frames.clone());
        r.register_with_unit("frames_stored", "Their size as they came", Unit::Bytes, m.frame_bytes.clone());
        r.register_with_unit(
            "acknowledge",
            "From the arrival of a batch to its being durable",
            Unit::Seconds,
            m.acknowledge.clone(),
        );
        r.register("append_failures", "Batches that could not be made durable", m.append_failures.clone());
        r.register("quota_waits", "Interactions that waited for their tenant's quota", m.quota_waits.clone());
        r.register(
            "collector_changes",
            "Sessions that are not what their collector's were, by what differs",
            m.collector_changes.clone(),
        );
        r.register("jobs", "Jobs by state", m.jobs.clone());
        r.register("job_results", "Jobs done, put back or given up", m.job_results.clone());
        r.register_with_unit(
            "processing",
            "From the lease of a job to its archive",
            Unit::Seconds,
            m.processing.clone(),
        );
        r.register_with_unit(
            "session_quality",
            "Quality of processed sessions",
            Unit::Ratios,
            m.quality.clone(),
        );
        r.register_with_unit(
            "session_completeness",
            "How much of what happened was captured",
            Unit::Ratios,
            m.completeness.clone(),
        );
        r.register("capture_gaps", "Things missing from processed sessions", m.gaps.clone());
        r.register("findings", "Findings about processed sessions, by severity", m.findings.clone());
        r.register_with_unit("archives_stored", "Archives written", Unit::Bytes, m.archive_bytes.clone());
        r.register("training_lines", "Training lines written", m.training_lines.clone());
        r.register("reviews", "Decisions of reviewers, by what was decided", m.reviews.clone());
        r.register("http_requests", "Requests answered", m.requests.clone());
        r.register_with_unit(
            "http_request_duration",
            "Until the answer's head",
            Unit::Seconds,
            m.request_duration.clone(),
        );
        r.register_with_unit(
            "process_resident_memory",
            "Memory of the process",
            Unit::Bytes,
            m.resident_memory.clone(),
        );
        r.register_with_unit(
            "storage",
            "Stored when it was last counted, and since; 0 without a quota",
            Unit::Bytes,
            m.stored.clone(),
        );
        r.register_with_unit(
            "storage_quota",
            "That may be stored; 0 without a quota",
            Unit::Bytes,
            m.storage_quota.clone(),
        );
        // What has never happened shows as nought rather than as nothing, so that rules have something to compare.
        for kind in ["started", "resumed", "sealed"] {
            drop(metrics.sessions.get_or_create(&Word { kind }));
        }
        for kind in ["quality", "completeness", "gaps"] {
            drop(metrics.collector_changes.get_or_create(&Word { kind }));
        }
        for kind in ["done", "retried", "failed"] {
            drop(metrics.job_results.get_or_create(&Word { kind }));
        }
        Self { registry, ..metrics }
    }
}

/// What became of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JobResult {
    Done,
    Retried,
    Failed,
}

/// Takes a connection out of the count when it ends.
#[derive(Debug)]
pub(crate) struct CountedConnection(Gauge);

impl Drop for CountedConnection {
    fn drop(&mut self) {
        self.0.dec();
    }
}

impl Metrics {
    pub(crate) fn connected(&self) -> CountedConnection {
        self.connections.inc();
        CountedConnection(self.connections.clone())
    }

    pub(crate) fn refused(&self, code: WireCode) {
        self.refused.get_or_create(&Word { kind: code.as_str() }).inc();
    }

    pub(crate) fn session_started(&self) {
        self.sessions.get_or_create(&Word { kind: "started" }).inc();
    }

    pub(crate) fn session_resumed(&self) {
        self.sessions.get_or_create(&Word { kind: "resumed" }).inc();
    }

    pub(crate) fn session_sealed(&self) {
        self.sessions.get_or_create(&Word { kind: "sealed" }).inc();
    }

    pub(crate) fn appended(&self, places: usize, waited: Duration) {
        self.interactions.inc_by(places as u64);
        self.acknowledge.observe(waited.as_secs_f64());
    }

    pub(crate) fn append_failed(&self) {
        self.append_failures.inc();
    }

    pub(crate) fn collector_changed(&self, kind: &'static str) {
        self.collector_changes.get_or_create(&Word { kind }).inc();
    }

    pub(crate) fn quota_waited(&self, places: usize) {
        self.quota_waits.inc_by(places as u64);
    }

    pub(crate) fn frame_stored(&self, bytes: usize) {
        self.frames.inc();
        self.frame_bytes.inc_by(bytes as u64);
    }

    pub(crate) fn job_ended(&self, result: JobResult, took: Duration) {
        let kind = match result {
            JobResult::Done => "done",
            JobResult::Retried => "retried",
            JobResult::Failed => "failed",
        };
        self.job_results.get_or_create(&Word { kind }).inc();
        self.processing.observe(took.as_secs_f64());
    }

    pub(crate) fn archived(&self, report: &QualityReport, lines: usize, archive_bytes: u64) {
        self.quality.observe(report.score.overall / 100.0);
        self.completeness.observe(report.score.completeness);
        self.gaps.inc_by(report.gaps.iter().map(|gap| u64::from(gap.count)).sum());
        for finding in &report.findings {
            let kind = match finding.severity {
                codesight_core::model::Severity::Info => "info",
                codesight_core::model::Severity::Warning => "warning",
                codesight_core::model::Severity::Error => "error",
            };
            self.findings.get_or_create(&Word { kind }).inc();
        }
        self.training_lines.inc_by(lines as u64);
        self.archive_bytes.inc_by(archive_bytes);
    }

    pub(crate) fn reviewed(&self, decision: &ReviewDecision) {
        let kind = match decision {
            ReviewDecision::Verdict { verdict: Verdict::Accepted, .. } => "accepted",
            ReviewDecision::Verdict { verdict: Verdict::Rejected, .. } => "rejected",
            ReviewDecision::Verdict { verdict: Verdict::Undecided, .. } => "undecided",
            ReviewDecision::Intent { .. } => "intent",
            ReviewDecision::Step { .. } => "step",
        };
        self.reviews.get_or_create(&Word { kind }).inc();
    }

    /// All of it as text; `jobs` as the catalog counts them now.
    fn encode(&self, jobs: Option<JobCounts>, storage: &StorageGuard) -> Result<String, std::fmt::Error> {
        if let Some(jobs) = jobs {
            let all = [("waiting", jobs.waiting), ("leased", jobs.leased), ("given-up", jobs.dead)];
            for (kind, count) in all {
                self.jobs.get_or_create(&Word { kind }).set(i64::try_from(count).unwrap_or(i64::MAX));
            }
        }
        if let Some(bytes) = memory::resident() {
            self.resident_memory.set(i64::try_from(bytes).unwrap_or(i64::MAX));
        }
        let gauge = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
        let (stored, quota) = storage.bytes().unwrap_or_default();
        self.stored.set(gauge(stored));
        self.storage_quota.set(gauge(quota));
        let mut text = String::new();
        prometheus_client::encoding::text::encode(&mut text, &self.registry)?;
        Ok(text)
    }
}
