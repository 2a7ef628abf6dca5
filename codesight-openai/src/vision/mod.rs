//! What a model sees in the frames of a session: page, state, intent, way of deciding.
//!
//! Answers are data. They are bound to a schema of fixed words, the frame's own text is named as data in the question, and the one
//! free sentence is cut, cleared of special tokens, and never put where instructions stand.

mod analysis;
mod fallback;
mod psychology;
mod question;

pub use analysis::{ChatVision, VisionOptions};
pub use fallback::{VISION_INCOMPLETE, VISION_UNAVAILABLE, analyze_or_rules};
pub use psychology::user_psychology;
pub use question::FrameReading;
