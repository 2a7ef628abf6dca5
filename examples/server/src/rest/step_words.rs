//! A step in a few words, for a list.

use codesight_core::model::{ActionDetails, ElementData};
use serde::Deserialize;

const LONGEST_NAME: usize = 60;
const LONGEST_TEXT: usize = 40;

/// What the words are made of.
#[derive(Debug, Deserialize)]
pub(super) struct Told {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) action: ActionDetails,
    #[serde(default)]
    element: Option<ElementData>,
}

/// The action in words.
pub(super) fn words(told: &Told) -> String {
    let action = &told.action;
    let text = action.text.as_deref().filter(|text| !text.is_empty()).map(|text| quoted(text, LONGEST_TEXT));
    let target = target(told.element.as_ref());
    match told.kind.as_str() {
        "click" => joined("Click", target),
        "doubleClick" => joined("Double click", target),
        "hover" => joined("Point at", target),
        "input" | "paste" => match text {
            Some(text) => format!("Type {text} into {}", target.as_deref().unwrap_or("a field")),
            None => joined("Type into", target.or_else(|| Some("a field".to_owned()))),
        },
        "change" => joined("Change", target),
        "select" => match text {
            Some(text) => format!("Choose {text} in {}", target.as_deref().unwrap_or("a list")),
            None => joined("Choose in", target.or_else(|| Some("a list".to_owned()))),
        },
        "key" => format!("Press {}", action.keys.join(" + ")),
        "scroll" => scroll(action),
        "drag" => joined("Drag", target),
        "copy" => joined("Copy from", target),
        "submit" => joined("Send", target),
        "navigation" => format!("Go to {}", action.url.as_deref().map_or("another page", path_of)),
        "tabSwitch" => "Switch to another tab".to_owned(),
        other => joined(other, target),
    }
}

fn joined(verb: &str, target: Option<String>) -> String {
    target.map_or_else(|| verb.to_owned(), |target| format!("{verb} {target}"))
}

fn target(element: Option<&ElementData>) -> Option<String> {
    let element = element?;
    let named = [&element.name, &element.text].into_iter().flatten().find(|name| !name.trim().is_empty());
    match named {
        Some(name) => Some(quoted(name.trim(), LONGEST_NAME)),
        None => Some(format!("the {}", element.role.as_deref().unwrap_or(&element.tag))),
    }
}

fn scroll(action: &ActionDetails) -> String {
    let (right, down) = (action.scroll_x.unwrap_or_default(), action.scroll_y.unwrap_or_default());
    let (way, length) = match () {
        () if down.abs() >= right.abs() && down >= 0.0 => ("down", down),
        () if down.abs() >= right.abs() => ("up", down),
        () if right >= 0.0 => ("right", right),
        () => ("left", right),
    };
    format!("Scroll {way} {:.0} px", length.abs())
}

/// The part of an address after the host, which a list has room for.
fn path_of(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.find('/').map_or(rest, |at| &rest[at..])
}

fn quoted(text: &str, longest: usize) -> String {
    match text.char_indices().nth(longest) {
        Some((end, _)) => format!("“{}…”", &text[..end]),
        None => format!("“{text}”"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(json: serde_json::Value) -> String {
        words(&serde_json::from_value(json).expect("a step"))
    }

    #[test]
    fn an_action_is_told_with_what_it_was_done_to() {
        let button = serde_json::json!({ "tag": "button", "name": "Add to cart" });
        assert_eq!(told(serde_json::json!({ "type": "click", "element": button })), "Click “Add to cart”");
        let unnamed = serde_json::json!({ "tag": "div", "role": "switch", "name": " " });
        assert_eq!(told(serde_json::json!({ "type": "click", "element": unnamed })), "Click the switch");
        assert_eq!(
            told(serde_json::json!({ "type": "input", "action": { "text": "lamp" } })),
            "Type “lamp” into a field"
        );
        assert_eq!(
            told(serde_json::json!({ "type": "scroll", "action": { "scrollY": -300.4 } })),
            "Scroll up 300 px"
        );
        assert_eq!(
            told(
                serde_json::json!({ "type": "navigation", "action": { "url": "https://shop.example/cart?x=1" } })
            ),
            "Go to /cart?x=1"
        );
        assert_eq!(told(serde_json::json!({ "type": "wink" })), "wink");
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        let name = "é".repeat(200);
        let words = told(serde_json::json!({ "type": "click", "element": { "tag": "a", "name": name } }));
        assert_eq!(words.chars().count(), "Click “…”".chars().count() + LONGEST_NAME);
    }
}
