//! A small good session, built by hand, and ways to damage it.

use codesight_core::id::ContentHash;
use codesight_core::model::{CaptureGap, Finding, InteractionData, Severity, UnifiedSession};
use codesight_core::pipeline::{
    FrameFacts, Pipeline, ProcessedSession, RecordContent, SessionInput, SessionRecord,
};
use codesight_core::privacy::Masked;
use serde_json::{Value, json};

use super::shopping;

/// A place of the session under construction.
#[derive(Clone)]
pub(crate) enum Place {
    Interaction(Box<InteractionData>),
    Gap(CaptureGap),
    Quarantined(Finding),
}

/// A session under construction.
#[derive(Clone)]
pub(crate) struct Session {
    pub(crate) session: UnifiedSession,
    pub(crate) places: Vec<(u64, Place)>,
    pub(crate) frames: Vec<FrameFacts>,
}

impl Session {
    /// Without any interaction.
    pub(crate) fn empty() -> Self {
        let session = json!({
            "id": "session-1", "tenant": "shop", "collector": "robot", "type": "human", "status": "processing",
            "goal": {"text": "Buy a blue vase"},
            "consent": {"subject": "subject-1", "textVersion": "1", "purposes": ["training"], "givenAt": 0},
            "startTime": 1_000, "outcome": "succeeded"
        });
        Self { session: from(session), places: Vec::new(), frames: Vec::new() }
    }

    /// A purchase from the home page to the confirmation, with nothing wrong in it.
    pub(crate) fn good() -> Self {
        let mut session = Self::empty();
        session.session.outcome = Some(from(json!("succeeded")));
        for interaction in shopping::purchase() {
            session.push(interaction);
        }
        session
    }

    /// Several purchases one after the other, each another way through the shop; nothing wrong in any.
    pub(crate) fn long(rounds: usize) -> Self {
        Self::walk(&mut Chance::new(rounds as u64), rounds)
    }

    /// So many purchases, on ways that chance chooses.
    pub(crate) fn walk(chance: &mut Chance, rounds: usize) -> Self {
        let mut session = Self::empty();
        for _ in 0..rounds {
            for interaction in shopping::random_purchase(chance) {
                session.push(interaction);
            }
        }
        session
    }

    /// Puts something at a place; what is there and after it moves on by one.
    pub(crate) fn insert(&mut self, seq: u64, content: Place) {
        let at = self.places.iter().position(|(place, _)| *place == seq).unwrap_or(self.places.len());
        // A place that was sent twice may come again behind later ones: what is before `seq` keeps its number.
        for (place, _) in self.places.iter_mut().skip(at).filter(|(place, _)| *place >= seq) {
            *place += 1;
        }
        self.places.insert(at, (seq, content));
    }

    /// The interactions with their places.
    pub(crate) fn interactions(&self) -> impl Iterator<Item = (u64, &InteractionData)> {
        self.places.iter().filter_map(|(seq, place)| match place {
            Place::Interaction(interaction) => Some((*seq, &**interaction)),
            _ => None,
        })
    }

    /// Adds an interaction in the form of JSON at the next place, two seconds later, with a stored picture before it.
    pub(crate) fn push(&mut self, interaction: Value) -> &mut InteractionData {
        let seq = self.places.last().map_or(1, |(seq, _)| seq + 1);
        let mut interaction: InteractionData = from(interaction);
        interaction.timestamp = from(json!(10_000 + 2_000 * seq));
        let relation = if interaction.action.cause.is_some() { "after" } else { "before" };
        let lag = if relation == "after" { 300 } else { -40 };
        let hash = ContentHash::of(format!("picture {seq}").as_bytes());
        interaction.screenshots.push(from(json!({
            "hash": hash, "mediaType": "image/png", "width": 1280, "height": 800, "relation": relation,
            "capturedAt": interaction.timestamp.as_millis() + lag, "lagMs": lag,
            "viewport": {"width": 1280, "height": 800}, "scroll": {"x": 0, "y": 0}, "trigger": "interaction",
            "source": "visible-tab"
        })));
        self.frames.push(FrameFacts {
            hash,
            media_type: "image/png".to_owned(),
            width: 1280,
            height: 800,
            pixel_hash: None,
            blank: false,
        });
        self.places.push((seq, Place::Interaction(Box::new(interaction))));
        match self.places.last_mut() {
            Some((_, Place::Interaction(interaction))) => interaction,
            _ => unreachable!("just pushed"),
        }
    }

    /// The interaction at a place.
    pub(crate) fn at(&mut self, seq: u64) -> &mut InteractionData {
        self.places
            .iter_mut()
            .find_map(|(place, content)| match content {
                Place::Interaction(interaction) if *place == seq => Some(&mut **interaction),
                _ => None,
            })
            .expect("an interaction at that place")
    }

    /// Whether a picture is stored.
    pub(crate) fn has_frame(&self, hash: &ContentHash) -> bool {
        self.frames.iter().any(|frame| frame.hash == *hash)
    }

    /// The stored picture before the interaction at a place.
    pub(crate) fn frame(&mut self, seq: u64) -> &mut FrameFacts {
        let hash = self.at(seq).screenshots[0].hash;
        self.frames.iter_mut().find(|frame| frame.hash == hash).expect("a stored picture")
    }

    pub(crate) fn input(&self) -> SessionInput {
        let records = self.places.iter().map(|(seq, place)| SessionRecord {
            seq: *seq,
            content: match place.clone() {
                Place::Interaction(it) => RecordContent::Interaction(Box::new(Masked::from_store(*it))),
                Place::Gap(gap) => RecordContent::Gap(gap),
                Place::Quarantined(finding) => RecordContent::Quarantined(finding),
            },
        });
        SessionInput {
            session: Masked::from_store(self.session.clone()),
            records: records.collect(),
            frames: self.frames.clone(),
            vision: None,
            findings: Vec::new(),
        }
    }

    pub(crate) fn process(&self) -> ProcessedSession {
        Pipeline::default().process_session(self.input())
    }
}

/// Numbers that look like chance and are the same for the same seed (SplitMix64).
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A number below `end`.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) % end.max(1) as u64) as usize
    }
}

/// The rules that fired, with their places, from a severity on.
pub(crate) fn fired(processed: &ProcessedSession, from: Severity) -> Vec<(String, Option<u64>)> {
    let findings = processed.report.findings.iter().filter(|finding| finding.severity >= from);
    findings.map(|finding| (finding.rule.to_string(), finding.place.seq)).collect()
}

pub(crate) fn from<T: serde::de::DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("a fixture of the right shape")
}

/// An interaction on a page of the shop; `more` adds fields and replaces them.
pub(crate) fn interaction(kind: &str, path: &str, more: Value) -> Value {
    let mut value = json!({
        "type": kind,
        "timestamp": 0,
        "pageContext": {
            "url": format!("https://shop.test{path}"), "title": "Alder & Finch",
            "viewport": {"width": 1280, "height": 800, "devicePixelRatio": 1.0},
            "domHierarchy": {"ancestors": [{"tag": "div"}, {"tag": "main"}], "depth": 6},
            "pageStructure": {"interactiveElements": 40, "nodes": 900},
            "nearbyElements": [
                {"tag": "a", "role": "link", "text": "Home", "interactive": true, "box": {"x": 10, "y": 10, "width": 60, "height": 20}, "distance": 400},
                {"tag": "p", "text": "Free delivery", "box": {"x": 10, "y": 40, "width": 60, "height": 20}}
            ]
        }
    });
    merge(&mut value, more);
    value
}

/// An element with a box around (x, y) and selectors that hold.
pub(crate) fn target(tag: &str, role: &str, name: &str, x: f64, y: f64) -> Value {
    let id = name.to_lowercase().replace(' ', "-");
    let test_id = format!("[data-testid=\"{id}\"]");
    json!({
        "coordinates": {"x": x, "y": y},
        "element": {
            "tag": tag, "role": role, "name": name, "focused": true,
            "box": {"x": x - 40.0, "y": y - 12.0, "width": 80.0, "height": 24.0}
        },
        "selectors": {
            "primary": test_id,
            "alternatives": [{"kind": "test-id", "value": test_id}, {"kind": "role", "value": format!("{role}[name=\"{name}\"]")}],
            "reliability": [{"selector": test_id, "kind": "test-id", "score": 0.95, "matches": 1}]
        }
    })
}

fn merge(into: &mut Value, from: Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key).or_insert(Value::Null), value);
            }
        }
        (into, from) => *into = from,
    }
}

pub(crate) fn with(mut value: Value, more: Value) -> Value {
    merge(&mut value, more);
    value
}

pub(crate) fn arrival(path: &str, cause: &str) -> Value {
    interaction(
        "navigation",
        path,
        json!({"action": {"cause": cause, "url": format!("https://shop.test{path}")}}),
    )
}
