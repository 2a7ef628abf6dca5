//! The recorded sessions.

use std::path::Path;

use bytes::Bytes;
use codesight_core::id::ContentHash;
use codesight_core::model::{
    FrameSource, Screenshot, ScreenshotRelation, ScreenshotTrigger, Scroll, Viewport,
};
use codesight_core::time::Timestamp;
use codesight_storage::archive::FrameInput;
use serde_json::{Value, json};

use crate::server::Outcome;

/// The kinds, in the order they are printed.
pub const KINDS: [&str; 5] = ["market", "storefront", "photos", "density", "live"];

/// One recorded frame.
#[derive(Debug, Clone)]
pub struct Frame {
    /// The file as the browser encoded it.
    pub png: Bytes,
    /// SHA-256 of that.
    pub hash: ContentHash,
    /// What it is to its interaction.
    pub relation: ScreenshotRelation,
    /// Image pixels.
    pub sides: (u32, u32),
}

/// A recorded session.
#[derive(Debug, Clone)]
pub struct Session {
    /// Its frames, in order.
    pub frames: Vec<Frame>,
    /// Its interactions, each one JSON value as a journal holds it.
    pub interactions: Vec<Value>,
    scale: f64,
}

impl Session {
    /// Reads what `sessions/record.mjs` wrote.
    ///
    /// # Errors
    /// When the folder is not there or not complete.
    pub fn read(folder: &Path) -> Outcome<Self> {
        let recorded: Value = serde_json::from_slice(&std::fs::read(folder.join("session.json"))?)?;
        let scale = recorded["scale"].as_f64().ok_or("no scale")?;
        let mut frames = Vec::new();
        for frame in recorded["frames"].as_array().ok_or("no frames")? {
            let png = Bytes::from(std::fs::read(folder.join(frame["name"].as_str().ok_or("no name")?))?);
            let side = |name: &str| frame[name].as_u64().and_then(|side| u32::try_from(side).ok());
            frames.push(Frame {
                hash: ContentHash::of(&png),
                png,
                relation: serde_json::from_value(frame["relation"].clone())?,
                sides: side("width").zip(side("height")).ok_or("no sides")?,
            });
        }
        let mut session = Self { frames, interactions: Vec::new(), scale };
        for (recorded, seq) in recorded["interactions"].as_array().ok_or("no interactions")?.iter().zip(1..) {
            let interaction = session.interaction(recorded, seq)?;
            session.interactions.push(interaction);
        }
        Ok(session)
    }

    fn interaction(&self, recorded: &Value, seq: u64) -> Outcome<Value> {
        let facts = &recorded["facts"];
        let mut shots = Vec::new();
        for frame in recorded["frames"].as_array().ok_or("no frames")? {
            let frame = frame.as_u64().and_then(|frame| usize::try_from(frame).ok()).ok_or("no number")?;
            shots.push(self.screenshot(self.frames.get(frame).ok_or("no such frame")?, seq));
        }
        let ancestors = &facts["ancestors"];
        Ok(json!({
            "type": recorded["kind"], "seq": seq, "sessionId": "bench",
            "timestamp": 1_790_000_000_000_u64 + seq * 2_400,
            "element": { "tag": facts["element"]["tag"].as_str().unwrap_or("body"), "text": facts["element"]["text"], "box": facts["element"]["box"] },
            "selectors": { "primary": recorded["target"] },
            "pageContext": {
                "url": format!("https://shop.example{}", facts["url"].as_str().unwrap_or_default()), "title": facts["title"],
                "viewport": { "width": 1280.0, "height": 800.0 }, "scroll": facts["scroll"],
                "nearbyElements": facts["nearby"], "domHierarchy": { "ancestors": ancestors },
                "pageStructure": { "sections": facts["headings"] }
            },
            "screenshots": shots, "confidence": 1.0
        }))
    }

    fn screenshot(&self, frame: &Frame, seq: u64) -> Screenshot {
        let moment = i64::try_from(seq).unwrap_or_default() * 2_400;
        Screenshot {
            hash: frame.hash,
            media_type: "image/png".into(),
            width: frame.sides.0,
            height: frame.sides.1,
            relation: frame.relation,
            captured_at: Timestamp::from_millis(1_790_000_000_000 + moment),
            lag_ms: -18.0,
            viewport: Viewport { width: 1280.0, height: 800.0, device_pixel_ratio: self.scale },
            scroll: Scroll::default(),
            trigger: ScreenshotTrigger::Interaction,
            source: FrameSource::VisibleTab,
            redactions: Vec::new(),
            extra: Default::default(),
        }
    }

    /// The frames as the writer takes them.
    pub fn inputs(&self) -> Vec<FrameInput> {
        let input = |frame: &Frame| FrameInput {
            seq: None,
            screenshot: self.screenshot(frame, 1),
            redactions: Vec::new(),
        };
        self.frames.iter().map(input).collect()
    }

    /// Millions of pixels of all frames, repeated ones too.
    pub fn megapixels(&self) -> f64 {
        self.frames.iter().map(|frame| f64::from(frame.sides.0) * f64::from(frame.sides.1)).sum::<f64>() / 1e6
    }

    /// `interactions.json` as somebody would keep it without an archive.
    ///
    /// # Errors
    /// None: the values are JSON.
    pub fn pretty_json(&self) -> Outcome<Vec<u8>> {
        Ok(serde_json::to_vec_pretty(&self.interactions)?)
    }

    /// Bytes of every frame as captured.
    pub fn png_bytes(&self) -> u64 {
        self.frames.iter().map(|frame| frame.png.len() as u64).sum()
    }
}
