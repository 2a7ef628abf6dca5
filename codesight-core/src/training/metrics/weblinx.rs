//! WebLINX's measures: a turn's intent first, then what goes with that intent.
//!
//! - intent match: 1 when the intents are the same
//! - element: intersection over union of the boxes, for intents that have an element
//! - text: chrF of the texts over 100, for intents that have a text
//! - address: F1 of the parts of the addresses, for `load`
//!
//! Every measure but the first is 0 when the intents differ.

use std::collections::BTreeMap;

use crate::model::Rect;

/// `weblinx/intent-match@1`.
pub const INTENT_MATCH: &str = "weblinx/intent-match@1";
/// `weblinx/element-iou@1`.
pub const ELEMENT_IOU: &str = "weblinx/element-iou@1";
/// `weblinx/text-chrf@1`.
pub const TEXT_CHRF: &str = "weblinx/text-chrf@1";
/// `weblinx/url-f1@1`: the host without `www.` and the segments of the path are the parts.
pub const URL_F1: &str = "weblinx/url-f1@1";

/// One turn, predicted or right.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Turn {
    /// Such as `click`, `textinput`, `load`, `say`.
    pub intent: String,
    /// The element's box.
    pub bounding_box: Option<Rect>,
    /// The text that is typed or said.
    pub text: Option<String>,
    /// The address that is loaded.
    pub url: Option<String>,
}

/// The measures of a turn; none where the right turn has no such part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TurnScore {
    /// 1 or 0.
    pub intent: f64,
    /// 0 to 1.
    pub element: Option<f64>,
    /// 0 to 1.
    pub text: Option<f64>,
    /// 0 to 1.
    pub url: Option<f64>,
}

impl TurnScore {
    /// Compares a turn.
    pub fn of(predicted: &Turn, right: &Turn) -> Self {
        let same = predicted.intent == right.intent;
        let when_same = |value: f64| if same { value } else { 0.0 };
        Self {
            intent: when_same(1.0),
            element: right.bounding_box.map(|right| {
                when_same(predicted.bounding_box.map_or(0.0, |predicted| iou(&predicted, &right)))
            }),
            text: right
                .text
                .as_deref()
                .map(|right| when_same(chrf(predicted.text.as_deref().unwrap_or_default(), right))),
            url: right
                .url
                .as_deref()
                .map(|right| when_same(url_f1(predicted.url.as_deref().unwrap_or_default(), right))),
        }
    }
}

/// Intersection over union of two boxes; 0 for boxes without an area.
pub fn iou(a: &Rect, b: &Rect) -> f64 {
    let overlap =
        |a: f64, a_length: f64, b: f64, b_length: f64| ((a + a_length).min(b + b_length) - a.max(b)).max(0.0);
    let common = overlap(a.x, a.width, b.x, b.width) * overlap(a.y, a.height, b.y, b.height);
    let all = a.width * a.height + b.width * b.height - common;
    if all > 0.0 { common / all } else { 0.0 }
}

/// The longest character n-gram of chrF.
const LONGEST: usize = 6;
/// How many times recall counts as precision does, squared.
const BETA_SQUARED: f64 = 4.0;

/// chrF over 100 with its usual settings: character n-grams of 1 to 6, recall twice as important as precision, white
/// space left out, means over the lengths both texts have.
pub fn chrf(predicted: &str, right: &str) -> f64 {
    let letters = |text: &str| text.chars().filter(|letter| !letter.is_whitespace()).collect::<Vec<char>>();
    let (predicted, right) = (letters(predicted), letters(right));
    let (mut precision, mut recall, mut lengths) = (0.0, 0.0, 0_u32);
    for length in 1..=LONGEST {
        let (ours, theirs) = (grams(&predicted, length), grams(&right, length));
        let (our_count, their_count) =
            (predicted.len().saturating_sub(length - 1), right.len().saturating_sub(length - 1));
        if our_count == 0 || their_count == 0 {
            continue;
        }
        let common: usize =
            ours.iter().map(|(gram, count)| theirs.get(gram).map_or(0, |theirs| *count.min(theirs))).sum();
        precision += common as f64 / our_count as f64;
        recall += common as f64 / their_count as f64;
        lengths += 1;
    }
    if lengths == 0 || precision + recall == 0.0 {
        return 0.0;
    }
    let (precision, recall) = (precision / f64::from(lengths), recall / f64::from(lengths));
    (1.0 + BETA_SQUARED) * precision * recall / (BETA_SQUARED * precision + recall)
}

fn grams(letters: &[char], length: usize) -> BTreeMap<&[char], usize> {
    let mut grams = BTreeMap::new();
    for gram in letters.windows(length) {
        *grams.entry(gram).or_default() += 1;
    }
    grams
}

/// F1 of the parts of two addresses, each part counted as often as it stands there.
pub fn url_f1(predicted: &str, right: &str) -> f64 {
    let (ours, theirs) = (parts(predicted), parts(right));
    if ours.is_empty() || theirs.is_empty() {
        return 0.0;
    }
    let mut left = theirs.clone();
    let mut common = 0_u32;
    for part in &ours {
        if let Some(place) = left.iter().position(|other| other == part) {
            left.swap_remove(place);
            common += 1;
        }
    }
    2.0 * f64::from(common) / (ours.len() + theirs.len()) as f64
}

fn parts(address: &str) -> Vec<String> {
    let Ok(address) = url::Url::parse(address) else { return Vec::new() };
    let host = address.host_str().map(|host| host.strip_prefix("www.").unwrap_or(host).to_owned());
    let path =
        address.path_segments().into_iter().flatten().filter(|part| !part.is_empty()).map(str::to_owned);
    host.into_iter().chain(path).collect()
}
