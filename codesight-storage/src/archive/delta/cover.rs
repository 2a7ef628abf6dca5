//! Covering the changed blocks of a frame with few rectangles.

use std::ops::Range;

/// What an image of its own costs, in blocks: its entries in ZIP, manifest and index and its header are some 300 bytes,
/// and a block of a page takes 15 to 20.
const IMAGE_COST: usize = 18;
/// Rectangles of one frame.
const MOST_BOXES: usize = 16;

/// A rectangle of blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct BlockBox {
    pub(super) columns: Range<usize>,
    pub(super) rows: Range<usize>,
}

impl BlockBox {
    pub(super) fn area(&self) -> usize {
        self.columns.len() * self.rows.len()
    }

    fn join(&self, other: &Self) -> Self {
        let join = |a: &Range<usize>, b: &Range<usize>| a.start.min(b.start)..a.end.max(b.end);
        Self { columns: join(&self.columns, &other.columns), rows: join(&self.rows, &other.rows) }
    }
}

/// Which blocks of a frame are meant.
#[derive(Debug)]
pub(super) struct BlockMask {
    columns: usize,
    set: Vec<bool>,
}

impl BlockMask {
    pub(super) fn new(columns: usize, set: Vec<bool>) -> Self {
        Self { columns, set }
    }

    fn has(&self, row: usize, column: usize) -> bool {
        self.set[row * self.columns + column]
    }

    /// The smallest box around the set blocks of one line, along the other axis.
    fn tight(&self, within: &BlockBox) -> Option<BlockBox> {
        let mut found: Option<BlockBox> = None;
        for row in within.rows.clone() {
            let mut columns = within.columns.clone();
            let Some(first) = columns.find(|column| self.has(row, *column)) else { continue };
            let last = within.columns.clone().rfind(|column| self.has(row, *column)).unwrap_or(first);
            let line = BlockBox { columns: first..last + 1, rows: row..row + 1 };
            found = Some(found.map_or_else(|| line.clone(), |found| found.join(&line)));
        }
        found
    }
}

/// Disjoint boxes that hold every set block, few enough and small enough.
pub(super) fn cover(mask: &BlockMask) -> Vec<BlockBox> {
    let rows = mask.set.len().checked_div(mask.columns).unwrap_or(0);
    let mut open: Vec<BlockBox> =
        mask.tight(&BlockBox { columns: 0..mask.columns, rows: 0..rows }).into_iter().collect();
    let mut done = Vec::new();
    while let Some(area) = open.pop() {
        match best_cut(mask, &area) {
            Some((one, other)) if open.len() + done.len() + 2 <= MOST_BOXES => open.extend([one, other]),
            _ => done.push(area),
        }
    }
    done.sort_unstable_by_key(|area| (area.rows.start, area.columns.start));
    done
}

/// The two boxes of the cut that saves most blocks; none when no cut saves what an image costs.
fn best_cut(mask: &BlockMask, area: &BlockBox) -> Option<(BlockBox, BlockBox)> {
    let by_rows = cuts(mask, area, area.rows.clone(), |range| BlockBox { rows: range, ..area.clone() });
    let by_columns =
        cuts(mask, area, area.columns.clone(), |range| BlockBox { columns: range, ..area.clone() });
    by_rows.into_iter().chain(by_columns).min_by_key(|(cost, ..)| *cost).map(|(_, one, other)| (one, other))
}

fn cuts(
    mask: &BlockMask,
    area: &BlockBox,
    along: Range<usize>,
    part: impl Fn(Range<usize>) -> BlockBox,
) -> Option<(usize, BlockBox, BlockBox)> {
    // The tight box of everything up to, and from, each line: two sweeps instead of one look for each cut.
    let lines: Vec<Option<BlockBox>> = along.clone().map(|line| mask.tight(&part(line..line + 1))).collect();
    let sweep = |lines: &mut dyn Iterator<Item = &Option<BlockBox>>| {
        let mut joined: Option<BlockBox> = None;
        let boxes = lines.map(|line| {
            joined = match (&joined, line) {
                (Some(joined), Some(line)) => Some(joined.join(line)),
                (joined, line) => joined.clone().or_else(|| line.clone()),
            };
            joined.clone()
        });
        boxes.collect::<Vec<_>>()
    };
    let heads = sweep(&mut lines.iter());
    let mut tails = sweep(&mut lines.iter().rev());
    tails.reverse();
    let mut best: Option<(usize, BlockBox, BlockBox)> = None;
    for (head, tail) in heads.iter().zip(tails.iter().skip(1)) {
        let (Some(head), Some(tail)) = (head, tail) else { continue };
        let cost = head.area() + tail.area() + IMAGE_COST;
        if cost < best.as_ref().map_or(area.area(), |(cost, ..)| *cost) {
            best = Some((cost, head.clone(), tail.clone()));
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn mask(lines: &[&str]) -> BlockMask {
        BlockMask::new(lines[0].len(), lines.concat().bytes().map(|block| block == b'#').collect())
    }

    #[test]
    fn far_changes_become_two_images_and_near_ones_stay_together() {
        let gap = "..........";
        let lines: Vec<String> = (0..12).map(|_| format!("##{gap}{gap}##")).collect();
        let far = mask(&lines.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(
            cover(&far),
            [BlockBox { columns: 0..2, rows: 0..12 }, BlockBox { columns: 22..24, rows: 0..12 }]
        );
        assert_eq!(cover(&mask(&["#.#", "...", "#.#"])), [BlockBox { columns: 0..3, rows: 0..3 }]);
        assert_eq!(cover(&mask(&["...", "..."])), []);
    }

    proptest! {
        #[test]
        fn every_changed_block_is_covered_once(set in prop::collection::vec(any::<bool>(), 20 * 15), thin in 0_usize..40) {
            let set: Vec<bool> = set.into_iter().enumerate().map(|(at, on)| on && at % 40 >= thin).collect();
            let mask = BlockMask::new(20, set);
            let boxes = cover(&mask);
            prop_assert!(boxes.len() <= MOST_BOXES);
            for row in 0..15 {
                for column in 0..20 {
                    let times = boxes
                        .iter()
                        .filter(|area| area.rows.contains(&row) && area.columns.contains(&column))
                        .count();
                    prop_assert!(times <= 1);
                    prop_assert!(times == 1 || !mask.has(row, column));
                }
            }
        }
    }
}
