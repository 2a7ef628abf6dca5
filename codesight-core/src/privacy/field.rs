//! What may be kept of a form value: the field's class, and the recorder's word where it is stricter.

use super::PiiType;
use super::fields::{FieldClass, FieldCues, FieldKind, classify, classify_form};
use crate::model::{ElementData, FieldPolicy, FormField};

/// The policy for an element that holds a value; `None` for one that holds none, such as a link or a button.
pub(super) fn of_element(element: &ElementData) -> Option<(FieldPolicy, PiiType)> {
    let stated = element.field_policy;
    if !holds_text(element) {
        // The recorder may know better, for an element it marked private.
        return stated
            .filter(|policy| *policy != FieldPolicy::Keep)
            .map(|policy| (policy, PiiType::FormValue));
    }
    let class = classify(&FieldCues::from(element));
    // A select offers the page's own words, and a clock the hours of any day, the same to everybody, unless they tell
    // something about the person.
    let is_offered = element.tag == "select" || element.input_type.as_deref() == Some("time");
    if is_offered && class.kind == FieldKind::Unknown {
        return Some((stricter(FieldPolicy::Keep, stated), PiiType::FormValue));
    }
    Some((stricter(class.policy, stated), data_type(class)))
}

/// The policy for each field of a form, of which name, label, type and autocomplete token are told.
pub(super) fn of_form(fields: &[FormField]) -> Vec<(FieldPolicy, PiiType)> {
    let cues: Vec<FieldCues<'_>> = fields.iter().map(FieldCues::from).collect();
    let decide = |(class, field): (FieldClass, &FormField)| {
        let is_offered = field.input_type.as_deref() == Some("time") && class.kind == FieldKind::Unknown;
        (if is_offered { FieldPolicy::Keep } else { class.policy }, data_type(class))
    };
    classify_form(&cues).into_iter().zip(fields).map(decide).collect()
}

fn data_type(class: FieldClass) -> PiiType {
    class.kind.pii().unwrap_or(PiiType::FormValue)
}

fn holds_text(element: &ElementData) -> bool {
    let attribute = |name: &str| element.attributes.get(name).map(String::as_str);
    match element.tag.as_str() {
        "input" => {
            let input_type = element.input_type.as_deref().or_else(|| attribute("type")).unwrap_or_default();
            classify(&FieldCues { input_type, ..FieldCues::default() }).kind != FieldKind::Choice
        }
        "textarea" | "select" => true,
        _ => attribute("contenteditable").is_some_and(|value| value != "false"),
    }
}

/// The recorder may be stricter than we are, never laxer.
fn stricter(ours: FieldPolicy, stated: Option<FieldPolicy>) -> FieldPolicy {
    let rank = |policy: FieldPolicy| match policy {
        FieldPolicy::Drop => 0,
        FieldPolicy::Pseudonymise => 1,
        FieldPolicy::Shape => 2,
        FieldPolicy::Keep => 3,
    };
    stated.filter(|stated| rank(*stated) < rank(ours)).unwrap_or(ours)
}
