//! The data models of a recorded session.
//!
//! JSON is camelCase, times are milliseconds since the epoch, lengths are CSS pixels unless a field says otherwise.
//! Records that other versions may extend keep fields they do not know in `extra` and write them back unchanged.

mod archive;
mod element;
mod flag;
mod frame;
mod geometry;
mod interaction;
mod page;
mod quality;
mod selector;
mod session;
mod summary;
mod training;
mod understanding;

pub use archive::{
    ARCHIVE_VERSION, ArchiveLevel, ArchiveManifest, CompressionInfo, ConsentSummary, FileManifest, FileRole,
    FrameIndex, FrameIndexEntry, FramePiece, ImageCodecSettings, RedactionSummary, SessionArchive,
};
pub use element::{ElementData, ElementFingerprint, FieldPolicy};
pub use flag::{Assignment, Assignments, values_of};
pub use frame::{FrameSource, Redaction, RedactionReason, Screenshot, ScreenshotRelation, ScreenshotTrigger};
pub use geometry::{Coordinates, Point, Rect, Scroll, Viewport};
pub use interaction::{
    ActionDetails, CaptureGap, CaptureGapKind, FormField, InteractionData, InteractionType, MouseButton,
    StateChange, StateChangeKind, UserContext,
};
pub use page::{
    DomHierarchy, DomNode, FormSummary, NearbyElement, PageContext, PageStructure, ProductInfo, SectionKind,
    SectionSummary, VisualContext,
};
pub use quality::{
    DataGap, DataGapKind, Finding, FindingPlace, Improvement, QualityPart, QualityReport, QualityScore,
    RuleId, Severity, StepLabel, TaskOutcome,
};
pub use selector::{
    ElementSurvival, KindSurvival, Selector, SelectorKind, SelectorReliability, SelectorSet,
    SelectorSurvival, SelectorTest, SurvivalReport,
};
pub use session::{
    AudioTrack, CaptureProfile, ErrorCategory, ProcessingError, ProcessingStep, ProcessingStepStatus,
    SessionConsent, SessionGoal, SessionOutcome, SessionStatus, SessionType, UnifiedSession,
};
pub use summary::{ArchivedPeople, OtherContent, OtherPlace, SessionSummary};
pub use training::{
    ComputerAction, ExampleFrame, ExampleObservation, ExampleStep, ModelPerformance, ObservedElement,
    TrainingData, TrainingExample, TrainingMetrics,
};
pub use understanding::{
    InferredBy, NavigationPattern, NavigationPatternKind, NavigationStrategy, PageKind, UserIntent,
    UserIntentKind, UserPsychology, VisionAnalysis, VisionObservation,
};

/// Fields that this version does not know, kept so that a newer writer loses nothing.
pub type Extra = serde_json::Map<String, serde_json::Value>;
