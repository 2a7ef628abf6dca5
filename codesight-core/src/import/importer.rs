//! The contract of an importer.

use std::fmt;

use super::{ImportLimits, Imported, Source};
use crate::error::Result;
use crate::id::{ContentHash, SessionKey};
use crate::model::{CaptureProfile, SessionConsent, SessionGoal, SessionType};
use crate::privacy::Raw;
use crate::time::Timestamp;
use crate::wire::SessionStart;

/// What an import is told besides the source.
#[derive(Debug, Clone)]
pub struct ImportOptions {
    /// What the people in the source agreed to. An importer cannot know; the caller says so.
    pub consent: SessionConsent,
    /// The moment from which entries are numbered when the source has no times.
    pub begin: Timestamp,
    /// How much is read.
    pub limits: ImportLimits,
}

impl ImportOptions {
    /// With the default limits.
    pub fn new(consent: SessionConsent, begin: Timestamp) -> Self {
        Self { consent, begin, limits: ImportLimits::default() }
    }

    /// The start of an imported session. The key is made of the format and of what names the session in its source.
    pub(crate) fn start(
        &self,
        format: &'static str,
        identity: &[&[u8]],
        kind: SessionType,
        goal: SessionGoal,
        recorder: Option<String>,
    ) -> Result<Raw<SessionStart>> {
        let mut named = format.as_bytes().to_vec();
        for part in identity {
            named.extend_from_slice(ContentHash::of(part).as_bytes());
        }
        let digest = ContentHash::of(&named).to_hex();
        let key = SessionKey::new(format!("import-{}", digest.get(..40).unwrap_or_default()))?;
        let capture = CaptureProfile {
            name: "imported".to_owned(),
            recorder: recorder.or_else(|| Some(format.to_owned())),
            ..CaptureProfile::default()
        };
        Ok(Raw::new(SessionStart { key, session_type: kind, goal, consent: self.consent.clone(), capture }))
    }
}

/// Reads the recordings of one tool.
///
/// # Behaviour
/// - recognises by the beginning of a file or the names of a folder's files, without reading all of it
/// - what one entry has wrong costs that entry, with a finding; the others are kept
/// - a source of another shape is [`ErrorKind::Invalid`](crate::ErrorKind::Invalid), a version that is not known is
///   [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported), what passes a limit is
///   [`ErrorKind::LimitExceeded`](crate::ErrorKind::LimitExceeded)
/// - nothing of the content stands in an error or a finding
/// - what the source's recorder masked stays masked
/// - the same source and options give the same sessions, keys included
pub trait Importer: fmt::Debug + Send + Sync {
    /// The name used in commands and findings.
    fn name(&self) -> &'static str;

    /// Whether the source looks like one of this tool.
    fn recognises(&self, source: &Source) -> bool;

    /// Reads the source.
    ///
    /// # Errors
    /// As in the behaviour above.
    fn read(&self, source: &Source, options: &ImportOptions) -> Result<Imported>;
}
