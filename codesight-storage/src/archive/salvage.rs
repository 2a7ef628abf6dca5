//! What of a damaged archive is still what it was.

use std::collections::HashSet;

use codesight_core::error::Result;
use codesight_core::id::ContentHash;
use codesight_core::model::ArchiveManifest;
use sha2::{Digest, Sha256};

use super::layout::{MANIFEST, role_of};
use super::reader::{parse_manifest, read_whole, stream_entry};
use super::structure::{LONGEST_LOCAL_HEADER, local_entry};
use super::{ArchiveLimits, ArchiveProblem, Entry, RandomAccess, Refusal, Structure};

/// Bytes searched at a time for the next local header.
const CHUNK: u64 = 1 << 20;

/// The sound part of an archive.
#[derive(Debug)]
pub struct Salvage {
    /// Files whose every byte is what it was, in the order they lie in the archive, without the manifest.
    pub entries: Vec<Entry>,
    /// Files that are there and damaged; what the manifest names beyond that is gone altogether.
    pub damaged: Vec<Entry>,
    /// Why.
    pub problems: Vec<ArchiveProblem>,
    /// The manifest, when it is sound.
    pub manifest: Option<ArchiveManifest>,
}

/// Looks at every file of a damaged archive. The directory is used when it is sound; else the local headers are, which
/// hold sizes and checksums too.
///
/// # Errors
/// Only what the source says.
pub async fn salvage(source: &dyn RandomAccess, limits: &ArchiveLimits) -> Result<Salvage> {
    let mut entries = match Structure::read(source, limits).await {
        Ok(structure) => structure.entries,
        Err(error) if Refusal::of(&error).is_some() => scan(source, limits).await?,
        Err(error) => return Err(error),
    };
    let mut found =
        Salvage { entries: Vec::new(), damaged: Vec::new(), problems: Vec::new(), manifest: None };
    if let Some(place) = entries.iter().position(|entry| entry.path == MANIFEST) {
        let entry = entries.remove(place);
        match read_whole(source, &entry).await.and_then(|bytes| parse_manifest(&bytes)) {
            Ok(manifest) => found.manifest = Some(manifest),
            Err(error) => found.lose(&entry, error)?,
        }
    }
    let mut seen = HashSet::new();
    for entry in entries {
        if role_of(&entry.path).is_none() || !seen.insert(entry.path.clone()) {
            found.problems.push(problem(Refusal::FileNotInManifest, &entry));
            continue;
        }
        match found.check(source, &entry).await {
            Ok(()) => found.entries.push(entry),
            Err(error) => {
                found.lose(&entry, error)?;
                found.damaged.push(entry);
            }
        }
    }
    let files = found.manifest.iter().flat_map(|manifest| &manifest.files);
    let missing = files
        .filter(|file| !seen.contains(&file.path))
        .map(|file| ArchiveProblem { refusal: Refusal::FileMissing, path: file.path.clone() });
    let missing: Vec<_> = missing.collect();
    found.problems.extend(missing);
    Ok(found)
}

impl Salvage {
    async fn check(&self, source: &dyn RandomAccess, entry: &Entry) -> Result<()> {
        let mut hasher = Sha256::new();
        let sink = |bytes: &[u8]| {
            hasher.update(bytes);
            Ok(())
        };
        if entry.span().end > source.size() {
            return Err(Refusal::SizeMismatch.error());
        }
        stream_entry(source, entry, |_| {}, sink).await?;
        let hash = ContentHash::from_digest(hasher.finalize().into());
        let expected = self.manifest.as_ref().map(|manifest| manifest.checksums.get(&entry.path));
        match expected {
            Some(Some(expected)) if *expected != hash => Err(Refusal::HashMismatch.error()),
            Some(None) => Err(Refusal::FileNotInManifest.error()),
            // Without a manifest the CRC-32 has to do; it finds damage, though not an attacker.
            Some(Some(_)) | None => Ok(()),
        }
    }

    fn lose(&mut self, entry: &Entry, error: codesight_core::Error) -> Result<()> {
        let refusal = Refusal::of(&error).ok_or(error)?;
        self.problems.push(problem(refusal, entry));
        Ok(())
    }
}

fn problem(refusal: Refusal, entry: &Entry) -> ArchiveProblem {
    ArchiveProblem { refusal, path: entry.path.clone() }
}

/// Every local header, looking for the next one behind whatever is not one.
async fn scan(source: &dyn RandomAccess, limits: &ArchiveLimits) -> Result<Vec<Entry>> {
    let mut entries: Vec<Entry> = Vec::new();
    let (mut at, mut total) = (0, 0_u64);
    while at < source.size() && (entries.len() as u64) < limits.max_entries {
        let bytes = source.read(at..source.size().min(at + LONGEST_LOCAL_HEADER)).await?;
        if let Some(entry) = local_entry(&bytes, at) {
            total = total.saturating_add(entry.size);
            let fits = entry.size <= limits.max_entry_bytes && total <= limits.max_total_bytes;
            // What says that it reaches past the end is cut off, and so is everything behind it.
            at = entry.span().end;
            if fits {
                entries.push(entry);
            }
            continue;
        }
        match next_signature(source, at + 1).await? {
            Some(place) => at = place,
            None => break,
        }
    }
    Ok(entries)
}

async fn next_signature(source: &dyn RandomAccess, from: u64) -> Result<Option<u64>> {
    let mut at = from;
    while at < source.size() {
        // Overlapping by what a signature that is cut in two needs.
        let bytes = source.read(at..source.size().min(at + CHUNK + 3)).await?;
        if let Some(place) = bytes.windows(4).position(|window| window == b"PK\x03\x04") {
            return Ok(Some(at + place as u64));
        }
        at += CHUNK;
    }
    Ok(None)
}
