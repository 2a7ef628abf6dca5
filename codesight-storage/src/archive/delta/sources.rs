//! For every strip of a frame, the stored image it is taken from.

use super::BLOCK;

/// The place of a strip in a stored image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Source {
    /// The number of the image.
    pub(super) image: u32,
    /// Its column in the image, in strips. Images are at most 16,383 pixels a side.
    pub(super) column: u16,
    /// Its row in the image.
    pub(super) row: u16,
}

/// The sources of a frame, row by row.
#[derive(Debug)]
pub(super) struct Sources {
    columns: usize,
    strips: Vec<Source>,
}

/// A rectangle that is taken from one image as it is there, in pixels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SourcePiece {
    pub(super) image: u32,
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) to: (u32, u32),
    pub(super) from: (u32, u32),
}

impl Sources {
    /// Of a frame that is stored whole.
    pub(super) fn whole(image: u32, columns: usize, height: u32) -> Self {
        let strips = (0..height).flat_map(|row| {
            (0..columns).map(move |column| Source { image, column: column as u16, row: row as u16 })
        });
        Self { columns, strips: strips.collect() }
    }

    pub(super) fn with_capacity(columns: usize, height: u32) -> Self {
        Self { columns, strips: Vec::with_capacity(columns * height as usize) }
    }

    pub(super) fn push(&mut self, source: Source) {
        self.strips.push(source);
    }

    pub(super) fn at(&self, row: usize, column: usize) -> Source {
        self.strips[row * self.columns + column]
    }

    /// The frame as rectangles, each of one image: runs of a row, joined with those of the row above that continue in
    /// the same image.
    pub(super) fn pieces(&self, width: u32) -> Vec<SourcePiece> {
        let mut done: Vec<SourcePiece> = Vec::new();
        // Pieces that may still grow, by their first column.
        let mut open: Vec<SourcePiece> = Vec::new();
        for (y, row) in self.strips.chunks_exact(self.columns).enumerate() {
            let mut current = Vec::with_capacity(open.len());
            let mut grown = open.drain(..).peekable();
            let mut column = 0;
            while column < row.len() {
                let first = row[column];
                let length = row[column..]
                    .iter()
                    .zip(0..)
                    .take_while(|(source, step)| {
                        (source.image, source.row) == (first.image, first.row)
                            && source.column == first.column.wrapping_add(*step)
                    })
                    .count();
                let x = column as u32 * BLOCK;
                let piece = SourcePiece {
                    image: first.image,
                    width: (length as u32 * BLOCK).min(width - x),
                    height: 1,
                    to: (x, y as u32),
                    from: (u32::from(first.column) * BLOCK, u32::from(first.row)),
                };
                while let Some(ended) = grown.next_if(|above| above.to.0 < x) {
                    done.push(ended);
                }
                match grown.next_if(|above| continues(above, &piece)) {
                    Some(above) => current.push(SourcePiece { height: above.height + 1, ..above }),
                    None => current.push(piece),
                }
                column += length;
            }
            done.extend(grown);
            open = current;
        }
        done.extend(open);
        done.sort_unstable_by_key(|piece| (piece.to.1, piece.to.0));
        done
    }
}

fn continues(above: &SourcePiece, piece: &SourcePiece) -> bool {
    (above.image, above.width, above.to.0, above.from.0, above.from.1 + above.height)
        == (piece.image, piece.width, piece.to.0, piece.from.0, piece.from.1)
}
