//! Which parts of a frame are new, and where the others are already stored.
//!
//! Frames are compared by [`Strips`], not by pixels: a hash of each run of 16 pixels of a row is a sixth of the pixels
//! and finds moved content as easily as unmoved. What a frame shares with one of the last frames is taken from the image
//! in which that was stored first, so nothing is encoded twice and no frame hangs on a chain of others.

mod cover;
mod planner;
mod scroll;
mod sources;
mod strips;

pub(super) use planner::{FramePlan, NewImage, Planner};
pub(super) use strips::{StripKey, Strips};

/// Columns of a strip, and the side of a block: a macroblock of the codec, so that what is encoded alone is cut where
/// the codec would cut it too.
pub(super) const BLOCK: u32 = 16;
