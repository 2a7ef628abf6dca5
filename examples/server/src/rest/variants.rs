//! What the variants of feature flags came to: how good the sessions of each are, side by side.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::{Query, State};
use codesight_core::id::{FlagKey, VariantName};
use codesight_core::model::{SessionStatus, UnifiedSession};
use codesight_core::ports::SessionQuery;
use codesight_core::time::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::caller::{Caller, Operator, Reviewer};
use super::problem::Problem;
use crate::app::App;

const PAGE: usize = 500;
/// Sessions that are counted at most, the newest: a few seconds' work.
const MOST: usize = 20_000;
/// From so many sessions on each side, the mean of their scores is about normal.
const ENOUGH: u32 = 30;
/// Standard deviations to each side that hold 95 % of a normal distribution.
const NORMAL_95: f64 = 1.96;

/// The query of `GET /v1/variants`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct VariantsQuery {
    /// Sessions that began at or after this moment.
    from: Option<Timestamp>,
    /// Sessions that began before this moment.
    before: Option<Timestamp>,
}

/// The variants that sessions were given, and what came of them.
#[derive(Debug, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct VariantReport {
    flags: BTreeMap<FlagKey, BTreeMap<VariantName, Outcome>>,
    /// Sessions that were looked at, the newest first.
    sessions: usize,
    /// Whether those are all of the time that was asked about.
    is_whole: bool,
}

/// What came of the sessions of one variant.
#[derive(Debug, Default, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    sessions: u32,
    failed: u32,
    /// Of those that are processed: overall quality, 0 to 100.
    quality: Figures,
    /// 0 to 1.
    completeness: Figures,
    /// 0 to 1.
    reliability: Figures,
    /// How much better the mean quality is than that of the flag's first variant by name, with 95 % confidence; for 30
    /// processed sessions on each side or more.
    #[serde(skip_serializing_if = "Option::is_none")]
    better_by: Option<Interval>,
}

/// Count, mean and standard deviation, by Welford's method.
#[derive(Debug, Clone, Copy, Default, Serialize, JsonSchema)]
struct Figures {
    count: u32,
    mean: f64,
    deviation: f64,
    #[serde(skip)]
    squares: f64,
}

/// Where a difference lies.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, JsonSchema)]
struct Interval {
    low: f64,
    mean: f64,
    high: f64,
}

impl Figures {
    fn add(&mut self, value: f64) {
        self.count += 1;
        let before = value - self.mean;
        self.mean += before / f64::from(self.count);
        self.squares += before * (value - self.mean);
        self.deviation = (self.squares / f64::from(self.count.saturating_sub(1).max(1))).sqrt();
    }

    /// The difference of the means, as Welch has it.
    fn minus(&self, other: &Self) -> Option<Interval> {
        if self.count < ENOUGH || other.count < ENOUGH {
            return None;
        }
        let of_mean = |figures: &Self| figures.deviation.powi(2) / f64::from(figures.count);
        let (mean, reach) = (self.mean - other.mean, NORMAL_95 * (of_mean(self) + of_mean(other)).sqrt());
        Some(Interval { low: mean - reach, mean, high: mean + reach })
    }
}

impl VariantReport {
    fn add(&mut self, session: &UnifiedSession) {
        self.sessions += 1;
        for (flag, assigned) in &session.flags {
            let outcomes = self.flags.entry(flag.clone()).or_default();
            let outcome = outcomes.entry(assigned.variant.clone()).or_default();
            outcome.sessions += 1;
            match session.status {
                SessionStatus::Failed => outcome.failed += 1,
                SessionStatus::Completed => {
                    outcome.quality.add(session.quality_score);
                    outcome.completeness.add(session.completeness);
                    outcome.reliability.add(session.reliability);
                }
                _ => {}
            }
        }
    }

    fn compare(&mut self) {
        for outcomes in self.flags.values_mut() {
            let mut outcomes = outcomes.values_mut();
            let Some(first) = outcomes.next().map(|outcome| outcome.quality) else { continue };
            outcomes.for_each(|outcome| outcome.better_by = outcome.quality.minus(&first));
        }
    }
}

/// `GET /v1/variants`.
pub(crate) async fn compare(
    State(app): State<App>,
    caller: Caller<(Reviewer, Operator)>,
    Query(query): Query<VariantsQuery>,
) -> Result<Json<VariantReport>, Problem> {
    let mut report = VariantReport { flags: BTreeMap::new(), sessions: 0, is_whole: true };
    let mut wanted = SessionQuery {
        started_from: query.from,
        started_before: query.before,
        limit: PAGE,
        ..SessionQuery::default()
    };
    loop {
        let page = app.catalog.query(caller.tenant(), &wanted).await?;
        page.sessions.iter().for_each(|session| report.add(session));
        wanted.after = page.next;
        report.is_whole = wanted.after.is_none();
        if report.is_whole || report.sessions >= MOST {
            report.compare();
            return Ok(Json(report));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figures(values: impl IntoIterator<Item = f64>) -> Figures {
        let mut figures = Figures::default();
        values.into_iter().for_each(|value| figures.add(value));
        figures
    }

    #[test]
    fn figures_are_those_of_the_textbook() {
        let some = figures([2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
        assert_eq!((some.count, some.mean), (8, 5.0));
        assert!((some.deviation - (32.0_f64 / 7.0).sqrt()).abs() < 1e-12, "{some:?}");
        assert!((figures([3.0]).deviation).abs() < 1e-12);
    }

    #[test]
    fn a_difference_is_told_from_enough_sessions_on_and_holds_the_truth() {
        let good = figures((0..40).map(|at| 80.0 + f64::from(at % 5)));
        let bad = figures((0..40).map(|at| 70.0 + f64::from(at % 5)));
        let Interval { low, mean, high } = good.minus(&bad).expect("enough");
        assert!((mean - 10.0).abs() < 1e-9 && low < 10.0 && high > 10.0 && low > 9.0, "{low} {mean} {high}");
        assert_eq!(good.minus(&figures([1.0; 29])), None);
    }
}
