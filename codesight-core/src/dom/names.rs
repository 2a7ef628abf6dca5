//! Roles and accessible names, as far as they follow from the document.

use super::tree::{Document, NodeData, NodeId};

/// The longest name, in characters.
const LONGEST: usize = 200;

/// The role an element has by its attribute, or by its tag.
pub fn role(document: &Document, id: NodeId) -> Option<&str> {
    if let Some(role) = document.attribute(id, "role").and_then(|role| role.split_ascii_whitespace().next()) {
        return Some(role);
    }
    let role = match document.tag(id) {
        "a" | "area" if document.attribute(id, "href").is_some() => "link",
        "button" | "summary" => "button",
        "input" => return input_role(document.attribute(id, "type").unwrap_or("text")),
        "textarea" => "textbox",
        "select" if document.attribute(id, "multiple").is_some() => "listbox",
        "select" => "combobox",
        "option" => "option",
        "img" => "img",
        "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => "heading",
        "nav" => "navigation",
        "main" => "main",
        "form" => "form",
        "header" => "banner",
        "footer" => "contentinfo",
        "aside" => "complementary",
        "dialog" => "dialog",
        "ul" | "ol" => "list",
        "li" => "listitem",
        "table" => "table",
        "tr" => "row",
        "td" => "cell",
        "progress" => "progressbar",
        _ => return None,
    };
    Some(role)
}

fn input_role(kind: &str) -> Option<&'static str> {
    match kind {
        "button" | "submit" | "reset" | "image" => Some("button"),
        "checkbox" => Some("checkbox"),
        "radio" => Some("radio"),
        "range" => Some("slider"),
        "number" => Some("spinbutton"),
        "search" => Some("searchbox"),
        "text" | "email" | "tel" | "url" | "" => Some("textbox"),
        _ => None,
    }
}

/// The name a person would call an element by: its label, its own words, what stands in for them.
pub fn accessible_name(document: &Document, id: NodeId) -> Option<String> {
    let attribute = |name: &str| {
        let text = document.attribute(id, name)?.split_whitespace().collect::<Vec<_>>().join(" ");
        (!text.is_empty()).then(|| text.chars().take(LONGEST).collect::<String>())
    };
    if let Some(name) = labelled_by(document, id).or_else(|| attribute("aria-label")) {
        return Some(name);
    }
    let named = match document.tag(id) {
        "input" => match document.attribute(id, "type").unwrap_or("text") {
            "submit" | "reset" | "button" => attribute("value"),
            "image" => attribute("alt"),
            _ => label(document, id),
        },
        "select" | "textarea" => label(document, id),
        "img" | "area" => attribute("alt"),
        "a" | "button" | "summary" | "option" | "label" | "li" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
            content(document, id)
        }
        _ if document.attribute(id, "role").is_some() => content(document, id),
        _ => None,
    };
    named.or_else(|| attribute("title")).or_else(|| attribute("placeholder"))
}

fn content(document: &Document, id: NodeId) -> Option<String> {
    let text = document.text(id, LONGEST);
    if !text.is_empty() {
        return Some(text);
    }
    let picture = document.descendants(id).find(|node| document.tag(*node) == "img")?;
    document.attribute(picture, "alt").filter(|alt| !alt.is_empty()).map(str::to_owned)
}

fn labelled_by(document: &Document, id: NodeId) -> Option<String> {
    let names = document.attribute(id, "aria-labelledby")?;
    let texts: Vec<String> = names
        .split_ascii_whitespace()
        .take(8)
        .filter_map(|name| by_id(document, name))
        .map(|label| document.text(label, LONGEST))
        .filter(|text| !text.is_empty())
        .collect();
    (!texts.is_empty()).then(|| texts.join(" "))
}

/// The label around a field, or the one that names it.
fn label(document: &Document, id: NodeId) -> Option<String> {
    let around = document.ancestors(id).find(|node| document.tag(*node) == "label");
    let naming = || {
        let own = document.attribute(id, "id").filter(|own| !own.is_empty())?;
        document
            .descendants(document.root())
            .find(|node| document.tag(*node) == "label" && document.attribute(*node, "for") == Some(own))
    };
    let label = around.or_else(naming)?;
    let text = document.text(label, LONGEST);
    (!text.is_empty()).then_some(text)
}

fn by_id(document: &Document, name: &str) -> Option<NodeId> {
    let is_named = |node: &NodeId| {
        matches!(document.data(*node), NodeData::Element(element)
            if element.attributes.get("id").map(String::as_str) == Some(name))
    };
    document.descendants(document.root()).find(is_named)
}
