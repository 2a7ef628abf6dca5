//! A quality report as people and tools read it: text for a terminal, SARIF for editors and code review.
//!
//! JSON is the [`QualityReport`](crate::model::QualityReport) itself. None of them holds content: rules, places,
//! numbers and the sentences of [`rules`](crate::stages::rules).

mod sarif;
mod text;

pub use sarif::{ReportedSession, sarif};
pub use text::{explain_score, list_findings, tell_survival};
