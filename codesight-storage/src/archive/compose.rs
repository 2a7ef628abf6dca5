//! From stored images back to frames, and what an index must be for that.

use std::collections::{BTreeMap, HashSet};

use bytes::Bytes;
use codesight_core::error::Result;
use codesight_core::model::{ArchiveManifest, FileRole, FrameIndex, FrameIndexEntry, FramePiece};

use super::Refusal;
use super::layout::role_of;
use crate::image::{ImageLimits, PixelBox, Pixels, decode};

/// Rectangles of one frame; the writer makes far fewer.
const MOST_PIECES: usize = 4_096;

/// What a stored image may be. Its bytes were counted by the archive's own limits.
const IMAGE_LIMITS: ImageLimits = ImageLimits { max_encoded_bytes: usize::MAX, max_pixels: 40_000_000 };

/// The files of an archive that hold pixels.
pub(super) struct ImageFiles<'a> {
    frames: HashSet<&'a str>,
    patches: HashSet<&'a str>,
}

impl<'a> ImageFiles<'a> {
    pub(super) fn of(manifest: &'a ArchiveManifest) -> Self {
        let of = |role: FileRole| {
            let files = manifest.files.iter().filter(move |file| file.role == role);
            files.map(|file| file.path.as_str()).collect()
        };
        Self { frames: of(FileRole::Frame), patches: of(FileRole::Patch) }
    }

    /// Whether every entry can be composed from these files.
    pub(super) fn compose(&self, index: &FrameIndex) -> bool {
        index.frames.iter().all(|entry| self.composes(entry))
    }

    fn composes(&self, entry: &FrameIndexEntry) -> bool {
        if entry.is_whole() {
            return self.frames.contains(entry.file.as_str());
        }
        let named = entry.pieces.iter().map(|piece| piece.file.as_str());
        role_of(&entry.file) == Some(FileRole::Frame)
            && !self.frames.contains(entry.file.as_str())
            && named.into_iter().all(|file| self.frames.contains(file) || self.patches.contains(file))
            && covers_once(entry)
    }

    /// Whether no file is left that no frame needs.
    pub(super) fn are_all_used(&self, index: &FrameIndex) -> bool {
        let used: HashSet<&str> = index.frames.iter().flat_map(files_of).collect();
        self.frames.iter().chain(&self.patches).all(|file| used.contains(file))
    }
}

/// The distinct images a frame is made of, in the order first named.
pub(super) fn files_of(entry: &FrameIndexEntry) -> Vec<&str> {
    if entry.is_whole() {
        return vec![&entry.file];
    }
    let mut seen = HashSet::new();
    entry.pieces.iter().map(|piece| piece.file.as_str()).filter(|file| seen.insert(*file)).collect()
}

/// Whether the pieces cover each pixel of the frame exactly once: they lie within it, do not overlap, and have its area.
fn covers_once(entry: &FrameIndexEntry) -> bool {
    let (width, height) = (u64::from(entry.width), u64::from(entry.height));
    if entry.pieces.len() > MOST_PIECES || width * height > IMAGE_LIMITS.max_pixels {
        return false;
    }
    let mut pieces: Vec<&FramePiece> = entry.pieces.iter().collect();
    pieces.sort_unstable_by_key(|piece| (piece.y, piece.x));
    let mut area = 0;
    // The pieces that reach down to the row at hand: first column to end column and end row.
    let mut open: BTreeMap<u64, (u64, u64)> = BTreeMap::new();
    for piece in pieces {
        let (left, top) = (u64::from(piece.x), u64::from(piece.y));
        let (right, bottom) = (left + u64::from(piece.width), top + u64::from(piece.height));
        let has_area = piece.width > 0 && piece.height > 0;
        open.retain(|_, (_, end)| *end > top);
        let overlaps = open.range(..right).next_back().is_some_and(|(_, (end, _))| *end > left);
        if !has_area || right > width || bottom > height || overlaps {
            return false;
        }
        area += (right - left) * (bottom - top);
        open.insert(left, (right, bottom));
    }
    area == width * height
}

/// Decodes a stored image.
pub(super) fn decode_image(bytes: &[u8]) -> Result<Pixels> {
    decode(bytes, &IMAGE_LIMITS).map_err(|error| Refusal::BadImage.error().caused_by(error))
}

/// Composes a frame from the bytes of its images, by path.
pub(super) fn compose(entry: &FrameIndexEntry, images: &[(&str, Bytes)]) -> Result<Pixels> {
    let refuse = || Refusal::BadFrameIndex.error().with("frame", entry.hash);
    if entry.is_whole() {
        let (_, bytes) = images.first().ok_or_else(refuse)?;
        let pixels = decode_image(bytes)?;
        let fits = (pixels.width(), pixels.height()) == (entry.width, entry.height);
        return if fits { Ok(pixels) } else { Err(refuse()) };
    }
    let samples = vec![0; entry.width as usize * entry.height as usize * 3];
    let mut frame = Pixels::new(entry.width, entry.height, false, samples).ok_or_else(refuse)?;
    // One image at a time is decoded, whatever the number of pieces.
    for (path, bytes) in images {
        let image = decode_image(bytes)?;
        for piece in entry.pieces.iter().filter(|piece| piece.file == *path) {
            let source = source_of(piece).ok_or_else(refuse)?;
            if !frame.copy_from(&image, &source, (piece.x, piece.y)) {
                return Err(refuse());
            }
        }
    }
    Ok(frame)
}

fn source_of(piece: &FramePiece) -> Option<PixelBox> {
    Some(PixelBox {
        left: piece.from_x,
        top: piece.from_y,
        right: piece.from_x.checked_add(piece.width)?,
        bottom: piece.from_y.checked_add(piece.height)?,
    })
}

#[cfg(test)]
mod tests {
    use codesight_core::id::ContentHash;

    use super::*;

    fn entry(pieces: &[(u32, u32, u32, u32)]) -> FrameIndexEntry {
        let piece = |(x, y, width, height): &(u32, u32, u32, u32)| FramePiece {
            file: "screenshots/000001.webp".into(),
            width: *width,
            height: *height,
            x: *x,
            y: *y,
            from_x: 0,
            from_y: 0,
        };
        FrameIndexEntry {
            hash: ContentHash::of(b"frame"),
            file: "screenshots/000002.webp".into(),
            width: 40,
            height: 30,
            blank: false,
            painted: Vec::new(),
            pieces: pieces.iter().map(piece).collect(),
        }
    }

    #[test]
    fn pieces_must_cover_each_pixel_exactly_once() {
        assert!(covers_once(&entry(&[(0, 0, 40, 30)])));
        assert!(covers_once(&entry(&[(0, 0, 40, 10), (0, 10, 15, 20), (15, 10, 25, 20)])));
        for bad in [
            &[(0, 0, 40, 29)][..],
            &[(0, 0, 40, 31)],
            &[(1, 0, 40, 30)],
            &[(0, 0, 40, 30), (0, 0, 0, 5)],
            // The area is right, but a part is there twice and another missing.
            &[(0, 0, 40, 20), (0, 10, 40, 10)],
            &[(0, 0, 20, 30), (10, 0, 20, 30)],
            &[(u32::MAX, 0, 2, 30), (0, 0, 38, 30)],
        ] {
            assert!(!covers_once(&entry(bad)), "accepted {bad:?}");
        }
    }
}
