//! Personal data: finding it, replacing it, and types that keep the unmasked from where it must not go.

mod boundary;
mod boxes;
mod detect;
mod divided;
mod field;
pub mod fields;
mod known;
mod masker;
mod media;
mod pseudonym;
mod recognizer;
mod report;
mod surrogate;
mod walk;

pub use boundary::{Masked, Raw};
pub use boxes::redactions;
pub use detect::{DetectInput, PatternDetector, PiiDetector, PiiSpan, PiiType, Surface, urls};
pub(crate) use masker::shape;
pub use masker::{MaskReport, Masker};
pub use media::{MediaBox, MediaPolicy, SkipPrediction, media_boxes};
pub(crate) use pseudonym::is_placeholder;
pub use pseudonym::{PseudonymScope, Pseudonymizer, count_placeholders};
pub use recognizer::{EntityRecognizer, RECOGNIZER_FAILED, SecondLook};
pub use report::{ConsentSummary, MaskedCount, PrivacyReport};
