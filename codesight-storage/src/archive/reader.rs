//! Reading single files of an archive, each checked against the manifest.

use std::collections::HashMap;
use std::path::Path;

use bytes::Bytes;
use codesight_core::error::{Error, Result};
use codesight_core::id::ContentHash;
use codesight_core::model::{ARCHIVE_VERSION, ArchiveManifest, FrameIndex, FrameIndexEntry};
use codesight_core::ports::{BlobKey, BlobStore};
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use tokio::sync::OnceCell;

use super::compose::{ImageFiles, compose, files_of};
use super::layout::{FRAME_INDEX, MANIFEST, REQUIRED, role_of};
use super::source::{BlobAccess, blocking, file_source};
use super::{ArchiveLimits, Entry, EntryDecoder, RandomAccess, Refusal, Structure};
use crate::image::{Pixels, WebpSettings, encode_webp};

/// Bytes read at a time.
const CHUNK: u64 = 1 << 20;

/// A frame as one image.
#[derive(Debug, Clone, PartialEq)]
pub struct ArchivedFrame {
    /// The encoded image, always WebP: as stored, or without further loss when it was composed.
    pub bytes: Bytes,
    /// Its place in the index: sides, painted boxes, pieces.
    pub entry: FrameIndexEntry,
}

/// The effort for frames that are composed and handed out as one image: somebody waits for it.
const COMPOSED: WebpSettings = WebpSettings::Lossless { effort: 0 };
/// Images of a composed frame that are read at the same time.
const READS_AT_ONCE: usize = 6;

/// An open archive.
///
/// Opening reads the directory and the manifest and refuses what they do not describe exactly; each file is checked
/// when it is read. [`verify`](super::verify) reads everything.
pub struct ArchiveReader<'a> {
    pub(super) source: Box<dyn RandomAccess + 'a>,
    pub(super) structure: Structure,
    manifest: ArchiveManifest,
    places: HashMap<String, usize>,
    frames: OnceCell<FrameIndex>,
}

impl<'a> ArchiveReader<'a> {
    /// Opens an archive over any source.
    ///
    /// # Errors
    /// A [`Refusal`], or what the source says.
    pub async fn open(source: Box<dyn RandomAccess + 'a>, limits: &ArchiveLimits) -> Result<Self> {
        let structure = Structure::read(source.as_ref(), limits).await?;
        let Some(entry) = structure.entries.last().filter(|entry| entry.path == MANIFEST) else {
            return Err(Refusal::ManifestMissing.error());
        };
        if entry.size > limits.max_manifest_bytes {
            return Err(Refusal::TooLarge.error().with("path", MANIFEST).with("bytes", entry.size));
        }
        let bytes = read_whole(source.as_ref(), entry).await?;
        let manifest = parse_manifest(&bytes)?;
        check_manifest(&manifest, &structure)?;
        let places =
            structure.entries.iter().enumerate().map(|(place, entry)| (entry.path.clone(), place)).collect();
        Ok(Self { source, structure, manifest, places, frames: OnceCell::new() })
    }

    /// Opens an archive in a store.
    ///
    /// # Errors
    /// As [`open`](Self::open); `NotFound` when there is no such blob.
    pub async fn open_blob(blobs: &'a dyn BlobStore, key: BlobKey, limits: &ArchiveLimits) -> Result<Self> {
        Self::open(Box::new(BlobAccess::open(blobs, key).await?), limits).await
    }

    /// Opens an archive that is a file of this machine.
    ///
    /// # Errors
    /// As [`open`](Self::open); `NotFound` when there is no such file.
    pub async fn open_file(path: &Path, limits: &ArchiveLimits) -> Result<Self> {
        Self::open(file_source(path).await?, limits).await
    }

    /// Opens an archive in memory.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub async fn open_bytes(bytes: Bytes, limits: &ArchiveLimits) -> Result<Self> {
        Self::open(Box::new(bytes), limits).await
    }

    /// What the archive holds.
    pub fn manifest(&self) -> &ArchiveManifest {
        &self.manifest
    }

    /// Bytes of the ZIP.
    pub fn size(&self) -> u64 {
        self.source.size()
    }

    /// One file, whole and checked. Reads nothing but that file.
    ///
    /// # Errors
    /// `NotFound` for a path that the manifest does not list, a [`Refusal`] when the bytes are not what it says, or
    /// what the source says.
    pub async fn read_entry(&self, path: &str) -> Result<Bytes> {
        let missing = || Error::not_found("archive.read", "no such file in the archive");
        let entry =
            self.places.get(path).and_then(|place| self.structure.entries.get(*place)).ok_or_else(missing)?;
        let expected = self.manifest.checksums.get(path).ok_or_else(missing)?;
        let bytes = read_whole(self.source.as_ref(), entry).await?;
        if ContentHash::of(&bytes) != *expected {
            return Err(Refusal::HashMismatch.error().with("path", path));
        }
        Ok(bytes)
    }

    /// How captured frames became stored images. Read once, then kept.
    ///
    /// # Errors
    /// As [`read_entry`](Self::read_entry).
    pub async fn frame_index(&self) -> Result<&FrameIndex> {
        self.frames
            .get_or_try_init(|| async {
                let bytes = self.read_entry(FRAME_INDEX).await?;
                let index: FrameIndex =
                    serde_json::from_slice(&bytes).map_err(|_| Refusal::BadFrameIndex.error())?;
                let fits = ImageFiles::of(&self.manifest).compose(&index);
                if fits { Ok(index) } else { Err(Refusal::BadFrameIndex.error()) }
            })
            .await
    }

    /// A captured frame as one image. Reads the index (once) and the images it is made of, nothing else.
    ///
    /// # Errors
    /// `NotFound` for a frame that is not in the archive, and as [`read_entry`](Self::read_entry).
    pub async fn read_frame(&self, hash: &ContentHash) -> Result<ArchivedFrame> {
        let entry = self.frame_entry(hash).await?.clone();
        if entry.is_whole() {
            return Ok(ArchivedFrame { bytes: self.read_entry(&entry.file).await?, entry });
        }
        let images = self.read_images(&entry).await?;
        blocking(move || {
            let images: Vec<_> = images.iter().map(|(path, bytes)| (path.as_str(), bytes.clone())).collect();
            let bytes = encode_webp(&compose(&entry, &images)?, &COMPOSED)?.into();
            Ok(ArchivedFrame { bytes, entry })
        })
        .await
    }

    /// The pixels of a captured frame, composed if need be. Reads as [`read_frame`](Self::read_frame) does.
    ///
    /// # Errors
    /// As [`read_frame`](Self::read_frame).
    pub async fn read_pixels(&self, hash: &ContentHash) -> Result<Pixels> {
        let entry = self.frame_entry(hash).await?.clone();
        let images = self.read_images(&entry).await?;
        blocking(move || {
            let images: Vec<_> = images.iter().map(|(path, bytes)| (path.as_str(), bytes.clone())).collect();
            compose(&entry, &images)
        })
        .await
    }

    /// `manifest.json` as it is there.
    pub(super) async fn read_manifest(&self) -> Result<Bytes> {
        let entry = self.structure.entries.last().ok_or_else(|| Refusal::ManifestMissing.error())?;
        read_whole(self.source.as_ref(), entry).await
    }

    async fn frame_entry(&self, hash: &ContentHash) -> Result<&FrameIndexEntry> {
        let index = self.frame_index().await?;
        index.frames.iter().find(|entry| entry.hash == *hash).ok_or_else(|| {
            Error::not_found("archive.read", "no such frame in the archive").with("frame", hash)
        })
    }

    pub(super) async fn read_images(&self, entry: &FrameIndexEntry) -> Result<Vec<(String, Bytes)>> {
        let files: Vec<String> = files_of(entry).into_iter().map(str::to_owned).collect();
        let reads = files.into_iter().map(|file| async move {
            let bytes = self.read_entry(&file).await?;
            Ok((file, bytes))
        });
        stream::iter(reads).buffered(READS_AT_ONCE).try_collect().await
    }
}

/// Passes the bytes of an entry by: the raw ones to `raw`, the inflated ones to `sink`.
pub(super) async fn stream_entry(
    source: &dyn RandomAccess,
    entry: &Entry,
    mut raw: impl FnMut(&[u8]) + Send,
    mut sink: impl FnMut(&[u8]) -> Result<()> + Send,
) -> Result<()> {
    let mut decoder = EntryDecoder::new(entry);
    let span = entry.span();
    let mut at = span.start;
    let mut outcome = Ok(());
    while at < span.end {
        let next = span.end.min(at + CHUNK);
        let bytes = source.read(at..next).await?;
        raw(&bytes);
        // After a refusal the rest is still passed to `raw`, so that the hash of the whole archive stays right.
        if outcome.is_ok() {
            outcome = decoder.feed(&bytes, &mut sink);
        }
        at = next;
    }
    outcome.and_then(|()| decoder.finish())
}

pub(super) async fn read_whole(source: &dyn RandomAccess, entry: &Entry) -> Result<Bytes> {
    // Grows with what is really there: a declared size alone reserves nothing beyond one chunk.
    let mut whole = Vec::with_capacity(entry.size.min(CHUNK) as usize);
    stream_entry(
        source,
        entry,
        |_| {},
        |bytes| {
            whole.extend_from_slice(bytes);
            Ok(())
        },
    )
    .await?;
    Ok(whole.into())
}

pub(super) fn parse_manifest(bytes: &[u8]) -> Result<ArchiveManifest> {
    #[derive(serde::Deserialize)]
    struct Version {
        version: u32,
    }
    // The version comes first: a later format may change everything else.
    let unreadable = |_| Refusal::ManifestUnreadable.error();
    let Version { version } = serde_json::from_slice(bytes).map_err(unreadable)?;
    if version > ARCHIVE_VERSION || version == 0 {
        return Err(Refusal::UnknownVersion.error().with("version", version));
    }
    serde_json::from_slice(bytes).map_err(unreadable)
}

/// The manifest and the directory must tell the same, file by file and in the same order.
fn check_manifest(manifest: &ArchiveManifest, structure: &Structure) -> Result<()> {
    let inconsistent = |path: &str| Err(Refusal::ManifestInconsistent.error().with("path", path));
    if manifest.files.len() != manifest.checksums.len() {
        return inconsistent(MANIFEST);
    }
    let content = structure.entries.split_last().map_or(&[][..], |(_, content)| content);
    let listed: HashMap<&str, _> = manifest.files.iter().map(|file| (file.path.as_str(), file)).collect();
    for entry in content {
        let Some(file) = listed.get(entry.path.as_str()) else {
            return Err(Refusal::FileNotInManifest.error().with("path", &entry.path));
        };
        if (file.size, file.compressed_size) != (entry.size, entry.compressed_size) {
            return Err(Refusal::SizeMismatch.error().with("path", &entry.path));
        }
        if role_of(&entry.path) != Some(file.role) || !manifest.checksums.contains_key(&entry.path) {
            return inconsistent(&entry.path);
        }
    }
    if listed.len() != manifest.files.len() || content.len() != manifest.files.len() {
        // Every entry is listed, so either a listed file has no entry or two lines name one file.
        return Err(Refusal::FileMissing.error());
    }
    match REQUIRED.iter().find(|path| !listed.contains_key(*path)) {
        Some(path) => Err(Refusal::FileMissing.error().with("path", path)),
        None => Ok(()),
    }
}
