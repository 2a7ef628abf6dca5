//! What is stored of each frame, in the order of the session.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;

use codesight_core::model::{ArchiveLevel, FramePiece};

use super::BLOCK;
use super::cover::{BlockBox, BlockMask, cover};
use super::scroll;
use super::sources::{Source, SourcePiece, Sources};
use super::strips::Strips;
use crate::archive::layout::{frame_path, patch_path};
use crate::image::PixelBox;

/// Frames that a new one is compared with.
const WINDOW: usize = 8;
/// Frames that one frame takes parts from, and the fewest blocks that make one worth naming.
const MOST_BASES: usize = 3;
const LEAST_BLOCKS: usize = 12;
/// From this share of changed blocks on, in percent, a frame is stored whole: the little that could be saved is not
/// worth the pieces.
const WHOLE_FROM: usize = 80;
/// What composing one frame may cost its reader: rectangles, images, and pixels to decode in frames.
const MOST_PIECES: usize = 600;
const MOST_IMAGES: usize = 24;
const MOST_DECODED: u64 = 4;

/// An image to be encoded and stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::archive) struct NewImage {
    /// Its path in the archive.
    pub(in crate::archive) path: String,
    /// The part of the frame that it shows; none for all of it.
    pub(in crate::archive) part: Option<PixelBox>,
}

/// How a frame is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::archive) struct FramePlan {
    /// The images that are new.
    pub(in crate::archive) images: Vec<NewImage>,
    /// The path of the whole frame.
    pub(in crate::archive) file: String,
    /// What it is composed of; empty when it is whole.
    pub(in crate::archive) pieces: Vec<FramePiece>,
}

/// What is known of an image that was planned.
#[derive(Debug)]
struct Stored {
    path: String,
    pixels: u64,
}

/// A frame of the window.
#[derive(Debug)]
struct Known {
    strips: Arc<Strips>,
    sources: Sources,
}

/// Where the blocks of a frame that are not new come from.
struct Reuse<'a> {
    blocks: Vec<Option<(&'a Known, isize)>>,
}

/// Plans frame after frame. It holds the strips of the last frames, never their pixels.
#[derive(Debug)]
pub(in crate::archive) struct Planner {
    level: ArchiveLevel,
    window: VecDeque<Known>,
    images: Vec<Stored>,
    frames: usize,
    patches: usize,
}

impl Planner {
    pub(in crate::archive) fn new(level: ArchiveLevel) -> Self {
        Self { level, window: VecDeque::new(), images: Vec::new(), frames: 0, patches: 0 }
    }

    /// Plans the next frame, of `width` times `height` pixels. `strips` are none for one that must be whole;
    /// `is_before` says whether somebody acted on it; `named` is the path it has already, if it has one: then all of the
    /// session have.
    pub(in crate::archive) fn plan(
        &mut self,
        strips: Option<Arc<Strips>>,
        (width, height): (u32, u32),
        is_before: bool,
        named: Option<String>,
    ) -> FramePlan {
        self.frames += 1;
        let file = named.unwrap_or_else(|| frame_path(self.frames));
        let whole = match self.level {
            ArchiveLevel::Full => true,
            ArchiveLevel::Hybrid => is_before,
            ArchiveLevel::Compact | ArchiveLevel::Exact => false,
        };
        let composed = strips.as_deref().filter(|_| !whole).and_then(|strips| self.compose(strips));
        let (plan, sources) = match composed {
            Some((images, pieces, sources)) => {
                let pieces = pieces.iter().map(|piece| self.named(piece)).collect();
                (FramePlan { images, file, pieces }, Some(sources))
            }
            None => {
                let image = self.store(file.clone(), u64::from(width) * u64::from(height));
                let sources = strips.as_ref().map(|strips| Sources::whole(image, strips.columns, height));
                let images = vec![NewImage { path: file.clone(), part: None }];
                (FramePlan { images, file, pieces: Vec::new() }, sources)
            }
        };
        if let (Some(strips), Some(sources), true) = (strips, sources, self.level != ArchiveLevel::Full) {
            self.window.truncate(WINDOW - 1);
            self.window.push_front(Known { strips, sources });
        }
        plan
    }

    /// None when the frame is better stored whole; then nothing of the attempt stays behind.
    fn compose(&mut self, strips: &Strips) -> Option<(Vec<NewImage>, Vec<SourcePiece>, Sources)> {
        let reuse = Reuse::find(strips, &self.window);
        let changed: Vec<bool> = reuse.blocks.iter().map(Option::is_none).collect();
        let boxes = cover(&BlockMask::new(strips.columns, changed));
        let new: usize = boxes.iter().map(BlockBox::area).sum();
        if new * 100 >= reuse.blocks.len() * WHOLE_FROM {
            return None;
        }
        let first_image = u32::try_from(self.images.len()).ok()?;
        let sources = sources(strips, &reuse, &boxes, first_image);
        let pieces = sources.pieces(strips.width);
        let parts: Vec<PixelBox> = boxes.iter().map(|area| in_pixels(area, strips)).collect();
        let old: HashSet<u32> =
            pieces.iter().map(|piece| piece.image).filter(|image| *image < first_image).collect();
        let decoded: u64 = old
            .iter()
            .filter_map(|image| self.images.get(*image as usize))
            .map(|stored| stored.pixels)
            .chain(parts.iter().map(PixelBox::pixels))
            .sum();
        let frame = u64::from(strips.width) * u64::from(strips.height);
        if pieces.len() > MOST_PIECES
            || old.len() + parts.len() > MOST_IMAGES
            || decoded > frame * MOST_DECODED
        {
            return None;
        }
        let images = parts
            .into_iter()
            .map(|part| {
                self.patches += 1;
                let path = patch_path(self.patches);
                self.store(path.clone(), part.pixels());
                NewImage { path, part: Some(part) }
            })
            .collect();
        Some((images, pieces, sources))
    }

    fn store(&mut self, path: String, pixels: u64) -> u32 {
        self.images.push(Stored { path, pixels });
        // An archive holds fewer files than that.
        (self.images.len() - 1) as u32
    }

    fn named(&self, piece: &SourcePiece) -> FramePiece {
        let file =
            self.images.get(piece.image as usize).map(|stored| stored.path.clone()).unwrap_or_default();
        FramePiece {
            file,
            width: piece.width,
            height: piece.height,
            x: piece.to.0,
            y: piece.to.1,
            from_x: piece.from.0,
            from_y: piece.from.1,
        }
    }
}

impl<'a> Reuse<'a> {
    /// First what has not moved, from the frame that has most of it and then from others that have more; then what was
    /// scrolled.
    fn find(strips: &Strips, window: &'a VecDeque<Known>) -> Self {
        let count = strips.block_rows() * strips.columns;
        let mut reuse = Self { blocks: vec![None; count] };
        let alike: Vec<&Known> = window.iter().filter(|known| known.strips.same_sides(strips)).collect();
        let unmoved: Vec<Vec<bool>> =
            alike.iter().map(|known| same_blocks(strips, &known.strips, 0)).collect();
        let mut bases = 0;
        while bases < MOST_BASES {
            let gains = unmoved.iter().enumerate().map(|(index, same)| (reuse.gain(same), index));
            // Of equally good frames the latest, which is the first of the window.
            let Some((gain, index)) = gains.max_by_key(|(gain, index)| (*gain, std::cmp::Reverse(*index)))
            else {
                break;
            };
            if gain < LEAST_BLOCKS {
                break;
            }
            reuse.take(&unmoved[index], alike[index], 0);
            bases += 1;
        }
        for known in alike.iter().take(2) {
            if reuse.missing() * 20 < count {
                break;
            }
            let wanted = |row: usize, column: usize| reuse.blocks[row * strips.columns + column].is_none();
            for distance in scroll::moves(strips, &known.strips, wanted) {
                let same = same_blocks(strips, &known.strips, distance);
                if reuse.gain(&same) >= LEAST_BLOCKS {
                    reuse.take(&same, known, distance);
                }
            }
        }
        reuse
    }

    fn missing(&self) -> usize {
        self.blocks.iter().filter(|block| block.is_none()).count()
    }

    fn gain(&self, same: &[bool]) -> usize {
        self.blocks.iter().zip(same).filter(|(block, same)| block.is_none() && **same).count()
    }

    fn take(&mut self, same: &[bool], known: &'a Known, distance: isize) {
        for (block, same) in self.blocks.iter_mut().zip(same) {
            if block.is_none() && *same {
                *block = Some((known, distance));
            }
        }
    }
}

/// Which blocks of `now` are, `distance` rows further down, in `before`.
fn same_blocks(now: &Strips, before: &Strips, distance: isize) -> Vec<bool> {
    let mut same = Vec::with_capacity(now.block_rows() * now.columns);
    for block_row in 0..now.block_rows() {
        let start = same.len();
        same.resize(start + now.columns, true);
        for row in now.rows(block_row) {
            let there = row.checked_add_signed(distance).filter(|there| *there < before.height as usize);
            let Some(there) = there else {
                same[start..].fill(false);
                break;
            };
            for ((same, now), before) in same[start..].iter_mut().zip(now.row(row)).zip(before.row(there)) {
                *same &= now == before;
            }
        }
    }
    same
}

/// Where every strip comes from when the boxes become images, numbered from `first_image`.
fn sources(strips: &Strips, reuse: &Reuse<'_>, boxes: &[BlockBox], first_image: u32) -> Sources {
    let mut sources = Sources::with_capacity(strips.columns, strips.height);
    for row in 0..strips.height as usize {
        let block_row = row / BLOCK as usize;
        let crossed: Vec<(u32, &BlockBox)> =
            (first_image..).zip(boxes).filter(|(_, area)| area.rows.contains(&block_row)).collect();
        for column in 0..strips.columns {
            let covering = crossed.iter().find(|(_, area)| area.columns.contains(&column));
            let reused = reuse.blocks[block_row * strips.columns + column];
            sources.push(match (covering, reused) {
                (Some((image, area)), _) => Source {
                    image: *image,
                    column: (column - area.columns.start) as u16,
                    row: (row - area.rows.start * BLOCK as usize) as u16,
                },
                (None, Some((known, distance))) => {
                    known.sources.at(row.saturating_add_signed(distance), column)
                }
                // The boxes hold every block that is not reused.
                (None, None) => Source { image: first_image, column: 0, row: 0 },
            });
        }
    }
    sources
}

fn in_pixels(area: &BlockBox, strips: &Strips) -> PixelBox {
    let cut = |block: usize, limit: u32| (block as u32 * BLOCK).min(limit);
    PixelBox {
        left: cut(area.columns.start, strips.width),
        top: cut(area.rows.start, strips.height),
        right: cut(area.columns.end, strips.width),
        bottom: cut(area.rows.end, strips.height),
    }
}
