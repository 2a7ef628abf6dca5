//! Pictures and videos on the page: which may show people, whether they are painted, and how many frames a trainer is
//! likely to leave out.
//!
//! Services that train on images drop those with people, faces, children or CAPTCHAs in them, and say so after the
//! upload. Nothing here looks at pixels: what a picture shows is judged by what the page says about it. So the prediction
//! is a floor for pages that describe their pictures, and knows nothing of those that do not.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::id::ContentHash;
use crate::model::{InteractionData, Rect, Redaction, RedactionReason};

/// Which pictures and videos are painted over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MediaPolicy {
    /// None.
    #[default]
    None,
    /// Those that the page says people can be seen in: models wearing a product, portraits, customers' photos.
    People,
    /// All.
    All,
}

/// A picture or video on the page.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MediaBox {
    /// Its box in CSS pixels of the top viewport.
    pub area: Rect,
    /// The word by which it may show people.
    pub people: Option<&'static str>,
}

const MEDIA_TAGS: [&str; 4] = ["img", "picture", "video", "canvas"];

/// Whole words, in the languages of the shops that were looked at. "Model" alone is not among them: it is the word for a
/// product's type.
const PEOPLE_WORDS: [&str; 44] = [
    "avatar", "baby", "babies", "boy", "boys", "child", "children", "couple", "family", "face", "girl",
    "girls", "headshot", "kid", "kids", "man", "men", "mother", "father", "people", "person", "persons",
    "portrait", "selfie", "team", "toddler", "wearing", "wears", "woman", "women", "frau", "frauen",
    "herren", "mann", "kinder", "mädchen", "femme", "homme", "enfant", "mujer", "hombre", "donna", "uomo",
    "bambino",
];

const CAPTCHA_WORDS: [&str; 4] = ["captcha", "recaptcha", "hcaptcha", "turnstile"];

fn word_of<'a>(text: &str, words: &[&'a str]) -> Option<&'a str> {
    let lower = text.to_lowercase();
    let mut spoken = lower.split(|letter: char| !letter.is_alphanumeric());
    spoken.find_map(|word| words.iter().find(|known| **known == word).copied())
}

/// The pictures and videos that an interaction tells of: the element that was acted on, and those near it.
pub fn media_boxes(interaction: &InteractionData) -> Vec<MediaBox> {
    let target = interaction.element.iter().map(|element| {
        let said = [&element.name, &element.text].map(|text| text.as_deref().unwrap_or_default()).join(" ");
        let alt = element.attributes.get("alt").map(String::as_str).unwrap_or_default();
        (element.tag.as_str(), format!("{said} {alt}"), element.bounding_box)
    });
    let near = interaction.page_context.nearby_elements.iter().map(|element| {
        (element.tag.as_str(), element.text.clone().unwrap_or_default(), element.bounding_box)
    });
    target
        .chain(near)
        .filter(|(tag, _, _)| MEDIA_TAGS.contains(tag))
        .filter_map(|(_, said, area)| {
            let area = area.filter(Rect::is_visible_size)?;
            Some(MediaBox { area, people: word_of(&said, &PEOPLE_WORDS) })
        })
        .collect()
}

impl MediaPolicy {
    /// What is to be painted in the frames of an interaction.
    pub fn redactions(self, interaction: &InteractionData) -> Vec<Redaction> {
        let painted = |media: &MediaBox| match self {
            Self::None => false,
            Self::People => media.people.is_some(),
            Self::All => true,
        };
        media_boxes(interaction)
            .into_iter()
            .filter(painted)
            .map(|media| Redaction { area: media.area, reason: RedactionReason::Media })
            .collect()
    }
}

/// How many frames a trainer is likely to leave out, and why.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SkipPrediction {
    frames: BTreeSet<ContentHash>,
    skipped: BTreeMap<ContentHash, String>,
}

impl SkipPrediction {
    /// Takes the frames of an interaction into account, painted as `policy` says.
    pub fn add(&mut self, interaction: &InteractionData, policy: MediaPolicy) {
        let people = media_boxes(interaction).into_iter().find_map(|media| media.people);
        let page = &interaction.page_context;
        let captcha = word_of(&page.title, &CAPTCHA_WORDS).or_else(|| word_of(&page.url, &CAPTCHA_WORDS));
        let reason = match (captcha, people) {
            (Some(_), _) => Some("a captcha".to_owned()),
            (None, Some(word)) if policy == MediaPolicy::None => Some(format!("people (“{word}”)")),
            _ => None,
        };
        for screenshot in &interaction.screenshots {
            self.frames.insert(screenshot.hash);
            if let Some(reason) = &reason {
                self.skipped.entry(screenshot.hash).or_insert_with(|| reason.clone());
            }
        }
    }

    /// Frames likely to be left out, of all frames, 0 to 1.
    pub fn rate(&self) -> f64 {
        self.skipped.len() as f64 / self.frames.len().max(1) as f64
    }

    /// The prediction and its reasons in one sentence; none when nothing is likely to be left out.
    pub fn explain(&self) -> Option<String> {
        if self.skipped.is_empty() {
            return None;
        }
        let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
        for reason in self.skipped.values() {
            *reasons.entry(reason).or_default() += 1;
        }
        let reasons: Vec<String> =
            reasons.into_iter().map(|(reason, count)| format!("{count} {reason}")).collect();
        Some(format!(
            "{} of {} frames ({:.0} %) are likely to be left out by a trainer, by what the page says: {}",
            self.skipped.len(),
            self.frames.len(),
            self.rate() * 100.0,
            reasons.join(", ")
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interaction(alt: &str, hash: &str) -> InteractionData {
        serde_json::from_value(serde_json::json!({
            "type": "click", "timestamp": 1,
            "pageContext": {
                "url": "https://shop.test/dress", "title": "A dress",
                "nearbyElements": [
                    { "tag": "img", "text": alt, "box": { "x": 1, "y": 2, "width": 30, "height": 40 } },
                    { "tag": "a", "text": "Women", "box": { "x": 1, "y": 2, "width": 30, "height": 40 } }
                ]
            },
            "screenshots": [{
                "hash": hash.repeat(64), "mediaType": "image/png", "width": 100, "height": 50,
                "relation": "before", "capturedAt": 1, "lagMs": 0, "trigger": "interaction",
                "source": "visible-tab", "viewport": { "width": 100, "height": 50 }
            }]
        }))
        .expect("an interaction")
    }

    #[test]
    fn a_policy_paints_the_pictures_it_names_and_no_link() {
        let (worn, alone) =
            (interaction("Woman wearing a red dress", "a"), interaction("Model X200, red", "b"));
        let painted = |policy: MediaPolicy| [policy.redactions(&worn).len(), policy.redactions(&alone).len()];
        assert_eq!(painted(MediaPolicy::None), [0, 0]);
        assert_eq!(painted(MediaPolicy::People), [1, 0]);
        assert_eq!(painted(MediaPolicy::All), [1, 1]);
        // Whole words: a mandarin is no man.
        assert!(MediaPolicy::People.redactions(&interaction("Mandarin, humane", "c")).is_empty());
    }

    #[test]
    fn the_prediction_counts_frames_once_and_says_why() {
        let mut prediction = SkipPrediction::default();
        for (alt, hash) in [("Woman wearing it", "a"), ("Woman wearing it", "a"), ("A lamp", "b")] {
            prediction.add(&interaction(alt, hash), MediaPolicy::None);
        }
        assert!((prediction.rate() - 0.5).abs() < 1e-9);
        assert!(prediction.explain().expect("one").contains("1 of 2 frames (50 %)"));
        let mut painted = SkipPrediction::default();
        painted.add(&interaction("Woman wearing it", "a"), MediaPolicy::People);
        assert_eq!((painted.rate(), painted.explain()), (0.0, None));
    }
}
