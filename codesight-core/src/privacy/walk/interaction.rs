//! The texts of interactions.

use super::{Surface, TextVisitor, Walk, WalkText, surfaces, walk_attributes, words};
use crate::model::{
    ActionDetails, CaptureGap, CaptureGapKind, ElementData, ElementFingerprint, FormField, FrameSource,
    InteractionData, InteractionType, Redaction, RedactionReason, Screenshot, ScreenshotTrigger, Selector,
    SelectorKind, SelectorReliability, SelectorSet, StateChange, StateChangeKind, UserContext,
};

surfaces!(InteractionData {
    session_id => none,
    seq => none,
    kind => nested,
    timestamp => none,
    coordinates => none,
    action => nested,
    selectors => nested,
    element => nested,
    page_context => nested,
    visual_context => nested,
    user_context => nested,
    screenshots => nested,
    state_changes => nested,
    user_intent => Text,
    confidence => none,
    reliability => none,
    extra => nested,
});

surfaces!(ActionDetails {
    button => none,
    text => FieldValue,
    keys => Text,
    scroll_x => none,
    scroll_y => none,
    path => none,
    url => Url,
    cause => Text,
    is_trusted => none,
    raw_events => none,
    duration_ms => none,
});

surfaces!(SelectorSet {
    primary => Selector,
    alternatives => nested,
    xpath => Selector,
    css_path => Selector,
    reliability => nested,
    later => none,
    extra => nested,
});

surfaces!(Selector { kind => nested, value => Selector, shadow_hosts => Selector });

surfaces!(SelectorReliability {
    selector => Selector,
    kind => nested,
    score => none,
    matches => none,
    reasons => Text,
    later => none,
});

surfaces!(ElementData {
    tag => Text,
    role => Text,
    name => Text,
    text => Text,
    value => FieldValue,
    input_type => Text,
    field_policy => none,
    attributes => attributes,
    bounding_box => none,
    focused => none,
    disabled => none,
    checked => none,
    frame_origin => Url,
    shadow_root => Text,
    fingerprint => nested,
    extra => nested,
});

surfaces!(ElementFingerprint {
    neighbour_text => Text,
    sibling_index => none,
    indexed_xpath => Selector,
    is_button => none,
    properties => attributes,
});

surfaces!(Screenshot {
    hash => none,
    media_type => Text,
    width => none,
    height => none,
    relation => none,
    captured_at => none,
    lag_ms => none,
    viewport => none,
    scroll => none,
    trigger => nested,
    source => nested,
    redactions => nested,
    extra => nested,
});

surfaces!(Redaction { area => none, reason => nested });

surfaces!(StateChange {
    kind => nested,
    target => Selector,
    property => Text,
    before => Text,
    after => Text,
    count => none,
});

surfaces!(UserContext {
    since_previous_ms => none,
    hesitation_ms => none,
    rationale => Text,
    form => nested,
    tab => none,
});

surfaces!(FormField {
    name => Text,
    input_type => Text,
    label => Text,
    autocomplete => Text,
    value => FieldValue,
    required => none,
    filled => none,
});

surfaces!(CaptureGap { kind => nested, from => none, until => none, lost => none });

words!(
    InteractionType::Other,
    SelectorKind::Other,
    ScreenshotTrigger::Other,
    FrameSource::Other,
    RedactionReason::Other,
    StateChangeKind::Other,
    CaptureGapKind::Other,
);
