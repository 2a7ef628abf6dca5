//! What a recorder is told of its session while it records: how many places and pictures are missing, and a score.
//!
//! It reads the journal behind the writer, so it tells of nothing that is not durable, knows a resumed session whole,
//! and is never in the way of an acknowledgement: a stream faster than it can read is told of later.

use std::collections::{HashMap, HashSet};

use codesight_core::Result;
use codesight_core::id::ContentHash;
use codesight_core::model::{DataGapKind, QualityReport};
use codesight_core::pipeline::{FrameFacts, LiveScore, RecordContent, SessionRecord};
use codesight_core::ports::{BlobKey, NoticeLevel, SessionRef};
use codesight_core::wire::ServerMessage;

use crate::app::App;

/// Places looked at in one go.
const PAGE: usize = 64;
/// Stored pictures asked for in one go, when a session is resumed.
const LISTED: usize = 1_000;
/// So many of a kind are no accident any more.
const WORTH_A_NOTICE: u32 = 3;

/// One session, as it is known to one connection.
#[derive(Debug)]
pub(crate) struct Live {
    session: SessionRef,
    score: LiveScore,
    /// Pictures that are stored.
    stored: HashSet<ContentHash>,
    /// Pictures that interactions name and that are not stored yet.
    named: HashMap<ContentHash, FrameFacts>,
    noticed: HashSet<DataGapKind>,
    last: Option<ServerMessage>,
}

impl Live {
    /// Begins with what the session has already.
    pub(crate) async fn of(app: &App, session: SessionRef) -> Result<Self> {
        let prefix = BlobKey::captured_prefix(&session.tenant, &session.session);
        let (mut stored, mut after): (HashSet<ContentHash>, Option<BlobKey>) = (HashSet::new(), None);
        loop {
            let page = app.blobs.list(&prefix, after.as_ref(), LISTED).await?;
            let Some(last) = page.last() else { break };
            after = Some(last.key.clone());
            let names = page
                .iter()
                .filter_map(|blob| blob.key.as_str().strip_prefix(&prefix)?.parse::<ContentHash>().ok());
            stored.extend(names);
        }
        let score = LiveScore::new(app.catalog.get(&session).await?);
        Ok(Self { session, score, stored, named: HashMap::new(), noticed: HashSet::new(), last: None })
    }

    /// Whether it is about this session.
    pub(crate) fn is_of(&self, session: &SessionRef) -> bool {
        &self.session == session
    }

    /// A picture was stored.
    pub(crate) fn frame(&mut self, hash: ContentHash) {
        self.stored.insert(hash);
        if let Some(facts) = self.named.remove(&hash) {
            self.score.frame(facts);
        }
    }

    /// Reads on in the journal, and gives what is new to tell and whether there is more to read.
    pub(crate) async fn catch_up(&mut self, app: &App) -> Result<(Vec<ServerMessage>, bool)> {
        let page = app.catalog.read(&self.session, self.score.through(), PAGE).await?;
        let is_more = page.len() == PAGE;
        for record in page {
            self.record(SessionRecord::from_journal(record));
        }
        // Halfway through a long journal a score says nothing yet.
        Ok((if is_more { Vec::new() } else { self.news() }, is_more))
    }

    /// What is known of the session so far.
    pub(crate) fn report(&self) -> QualityReport {
        QualityReport {
            score: self.score.score(),
            findings: self.score.findings(),
            gaps: self.score.gaps(),
            ..QualityReport::default()
        }
    }

    fn record(&mut self, record: SessionRecord) {
        let frames: Vec<FrameFacts> = match &record.content {
            RecordContent::Interaction(interaction) => interaction.screenshots.iter().map(facts).collect(),
            _ => Vec::new(),
        };
        self.score.record(record);
        for facts in frames {
            if self.stored.contains(&facts.hash) {
                self.score.frame(facts);
            } else {
                self.named.insert(facts.hash, facts);
            }
        }
    }

    fn news(&mut self) -> Vec<ServerMessage> {
        let gaps = self.score.gaps();
        let mut messages = Vec::new();
        let update = ServerMessage::Update {
            session_id: self.session.session.clone(),
            through: self.score.through(),
            findings: u32::try_from(self.score.findings().len()).unwrap_or(u32::MAX),
            gaps: gaps.iter().fold(0, |sum: u32, gap| sum.saturating_add(gap.count)),
            quality: (self.score.through() > 0).then(|| self.score.score().overall),
        };
        if self.last.as_ref() != Some(&update) {
            self.last = Some(update.clone());
            messages.push(update);
        }
        for kind in [DataGapKind::Frame, DataGapKind::Capture, DataGapKind::Selector] {
            let count: u32 = gaps.iter().filter(|gap| gap.kind == kind).map(|gap| gap.count).sum();
            if count >= WORTH_A_NOTICE
                && let Some((code, message)) = advice(&kind)
                && self.noticed.insert(kind)
            {
                let (code, message) = (code.to_owned(), message.to_owned());
                messages.push(ServerMessage::Notice { level: NoticeLevel::Warning, code, message });
            }
        }
        messages
    }
}

fn facts(frame: &codesight_core::model::Screenshot) -> FrameFacts {
    FrameFacts {
        hash: frame.hash,
        media_type: frame.media_type.clone(),
        width: frame.width,
        height: frame.height,
        pixel_hash: None,
        blank: false,
    }
}

/// What the person can do about it.
fn advice(kind: &DataGapKind) -> Option<(&'static str, &'static str)> {
    match kind {
        DataGapKind::Frame => Some((
            "pictures-missing",
            "Pictures from before several actions are missing. Look at the page for a moment before you act, or record with high fidelity.",
        )),
        DataGapKind::Capture => Some((
            "capture-gaps",
            "Parts of what you did could not be recorded. Stay in the recorded tabs, and load the page again if it was open before.",
        )),
        DataGapKind::Selector => Some((
            "elements-unclear",
            "Several things you used cannot be told apart on this page. Nothing is to be done now; tell the people who invited you.",
        )),
        _ => None,
    }
}
