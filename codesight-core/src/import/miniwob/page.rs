//! The page of one moment, as MiniWoB++ writes it: nodes with boxes, the words of text nodes in `text`.

use serde_json::Value;

use crate::dom::{Document, Element, NodeData, NodeId};
use crate::import::{interaction, json};
use crate::model::{FormField, Rect};

/// Fields of a page that are told with an action.
const MOST_FIELDS: usize = 50;

/// A page, and which of its nodes the event was on.
#[derive(Debug)]
pub(super) struct Page<'a> {
    pub(super) document: Document,
    nodes: Vec<(NodeId, &'a Value)>,
    target: Option<usize>,
}

impl<'a> Page<'a> {
    pub(super) fn read(dom: &'a Value, max_nodes: usize) -> Self {
        let mut page = Self { document: Document::new(), nodes: Vec::new(), target: None };
        let root = page.document.root();
        // A list of what is still to be put in, rather than a recursion: pages of strangers nest as deep as they like.
        let mut open = vec![(root, dom)];
        while let Some((parent, node)) = open.pop() {
            if page.nodes.len() >= max_nodes {
                break;
            }
            let Some(tag) = json::text(node, "tag") else { continue };
            let text = json::text(node, "text").filter(|text| !text.trim().is_empty());
            if tag == "t" {
                page.add_text(parent, text);
                continue;
            }
            let id = page.document.create(NodeData::Element(element(tag, node)));
            page.document.append(parent, id);
            page.add_text(id, text);
            if node.get("recordingTarget").is_some_and(|mark| !mark.is_null() && mark != &Value::Bool(false))
            {
                page.target = Some(page.nodes.len());
            }
            page.nodes.push((id, node));
            open.extend(json::list(node, "children").iter().rev().map(|child| (id, child)));
        }
        page
    }

    fn add_text(&mut self, parent: NodeId, text: Option<&str>) {
        if let Some(text) = text {
            let id = self.document.create(NodeData::Text(text.to_owned()));
            self.document.append(parent, id);
        }
    }

    pub(super) fn target(&self) -> Option<Target<'a>> {
        self.target.and_then(|index| self.nodes.get(index)).map(|(id, node)| Target { id: *id, node })
    }

    /// The node that the recorder gave this number.
    pub(super) fn numbered(&self, reference: u64) -> Option<Target<'a>> {
        let found = self.nodes.iter().find(|(_, node)| json::whole(node, "ref") == Some(reference));
        found.map(|(id, node)| Target { id: *id, node })
    }

    /// The lists of the page, with what is chosen in each.
    pub(super) fn lists(&self) -> impl Iterator<Item = (u64, &'a str)> + '_ {
        self.nodes
            .iter()
            .filter(|(_, node)| json::text(node, "tag") == Some("SELECT"))
            .filter_map(|(_, node)| Some((json::whole(node, "ref")?, json::text(node, "value")?)))
    }

    /// What the fields hold.
    pub(super) fn fields(&self, longest: usize) -> Vec<FormField> {
        let texts = self.nodes.iter().filter(|(id, _)| is_text_field(&self.document, *id));
        texts
            .take(MOST_FIELDS)
            .enumerate()
            .map(|(index, (id, node))| {
                let attribute = |name: &str| self.document.attribute(*id, name).map(str::to_owned);
                let value = json::text(node, "value").unwrap_or_default();
                FormField {
                    name: attribute("id")
                        .or_else(|| attribute("class"))
                        .unwrap_or_else(|| format!("field {index}")),
                    input_type: attribute("type"),
                    label: crate::dom::accessible_name(&self.document, *id),
                    autocomplete: None,
                    value: (!value.is_empty()).then(|| interaction::shortened(value, longest).to_owned()),
                    required: false,
                    filled: !value.is_empty(),
                }
            })
            .collect()
    }
}

/// A node of a page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Target<'a> {
    pub(super) id: NodeId,
    node: &'a Value,
}

impl<'a> Target<'a> {
    pub(super) fn reference(&self) -> Option<u64> {
        json::whole(self.node, "ref")
    }

    pub(super) fn value(&self) -> Option<&'a str> {
        json::text(self.node, "value")
    }

    pub(super) fn area(&self) -> Option<Rect> {
        let side = |name| json::number(self.node, name);
        interaction::area(side("left")?, side("top")?, side("width")?, side("height")?)
    }
}

/// Whether text is entered there.
pub(super) fn is_text_field(document: &Document, id: NodeId) -> bool {
    let is_choice = matches!(
        document.attribute(id, "type"),
        Some("checkbox" | "radio" | "submit" | "button" | "reset" | "image" | "range" | "color")
    );
    document.tag(id) == "textarea" || (document.tag(id) == "input" && !is_choice)
}

/// `INPUT_checkbox` is an `input` of that type.
fn element(tag: &str, node: &Value) -> Element {
    let lower = tag.to_ascii_lowercase();
    let (tag, input_type) = match lower.split_once('_') {
        Some((tag, input_type)) => (tag, Some(input_type)),
        None => (lower.as_str(), None),
    };
    let mut element = Element { tag: tag.to_owned(), ..Element::default() };
    let mut put = |name: &str, value: Option<&str>| {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            element.attributes.insert(name.to_owned(), value.to_owned());
        }
    };
    put("type", input_type);
    put("id", json::text(node, "id"));
    put("class", json::text(node, "classes"));
    put("value", json::text(node, "value"));
    if node.get("value") == Some(&Value::Bool(true)) {
        element.attributes.insert("checked".to_owned(), String::new());
    }
    element
}
