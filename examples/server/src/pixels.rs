//! Sensitive boxes are painted once more before a captured frame is kept. The recorder should have done it; a server
//! that believed so would store what a faulty or old recorder forgot.
//!
//! A frame and the interactions that name it arrive in any order. Whichever comes second finds the first: a frame looks
//! for boxes before and after it is stored, an interaction makes its boxes known before it looks for the frame.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use codesight_core::id::ContentHash;
use codesight_core::model::InteractionData;
use codesight_core::ports::{BlobKey, JournalKind, SessionRef};
use codesight_core::privacy::{MediaPolicy, redactions};
use codesight_core::{Error, ErrorKind, Result};
use codesight_storage::image::{ConcealedArea, ImageLimits, conceal};

use crate::app::App;

/// Journal records read at a time.
const PAGE: usize = 200;

/// The boxes of each frame of a session, as far as its interactions told. Clones are the same.
#[derive(Debug, Clone, Default)]
pub(crate) struct FrameBoxes(Arc<Mutex<HashMap<ContentHash, Vec<ConcealedArea>>>>);

impl FrameBoxes {
    /// The boxes of a session that was recorded on other connections before.
    pub(crate) async fn of_journal(app: &App, session: &SessionRef) -> Result<Self> {
        let (boxes, mut after) = (Self::default(), 0);
        loop {
            let page = app.catalog.read(session, after, PAGE).await?;
            let Some(last) = page.last() else { return Ok(boxes) };
            after = last.seq;
            for record in page.iter().filter(|record| record.kind == JournalKind::Interaction) {
                boxes.learn(&*record.payload.parse::<InteractionData>()?, app.media_policy);
            }
        }
    }

    /// Takes the boxes of an interaction, and names the frames that got new ones.
    pub(crate) fn learn(&self, interaction: &InteractionData, policy: MediaPolicy) -> Vec<ContentHash> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = Vec::new();
        for screenshot in &interaction.screenshots {
            let boxes = known.entry(screenshot.hash).or_default();
            let before = boxes.len();
            for redaction in redactions(interaction, screenshot, policy) {
                let area = ConcealedArea { area: redaction.area, viewport: screenshot.viewport };
                if !boxes.contains(&area) {
                    boxes.push(area);
                }
            }
            if boxes.len() > before {
                changed.push(screenshot.hash);
            }
        }
        changed
    }

    fn of(&self, frame: &ContentHash) -> Vec<ConcealedArea> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(frame).cloned().unwrap_or_default()
    }
}

/// Stores a captured frame: as it came when nothing is to be painted in it, painted otherwise.
pub(crate) async fn store(
    app: &App,
    session: &SessionRef,
    boxes: &FrameBoxes,
    hash: &ContentHash,
    bytes: Bytes,
) -> Result<()> {
    match painted(app, boxes.of(hash), bytes.clone()).await? {
        Some(painted) => {
            let key = BlobKey::painted(&session.tenant, &session.session, hash);
            app.blobs.put(&key, painted.into()).await?;
            return Ok(());
        }
        None => {
            app.blobs.put(&BlobKey::captured(&session.tenant, &session.session, hash), bytes).await?;
        }
    }
    repaint(app, session, boxes, hash).await
}

/// Paints a frame that was stored before its boxes were known. One that is painted already is left to the archive writer,
/// which paints every box of every use.
pub(crate) async fn repaint(
    app: &App,
    session: &SessionRef,
    boxes: &FrameBoxes,
    hash: &ContentHash,
) -> Result<()> {
    let areas = boxes.of(hash);
    if areas.is_empty() {
        return Ok(());
    }
    let key = BlobKey::captured(&session.tenant, &session.session, hash);
    let bytes = match app.blobs.get(&key).await {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(error),
    };
    if let Some(painted) = painted(app, areas, bytes).await? {
        let beside = BlobKey::painted(&session.tenant, &session.session, hash);
        app.blobs.put(&beside, painted.into()).await?;
        app.blobs.delete(&key).await?;
    }
    Ok(())
}

/// An image that cannot be decoded is kept as it came: it shows nothing, and the archive writer reports it.
async fn painted(app: &App, areas: Vec<ConcealedArea>, bytes: Bytes) -> Result<Option<Vec<u8>>> {
    if areas.is_empty() {
        return Ok(None);
    }
    let limits = ImageLimits {
        max_encoded_bytes: app.limits.max_blob_bytes as usize,
        max_pixels: u64::from(app.limits.max_frame_pixels),
    };
    let work = tokio::task::spawn_blocking(move || conceal(&bytes, &areas, &limits));
    let done = work.await.map_err(|error| {
        Error::new(ErrorKind::Unexpected, "pixels.paint", "the work was interrupted").caused_by(error)
    })?;
    match done {
        Ok(painted) => Ok(painted),
        Err(error) if matches!(error.kind(), ErrorKind::Invalid | ErrorKind::Unsupported) => Ok(None),
        Err(error) => Err(error),
    }
}
