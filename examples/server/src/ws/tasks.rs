//! What a connection has done in the background: opening, appending, storing, sealing. Each ends in an input of the
//! machine.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use codesight_core::ErrorKind;
use codesight_core::id::{ContentHash, SessionId};
use codesight_core::model::SessionOutcome;
use codesight_core::ports::{JournalHead, JournalRecord, SessionRef};
use codesight_core::privacy::Raw;
use codesight_core::wire::{Identity, Input, ReceivedBlob, ReceivedEntry, SessionStart};
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt};
use tracing::Instrument as _;

use super::follower::Followed;
use crate::app::App;
use crate::ingest::{self, EntryMasker, SharedMasker};
use crate::pixels::{self, FrameBoxes};
use crate::telemetry::belongs_to;

/// Entries masked in one go: a millisecond or two.
const SLICE: usize = 16;

/// A session that this connection writes.
#[derive(Clone)]
pub(super) struct Recording {
    pub(super) session: SessionRef,
    masker: SharedMasker,
    boxes: FrameBoxes,
}

/// An append that waits for the one before it.
pub(super) struct PendingAppend {
    pub(super) session: SessionId,
    pub(super) epoch: u64,
    pub(super) first_seq: u64,
    pub(super) entries: Vec<ReceivedEntry>,
    /// When the first of them came.
    pub(super) received: Instant,
}

/// What a background task came to.
pub(super) enum Done {
    /// Something the machine is told as it is.
    Input(Input),
    /// A session was opened, or could not be.
    Opened(Input, Option<Recording>),
    /// The append under way ended; whether it had to wait for the tenant's quota.
    Appended(Input, bool),
    /// The follower of the session has read on.
    Followed(Box<Followed>),
}

/// The tasks of one connection.
pub(super) struct Tasks {
    app: App,
    running: FuturesUnordered<BoxFuture<'static, Done>>,
    appends: VecDeque<PendingAppend>,
    is_appending: bool,
    /// Whether the append under way waits for the tenant's quota.
    is_held_up: Arc<AtomicBool>,
}

impl Tasks {
    pub(super) fn new(app: App) -> Self {
        Self {
            app,
            running: FuturesUnordered::new(),
            appends: VecDeque::new(),
            is_appending: false,
            is_held_up: Arc::default(),
        }
    }

    /// Whether what came last waits for the tenant's quota: until it has its turn, more is best left with its sender.
    pub(super) fn is_held_up(&self) -> bool {
        self.is_held_up.load(Ordering::Relaxed)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    /// The next task that ended; none when there is none.
    pub(super) async fn next(&mut self) -> Option<Done> {
        self.running.next().await
    }

    pub(super) fn push(&mut self, task: BoxFuture<'static, Done>) {
        self.running.push(task);
    }

    /// Creates or finds a session and becomes its writer.
    pub(super) fn open(&mut self, identity: Identity, start: Raw<SessionStart>) {
        let app = self.app.clone();
        self.push(
            async move {
                let result = ingest::open(&app, &identity, start).await;
                opened(&identity, result)
            }
            .boxed(),
        );
    }

    /// Becomes the writer of an existing session.
    pub(super) fn resume(&mut self, identity: Identity, session: SessionId) {
        let app = self.app.clone();
        self.push(
            async move {
                let result = ingest::resume(&app, &identity, session).await;
                opened(&identity, result)
            }
            .boxed(),
        );
    }

    /// Appends after what was handed over before.
    pub(super) fn append(&mut self, recording: Option<&Recording>, append: PendingAppend) {
        self.appends.push_back(append);
        self.start_append(recording);
    }

    /// The append under way has ended: the next begins. What waits behind a failed one would leave a hole; the client
    /// sends it all again.
    pub(super) fn append_ended(&mut self, recording: Option<&Recording>, input: &Input) {
        self.is_appending = false;
        if matches!(input, Input::AppendFailed { .. }) {
            self.appends.clear();
        }
        self.start_append(recording);
    }

    /// Starts the next append, everything that waits in one go. One at a time: order is what makes holes impossible.
    fn start_append(&mut self, recording: Option<&Recording>) {
        if self.is_appending {
            return;
        }
        let Some(mut next) = self.appends.pop_front() else { return };
        while let Some(following) = self.appends.front()
            && following.first_seq == next.first_seq + next.entries.len() as u64
            && following.epoch == next.epoch
        {
            next.entries.extend(self.appends.pop_front().into_iter().flat_map(|append| append.entries));
        }
        let Some(recording) = recording.cloned() else { return };
        self.is_appending = true;
        let app = self.app.clone();
        let (session, first_seq) = (&recording.session.session, next.first_seq);
        let span = tracing::debug_span!("append", %session, first_seq, places = next.entries.len());
        let span = belongs_to(span, session);
        let is_held_up = Arc::clone(&self.is_held_up);
        self.push(
            async move {
                let (tenant, places) = (&recording.session.tenant, next.entries.len());
                let waited = app.quotas.places(tenant, places, &is_held_up).await;
                if waited {
                    app.metrics.quota_waited(places);
                }
                Done::Appended(append(&app, &recording, next).await, waited)
            }
            .instrument(span)
            .boxed(),
        );
    }

    /// Checks and stores a frame or a part of sound.
    pub(super) fn store_blob(&mut self, recording: Recording, blob: ReceivedBlob) {
        let app = self.app.clone();
        let hash = blob.descriptor.hash;
        let session = &recording.session.session;
        let span = belongs_to(tracing::debug_span!("blob", %session, bytes = blob.bytes.len()), session);
        self.push(
            async move {
                let Recording { session, boxes, .. } = recording;
                Done::Input(match ingest::store_blob(&app, session, &boxes, blob).await {
                    Ok(hash) => Input::BlobStored(hash),
                    Err(code) => Input::BlobRefused { hash, code },
                })
            }
            .instrument(span)
            .boxed(),
        );
    }

    /// Seals a session and queues its job.
    pub(super) fn seal(&mut self, session: SessionRef, epoch: u64, outcome: Option<SessionOutcome>) {
        let app = self.app.clone();
        let span = belongs_to(tracing::debug_span!("seal", session = %session.session), &session.session);
        self.push(
            async move {
                Done::Input(match ingest::seal(&app, &session, Some(epoch), outcome).await {
                    Ok(_) => Input::Sealed,
                    Err(error) => {
                        tracing::warn!(session = %session, error = %error, "a session could not be sealed");
                        Input::SealFailed
                    }
                })
            }
            .instrument(span)
            .boxed(),
        );
    }
}

fn opened(identity: &Identity, result: codesight_core::Result<ingest::Opened>) -> Done {
    match result {
        Ok(ingest::Opened { resumed, masker, boxes }) => {
            let session = SessionRef { tenant: identity.tenant.clone(), session: resumed.session_id.clone() };
            let recording = Recording { session, masker: Arc::new(Mutex::new(masker)), boxes };
            Done::Opened(Input::Opened(Ok(resumed)), Some(recording))
        }
        Err(error) => {
            tracing::info!(error = %error, "a session could not be opened");
            Done::Opened(Input::Opened(Err(ingest::open_refusal(&error))), None)
        }
    }
}

async fn append(app: &App, recording: &Recording, append: PendingAppend) -> Input {
    let Recording { session, boxes, .. } = recording;
    let (epoch, places, received) = (append.epoch, append.entries.len(), append.received);
    let masked = mask(app, recording, append).instrument(tracing::debug_span!("mask")).await;
    let stored = match masked {
        Ok((records, told)) => {
            let storing = store_places(app, session, boxes, epoch, records, &told);
            storing.instrument(tracing::debug_span!("store")).await
        }
        Err(error) => Err(error),
    };
    match stored {
        Ok(head) => {
            app.metrics.appended(places, received.elapsed());
            Input::Persisted { through: head.through }
        }
        Err(error) => {
            app.metrics.append_failed();
            tracing::warn!(session = %session, error = %error, "an append failed");
            // An erased session is gone: whoever wrote to it is shut out, too.
            Input::AppendFailed { fenced: matches!(error.kind(), ErrorKind::Conflict | ErrorKind::NotFound) }
        }
    }
}

/// The entries as records, and the frames of which they told new boxes. A flood is masked in slices, so that others have
/// their turn in between.
async fn mask(
    app: &App,
    recording: &Recording,
    append: PendingAppend,
) -> codesight_core::Result<(Vec<JournalRecord>, Vec<ContentHash>)> {
    let Recording { masker, boxes, .. } = recording;
    let (mut records, mut told) = (Vec::with_capacity(append.entries.len()), Vec::new());
    let (mut seq, mut entries) = (append.first_seq, append.entries.into_iter());
    loop {
        let slice: Vec<_> = entries.by_ref().take(SLICE).collect();
        if slice.is_empty() {
            return Ok((records, told));
        }
        let next = seq + slice.len() as u64;
        {
            let mut masker = masker.lock().unwrap_or_else(PoisonError::into_inner);
            let mut mask = EntryMasker {
                masker: &mut masker,
                session: &append.session,
                boxes,
                policy: app.media_policy,
                told: Vec::new(),
            };
            records.extend(mask.mask(seq, slice)?);
            told.append(&mut mask.told);
        }
        seq = next;
        tokio::task::yield_now().await;
    }
}

/// Paints the frames that the places tell of before the places are acknowledged.
async fn store_places(
    app: &App,
    session: &SessionRef,
    boxes: &FrameBoxes,
    epoch: u64,
    records: Vec<JournalRecord>,
    told: &[ContentHash],
) -> codesight_core::Result<JournalHead> {
    for frame in told {
        pixels::repaint(app, session, boxes, frame).await?;
    }
    app.catalog.append(session, epoch, records, app.clock.now()).await
}
