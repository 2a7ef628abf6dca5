//! How a person decides, as far as frames show it.

use std::collections::BTreeMap;

use codesight_core::model::{InferredBy, UserIntentKind, UserPsychology};

use super::question::FrameReading;

/// What the readings of `model` together say: the style that most confidence is behind, and how much of the confidence that is. Empty when no
/// reading says anything.
pub fn user_psychology(model: &str, readings: &[FrameReading]) -> UserPsychology {
    let mut styles: BTreeMap<&str, f64> = BTreeMap::new();
    let (mut said, mut backtracks, mut seen) = (0.0, 0.0, 0.0);
    for FrameReading { observation, decision_style, .. } in readings {
        seen += observation.confidence;
        if observation.intent == Some(UserIntentKind::Backtrack) {
            backtracks += observation.confidence;
        }
        if let Some(style) = decision_style.as_deref() {
            *styles.entry(style).or_default() += observation.confidence;
            said += observation.confidence;
        }
    }
    let best = styles.iter().max_by(|one, other| one.1.total_cmp(other.1));
    let Some((style, weight)) = best.filter(|(_, weight)| **weight > 0.0) else {
        return UserPsychology::default();
    };
    UserPsychology {
        decision_style: (*style).to_owned(),
        hesitation: styles.get("hesitant").copied().unwrap_or_default() / said,
        correction: if seen > 0.0 { backtracks / seen } else { 0.0 },
        confidence: weight / said,
        evidence: vec!["frames".to_owned()],
        inferred_by: Some(InferredBy::Model(model.to_owned())),
    }
}
