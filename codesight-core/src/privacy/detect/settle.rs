//! The second look: what masked text would show to a second pass has to be found in the first.

use std::ops::Range;

use super::DetectInput;
use super::pattern::look;
use super::view::Hit;
use crate::privacy::pseudonym::has_token;

/// How often what is left over is looked at again.
const ROUNDS: usize = 4;
/// Around a find, so much is looked at again. Everything that decides about a candidate is nearer, or is a token
/// without a space.
const REACH: usize = 1_024;
/// Finds so near to where the second look was cut off are not believed: they may be parts of something.
const MARGIN: usize = 256;
/// Less than this cannot hold anything: a phone number behind a placeholder is the shortest find.
const SHORTEST: usize = 4;
/// Texts up to here are looked at whole.
const SHORT: usize = 4 * REACH;

/// Looks again at the surroundings of the finds, with placeholders in their place, until nothing more is found.
pub(super) fn until_nothing_is_left(bytes: &[u8], input: &DetectInput<'_>, hits: &mut Vec<Hit>) {
    let found: usize = hits.iter().map(|hit| hit.end - hit.start).sum();
    if bytes.len() - found < SHORTEST {
        return;
    }
    let mut fresh: Vec<Hit> = hits.clone();
    for _ in 1..ROUNDS {
        let mut more = Vec::new();
        for region in regions(bytes, &fresh) {
            look_again(bytes, region, input, hits, &mut more);
        }
        if more.is_empty() {
            return;
        }
        hits.extend_from_slice(&more);
        hits.sort_by_key(|hit| hit.start);
        fresh = more;
    }
}

/// The surroundings of finds, cut at white space, those that touch joined.
fn regions(bytes: &[u8], hits: &[Hit]) -> Vec<Range<usize>> {
    if bytes.len() <= SHORT {
        return std::iter::once(0..bytes.len()).collect();
    }
    let mut near: Vec<Range<usize>> = Vec::new();
    for hit in hits {
        let (start, end) = (hit.start.saturating_sub(REACH), (hit.end + REACH).min(bytes.len()));
        match near.last_mut() {
            Some(last) if last.end >= start => last.end = last.end.max(end),
            _ => near.push(start..end),
        }
    }
    // Each gap between two regions is read once from either side, so that the work stays linear.
    let mut regions: Vec<Range<usize>> = Vec::new();
    for (index, region) in near.iter().enumerate() {
        let floor = regions.last().map_or(0, |last| last.end);
        let ceiling = near.get(index + 1).map_or(bytes.len(), |next| next.start);
        let blank = |gap: &[u8]| gap.iter().rposition(u8::is_ascii_whitespace);
        let start = bytes.get(floor..region.start).and_then(blank).map_or(floor, |at| floor + at);
        let blank = bytes[region.end..ceiling].iter().position(u8::is_ascii_whitespace);
        let end = blank.map_or(ceiling, |at| region.end + at);
        match regions.last_mut() {
            Some(last) if last.end >= start => last.end = end,
            _ => regions.push(start..end),
        }
    }
    regions
}

/// Scans one region with placeholders in place of what was found.
fn look_again(
    bytes: &[u8],
    region: Range<usize>,
    input: &DetectInput<'_>,
    hits: &[Hit],
    more: &mut Vec<Hit>,
) {
    let mut masked = Vec::with_capacity(region.len());
    // From a place in the masked text on, what has to be added to get to the text.
    let mut shifts = vec![(0, region.start.cast_signed())];
    let mut copied = region.start;
    let first = hits.partition_point(|hit| hit.end <= region.start);
    for hit in hits[first..].iter().take_while(|hit| hit.start < region.end) {
        masked.extend_from_slice(&bytes[copied..hit.start.max(copied)]);
        masked.push(b'<');
        masked.extend_from_slice(hit.kind.placeholder().as_bytes());
        // As the pseudonymiser writes them: those of values that could be tried out have no token.
        masked.extend_from_slice(if has_token(hit.kind) { b"_0>" } else { b">" });
        copied = hit.end.min(region.end);
        shifts.push((masked.len(), copied.cast_signed() - masked.len().cast_signed()));
    }
    masked.extend_from_slice(&bytes[copied..region.end]);
    let mut found = Vec::new();
    look(&masked, input, &mut found);
    let after = if region.start > 0 { MARGIN } else { 0 };
    let before = masked.len() - if region.end < bytes.len() { MARGIN.min(masked.len()) } else { 0 };
    for mut hit in found.into_iter().filter(|hit| hit.start >= after && hit.end <= before) {
        let shift = shifts[shifts.partition_point(|(from, _)| *from <= hit.start) - 1].1;
        hit.start = hit.start.saturating_add_signed(shift);
        hit.end = hit.end.saturating_add_signed(shift);
        more.push(hit);
    }
}
