//! Valid sessions, interactions, records and frames. The same seed gives the same bytes, today and tomorrow.

use bytes::Bytes;

use super::media;
use crate::error::Result;
use crate::id::{CollectorId, ContentHash, JobId, SessionId, SessionKey, SubjectId, TenantId, WorkerId};
use crate::model::{
    ActionDetails, CaptureProfile, Coordinates, ElementData, InteractionData, InteractionType, PageContext,
    Rect, SelectorSet, SessionConsent, SessionGoal, UnifiedSession, UserContext, Viewport,
};
use crate::ports::{
    AuditAction, AuditEvent, JobKind, JournalKind, JournalRecord, NewJob, NewSession, SessionRef,
    TuningRequest, VisionFrame,
};
use crate::privacy::Masked;
use crate::time::Timestamp;

/// The moment at which fixtures begin: 2026-01-01T00:00:00Z.
pub const EPOCH: Timestamp = Timestamp::from_millis(1_767_225_600_000);

/// The moment `millis` milliseconds after [`EPOCH`].
pub fn at(millis: i64) -> Timestamp {
    Timestamp::from_millis(EPOCH.as_millis() + millis)
}

/// Deterministic numbers that look random (SplitMix64). Not for secrets.
#[derive(Debug, Clone)]
pub struct Seeded(u64);

impl Seeded {
    /// Numbers that follow from `seed`.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The next number.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`; 0 when `bound` is 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next_u64().checked_rem(bound).unwrap_or(0)
    }

    /// Exactly `length` letters and spaces, about as compressible as the text of a page.
    pub fn text(&mut self, length: usize) -> String {
        const WORDS: [&str; 16] = [
            "add ",
            "basket ",
            "blue ",
            "cart ",
            "checkout ",
            "choose ",
            "cotton ",
            "delivery ",
            "in ",
            "item ",
            "large ",
            "price ",
            "search ",
            "shirt ",
            "size ",
            "the ",
        ];
        let mut text = String::with_capacity(length + 10);
        while text.len() < length {
            text.push_str(WORDS[self.below(16) as usize]);
            text.push(char::from(b'a' + self.below(26) as u8));
        }
        text.truncate(length);
        text
    }
}

/// The project in which fixtures live.
///
/// # Errors
/// None in practice: the name is valid.
pub fn tenant() -> Result<TenantId> {
    TenantId::new("shop-study")
}

/// The session of that seed, by name.
///
/// # Errors
/// None in practice: the names are valid.
pub fn session_ref(seed: u64) -> Result<SessionRef> {
    Ok(SessionRef { tenant: tenant()?, session: SessionId::new(format!("session-{seed}"))? })
}

/// An active session. Later seeds begin later, one second each.
///
/// # Errors
/// None in practice: the names are valid.
pub fn session(seed: u64) -> Result<UnifiedSession> {
    let SessionRef { tenant, session } = session_ref(seed)?;
    let start_time = at(i64::try_from(seed).unwrap_or(i64::MAX / 2_000).saturating_mul(1_000));
    let consent = SessionConsent {
        subject: SubjectId::new(format!("subject-{seed}"))?,
        text_version: "2026-01".to_owned(),
        purposes: vec!["training".to_owned()],
        given_at: start_time,
        evidence_hash: Some(ContentHash::of(b"the text that was shown")),
        global_privacy_control: false,
    };
    Ok(UnifiedSession {
        goal: SessionGoal {
            text: format!("Buy a blue shirt in size {}", seed % 50),
            task_id: Some(format!("task-{seed}")),
            site: Some("shop.test".to_owned()),
        },
        capture: CaptureProfile { name: "normal".to_owned(), ..CaptureProfile::default() },
        ..UnifiedSession::new(session, tenant, CollectorId::new("collector-1")?, consent, start_time)
    })
}

/// A session about to be created, with a key of its own.
///
/// # Errors
/// None in practice: the names are valid.
pub fn new_session(seed: u64) -> Result<NewSession> {
    let key = SessionKey::new(format!("key-{seed}"))?;
    Ok(NewSession { key, session: Masked::from_store(session(seed)?) })
}

/// A click on a button of a product page.
///
/// # Errors
/// None in practice: the names are valid.
pub fn interaction(seed: u64, seq: u64) -> Result<InteractionData> {
    let mut numbers = Seeded::new(seed ^ seq.rotate_left(32));
    let (x, y) = (numbers.below(1_200) as f64, numbers.below(700) as f64);
    let name = numbers.text(16);
    Ok(InteractionData {
        session_id: Some(session_ref(seed)?.session),
        seq: Some(seq),
        kind: InteractionType::Click,
        timestamp: at(i64::try_from(seq).unwrap_or(0).saturating_mul(800)),
        coordinates: Some(Coordinates { x, y, page_x: Some(x), page_y: Some(y + 300.0) }),
        action: ActionDetails { is_trusted: Some(true), ..ActionDetails::default() },
        selectors: Some(SelectorSet {
            primary: format!("[data-testid=\"add-{seq}\"]"),
            css_path: "main > section > button".to_owned(),
            ..SelectorSet::default()
        }),
        element: Some(ElementData {
            tag: "button".to_owned(),
            role: Some("button".to_owned()),
            name: Some(name.clone()),
            text: Some(name),
            bounding_box: Some(Rect { x: x - 20.0, y: y - 10.0, width: 40.0, height: 20.0 }),
            ..ElementData::default()
        }),
        page_context: PageContext {
            url: format!("https://shop.test/product/{}", numbers.below(1_000)),
            title: "Product".to_owned(),
            viewport: Some(Viewport { width: 1_280.0, height: 800.0, device_pixel_ratio: 1.0 }),
            ..PageContext::default()
        },
        visual_context: None,
        user_context: UserContext { since_previous_ms: Some(800.0), ..UserContext::default() },
        screenshots: Vec::new(),
        state_changes: Vec::new(),
        user_intent: None,
        confidence: 1.0,
        reliability: 0.9,
        extra: crate::model::Extra::new(),
    })
}

/// A journal record whose payload is an [`interaction`] of exactly `bytes` bytes of JSON, or of the least that an
/// interaction takes (under 1 kB) when that is more.
///
/// # Errors
/// None in practice: the interaction is serialisable.
pub fn record(seed: u64, seq: u64, bytes: usize) -> Result<JournalRecord> {
    const FIELD: &str = "pageText";
    let mut interaction = interaction(seed, seq)?;
    interaction.extra.insert(FIELD.to_owned(), String::new().into());
    let least = Masked::from_store(&interaction).to_json()?.len();
    let text = Seeded::new(seed.wrapping_mul(31) ^ seq).text(bytes.saturating_sub(least));
    interaction.extra.insert(FIELD.to_owned(), text.into());
    let payload = Masked::from_store(&interaction).to_json()?;
    Ok(JournalRecord { seq, kind: JournalKind::Interaction, payload })
}

/// The records `from..=through` of a session, 1 kB each.
///
/// # Errors
/// None in practice: the interactions are serialisable.
pub fn records(seed: u64, from: u64, through: u64) -> Result<Vec<JournalRecord>> {
    (from..=through).map(|seq| record(seed, seq, 1_024)).collect()
}

/// A job for a session, due at `run_at`.
///
/// # Errors
/// None in practice: the names are valid.
pub fn job(seed: u64, run_at: Timestamp) -> Result<NewJob> {
    let id = JobId::new(format!("job-{seed}"))?;
    Ok(NewJob { id, kind: JobKind::ProcessSession, session: session_ref(seed)?, run_at })
}

/// A worker.
///
/// # Errors
/// None in practice: the name is valid.
pub fn worker(number: u64) -> Result<WorkerId> {
    WorkerId::new(format!("worker-{number}"))
}

/// An event for the audit log.
///
/// # Errors
/// None in practice: the names are valid.
pub fn audit_event(seed: u64) -> Result<AuditEvent> {
    let SessionRef { tenant, session } = session_ref(seed)?;
    let action = if seed.is_multiple_of(2) {
        AuditAction::SessionStarted
    } else {
        AuditAction::Other("imported".to_owned())
    };
    Ok(AuditEvent {
        at: at(0),
        tenant,
        actor: "worker-1".to_owned(),
        action,
        session: Some(session),
        subject: None,
        detail: None,
    })
}

/// A request to train on a file.
pub fn tuning_request(run_id: &str, training_file: &str) -> TuningRequest {
    TuningRequest {
        run_id: run_id.to_owned(),
        base_model: "base-model".to_owned(),
        training_file: training_file.to_owned(),
        validation_file: None,
        epochs: Some(2),
        suffix: Some("shop".to_owned()),
    }
}

/// A frame of 64 by 64 pixels in one colour, as PNG.
///
/// # Errors
/// [`ErrorKind::Unexpected`](crate::ErrorKind::Unexpected) when it cannot be compressed.
pub fn frame(seed: u64) -> Result<VisionFrame> {
    let bytes: Bytes = media::png(64, Seeded::new(seed).next_u64().to_be_bytes())?.into();
    let hash = ContentHash::of(&bytes);
    Ok(VisionFrame { hash, media_type: "image/png".to_owned(), bytes: Masked::from_store(bytes) })
}

/// Silence as WAV, 8 kHz, one channel, 8 bits.
pub fn silence(millis: u32) -> Bytes {
    media::wav(millis.saturating_mul(8) as usize).into()
}
