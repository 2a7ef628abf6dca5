//! Pictures of a source: what their first bytes say, without decoding them.

use bytes::Bytes;

use super::imported::ImportedBlob;
use crate::id::ContentHash;
use crate::model::{Extra, FrameSource, Screenshot, ScreenshotRelation, ScreenshotTrigger, Scroll, Viewport};
use crate::time::Timestamp;

/// A picture with its size.
#[derive(Debug, Clone)]
pub(crate) struct Picture {
    pub(crate) blob: ImportedBlob,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Picture {
    /// Reads the head of a PNG, JPEG or WebP; none for anything else, and for a picture that is cut off there.
    pub(crate) fn read(bytes: Bytes) -> Option<Self> {
        let (media_type, width, height) = head(&bytes)?;
        (width > 0 && height > 0).then(|| Self {
            blob: ImportedBlob { hash: ContentHash::of(&bytes), media_type, bytes },
            width,
            height,
        })
    }

    /// The frame of an interaction at `at` that shows this picture.
    pub(crate) fn frame(
        &self,
        relation: ScreenshotRelation,
        at: Timestamp,
        lag_ms: f64,
        viewport: Option<Viewport>,
    ) -> Screenshot {
        let pixels = Viewport {
            width: f64::from(self.width),
            height: f64::from(self.height),
            device_pixel_ratio: 1.0,
        };
        Screenshot {
            hash: self.blob.hash,
            media_type: self.blob.media_type.to_owned(),
            width: self.width,
            height: self.height,
            relation,
            captured_at: Timestamp::from_millis(at.as_millis().saturating_add(lag_ms as i64)),
            lag_ms,
            viewport: viewport.unwrap_or(pixels),
            scroll: Scroll::default(),
            trigger: ScreenshotTrigger::Interaction,
            source: FrameSource::Imported,
            redactions: Vec::new(),
            extra: Extra::new(),
        }
    }
}

fn head(bytes: &[u8]) -> Option<(&'static str, u32, u32)> {
    if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        return Some(("image/png", big(bytes.get(16..20)?), big(bytes.get(20..24)?)));
    }
    if bytes.starts_with(b"\xff\xd8") {
        return jpeg(bytes).map(|(width, height)| ("image/jpeg", width, height));
    }
    if bytes.starts_with(b"RIFF") && bytes.get(8..12)? == b"WEBP" {
        return webp(bytes).map(|(width, height)| ("image/webp", width, height));
    }
    None
}

fn big(bytes: &[u8]) -> u32 {
    bytes.iter().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

fn little(bytes: &[u8]) -> u32 {
    bytes.iter().rev().fold(0, |number, byte| number << 8 | u32::from(*byte))
}

/// The size in the first frame header; segments before it are stepped over by their length.
fn jpeg(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut place = 2;
    loop {
        let [0xff, marker] = *bytes.get(place..place + 2)? else { return None };
        let length = big(bytes.get(place + 2..place + 4)?) as usize;
        let is_frame = matches!(marker, 0xc0..=0xcf) && !matches!(marker, 0xc4 | 0xc8 | 0xcc);
        if is_frame {
            return Some((big(bytes.get(place + 7..place + 9)?), big(bytes.get(place + 5..place + 7)?)));
        }
        place += 2 + length.max(2);
    }
}

fn webp(bytes: &[u8]) -> Option<(u32, u32)> {
    match bytes.get(12..16)? {
        b"VP8 " => Some((little(bytes.get(26..28)?) & 0x3fff, little(bytes.get(28..30)?) & 0x3fff)),
        b"VP8L" => {
            let bits = little(bytes.get(21..25)?);
            Some(((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1))
        }
        b"VP8X" => Some((little(bytes.get(24..27)?) + 1, little(bytes.get(27..30)?) + 1)),
        _ => None,
    }
}
