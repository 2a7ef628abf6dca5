//! Every rule of the stages in one table: its id, how much it matters, which part of the score it weighs on, what it
//! means and what to do about it.
//!
//! Ids are kebab-case and are never reused for another meaning. [`Severity::Error`] means that no training example can
//! be made of the place, [`Severity::Warning`] that it is usable and worse for it, [`Severity::Info`] that it costs no
//! points.

use crate::model::{DataGapKind, Finding, RuleId, Severity};

/// A part of the quality score.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScorePart {
    /// Whether everything that happened was recorded.
    Capture,
    /// Whether each action has the picture the person acted on.
    Frames,
    /// Whether it is known what each action was done to.
    Targets,
    /// Whether the page around each action is known.
    Context,
    /// Whether the actions follow from one another.
    Sequence,
    /// Whether it is known what the person was to do.
    Goal,
}

impl ScorePart {
    /// All parts, in the order they are reported.
    pub const ALL: [Self; 6] =
        [Self::Capture, Self::Frames, Self::Targets, Self::Context, Self::Sequence, Self::Goal];

    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Capture => "capture",
            Self::Frames => "frames",
            Self::Targets => "targets",
            Self::Context => "context",
            Self::Sequence => "sequence",
            Self::Goal => "goal",
        }
    }
}

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The stable id.
    pub id: RuleId,
    /// How much its findings matter.
    pub severity: Severity,
    /// The part of the score its findings weigh on.
    pub part: Option<ScorePart>,
    /// What its findings say is missing.
    pub gap: Option<DataGapKind>,
    /// What it means, in one sentence.
    pub explanation: &'static str,
    /// What to do about it, in one sentence.
    pub fix: &'static str,
}

impl Rule {
    /// A finding of this rule at a place, told in the words of the rule.
    pub fn at(&self, seq: u64) -> Finding {
        self.told(seq, self.explanation)
    }

    /// A finding of this rule at a place, told with particulars. Numbers and field names only, never content.
    pub fn told(&self, seq: u64, message: impl Into<String>) -> Finding {
        Finding::at(seq, self.id.clone(), self.severity, message)
    }

    /// A finding of this rule about the session as a whole.
    pub fn session(&self) -> Finding {
        Finding::session(self.id.clone(), self.severity, self.explanation)
    }
}

/// The rule of that id.
pub fn find(id: &RuleId) -> Option<&'static Rule> {
    ALL.binary_search_by(|rule| rule.id.cmp(id)).ok().and_then(|index| ALL.get(index).copied())
}

macro_rules! part {
    (none) => {
        None
    };
    ($part:ident) => {
        Some(ScorePart::$part)
    };
}

macro_rules! gap {
    (none) => {
        None
    };
    ($gap:ident) => {
        Some(DataGapKind::$gap)
    };
}

macro_rules! rules {
    ($($name:ident $id:literal $severity:ident $part:ident $gap:ident $explanation:literal $fix:literal;)*) => {
        $(
            #[doc = concat!("`", $id, "`: ", $explanation)]
            pub const $name: Rule = Rule {
                id: RuleId::new($id),
                severity: Severity::$severity,
                part: part!($part),
                gap: gap!($gap),
                explanation: $explanation,
                fix: $fix,
            };
        )*

        /// All rules, by id.
        pub static ALL: &[&Rule] = &[$(&$name),*];
    };
}

// In the order of the ids; a test sees to it.
rules! {
    ACTION_NOT_EXPRESSIBLE "action-not-expressible" Info none none
        "What was done cannot be said as an action, so it becomes no training example."
        "Nothing, when the value is a secret; otherwise let the recorder keep the text, keys or place of the action.";
    CAPTURE_GAP "capture-gap" Warning Capture Capture
        "The recorder says that it missed something here."
        "Keep the recorder running, grant it the permissions it asks for, and act more slowly where pictures were refused.";
    CAPTURE_PAUSED "capture-paused" Info none Capture
        "The recording was paused, or the page is excluded from recording."
        "Nothing, if it was meant; pause between tasks, not within one.";
    CLICK_OUTSIDE_ELEMENT "click-outside-element" Error Targets none
        "The click lies outside the box of the element it is said to be on."
        "Measure the element's box at the moment of the press, with the offsets of frames around it.";
    CONTEXT_MISSING "context-missing" Warning Context Context
        "The address of the page is not known."
        "Record the page context with every interaction.";
    COORDINATES_MISSING "coordinates-missing" Error Targets none
        "A pointer action has no place."
        "Record the coordinates of every pointer action.";
    COORDINATES_OUTSIDE_VIEWPORT "coordinates-outside-viewport" Error Targets none
        "The action lies outside the visible part of the page."
        "Record coordinates in CSS pixels of the top viewport, with the offsets of frames around it.";
    COPY_WITHOUT_SELECTION "copy-without-selection" Warning Sequence none
        "Something was copied although nothing was selected before."
        "Record the selection, or the text that was copied.";
    DEAD_CLICK "dead-click" Info none none
        "The picture after the click is the same as before it, and nothing else changed."
        "Nothing, if the page gave no answer; otherwise take the later picture once the page has settled.";
    ELEMENT_MISSING "element-missing" Warning Targets Selector
        "It is not known which element was acted on."
        "Record the element of every click and every change of a field.";
    EVENT_UNTRUSTED "event-untrusted" Warning Sequence none
        "The browser says that a program did this, not the person."
        "Leave out events made by scripts, or record the session as automated.";
    EXAMPLE_DUPLICATE "example-duplicate" Info none none
        "The same picture with the same answer is among the examples already, so this one was left out."
        "Nothing; check whether the recorder sends events twice if there are many.";
    FORM_ABANDONED "form-abandoned" Info none none
        "Fields were filled in, and the page was left without sending them."
        "Nothing, if the person changed their mind; otherwise record what sent the form.";
    FRAME_AFTER_ACTION "frame-after-action" Error Frames Frame
        "The picture was taken after the action, so it does not show what the person saw."
        "Take the picture when the pointer or key goes down, or keep a running buffer of pictures.";
    FRAME_AFTER_NOT_STORED "frame-after-not-stored" Warning Frames none
        "A later picture is named and is not in the store."
        "Send every picture that an interaction names, and keep it until it is acknowledged.";
    FRAME_BEFORE_MISSING "frame-before-missing" Error Frames Frame
        "There is no picture from before the action."
        "Grant the recorder screenshots for this site; they are what a model learns from.";
    FRAME_BLANK "frame-blank" Error Frames Frame
        "The picture shows one colour only."
        "Wait until the page is painted; check that no permission or private window hides it.";
    FRAME_DUPLICATE "frame-duplicate" Warning Frames none
        "The page moved on since the interaction before, and the picture is still the same."
        "Take a new picture after each navigation and each scroll.";
    FRAME_NOT_STORED "frame-not-stored" Error Frames Frame
        "The picture from before the action is named and is not in the store."
        "Send every picture that an interaction names, and keep it until it is acknowledged.";
    FRAME_SIZE_MISMATCH "frame-size-mismatch" Error Frames none
        "The stored picture has another size than the interaction says."
        "Take width and height from the encoded picture.";
    FRAME_STALE "frame-stale" Warning Frames none
        "The picture is much older than the action."
        "Take a picture at each action, or refresh the buffered one more often.";
    FRAME_VIEWPORT_MISMATCH "frame-viewport-mismatch" Error Frames none
        "The picture is of another viewport than the one the action was done in."
        "Take the picture of the tab in which the action is done, and again after the window was resized.";
    FRAME_WRONG_PAGE "frame-wrong-page" Error Frames Frame
        "The picture was taken before the page of the action had come, so it shows another page."
        "Take a new picture after each navigation, before the person can act.";
    FRAME_WRONG_SCROLL "frame-wrong-scroll" Warning Frames none
        "The picture was taken at another scroll position than the action."
        "Take a new picture once scrolling has come to rest.";
    GOAL_MISSING "goal-missing" Warning Goal none
        "Nobody said what the person was to do."
        "Name the goal when the session starts.";
    GOAL_NOT_MET "goal-not-met" Info none none
        "The goal states something letter for letter, such as a text in quotation marks or a date, and it is not what was done."
        "Nothing, if the task was given up; otherwise let the recorder keep what was entered and the names of what was clicked.";
    GOAL_NOT_REACHED "goal-not-reached" Info none none
        "A purchase was begun, and no page of the recording says that it was placed."
        "Record until the page confirms the order, or say that the task was given up.";
    INPUT_WITHOUT_FOCUS "input-without-focus" Warning Sequence none
        "Text went into a field that did not have the focus and was not clicked before."
        "Record the click or key that moves into a field, and whether the field has the focus.";
    INTENT_CONTRADICTED "intent-contradicted" Info none none
        "The recorder names another intent than the pages and actions show."
        "Correct the intent in the review, or leave it out of the recording.";
    INTERACTION_DUPLICATE "interaction-duplicate" Warning Sequence none
        "The same action at the same moment is recorded twice."
        "Send each interaction once, from one frame of the page only.";
    INTERACTION_TYPE_UNKNOWN "interaction-type-unknown" Warning Capture none
        "The type of the interaction is not known to this version."
        "Use a version that knows the recorder's types; the interaction itself is kept.";
    MISCLICK_CORRECTED "misclick-corrected" Info none none
        "The action was taken back right afterwards."
        "Nothing; the action is labelled wrong and is no example, the one that took it back shows how to recover.";
    NAVIGATION_LOOP "navigation-loop" Info none none
        "The same round of pages was walked several times from here on."
        "Nothing, if the person was comparing; otherwise look whether the page brings people back by itself.";
    OUTCOME_UNPROVEN "outcome-unproven" Info none none
        "The collector says that the task was done, and no page of the recording confirms it."
        "Record until the page shows that the task is done.";
    PLACE_DUPLICATE "place-duplicate" Warning Capture none
        "This place of the session is taken twice; the first one is kept."
        "Number the places once, from 1, without repeating any.";
    PLACE_MISMATCH "place-mismatch" Warning Capture none
        "The interaction says that it is of another place or session than the one it is stored at."
        "Store each interaction under its own session and place.";
    PLACE_MISSING "place-missing" Error Capture Interaction
        "Places of the session are missing here."
        "Send missing places again before the session ends.";
    QUARANTINED "quarantined" Error Capture Interaction
        "What came for this place could not be used and was kept out."
        "See the reason given; correct the recorder.";
    RAGE_CLICK "rage-click" Info none none
        "The same element was clicked several times in quick succession."
        "Nothing; it tells that the page did not answer as the person expected.";
    RECORD_UNREADABLE "record-unreadable" Error Capture Interaction
        "What is stored for this place cannot be read."
        "Check the store; the record does not have the form it was written in.";
    SCROLL_WITHOUT_EFFECT "scroll-without-effect" Warning Sequence none
        "The scroll moved nothing."
        "Record a scroll once it has moved the page, with how far it moved.";
    SELECT_CLICK_DUPLICATE "select-click-duplicate" Warning Sequence none
        "A click and a choice in the same list were recorded for one action."
        "Record the choice alone: it opens the list and picks.";
    SELECTOR_AMBIGUOUS "selector-ambiguous" Warning Targets none
        "The best selector did not find exactly one element when it was recorded."
        "Check at capture that the first selector finds the element and nothing else.";
    SELECTOR_FRAGILE "selector-fragile" Info none none
        "No selector of the element is likely to survive a new version of the page."
        "Record names, roles and visible text as well; ask the site for test ids.";
    SELECTORS_MISSING "selectors-missing" Warning Targets Selector
        "There is no selector to find the element again."
        "Record selectors with every click and every change of a field.";
    SESSION_EMPTY "session-empty" Warning none none
        "There is no interaction in the session."
        "Check that the recorder is allowed on the site; discard the session if it was a try.";
    STEP_GAP "step-gap" Warning Sequence none
        "The page changed between this interaction and the one before, and nothing that was done explains it."
        "Record what leads from page to page: clicks, keys, navigations, tab switches.";
    TARGET_NOT_IN_PAGE "target-not-in-page" Warning Targets Selector
        "No selector finds the element in the page that is stored with the action, so what is shown of the page lacks it."
        "Clean a page only after its target is marked, and store the page of the moment of the action.";
    TIME_BACKWARDS "time-backwards" Warning Sequence none
        "The interaction is earlier than the one before it."
        "Use one clock that never goes back for the whole session.";
    TIME_GAP "time-gap" Warning Sequence Time
        "A long silence lies between this interaction and the one before."
        "Pause the recording when the work is interrupted.";
    VIEWPORT_MISSING "viewport-missing" Warning Context Context
        "The size of the visible part of the page is not known."
        "Record the viewport with every interaction.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_order_of_id_and_each_rule_is_found() {
        for pair in ALL.windows(2) {
            assert!(pair[0].id < pair[1].id, "{} before {}", pair[0].id, pair[1].id);
        }
        for rule in ALL {
            assert_eq!(find(&rule.id), Some(*rule));
            let id = rule.id.as_str();
            assert!(id.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{id}");
            assert!(rule.explanation.ends_with('.') && rule.fix.ends_with('.'), "{id}");
            assert!(rule.part.is_none() || rule.severity != Severity::Info, "{id} weighs on the score");
        }
        assert_eq!(find(&RuleId::new("no-such-rule")), None);
    }
}
