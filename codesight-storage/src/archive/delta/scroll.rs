//! How far the content of a page moved up or down between two frames.

use std::collections::HashMap;

use super::strips::Strips;

/// Every so manieth column of strips is looked at.
const COLUMN_STEP: usize = 3;
/// A move is believed when so many strips agree on it.
const LEAST_VOTES: u32 = 24;
/// Scrolled pages have one move; a page with a second scrolled part has two.
const MOST_MOVES: usize = 2;

/// The moves that explain most of the strips of `wanted` blocks: row `y` of `now` was row `y + move` of `before`.
pub(super) fn moves(now: &Strips, before: &Strips, wanted: impl Fn(usize, usize) -> bool) -> Vec<isize> {
    let mut places: HashMap<(usize, u64), Option<usize>> = HashMap::new();
    for column in (0..now.columns).step_by(COLUMN_STEP) {
        for row in distinctive(before, column) {
            // A strip that is there twice says nothing about where it came from.
            places
                .entry((column, before.at(row, column)))
                .and_modify(|place| *place = None)
                .or_insert(Some(row));
        }
    }
    let mut votes: HashMap<isize, u32> = HashMap::new();
    for column in (0..now.columns).step_by(COLUMN_STEP) {
        for row in distinctive(now, column).filter(|row| wanted(row / super::BLOCK as usize, column)) {
            if let Some(Some(place)) = places.get(&(column, now.at(row, column))) {
                *votes.entry(place.cast_signed() - row.cast_signed()).or_default() += 1;
            }
        }
    }
    let mut moves: Vec<(u32, isize)> = votes
        .into_iter()
        .filter(|(distance, votes)| *distance != 0 && *votes >= LEAST_VOTES)
        .map(|(distance, votes)| (votes, distance))
        .collect();
    moves.sort_unstable_by_key(|(votes, distance)| (std::cmp::Reverse(*votes), *distance));
    moves.into_iter().take(MOST_MOVES).map(|(_, distance)| distance).collect()
}

/// Rows whose strip differs from the one above: flat ground and vertical lines look the same at any height.
fn distinctive(strips: &Strips, column: usize) -> impl Iterator<Item = usize> {
    (1..strips.height as usize).filter(move |row| strips.at(*row, column) != strips.at(row - 1, column))
}
