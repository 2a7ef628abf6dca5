//! Rules of the findings a writer makes.

use codesight_core::model::RuleId;

/// A point lay outside the frame and was moved to its nearest pixel. Warning.
pub const COORDINATES_CLAMPED: RuleId = RuleId::new("coordinates-clamped");
/// A special token in page text was written with a space in it. Info.
pub const SPECIAL_TOKEN_NEUTRALISED: RuleId = RuleId::new("special-token-neutralised");
/// There is nothing to learn: the example has no action. Error, no line is written.
pub const EXAMPLE_WITHOUT_ACTIONS: RuleId = RuleId::new("example-without-actions");
/// The viewport, the image or a point has no usable size or place. Error, no line is written.
pub const FRAME_SIZE_UNUSABLE: RuleId = RuleId::new("frame-size-unusable");
/// The stored image is missing, is not what the index says, or has no path that is safe in an archive. Error, no line
/// is written.
pub const IMAGE_UNUSABLE: RuleId = RuleId::new("image-unusable");
