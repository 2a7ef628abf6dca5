//! Playwright's selector texts.

use crate::model::{ElementData, Selector, SelectorKind, SelectorSet};

/// The selector of an action as Playwright writes it, with what it says about the element.
pub(super) fn selector_set(selector: &str) -> SelectorSet {
    let last = selector.rsplit(" >> ").next().unwrap_or(selector);
    let kind = match last.split_once('=') {
        Some(("internal:role" | "role", _)) => SelectorKind::Role,
        Some(("internal:testid" | "data-testid", _)) => SelectorKind::TestId,
        Some(("internal:label", _)) => SelectorKind::Label,
        Some(("internal:attr", rest)) if rest.starts_with("[placeholder") => SelectorKind::Placeholder,
        Some(("internal:text" | "text", _)) => SelectorKind::Text,
        Some(("xpath", _)) => SelectorKind::Xpath,
        _ if last.starts_with("//") => SelectorKind::Xpath,
        _ if last.starts_with("internal:") => SelectorKind::Playwright,
        _ => SelectorKind::CssPath,
    };
    // A chain through frames or parents is more than its last part.
    let (kind, value) = match kind {
        _ if selector.contains(" >> ") => (SelectorKind::Playwright, selector.to_owned()),
        SelectorKind::Role => (kind, plain_role(last)),
        SelectorKind::TestId => {
            let inner = last.split_once('=').map_or(last, |(_, inner)| inner);
            (kind, inner.replace("\"s]", "\"]").replace("\"i]", "\"]"))
        }
        SelectorKind::Xpath => (kind, last.strip_prefix("xpath=").unwrap_or(last).to_owned()),
        kind => (kind, last.to_owned()),
    };
    let css_path = if kind == SelectorKind::CssPath { value.clone() } else { String::new() };
    let xpath = if kind == SelectorKind::Xpath { value.clone() } else { String::new() };
    SelectorSet {
        primary: value.clone(),
        alternatives: vec![Selector { kind, value, shadow_hosts: Vec::new() }],
        xpath,
        css_path,
        ..SelectorSet::default()
    }
}

fn plain_role(selector: &str) -> String {
    let (_, inner) = selector.split_once('=').unwrap_or(("", selector));
    format!("role={}", inner.replace("\"i]", "\"]").replace("\"s]", "\"]"))
}

/// Role and name, where the selector has them.
pub(super) fn element(selector: &str) -> ElementData {
    let last = selector.rsplit(" >> ").next().unwrap_or(selector);
    let (engine, inner) = last.split_once('=').unwrap_or(("", last));
    let quoted = |text: &str| {
        let (_, rest) = text.split_once('"')?;
        let (name, _) = rest.rsplit_once('"')?;
        (!name.is_empty()).then(|| name.replace("\\\"", "\""))
    };
    let mut element = ElementData::default();
    match engine {
        "internal:role" | "role" => {
            let role = inner.split_once('[').map_or(inner, |(role, _)| role);
            element.role = Some(role.to_owned());
            element.name = quoted(inner);
        }
        "internal:label" | "internal:attr" => element.name = quoted(inner),
        "internal:text" | "text" => element.text = quoted(inner).or_else(|| Some(inner.to_owned())),
        _ => {
            let tag: String = last
                .rsplit(['>', ' '])
                .find(|part| !part.is_empty())
                .unwrap_or_default()
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .collect();
            element.tag = tag.to_ascii_lowercase();
        }
    }
    element
}
