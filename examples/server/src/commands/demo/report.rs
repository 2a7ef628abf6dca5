//! What became of the demo's session, in a few lines.

use std::collections::BTreeMap;
use std::fmt;

use codesight_core::Result;
use codesight_core::model::{ArchiveManifest, QualityReport, Severity, UnifiedSession};
use codesight_core::ports::{BlobKey, SessionRef};
use codesight_core::privacy::Masked;
use codesight_core::wire::Recording;
use codesight_openai::validate::{Validator, ValidatorOptions, Verdict};
use codesight_storage::ArchiveReader;
use codesight_storage::archive::{ArchiveLimits, verify};

use crate::app::App;

/// Everything the report says.
#[derive(Debug)]
pub(crate) struct Report {
    session: Masked<UnifiedSession>,
    quality: QualityReport,
    manifest: ArchiveManifest,
    frames: usize,
    archive_bytes: u64,
    archive_problems: usize,
    raw_bytes: u64,
    verdict: Verdict,
    archive_key: BlobKey,
    training_key: BlobKey,
    store: String,
}

impl Report {
    /// Reads back what was stored: the archive is verified and the training lines are validated as a user would.
    pub(crate) async fn gather(app: &App, session: &SessionRef, recording: &Recording) -> Result<Self> {
        let archive_key = BlobKey::archive(&session.tenant, &session.session);
        let training_key = BlobKey::training(&session.tenant, &session.session);
        let limits = ArchiveLimits::default();
        let reader = ArchiveReader::open_blob(app.blobs.as_ref(), archive_key.clone(), &limits).await?;
        let verified = verify(&reader).await?;
        Ok(Self {
            session: app.catalog.get(session).await?,
            quality: crate::archives::quality_report(app, session).await?,
            manifest: reader.manifest().clone(),
            frames: reader.frame_index().await?.frames.len(),
            archive_bytes: reader.size(),
            archive_problems: verified.problems.len(),
            raw_bytes: recording.raw_bytes()?,
            verdict: validate(app, &training_key).await?,
            archive_key,
            training_key,
            store: app.blobs.to_string(),
        })
    }

    /// Whether archive and training lines are as they should be.
    pub(crate) fn is_good(&self) -> bool {
        self.archive_problems == 0 && self.verdict.is_accepted()
    }
}

async fn validate(app: &App, key: &BlobKey) -> Result<Verdict> {
    let lines = app.blobs.get(key).await?;
    let mut validator = Validator::new(ValidatorOptions::default(), None);
    validator.push(&lines)?;
    validator.finish()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let session = &self.session;
        let masked = &self.manifest.redaction;
        writeln!(f, "session    {} “{}”", session.id, session.goal.text)?;
        writeln!(f, "recorded   {} places, {} distinct frames", session.interaction_count, self.frames)?;
        writeln!(f, "masked     {}; {} boxes painted", counts(masked.text.iter()), masked.boxes)?;
        writeln!(f, "findings   {}", findings(&self.quality))?;
        writeln!(
            f,
            "quality    {:.0} of 100, completeness {:.2}, reliability {:.2}",
            session.quality_score, session.completeness, session.reliability
        )?;
        writeln!(
            f,
            "archive    {} from {} as recorded, {:.1} times smaller; {}",
            kilobytes(self.archive_bytes),
            kilobytes(self.raw_bytes),
            self.raw_bytes as f64 / self.archive_bytes.max(1) as f64,
            if self.archive_problems == 0 { "verified" } else { "NOT SOUND" }
        )?;
        writeln!(
            f,
            "training   {} lines, {} of them good, {} errors, {} warnings; {}",
            self.verdict.lines,
            self.verdict.good_examples,
            self.verdict.errors,
            self.verdict.warnings,
            if self.verdict.is_accepted() { "accepted" } else { "NOT ACCEPTED" }
        )?;
        for finding in self.verdict.findings.iter().take(5) {
            writeln!(
                f,
                "           {} line {:?}: {}",
                finding.code,
                finding.line.unwrap_or_default(),
                finding.message
            )?;
        }
        writeln!(f, "files      in {}", self.store)?;
        writeln!(f, "           {}", self.archive_key)?;
        write!(f, "           {}", self.training_key)
    }
}

fn counts<'a, T: fmt::Display + 'a>(counts: impl Iterator<Item = (&'a T, &'a u32)>) -> String {
    let parts: Vec<String> = counts.map(|(name, count)| format!("{count} {name}")).collect();
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
}

fn findings(report: &QualityReport) -> String {
    let mut by_rule: BTreeMap<(std::cmp::Reverse<Severity>, &str), u32> = BTreeMap::new();
    for finding in &report.findings {
        *by_rule.entry((std::cmp::Reverse(finding.severity), finding.rule.as_str())).or_default() += 1;
    }
    let rules: Vec<String> = by_rule.iter().map(|((_, rule), count)| format!("{count} {rule}")).collect();
    if rules.is_empty() { "none".to_owned() } else { rules.join(", ") }
}

fn kilobytes(bytes: u64) -> String {
    format!("{:.0} kB", bytes as f64 / 1000.0)
}
