//! What differs between two archives.

use std::collections::{BTreeMap, BTreeSet};

use codesight_core::error::{Error, ErrorKind, Result};
use codesight_core::id::ContentHash;
use serde::Serialize;
use serde_json::value::RawValue;

use super::ArchiveReader;
use super::layout::INTERACTIONS;

/// What differs between two archives, say of the same session before and after it was processed again.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ArchiveDiff {
    /// Files that only the first has.
    pub removed_files: Vec<String>,
    /// Files that only the second has.
    pub added_files: Vec<String>,
    /// Files that differ.
    pub changed_files: Vec<String>,
    /// Places whose interaction only the first has.
    pub removed_interactions: Vec<u64>,
    /// Places whose interaction only the second has.
    pub added_interactions: Vec<u64>,
    /// Places whose interaction differs.
    pub changed_interactions: Vec<u64>,
    /// Frames that only the first has.
    pub removed_frames: Vec<ContentHash>,
    /// Frames that only the second has.
    pub added_frames: Vec<ContentHash>,
    /// Frames whose pixels differ.
    pub changed_frames: Vec<ContentHash>,
}

impl ArchiveDiff {
    /// Whether both hold the same.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Compares two archives: files by checksum, interactions by place, frames by the pixels they are composed to.
///
/// # Errors
/// As [`ArchiveReader::read_entry`].
pub async fn diff(first: &ArchiveReader<'_>, second: &ArchiveReader<'_>) -> Result<ArchiveDiff> {
    let (removed_files, added_files, changed_files) =
        compare(&first.manifest().checksums, &second.manifest().checksums);
    let (removed_interactions, added_interactions, changed_interactions) =
        compare(&interactions(first).await?, &interactions(second).await?);
    let (removed_frames, added_frames, changed_frames) = frames(first, second).await?;
    Ok(ArchiveDiff {
        removed_files,
        added_files,
        changed_files,
        removed_interactions,
        added_interactions,
        changed_interactions,
        removed_frames,
        added_frames,
        changed_frames,
    })
}

/// Keys of the first only, of the second only, and of both with other values.
fn compare<K: Ord + Clone, V: PartialEq>(
    first: &BTreeMap<K, V>,
    second: &BTreeMap<K, V>,
) -> (Vec<K>, Vec<K>, Vec<K>) {
    let only = |one: &BTreeMap<K, V>, other: &BTreeMap<K, V>| {
        one.keys().filter(|key| !other.contains_key(*key)).cloned().collect()
    };
    let differs = |(key, value): &(&K, &V)| second.get(*key).is_some_and(|other| other != *value);
    let changed = first.iter().filter(differs).map(|(key, _)| key.clone()).collect();
    (only(first, second), only(second, first), changed)
}

/// The interactions by place, each as a hash.
async fn interactions(reader: &ArchiveReader<'_>) -> Result<BTreeMap<u64, ContentHash>> {
    #[derive(serde::Deserialize)]
    struct Place {
        seq: Option<u64>,
    }
    let unreadable = |_| Error::new(ErrorKind::Corrupt, "archive.diff", "the interactions cannot be read");
    let bytes = reader.read_entry(INTERACTIONS).await?;
    let all: Vec<&RawValue> = serde_json::from_slice(&bytes).map_err(unreadable)?;
    let mut places = BTreeMap::new();
    for (one, number) in all.into_iter().zip(1..) {
        let Place { seq } = serde_json::from_str(one.get()).map_err(unreadable)?;
        places.insert(seq.unwrap_or(number), ContentHash::of(one.get().as_bytes()));
    }
    Ok(places)
}

type FrameDifferences = (Vec<ContentHash>, Vec<ContentHash>, Vec<ContentHash>);

async fn frames(first: &ArchiveReader<'_>, second: &ArchiveReader<'_>) -> Result<FrameDifferences> {
    let one: BTreeSet<_> = first.frame_index().await?.frames.iter().map(|frame| frame.hash).collect();
    let other: BTreeSet<_> = second.frame_index().await?.frames.iter().map(|frame| frame.hash).collect();
    let mut changed = Vec::new();
    for hash in one.intersection(&other) {
        if first.read_pixels(hash).await? != second.read_pixels(hash).await? {
            changed.push(*hash);
        }
    }
    Ok((one.difference(&other).copied().collect(), other.difference(&one).copied().collect(), changed))
}
