//! Ways to find an element again: by what its authors named it, and by where it stands.

use super::names::{accessible_name, role};
use super::tree::{Document, NodeId};
use crate::model::{Selector, SelectorKind, SelectorSet};

/// Attributes that authors put on elements for tests to find.
const TEST_IDS: [&str; 5] = ["data-testid", "data-test-id", "data-test", "data-cy", "data-qa"];

/// The longest text that is used to find an element.
const LONGEST_TEXT: usize = 80;

/// All ways to find an element, the ones that survive changes best first. In a shadow tree every way is relative to
/// the root it lies in, and [`Selector::shadow_hosts`] leads there.
pub fn selectors(document: &Document, id: NodeId) -> SelectorSet {
    let hosts = shadow_hosts(document, id);
    let mut alternatives = Vec::new();
    let mut add = |kind: SelectorKind, value: String| {
        alternatives.push(Selector { kind, value, shadow_hosts: hosts.clone() });
    };
    let attribute = |name: &str| document.attribute(id, name).filter(|value| !value.is_empty());
    let tag = document.tag(id);
    for name in TEST_IDS {
        if let Some(value) = attribute(name) {
            add(SelectorKind::TestId, format!("[{name}=\"{}\"]", quoted(value)));
        }
    }
    if let (Some(role), Some(name)) = (role(document, id), accessible_name(document, id))
        && name.chars().count() <= LONGEST_TEXT
    {
        add(SelectorKind::Role, format!("role={role}[name=\"{}\"]", quoted(&name)));
    }
    if let Some(value) = attribute("id") {
        add(SelectorKind::Id, format!("[id=\"{}\"]", quoted(value)));
    }
    if let Some(value) = attribute("name") {
        add(SelectorKind::Name, format!("{tag}[name=\"{}\"]", quoted(value)));
    }
    if let Some(value) = attribute("placeholder") {
        add(SelectorKind::Placeholder, format!("[placeholder=\"{}\"]", quoted(value)));
    }
    let css_path = css_path(document, id);
    let xpath = xpath(document, id);
    let primary =
        alternatives.first().map_or_else(|| css_path.clone(), |first: &Selector| first.value.clone());
    alternatives.push(Selector {
        kind: SelectorKind::CssPath,
        value: css_path.clone(),
        shadow_hosts: hosts.clone(),
    });
    if hosts.is_empty() {
        alternatives.push(Selector {
            kind: SelectorKind::Xpath,
            value: xpath.clone(),
            shadow_hosts: Vec::new(),
        });
    }
    SelectorSet { primary, alternatives, xpath, css_path, ..SelectorSet::default() }
}

/// The chain of shadow hosts from the document inwards, each as a path within the tree it lies in.
pub fn shadow_hosts(document: &Document, id: NodeId) -> Vec<String> {
    let mut hosts: Vec<String> = std::iter::once(id)
        .chain(document.ancestors(id))
        .filter(|node| document.in_shadow(*node))
        .filter_map(|node| document.parent(node))
        .map(|host| css_path(document, host))
        .collect();
    hosts.reverse();
    hosts
}

/// Tags and positions from the root of the element's tree: the document, the frame's document or the shadow root.
pub fn css_path(document: &Document, id: NodeId) -> String {
    let parts =
        path(
            document,
            id,
            |tag, index, alone| {
                if alone { tag.to_owned() } else { format!("{tag}:nth-of-type({index})") }
            },
        );
    parts.join(" > ")
}

/// The same as an XPath. Empty below a shadow root, which XPath cannot enter.
pub fn xpath(document: &Document, id: NodeId) -> String {
    if std::iter::once(id).chain(document.ancestors(id)).any(|node| document.in_shadow(node)) {
        return String::new();
    }
    let parts = path(document, id, |tag, index, _| format!("{tag}[{index}]"));
    format!("/{}", parts.join("/"))
}

fn path(document: &Document, id: NodeId, part: impl Fn(&str, usize, bool) -> String) -> Vec<String> {
    let mut parts = Vec::new();
    let mut node = id;
    while let Some(element) = document.element(node) {
        let Some(parent) = document.parent(node) else { break };
        let same = |sibling: &NodeId| {
            document.tag(*sibling) == element.tag && document.in_shadow(*sibling) == document.in_shadow(node)
        };
        let siblings = document.children(parent).filter(same);
        let index = siblings.take_while(|sibling| *sibling != node).count() + 1;
        let alone = index == 1 && !document.children(parent).filter(same).any(|sibling| sibling != node);
        parts.push(part(&element.tag, index, alone));
        if document.in_shadow(node) {
            break;
        }
        node = parent;
    }
    parts.reverse();
    parts
}

fn quoted(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
