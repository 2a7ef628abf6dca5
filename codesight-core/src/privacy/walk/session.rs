//! The texts of a session's beginning.

use super::{Surface, TextVisitor, Walk, WalkText, surfaces};
use crate::model::{CaptureProfile, SessionConsent, SessionGoal};
use crate::wire::SessionStart;

surfaces!(SessionStart {
    key => none,
    session_type => none,
    goal => nested,
    consent => nested,
    capture => nested,
});

surfaces!(SessionGoal { text => Text, task_id => Text, site => Url });

surfaces!(SessionConsent {
    subject => none,
    text_version => Text,
    purposes => Text,
    given_at => none,
    evidence_hash => none,
    global_privacy_control => none,
});

surfaces!(CaptureProfile {
    name => Text,
    frame_media_type => Text,
    recorder => Text,
    browser => Text,
    audio => none,
    extra => nested,
});
