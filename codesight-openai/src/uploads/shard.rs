//! Cutting lines into files that a service takes.

use codesight_core::{Error, ErrorKind, Result};

use crate::limits::Limits;

/// One file: lines `first_line` to `last_line` (counted from 1) of the whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// Where it begins in the whole, bytes.
    pub offset: u64,
    /// How long it is, bytes.
    pub bytes: u64,
    /// Its first line.
    pub first_line: u64,
    /// Its last line.
    pub last_line: u64,
}

/// The files of a whole.
pub type ShardPlan = Vec<Shard>;

/// Cuts lines of the given lengths (line feeds included) into as few files as the limits allow, about equally long so that
/// none falls below the smallest number of examples.
///
/// # Errors
/// [`ErrorKind::LimitExceeded`] when one line is larger than a file may be.
pub fn plan_shards(lines: &[u64], limits: &Limits) -> Result<ShardPlan> {
    let total: u64 = lines.iter().sum();
    let most_bytes = limits.max_file_bytes.unwrap_or(u64::MAX);
    let most_lines = [limits.max_examples, limits.max_image_examples].into_iter().flatten().min();
    let most_lines = most_lines.unwrap_or(u64::MAX);
    if let Some(at) = lines.iter().position(|bytes| *bytes > most_bytes) {
        return Err(Error::new(
            ErrorKind::LimitExceeded,
            "uploads.shard",
            "a line is larger than a file may be",
        )
        .with("line", at + 1)
        .with("limit", most_bytes));
    }
    if lines.is_empty() {
        return Ok(Vec::new());
    }
    let fewest = total.div_ceil(most_bytes).max((lines.len() as u64).div_ceil(most_lines)).max(1);
    // An equal share may be missed by a line's length, so one file more can be needed.
    for count in fewest.. {
        let aim = total.div_ceil(count);
        let plan = cut(lines, aim, most_bytes, most_lines.min((lines.len() as u64).div_ceil(count)));
        if plan.len() as u64 <= count || count >= lines.len() as u64 {
            return Ok(plan);
        }
    }
    Ok(Vec::new())
}

fn cut(lines: &[u64], aim: u64, most_bytes: u64, most_lines: u64) -> ShardPlan {
    let mut plan: ShardPlan = Vec::new();
    let mut offset = 0;
    for (line, bytes) in (1..).zip(lines.iter().copied()) {
        let fits = plan.last().is_some_and(|shard: &Shard| {
            shard.bytes < aim
                && shard.bytes + bytes <= most_bytes
                && shard.last_line - shard.first_line + 2 <= most_lines
        });
        match plan.last_mut() {
            Some(shard) if fits => {
                shard.bytes += bytes;
                shard.last_line = line;
            }
            _ => plan.push(Shard { offset, bytes, first_line: line, last_line: line }),
        }
        offset += bytes;
    }
    plan
}
