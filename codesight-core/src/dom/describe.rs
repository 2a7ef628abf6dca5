//! A document in the words of the model: the element acted on, what is around it, and how the page is built.

use std::collections::BTreeMap;

use super::identify::css_path;
use super::names::{accessible_name, role};
use super::tree::{Document, NodeId};
use crate::model::{
    DomHierarchy, DomNode, ElementData, FormSummary, NearbyElement, PageStructure, SectionKind,
    SectionSummary,
};

/// The longest text of an element, in characters.
const LONGEST_TEXT: usize = 200;
/// The longest value of an attribute that is kept, in characters.
const LONGEST_ATTRIBUTE: usize = 500;
/// How many ancestors are kept, nearest first.
const MAX_ANCESTORS: usize = 40;
/// How many sections of a page are told.
const MAX_SECTIONS: usize = 50;

/// The element as a record tells it. Boxes are left out: a document has no layout.
pub fn describe(document: &Document, id: NodeId) -> ElementData {
    let attributes: BTreeMap<String, String> = document.element(id).map_or_else(BTreeMap::new, |element| {
        let short = |value: &String| value.chars().take(LONGEST_ATTRIBUTE).collect();
        element.attributes.iter().map(|(name, value)| (name.clone(), short(value))).collect()
    });
    let has = |name: &str| document.attribute(id, name).is_some();
    let is_toggle = matches!(document.attribute(id, "type"), Some("checkbox" | "radio"));
    let text = document.text(id, LONGEST_TEXT);
    ElementData {
        tag: document.tag(id).to_owned(),
        role: role(document, id).map(str::to_owned),
        name: accessible_name(document, id),
        text: (!text.is_empty()).then_some(text),
        value: document.attribute(id, "value").map(str::to_owned),
        input_type: document.attribute(id, "type").map(str::to_owned),
        disabled: has("disabled").then_some(true),
        checked: is_toggle.then(|| has("checked")),
        shadow_root: in_shadow_tree(document, id).then(|| "open".to_owned()),
        attributes,
        ..ElementData::default()
    }
}

fn in_shadow_tree(document: &Document, id: NodeId) -> bool {
    std::iter::once(id).chain(document.ancestors(id)).any(|node| document.in_shadow(node))
}

/// Ancestors of an element and how many stand beside and below it.
pub fn hierarchy(document: &Document, id: NodeId) -> DomHierarchy {
    let elements = |of: NodeId| document.children(of).filter(|child| document.element(*child).is_some());
    let count = |nodes: usize| u32::try_from(nodes).unwrap_or(u32::MAX);
    let depth = document.ancestors(id).filter(|node| document.element(*node).is_some()).count();
    let ancestors = document
        .ancestors(id)
        .filter(|node| document.element(*node).is_some())
        .take(MAX_ANCESTORS)
        .map(|node| DomNode {
            tag: document.tag(node).to_owned(),
            id: document.attribute(node, "id").map(str::to_owned),
            role: role(document, node).map(str::to_owned),
            classes: document
                .attribute(node, "class")
                .map(|classes| classes.split_ascii_whitespace().take(8).map(str::to_owned).collect())
                .unwrap_or_default(),
            index: document
                .parent(node)
                .map_or(0, |parent| count(elements(parent).take_while(|sibling| *sibling != node).count())),
        })
        .collect();
    let siblings = document.parent(id).map_or(0, |parent| elements(parent).count().saturating_sub(1));
    DomHierarchy {
        ancestors,
        depth: count(depth),
        siblings: count(siblings),
        children: count(elements(id).count()),
    }
}

/// The elements that can be acted on nearest to `id` in document order, at most `limit`, without itself.
pub fn nearby(document: &Document, id: NodeId, limit: usize) -> Vec<NearbyElement> {
    let mut acted: Vec<NodeId> = Vec::new();
    let mut place = None;
    for node in document.descendants(document.root()) {
        if node == id {
            place = Some(acted.len());
        } else if is_interactive(document, node) {
            acted.push(node);
        }
        if place.is_some_and(|place| acted.len() >= place + limit) {
            break;
        }
    }
    let Some(place) = place else { return Vec::new() };
    let from = place.saturating_sub(limit / 2);
    acted
        .into_iter()
        .skip(from)
        .take(limit)
        .map(|node| NearbyElement {
            tag: document.tag(node).to_owned(),
            role: role(document, node).map(str::to_owned),
            text: accessible_name(document, node),
            selector: Some(css_path(document, node)),
            bounding_box: None,
            distance: None,
            interactive: true,
        })
        .collect()
}

/// Whether a person can act on an element.
fn is_interactive(document: &Document, id: NodeId) -> bool {
    match document.tag(id) {
        "a" => document.attribute(id, "href").is_some(),
        "button" | "select" | "textarea" | "summary" => true,
        "input" => document.attribute(id, "type") != Some("hidden"),
        "" => false,
        _ => matches!(
            document.attribute(id, "role"),
            Some("button" | "link" | "checkbox" | "radio" | "tab" | "menuitem" | "option" | "switch")
        ),
    }
}

/// Landmarks, lists, forms and counts of a page.
pub fn structure(document: &Document) -> PageStructure {
    let mut page = PageStructure::default();
    for id in document.descendants(document.root()) {
        page.nodes = page.nodes.saturating_add(1);
        if document.element(id).is_none() {
            continue;
        }
        if is_interactive(document, id) {
            page.interactive_elements = page.interactive_elements.saturating_add(1);
        }
        let tag = document.tag(id);
        if tag == "h1" && page.heading.is_none() {
            page.heading = Some(document.text(id, LONGEST_TEXT)).filter(|text| !text.is_empty());
        }
        if tag == "form" {
            page.forms.push(form(document, id));
        }
        if let Some(kind) = section(document, id)
            && page.sections.len() < MAX_SECTIONS
        {
            let items = document.children(id).filter(|child| document.element(*child).is_some()).count();
            page.sections.push(SectionSummary {
                kind,
                label: document.attribute(id, "aria-label").map(str::to_owned),
                items: u32::try_from(items).unwrap_or(u32::MAX),
                bounding_box: None,
            });
        }
    }
    page
}

fn section(document: &Document, id: NodeId) -> Option<SectionKind> {
    let kind = match role(document, id)? {
        "banner" => SectionKind::Banner,
        "navigation" => SectionKind::Navigation,
        "main" => SectionKind::Main,
        "search" => SectionKind::Search,
        "complementary" => SectionKind::Complementary,
        "contentinfo" => SectionKind::Contentinfo,
        "dialog" => SectionKind::Dialog,
        "list" => SectionKind::List,
        "table" => SectionKind::Table,
        _ => return None,
    };
    Some(kind)
}

fn form(document: &Document, id: NodeId) -> FormSummary {
    let mut form = FormSummary {
        name: document.attribute(id, "name").or(document.attribute(id, "id")).map(str::to_owned),
        ..FormSummary::default()
    };
    for node in document.descendants(id) {
        let hidden =
            matches!(document.attribute(node, "type"), Some("hidden" | "submit" | "button" | "reset"));
        if hidden || !matches!(document.tag(node), "input" | "select" | "textarea") {
            continue;
        }
        let has = |name: &str| document.attribute(node, name).is_some_and(|value| !value.is_empty());
        form.fields += 1;
        form.filled += u32::from(has("value") || document.attribute(node, "checked").is_some());
        form.required += u32::from(document.attribute(node, "required").is_some());
    }
    form
}
