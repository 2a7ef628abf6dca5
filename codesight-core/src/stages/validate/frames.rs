//! The pictures of an interaction.

use std::collections::BTreeMap;

use super::{ValidateOptions, rules};
use crate::id::ContentHash;
use crate::model::{Finding, FrameSource, InteractionData, InteractionType, Screenshot, Scroll, Viewport};
use crate::pipeline::{EnhancedInteraction, FrameFacts};
use crate::stages::facts::{self, BeforeFrame};
use crate::time::Timestamp;

/// How far two viewports may differ and still be the same, in CSS pixels: scroll bars are counted by some and not by
/// others.
const VIEWPORT_TOLERANCE: f64 = 20.0;
/// How far the scales of width and height may differ, as a share: browsers round the size of a picture.
const SCALE_TOLERANCE: f64 = 0.02;
/// How far a page must have been scrolled for its picture to be another one, in CSS pixels.
const SCROLL_SEEN: f64 = 2.0;

type Stored = BTreeMap<ContentHash, FrameFacts>;

pub(super) fn check(
    step: &EnhancedInteraction,
    earlier: &[EnhancedInteraction],
    stored: &Stored,
    options: &ValidateOptions,
    findings: &mut Vec<Finding>,
) {
    let interaction = &step.interaction;
    let chosen = facts::before_frame(interaction, options.max_frame_lag_ms);
    let chosen_index = match chosen {
        BeforeFrame::Missing => {
            if facts::needs_frame(&interaction.kind) {
                findings.push(rules::FRAME_BEFORE_MISSING.at(step.seq).in_field("screenshots"));
            }
            None
        }
        BeforeFrame::Late(index) => {
            if facts::needs_frame(&interaction.kind) {
                findings.push(rules::FRAME_AFTER_ACTION.at(step.seq).in_field(field(index)));
            }
            None
        }
        BeforeFrame::Found(index, frame) => {
            check_chosen(step, index, frame, stored, options, findings);
            check_page(step, index, frame, earlier, findings);
            if let Some(previous) = earlier.last() {
                check_repeat(step, index, frame, previous, stored, options, findings);
            }
            Some(index)
        }
    };
    for (index, frame) in interaction.screenshots.iter().enumerate() {
        if chosen_index != Some(index) && !stored.contains_key(&frame.hash) {
            findings.push(rules::FRAME_AFTER_NOT_STORED.at(step.seq).in_field(field(index)));
        }
    }
}

fn field(index: usize) -> String {
    format!("screenshots[{index}]")
}

fn check_chosen(
    step: &EnhancedInteraction,
    index: usize,
    frame: &Screenshot,
    stored: &Stored,
    options: &ValidateOptions,
    findings: &mut Vec<Finding>,
) {
    let seq = step.seq;
    let Some(facts) = stored.get(&frame.hash) else {
        findings.push(rules::FRAME_NOT_STORED.at(seq).in_field(field(index)));
        return;
    };
    if (facts.width, facts.height) != (frame.width, frame.height) {
        findings.push(rules::FRAME_SIZE_MISMATCH.at(seq).in_field(field(index)));
    } else if !shows_viewport(frame, facts::viewport(&step.interaction)) {
        findings.push(rules::FRAME_VIEWPORT_MISMATCH.at(seq).in_field(field(index)));
    }
    if facts.blank {
        findings.push(rules::FRAME_BLANK.at(seq).in_field(field(index)));
    }
    let age = -facts::lag_ms(&step.interaction, frame);
    if age > options.max_frame_age_ms {
        let message = format!("The picture is {age:.0} ms older than the action.");
        findings.push(rules::FRAME_STALE.told(seq, message).in_field(field(index)));
    }
}

fn shows_viewport(frame: &Screenshot, viewport: Option<Viewport>) -> bool {
    if !facts::has_size(&frame.viewport) || frame.width == 0 || frame.height == 0 {
        return false;
    }
    let (scale_x, scale_y) = frame.scale();
    let same_shape = (scale_x - scale_y).abs() <= SCALE_TOLERANCE * scale_x.max(scale_y);
    same_shape
        && viewport.is_none_or(|viewport| {
            (viewport.width - frame.viewport.width).abs() <= VIEWPORT_TOLERANCE
                && (viewport.height - frame.viewport.height).abs() <= VIEWPORT_TOLERANCE
        })
}

/// Whether the picture was taken on the page that the action was done on, and at the same scroll position.
fn check_page(
    step: &EnhancedInteraction,
    index: usize,
    frame: &Screenshot,
    earlier: &[EnhancedInteraction],
    findings: &mut Vec<Finding>,
) {
    let interaction: &InteractionData = &step.interaction;
    if arrival(interaction, earlier).is_some_and(|arrival| frame.captured_at < arrival) {
        findings.push(rules::FRAME_WRONG_PAGE.at(step.seq).in_field(field(index)));
    } else if facts::is_click(&interaction.kind)
        && frame.source != FrameSource::Imported
        && is_scrolled(frame.scroll, interaction.page_context.scroll)
    {
        findings.push(rules::FRAME_WRONG_SCROLL.at(step.seq).in_field(field(index)));
    }
}

/// When the page of the interaction came, if its coming was recorded.
fn arrival(now: &InteractionData, earlier: &[EnhancedInteraction]) -> Option<Timestamp> {
    let on_page =
        |it: &&InteractionData| it.user_context.tab == now.user_context.tab && facts::same_address(it, now);
    earlier
        .iter()
        .rev()
        .take(facts::LOOK_BACK)
        .map(|step| &*step.interaction)
        .take_while(on_page)
        .find(|it| it.kind == InteractionType::Navigation)
        .filter(|_| now.kind != InteractionType::Navigation)
        .map(|it| it.timestamp)
}

fn check_repeat(
    step: &EnhancedInteraction,
    index: usize,
    frame: &Screenshot,
    previous: &EnhancedInteraction,
    stored: &Stored,
    options: &ValidateOptions,
    findings: &mut Vec<Finding>,
) {
    let BeforeFrame::Found(_, earlier) = facts::before_frame(&previous.interaction, options.max_frame_lag_ms)
    else {
        return;
    };
    let picture = |frame: &Screenshot| stored.get(&frame.hash).map_or(frame.hash, FrameFacts::picture);
    if picture(frame) == picture(earlier) && page_moved(&previous.interaction, &step.interaction) {
        findings.push(rules::FRAME_DUPLICATE.at(step.seq).in_field(field(index)));
    }
}

/// Whether the page shown must look different now: another address or another scroll position.
fn page_moved(earlier: &InteractionData, later: &InteractionData) -> bool {
    !facts::same_address(earlier, later)
        || is_scrolled(earlier.page_context.scroll, later.page_context.scroll)
}

fn is_scrolled(from: Scroll, to: Scroll) -> bool {
    (from.x - to.x).abs() > SCROLL_SEEN || (from.y - to.y).abs() > SCROLL_SEEN
}
