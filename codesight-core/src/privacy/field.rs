//! What may be kept of a form field, told by its name, type and label.

use super::PiiType;
use crate::model::{ElementData, FieldPolicy};

/// The policy for an element that holds a value; `None` for one that holds none, such as a link or a button.
pub(super) fn of_element(element: &ElementData) -> Option<(FieldPolicy, PiiType)> {
    let attribute = |name: &str| element.attributes.get(name).map(String::as_str);
    let input_type = element.input_type.as_deref().or_else(|| attribute("type")).unwrap_or_default();
    let editable = attribute("contenteditable").is_some_and(|value| value != "false");
    let holds_value = match element.tag.as_str() {
        "input" => !matches!(
            input_type,
            "button" | "submit" | "reset" | "checkbox" | "radio" | "image" | "range" | "color" | "file"
        ),
        "textarea" => true,
        _ => editable,
    };
    let stated = element.field_policy;
    if !holds_value {
        return stated
            .filter(|policy| *policy != FieldPolicy::Keep)
            .map(|policy| (policy, PiiType::FormValue));
    }
    let label = [element.name.as_deref(), attribute("aria-label"), attribute("placeholder"), attribute("id")];
    let label = label.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let (policy, kind) = of_form_field(
        attribute("name").unwrap_or_default(),
        Some(&label),
        Some(input_type),
        attribute("autocomplete"),
    );
    Some((stricter(policy, stated), kind))
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

/// The policy for a field of which the form tells name, label, type and autocomplete token.
pub(super) fn of_form_field(
    name: &str,
    label: Option<&str>,
    input_type: Option<&str>,
    autocomplete: Option<&str>,
) -> (FieldPolicy, PiiType) {
    let _ = (name, label, input_type, autocomplete);
    (FieldPolicy::Pseudonymise, PiiType::FormValue)
}
