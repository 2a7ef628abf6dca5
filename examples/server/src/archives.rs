//! Reading archives that are in the store.

use bytes::Bytes;
use codesight_core::id::ContentHash;
use codesight_core::model::{FrameIndex, QualityReport};
use codesight_core::pipeline::SessionInput;
use codesight_core::ports::{BlobKey, SessionRef};
use codesight_core::{Error, ErrorKind, Result};
use codesight_storage::ArchiveReader;
use codesight_storage::archive::ArchiveLimits;

use crate::app::App;

async fn open<'a>(app: &'a App, session: &SessionRef) -> Result<ArchiveReader<'a>> {
    let key = BlobKey::archive(&session.tenant, &session.session);
    ArchiveReader::open_blob(app.blobs.as_ref(), key, &ArchiveLimits::default()).await
}

/// `interactions.json`.
pub(crate) async fn interactions(app: &App, session: &SessionRef) -> Result<Bytes> {
    open(app, session).await?.read_entry("interactions.json").await
}

/// Everything a pipeline is given, and how the frames are composed.
pub(crate) async fn pipeline_input(app: &App, session: &SessionRef) -> Result<(SessionInput, FrameIndex)> {
    let archive = open(app, session).await?;
    let input = archive.session_input().await?;
    Ok((input, archive.frame_index().await?.clone()))
}

/// `quality-report.json`.
pub(crate) async fn quality_report(app: &App, session: &SessionRef) -> Result<QualityReport> {
    let bytes = open(app, session).await?.read_entry("quality-report.json").await?;
    serde_json::from_slice(&bytes)
        .map_err(|_| Error::new(ErrorKind::Corrupt, "archive.read", "the quality report is unreadable"))
}

/// `screenshots/index.json`.
pub(crate) async fn frame_index(app: &App, session: &SessionRef) -> Result<FrameIndex> {
    open(app, session).await?.frame_index().await.cloned()
}

/// The stored image of a captured frame.
pub(crate) async fn frame(app: &App, session: &SessionRef, hash: &ContentHash) -> Result<Bytes> {
    Ok(open(app, session).await?.read_frame(hash).await?.bytes)
}
