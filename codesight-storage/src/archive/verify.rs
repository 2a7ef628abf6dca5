//! Checking all of an archive.

use std::collections::HashSet;

use codesight_core::error::Result;
use codesight_core::id::ContentHash;
use codesight_core::model::SessionArchive;
use sha2::{Digest, Sha256};

use super::compose::ImageFiles;
use super::layout::FRAME_INDEX;
use super::reader::stream_entry;
use super::{ArchiveReader, Refusal};

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveProblem {
    /// What.
    pub refusal: Refusal,
    /// Of which file.
    pub path: String,
}

/// What a check of the whole archive found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifyReport {
    /// Files that were checked, the manifest included.
    pub files: usize,
    /// Bytes of the ZIP.
    pub size: u64,
    /// SHA-256 of the ZIP.
    pub checksum: ContentHash,
    /// What is wrong, in the order of the files.
    pub problems: Vec<ArchiveProblem>,
}

impl VerifyReport {
    /// Whether nothing is wrong: every file is what the manifest says.
    pub fn is_sound(&self) -> bool {
        self.problems.is_empty()
    }

    /// Whether this is, byte for byte, the archive that was recorded. It covers the few bits that no content depends
    /// on, such as those that fill up the last byte of deflated data.
    pub fn is_exactly(&self, recorded: &SessionArchive) -> bool {
        self.is_sound() && self.size == recorded.size && self.checksum == recorded.checksum
    }
}

/// Reads every byte of an archive and compares it with what directory and manifest say. One bad file does not hide
/// the others. Memory does not grow with the archive, apart from its frame index.
///
/// # Errors
/// Only what the source says; what is wrong with the archive is in the report.
pub async fn verify(reader: &ArchiveReader<'_>) -> Result<VerifyReport> {
    let mut problems = Vec::new();
    let mut whole = Sha256::new();
    for entry in &reader.structure.entries {
        let mut content = Sha256::new();
        let streamed = stream_entry(
            reader.source.as_ref(),
            entry,
            |raw| whole.update(raw),
            |bytes| {
                content.update(bytes);
                Ok(())
            },
        )
        .await;
        let expected = reader.manifest().checksums.get(&entry.path);
        let refusal = match streamed {
            Err(error) => Some(Refusal::of(&error).ok_or(error)?),
            // The manifest is the only entry it does not list; opening has seen to that.
            Ok(()) => expected
                .filter(|expected| **expected != ContentHash::from_digest(content.finalize().into()))
                .map(|_| Refusal::HashMismatch),
        };
        problems.extend(refusal.map(|refusal| ArchiveProblem { refusal, path: entry.path.clone() }));
    }
    let rest = reader.source.read(reader.structure.directory_start..reader.source.size()).await?;
    whole.update(&rest);
    check_frames(reader, &mut problems).await?;
    Ok(VerifyReport {
        files: reader.structure.entries.len(),
        size: reader.source.size(),
        checksum: ContentHash::from_digest(whole.finalize().into()),
        problems,
    })
}

/// Composes every frame, which [`verify`] does not: images that cannot be decoded, and pieces that reach out of theirs.
///
/// # Errors
/// Only what the source says.
pub async fn verify_pixels(reader: &ArchiveReader<'_>) -> Result<Vec<ArchiveProblem>> {
    let mut problems = Vec::new();
    let index = match reader.frame_index().await {
        Ok(index) => index,
        Err(error) => {
            let refusal = Refusal::of(&error).ok_or(error)?;
            return Ok(vec![ArchiveProblem { refusal, path: FRAME_INDEX.to_owned() }]);
        }
    };
    for entry in &index.frames {
        if let Err(error) = reader.read_pixels(&entry.hash).await {
            let refusal = Refusal::of(&error).ok_or(error)?;
            problems.push(ArchiveProblem { refusal, path: entry.file.clone() });
        }
    }
    Ok(problems)
}

/// Every frame can be composed, and every image is needed.
async fn check_frames(reader: &ArchiveReader<'_>, problems: &mut Vec<ArchiveProblem>) -> Result<()> {
    let fits = match reader.frame_index().await {
        Ok(index) => {
            let hashes: HashSet<_> = index.frames.iter().map(|frame| frame.hash).collect();
            ImageFiles::of(reader.manifest()).are_all_used(index) && hashes.len() == index.frames.len()
        }
        // A broken index file was reported with the other files, one that does not fit was not.
        Err(error) => {
            let reported = problems.iter().any(|problem| problem.path == FRAME_INDEX);
            Refusal::of(&error).ok_or(error)? != Refusal::BadFrameIndex && reported
        }
    };
    if !fits {
        problems.push(ArchiveProblem { refusal: Refusal::BadFrameIndex, path: FRAME_INDEX.to_owned() });
    }
    Ok(())
}
