//! The verdict on a file: for programs, as JSON, and for people, as text.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use codesight_core::model::Severity;
use codesight_core::{Error, ErrorKind, Result};
use serde::Serialize;

use super::code::Code;
use crate::tokens::PriceEstimate;

/// One thing that is wrong. Holds no content.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LineFinding {
    /// The rule.
    pub code: Code,
    /// How much it matters.
    pub severity: Severity,
    /// The line, counted from 1; none for the file as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// The byte of the line, counted from 1, at which the value begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
    /// The value, such as `messages[2].content`; empty for the line as a whole.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// What is wrong.
    pub message: &'static str,
    /// Numbers that help to understand it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// What to do about it.
    pub fix: &'static str,
}

/// Which call takes the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum UploadRoute {
    /// The plain upload of a file (OpenAI: `/files`).
    #[default]
    Direct,
    /// The upload in parts or through a signed address (OpenAI: `/uploads`).
    Parts,
    /// None.
    Refused,
}

/// Tokens of the file.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenSummary {
    /// Of all examples, each cut at the service's limit: what one pass costs.
    pub billed: u64,
    /// Of the largest example, uncut.
    pub largest: u64,
    /// Whether texts were counted with `encoding`, or a token a byte, an upper estimate.
    pub exact: bool,
    /// The encoding, or `bytes`.
    pub encoding: &'static str,
    /// The model counted for.
    pub model: String,
    /// Whether the model's encoding and image formula are known, rather than those of its nearest kin.
    pub model_known: bool,
}

/// The verdict on a file.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    /// The service judged for.
    pub provider: Cow<'static, str>,
    /// When its limits were read, `YYYY-MM-DD`.
    pub limits_as_of: Cow<'static, str>,
    /// Lines.
    pub lines: u64,
    /// Lines that hold a JSON object.
    pub examples: u64,
    /// Examples without an error.
    pub good_examples: u64,
    /// Examples with an image.
    pub image_examples: u64,
    /// Bytes.
    pub bytes: u64,
    /// Errors in the form of single lines, as against those of the file as a whole and of what is taught.
    pub format_errors: u64,
    /// All errors.
    pub errors: u64,
    /// All warnings.
    pub warnings: u64,
    /// How often each rule was broken.
    pub counts: BTreeMap<Code, u64>,
    /// The first findings, in the order of the file; those on the file as a whole come last.
    pub findings: Vec<LineFinding>,
    /// Findings that are counted but not listed.
    pub unlisted_findings: u64,
    /// Which call takes the file.
    pub upload: UploadRoute,
    /// Tokens.
    pub tokens: TokenSummary,
    /// Passes the service is likely to choose, and their price; none when the price is not known.
    pub price: Option<PriceEstimate>,
}

impl Verdict {
    /// Whether the service would take the file, as far as can be told offline: there is no error.
    pub fn is_accepted(&self) -> bool {
        self.errors == 0
    }

    /// How often a rule was broken.
    pub fn count(&self, code: Code) -> u64 {
        self.counts.get(&code).copied().unwrap_or_default()
    }

    /// The report for programs.
    ///
    /// # Errors
    /// [`ErrorKind::Unexpected`] if it cannot be serialised, which is not known to happen.
    pub fn to_json(&self) -> Result<String> {
        serde_json::to_string_pretty(self).map_err(|error| {
            Error::new(ErrorKind::Unexpected, "validate.report", "the report is not serialisable")
                .caused_by(error)
        })
    }

    pub(super) fn tally(&mut self, code: Code, times: u64) {
        *self.counts.entry(code).or_default() += times;
        match code.severity() {
            Severity::Error => self.errors += times,
            Severity::Warning => self.warnings += times,
            Severity::Info => {}
        }
        if code.severity() == Severity::Error && code.scope() == super::Scope::Line {
            self.format_errors += times;
        }
    }
}

/// The report for people.
impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = if self.is_accepted() { "accepted" } else { "refused" };
        writeln!(
            f,
            "{word} by the rules of {} (as of {}): {} example(s), {} good, {} with images, {} bytes",
            self.provider,
            self.limits_as_of,
            self.examples,
            self.good_examples,
            self.image_examples,
            self.bytes
        )?;
        writeln!(
            f,
            "{} format error(s), {} error(s) in all, {} warning(s)",
            self.format_errors, self.errors, self.warnings
        )?;
        let tokens = &self.tokens;
        writeln!(
            f,
            "{} {} token(s) a pass, largest example {} ({}, {})",
            if tokens.exact { "about" } else { "at most" },
            tokens.billed,
            tokens.largest,
            tokens.model,
            tokens.encoding
        )?;
        if let Some(price) = &self.price {
            let bound = if tokens.exact { "about" } else { "at most" };
            writeln!(
                f,
                "{} epoch(s) by default: {bound} ${:.2} (price as of {})",
                price.epochs, price.usd, price.as_of
            )?;
        }
        for finding in &self.findings {
            write!(f, "{finding}")?;
        }
        if self.unlisted_findings > 0 {
            writeln!(f, "... and {} more finding(s)", self.unlisted_findings)?;
        }
        Ok(())
    }
}

impl fmt::Display for LineFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.column) {
            (Some(line), Some(column)) => write!(f, "{line}:{column}: ")?,
            (Some(line), None) => write!(f, "{line}: ")?,
            _ => write!(f, "file: ")?,
        }
        let severity = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "info",
        };
        write!(f, "{severity}[{}] {}", self.code, self.message)?;
        if !self.path.is_empty() {
            write!(f, " At {}.", self.path)?;
        }
        if !self.note.is_empty() {
            write!(f, " ({})", self.note)?;
        }
        writeln!(f, "\n    fix: {}", self.fix)
    }
}
