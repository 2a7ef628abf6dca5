//! The sensitive boxes of a frame: what is painted over before the frame is kept.

use crate::model::{ElementData, FieldPolicy, InteractionData, Redaction, RedactionReason, Screenshot};

use super::MediaPolicy;

/// What is to be painted in a frame for an interaction that names it: what the recorder painted, the field that was acted
/// on when its value may not be kept, and the pictures and videos that `policy` names. Boxes are CSS pixels of the frame's
/// viewport; those of the page's elements are left out where the page was scrolled between the two.
pub fn redactions(
    interaction: &InteractionData,
    screenshot: &Screenshot,
    policy: MediaPolicy,
) -> Vec<Redaction> {
    let mut redactions = screenshot.redactions.clone();
    if screenshot.scroll == interaction.page_context.scroll {
        redactions.extend(interaction.element.as_ref().and_then(sensitive_box));
        redactions.extend(policy.redactions(interaction));
    }
    redactions
}

fn sensitive_box(element: &ElementData) -> Option<Redaction> {
    let is_sensitive = element.field_policy.is_some_and(|policy| policy != FieldPolicy::Keep);
    let area = element.bounding_box.filter(|area| is_sensitive && area.is_visible_size())?;
    Some(Redaction { area, reason: RedactionReason::SensitiveField })
}
