//! Whether a collector's sessions have suddenly become others: the recorder broke, the site changed, or somebody else uses
//! the key. Each collector is compared with itself.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use codesight_core::id::{CollectorId, TenantId};
use codesight_core::model::QualityReport;

/// Collectors that are remembered; beyond that, whoever was heard of least.
const MOST: usize = 10_000;
/// Sessions before a collector's usual is known.
const LEARNED: u32 = 5;
/// How much the last session counts for what is usual.
const WEIGHT: f64 = 0.2;
/// So many deviations from the usual are no chance any more.
const SUDDEN: f64 = 4.0;
/// Smaller changes than this are nobody's concern, however steady a collector was.
const LEAST_DEVIATION: [f64; 3] = [5.0, 0.05, 0.1];

/// What is compared: score of 100, completeness of 1, gaps an interaction.
const WHAT: [&str; 3] = ["quality", "completeness", "gaps"];

#[derive(Debug, Default, Clone, Copy)]
struct Usual {
    sessions: u32,
    mean: [f64; 3],
    variance: [f64; 3],
}

impl Usual {
    /// What of a session is not usual; then it is part of what is.
    fn compare(&mut self, values: [f64; 3]) -> Vec<&'static str> {
        let mut changed = Vec::new();
        for (at, value) in values.into_iter().enumerate() {
            let deviation = self.variance[at].sqrt().max(LEAST_DEVIATION[at]);
            let difference = value - self.mean[at];
            if self.sessions >= LEARNED && difference.abs() > SUDDEN * deviation {
                changed.push(WHAT[at]);
            }
            let weight = if self.sessions < LEARNED { 1.0 / f64::from(self.sessions + 1) } else { WEIGHT };
            self.mean[at] += weight * difference;
            self.variance[at] = (1.0 - weight) * (self.variance[at] + weight * difference * difference);
        }
        self.sessions += 1;
        changed
    }
}

/// What is usual of each collector, as this process has seen it.
#[derive(Debug, Default)]
pub(crate) struct Monitors(Mutex<HashMap<(TenantId, CollectorId), Usual>>);

impl Monitors {
    /// Looks at a processed session; says what of it is not what the collector's sessions were.
    pub(crate) fn look(
        &self,
        tenant: &TenantId,
        collector: &CollectorId,
        report: &QualityReport,
        interactions: usize,
    ) -> Vec<&'static str> {
        let gaps: u32 = report.gaps.iter().map(|gap| gap.count).sum();
        let values =
            [report.score.overall, report.score.completeness, f64::from(gaps) / interactions.max(1) as f64];
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST
            && let Some(least) =
                all.iter().min_by_key(|(_, usual)| usual.sessions).map(|(name, _)| name.clone())
        {
            all.remove(&least);
        }
        all.entry((tenant.clone(), collector.clone())).or_default().compare(values)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sudden_change_is_told_and_a_slow_one_is_not() {
        let mut usual = Usual::default();
        for session in 0..20 {
            let quality = 80.0 + f64::from(session % 3);
            assert_eq!(usual.compare([quality, 0.95, 0.01]), [""; 0], "session {session}");
        }
        assert_eq!(usual.compare([30.0, 0.95, 0.01]), ["quality"]);
        let mut usual = Usual::default();
        for session in 0..60 {
            assert_eq!(usual.compare([90.0 - f64::from(session), 0.95, 0.01]), [""; 0], "session {session}");
        }
        let mut new = Usual::default();
        for values in [[90.0, 1.0, 0.0], [20.0, 0.2, 2.0], [90.0, 1.0, 0.0]] {
            assert_eq!(new.compare(values), [""; 0], "nothing is usual yet");
        }
    }

    #[test]
    fn each_collector_is_compared_with_itself() {
        let monitors = Monitors::default();
        let (tenant, good, poor): (TenantId, CollectorId, CollectorId) = (
            "shop".parse().expect("a name"),
            "good".parse().expect("a name"),
            "poor".parse().expect("a name"),
        );
        let report = |overall: f64| {
            let mut report = QualityReport::default();
            report.score.overall = overall;
            report
        };
        for _ in 0..8 {
            assert!(monitors.look(&tenant, &good, &report(90.0), 10).is_empty());
            assert!(monitors.look(&tenant, &poor, &report(20.0), 10).is_empty());
        }
        assert_eq!(monitors.look(&tenant, &good, &report(20.0), 10), ["quality"]);
    }
}
