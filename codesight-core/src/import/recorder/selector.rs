//! The recorder's lists of alternative selectors.

use serde_json::Value;

use crate::model::{ElementData, Selector, SelectorKind, SelectorSet};

/// The selectors of a step: each alternative is one text, or the shadow hosts' and then the target's.
pub(crate) fn selector_set(step: &Value) -> Option<SelectorSet> {
    let list = step.get("selectors")?.as_array()?;
    let alternatives: Vec<Selector> = list.iter().filter_map(alternative).collect();
    let primary = alternatives.first()?.value.clone();
    let of = |kind: &SelectorKind| {
        let found =
            alternatives.iter().find(|selector| selector.kind == *kind && selector.shadow_hosts.is_empty());
        found.map(|selector| selector.value.clone()).unwrap_or_default()
    };
    let (xpath, css_path) = (of(&SelectorKind::Xpath), of(&SelectorKind::CssPath));
    Some(SelectorSet { primary, alternatives, xpath, css_path, ..SelectorSet::default() })
}

fn alternative(value: &Value) -> Option<Selector> {
    let parts: Vec<&str> = match value {
        Value::String(text) => vec![text],
        Value::Array(parts) => parts.iter().filter_map(Value::as_str).collect(),
        _ => return None,
    };
    let (target, hosts) = parts.split_last()?;
    let (kind, value) = read(target);
    let shadow_hosts = hosts.iter().map(|host| read(host).1).collect();
    Some(Selector { kind, value, shadow_hosts })
}

fn read(text: &str) -> (SelectorKind, String) {
    for (prefix, kind) in [("xpath/", SelectorKind::Xpath), ("text/", SelectorKind::Text)] {
        if let Some(rest) = text.strip_prefix(prefix) {
            return (kind, rest.to_owned());
        }
    }
    if let Some(css) = text.strip_prefix("pierce/") {
        return (css_kind(css), css.to_owned());
    }
    if let Some(aria) = text.strip_prefix("aria/") {
        return match aria.split_once("[role=\"") {
            Some((name, role)) => {
                let role = role.trim_end_matches("\"]");
                (SelectorKind::Role, format!("role={role}[name=\"{}\"]", name.replace('"', "\\\"")))
            }
            None => (SelectorKind::Other("aria".to_owned()), text.to_owned()),
        };
    }
    (css_kind(text), text.to_owned())
}

fn css_kind(css: &str) -> SelectorKind {
    let is_test_id = ["data-testid", "data-test", "data-qa", "data-cy"].iter().any(|name| css.contains(name));
    let is_id = css.starts_with('#') && !css.contains([' ', '>', '.', '[', ':']);
    match (is_test_id, is_id) {
        (true, _) => SelectorKind::TestId,
        (_, true) => SelectorKind::Id,
        _ => SelectorKind::CssPath,
    }
}

/// What the selectors tell of the element: its tag at the end of a path, its name in `aria/`.
pub(super) fn element(selectors: &SelectorSet) -> ElementData {
    let tag =
        selectors.alternatives.iter().filter(|selector| selector.kind == SelectorKind::CssPath).find_map(
            |selector| {
                let last = selector.value.rsplit(['>', ' ']).find(|part| !part.is_empty())?;
                let tag: String = last.chars().take_while(char::is_ascii_alphanumeric).collect();
                (!tag.is_empty()).then(|| tag.to_ascii_lowercase())
            },
        );
    let name = selectors.alternatives.iter().find_map(|selector| selector.value.strip_prefix("aria/"));
    let text = selectors.alternatives.iter().find(|selector| selector.kind == SelectorKind::Text);
    ElementData {
        tag: tag.unwrap_or_default(),
        name: name.map(str::to_owned),
        text: text.map(|selector| selector.value.clone()),
        ..ElementData::default()
    }
}
