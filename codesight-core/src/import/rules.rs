//! What importers report, each with a stable id that never changes its meaning.

use crate::model::{Finding, RuleId, Severity};

/// One thing an importer reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportRule {
    /// The stable id.
    pub id: RuleId,
    /// How much it matters.
    pub severity: Severity,
    /// What it means, in one sentence.
    pub explanation: &'static str,
}

impl ImportRule {
    const fn new(id: &'static str, severity: Severity, explanation: &'static str) -> Self {
        Self { id: RuleId::new(id), severity, explanation }
    }

    /// A finding about the whole source, with how often it was met. Numbers only, never content.
    pub(crate) fn counted(&self, count: usize) -> Finding {
        Finding::session(self.id.clone(), self.severity, format!("{} Met {count} times.", self.explanation))
    }

    /// A finding about the whole source, with a particular such as a number or the name of a field.
    pub(crate) fn told(&self, particular: &str) -> Finding {
        Finding::session(self.id.clone(), self.severity, format!("{} {particular}", self.explanation))
    }
}

macro_rules! rules {
    ($($(#[$docs:meta])* $name:ident = $id:literal, $severity:ident, $explanation:literal;)+) => {
        $($(#[$docs])* pub static $name: ImportRule = ImportRule::new($id, Severity::$severity, $explanation);)+

        /// Every rule of the importers.
        pub static ALL: &[&ImportRule] = &[$(&$name),+];
    };
}

rules! {
    /// An entry of a kind this version does not know.
    EVENT_UNKNOWN = "import-event-unknown", Warning, "The source has an entry of a kind that is not known; it was left out.";
    /// An entry of the wrong shape.
    EVENT_INVALID = "import-event-invalid", Warning, "An entry of the source does not have the shape its kind has; it was left out.";
    /// An entry about a node that is not in the page.
    NODE_UNKNOWN = "import-node-unknown", Warning, "An event names a node that is not in the page at that moment.";
    /// Changes before the page they change.
    SNAPSHOT_MISSING = "import-snapshot-missing", Error, "Changes of a page came before the page itself, so what was acted on is not known.";
    /// The clock of the source went back.
    TIME_BACKWARDS = "import-time-backwards", Warning, "Times of the source go back; the order of the source was kept.";
    /// The source has no times.
    TIMES_MISSING = "import-times-missing", Info, "The source has no times; its entries were put one second apart.";
    /// The source has no pictures.
    FRAMES_MISSING = "import-frames-missing", Info, "The source has no pictures, so no example with a picture can be made of it.";
    /// A picture is named and not there.
    FRAME_MISSING = "import-frame-missing", Warning, "A picture is named by the source and not among its files.";
    /// A picture of a kind that is not known.
    FRAME_INVALID = "import-frame-invalid", Warning, "A picture of the source is neither PNG, JPEG nor WebP, or is cut off.";
    /// The size of the viewport is not known.
    VIEWPORT_MISSING = "import-viewport-missing", Warning, "The source does not say how large the viewport was.";
    /// A text that was masked before.
    MASKED = "import-masked", Info, "Text was masked by the recorder of the source and stays masked.";
    /// Cookies and authorisation headers that were left out.
    CREDENTIALS_REMOVED = "import-credentials-removed", Info, "Cookies, authorisation headers and request bodies of the source were left out.";
    /// An action without an equivalent.
    ACTION_UNKNOWN = "import-action-unknown", Warning, "An action of the source has no equivalent and was left out.";
    /// An action that failed.
    ACTION_FAILED = "import-action-failed", Info, "An action of the source failed, so nothing was done, and it was left out.";
    /// Steps are missing in between.
    STEPS_MISSING = "import-steps-missing", Warning, "Steps are missing between those of the source.";
    /// Steps are missing before the first or after the last.
    STEPS_INCOMPLETE = "import-steps-incomplete", Info, "The source holds fewer steps than it says the task had.";
    /// An action without a target.
    TARGET_MISSING = "import-target-missing", Warning, "The source does not say what the action was done to.";
    /// A box of another place than the action.
    BOX_MISMATCH = "import-box-mismatch", Warning, "The point of the action lies outside the box the source gives for it.";
    /// Two statements of the source contradict each other.
    CONTRADICTION = "import-contradiction", Warning, "Two statements of the source contradict each other.";
    /// An action that a reviewer took out.
    REVIEWED_OUT = "import-reviewed-out", Info, "An action was taken out in the source's own review.";
    /// Actions that came to nothing.
    EXCURSION = "import-excursion", Info, "Actions led away and back to the same state; they were left out.";
    /// An action that had not ended with the recording.
    CUT_OFF = "import-cut-off", Info, "A key or button was still held when the recording ended; it was left out.";
    /// A recording of a version that is not known.
    VERSION_UNKNOWN = "import-version-unknown", Error, "The source is of a version that is not known.";
    /// Something the recorder of the source could not see.
    BLIND = "import-blind", Info, "The recorder of the source left out a part of the page.";
}

/// How often each rule was met.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    counts: std::collections::BTreeMap<&'static str, (&'static ImportRule, usize)>,
}

impl Tally {
    pub(crate) fn count(&mut self, rule: &'static ImportRule) {
        self.add(rule, 1);
    }

    pub(crate) fn add(&mut self, rule: &'static ImportRule, count: usize) {
        if count > 0 {
            self.counts.entry(rule.id.as_str()).or_insert((rule, 0)).1 += count;
        }
    }

    /// One finding for each rule, by id.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        self.counts.values().map(|(rule, count)| rule.counted(*count)).collect()
    }
}
