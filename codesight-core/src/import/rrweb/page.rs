//! The page as it stands after some events: a full snapshot and every change since.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use crate::dom::{Document, Element, NodeData, NodeId};
use crate::import::json;

/// Attributes that hold what is no attribute of the page: inlined styles and pictures.
const NOT_OF_THE_PAGE: [&str; 2] = ["_cssText", "rr_dataURL"];

/// A page under reconstruction.
#[derive(Debug, Clone)]
pub struct PageState {
    document: Document,
    nodes: HashMap<i64, NodeId>,
    ids: HashMap<NodeId, i64>,
    adopted: BTreeMap<i64, Vec<i64>>,
    has_snapshot: bool,
    unresolved: usize,
    blocked: usize,
    max_nodes: usize,
    over_limit: bool,
}

impl PageState {
    /// An empty page of at most `max_nodes` nodes; what would be more is left out.
    pub fn new(max_nodes: usize) -> Self {
        Self {
            document: Document::new(),
            nodes: HashMap::new(),
            ids: HashMap::new(),
            adopted: BTreeMap::new(),
            has_snapshot: false,
            unresolved: 0,
            blocked: 0,
            max_nodes,
            over_limit: false,
        }
    }

    /// Applies one event of a stream; events that change no page are passed over. False for an event that cannot be
    /// used.
    pub fn apply(&mut self, event: &Value) -> bool {
        let data = event.get("data").unwrap_or(&Value::Null);
        match (json::whole(event, "type"), json::whole(data, "source")) {
            (Some(2), _) => return self.snapshot(data),
            (Some(3), Some(0)) => self.mutate(data),
            (Some(3), Some(15)) => self.adopt(data),
            (Some(3), Some(5)) => {
                let Some(node) = id_in(data, "id").and_then(|id| self.node(id)) else { return false };
                let checked = data.get("isChecked") == Some(&Value::Bool(true));
                self.set_value(node, json::text(data, "text").unwrap_or_default(), checked);
            }
            (Some(_), _) => {}
            (None, _) => return false,
        }
        true
    }

    /// The page.
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// The node of a number in the stream.
    pub fn node(&self, id: i64) -> Option<NodeId> {
        self.nodes.get(&id).copied()
    }

    /// The constructed style sheets that a document or shadow host has adopted, in their order.
    pub fn adopted_styles(&self, id: i64) -> &[i64] {
        self.adopted.get(&id).map_or(&[], Vec::as_slice)
    }

    /// Whether there was a full snapshot.
    pub fn has_snapshot(&self) -> bool {
        self.has_snapshot
    }

    /// How many changes named a node that is not in the page.
    pub fn unresolved(&self) -> usize {
        self.unresolved
    }

    /// How many elements the recorder left out, keeping their size alone.
    pub fn blocked(&self) -> usize {
        self.blocked
    }

    /// Whether nodes were left out for being too many.
    pub fn over_limit(&self) -> bool {
        self.over_limit
    }

    /// Takes over a full snapshot; everything before it is forgotten.
    pub fn snapshot(&mut self, data: &Value) -> bool {
        let Some(node) = data.get("node").filter(|node| node.is_object()) else { return false };
        self.document = Document::new();
        self.nodes.clear();
        self.ids.clear();
        self.adopted.clear();
        self.has_snapshot = true;
        let root = self.document.root();
        if json::whole(node, "type") == Some(0) {
            self.name(node, root);
            self.build_children(node, root);
        } else {
            self.build(node, root, None);
        }
        true
    }

    /// Applies one mutation, in the order in which a replayer does: removed, added, texts, attributes.
    pub fn mutate(&mut self, data: &Value) {
        let removes = json::list(data, "removes");
        let mut gone = BTreeSet::new();
        for remove in removes {
            let id = id_in(remove, "id");
            match id.and_then(|id| self.node(id)) {
                Some(node) => gone.extend(self.forget(node)),
                // It went with one that it was in.
                None if id.is_some_and(|id| gone.contains(&id)) => {}
                None => self.unresolved += 1,
            }
        }
        self.add(json::list(data, "adds"));
        for change in json::list(data, "texts") {
            let text = change.get("value").and_then(Value::as_str).unwrap_or_default();
            match id_in(change, "id").and_then(|id| self.node(id)) {
                Some(node) => self.set_text(node, text),
                None => self.unresolved += 1,
            }
        }
        for change in json::list(data, "attributes") {
            match id_in(change, "id").and_then(|id| self.node(id)) {
                Some(node) => self.set_attributes(node, change.get("attributes")),
                None => self.unresolved += 1,
            }
        }
    }

    /// Notes which constructed style sheets a document or shadow host has adopted.
    pub fn adopt(&mut self, data: &Value) {
        let Some(id) = id_in(data, "id") else { return };
        if self.node(id).is_none() {
            self.unresolved += 1;
        }
        let sheets = json::list(data, "styleIds").iter().filter_map(Value::as_i64).collect();
        self.adopted.insert(id, sheets);
    }

    /// Sets what a field holds, as the page would show it.
    pub fn set_value(&mut self, node: NodeId, text: &str, checked: bool) {
        let tag = self.document.tag(node).to_owned();
        if tag == "select" {
            let options: Vec<NodeId> = self
                .document
                .descendants(node)
                .filter(|option| self.document.tag(*option) == "option")
                .collect();
            for option in options {
                let chosen = self.option_value(option) == text;
                self.set_attribute(option, "selected", chosen.then(String::new));
            }
        } else if matches!(self.document.attribute(node, "type"), Some("checkbox" | "radio")) {
            self.set_attribute(node, "checked", checked.then(String::new));
        } else {
            self.set_attribute(node, "value", Some(text.to_owned()));
        }
    }

    /// The words of the option of a list that has a value.
    pub fn option_text(&self, list: NodeId, value: &str) -> Option<String> {
        let mut options = self.document.descendants(list).filter(|node| self.document.tag(*node) == "option");
        let option = options.find(|option| self.option_value(*option) == value)?;
        Some(self.document.text(option, 200)).filter(|text| !text.is_empty())
    }

    fn option_value(&self, option: NodeId) -> String {
        match self.document.attribute(option, "value") {
            Some(value) => value.to_owned(),
            None => self.document.text(option, 200),
        }
    }

    /// Adds nodes whose parent and next sibling may come later in the same list.
    fn add(&mut self, adds: &[Value]) {
        let mut waiting: Vec<&Value> = adds.iter().collect();
        while !waiting.is_empty() {
            let before = waiting.len();
            waiting.retain(|add| {
                let Some(parent) = id_in(add, "parentId").and_then(|id| self.node(id)) else { return true };
                let next = id_in(add, "nextId").filter(|id| *id >= 0);
                if next.is_some_and(|next| self.node(next).is_none()) {
                    return true;
                }
                self.put(add, parent, next);
                false
            });
            if waiting.len() == before {
                break;
            }
        }
        // A sibling that never comes costs the place, a parent that never comes costs the node.
        for add in waiting {
            self.unresolved += 1;
            if let Some(parent) = id_in(add, "parentId").and_then(|id| self.node(id)) {
                self.put(add, parent, None);
            }
        }
    }

    fn put(&mut self, add: &Value, parent: NodeId, next: Option<i64>) {
        let Some(node) = add.get("node") else {
            self.unresolved += 1;
            return;
        };
        // A node that is added again replaces itself, unless it holds the place it goes to.
        if let Some(old) = id_in(node, "id").and_then(|id| self.node(id))
            && old != parent
            && !self.document.ancestors(parent).any(|ancestor| ancestor == old)
        {
            self.forget(old);
        }
        self.make_room(node, parent);
        let next = next.and_then(|next| self.node(next));
        self.build(node, parent, next);
    }

    /// A document has one root element and one document type: a new one takes the place of the old.
    fn make_room(&mut self, node: &Value, parent: NodeId) {
        if self.document.data(parent) != &NodeData::Document {
            return;
        }
        let is_doctype = match json::whole(node, "type") {
            Some(1) => true,
            Some(2) => false,
            _ => return,
        };
        let same = |child: &NodeId| match self.document.data(*child) {
            NodeData::Doctype => is_doctype,
            NodeData::Element(_) => !is_doctype,
            _ => false,
        };
        let old: Vec<NodeId> = self.document.children(parent).filter(same).collect();
        for node in old {
            self.forget(node);
        }
    }

    /// Takes a node out with everything in it; the answer is the numbers that went.
    fn forget(&mut self, node: NodeId) -> Vec<i64> {
        let gone: Vec<i64> =
            self.document.remove(node).iter().filter_map(|node| self.ids.remove(node)).collect();
        for id in &gone {
            self.nodes.remove(id);
        }
        gone
    }

    /// Builds a node with everything in it.
    fn build(&mut self, node: &Value, parent: NodeId, next: Option<NodeId>) {
        if let Some(id) = self.build_one(node, parent, next) {
            self.build_children(node, id);
        }
    }

    fn build_children(&mut self, node: &Value, id: NodeId) {
        let mut waiting: Vec<(&Value, NodeId)> =
            json::list(node, "childNodes").iter().rev().map(|child| (child, id)).collect();
        while let Some((node, parent)) = waiting.pop() {
            if let Some(id) = self.build_one(node, parent, None) {
                waiting.extend(json::list(node, "childNodes").iter().rev().map(|child| (child, id)));
            }
        }
    }

    fn build_one(&mut self, node: &Value, parent: NodeId, next: Option<NodeId>) -> Option<NodeId> {
        if self.document.len() >= self.max_nodes {
            self.over_limit = true;
            return None;
        }
        let data = match json::whole(node, "type")? {
            0 => NodeData::Document,
            1 => NodeData::Doctype,
            2 => NodeData::Element(Element {
                tag: json::text(node, "tagName").unwrap_or_default().to_ascii_lowercase(),
                attributes: BTreeMap::new(),
            }),
            3 | 4 => NodeData::Text(json::text(node, "textContent").unwrap_or_default().to_owned()),
            _ => NodeData::Comment,
        };
        let id = self.document.create(data);
        self.document.insert(parent, id, next);
        self.document.set_in_shadow(id, node.get("isShadow") == Some(&Value::Bool(true)));
        self.name(node, id);
        self.set_attributes(id, node.get("attributes"));
        if self.document.attribute(id, "rr_width").is_some() {
            self.blocked += 1;
        }
        Some(id)
    }

    fn name(&mut self, node: &Value, id: NodeId) {
        if let Some(name) = id_in(node, "id") {
            self.nodes.insert(name, id);
            self.ids.insert(id, name);
        }
    }

    fn set_text(&mut self, node: NodeId, text: &str) {
        if let NodeData::Text(old) = self.document.data_mut(node) {
            text.clone_into(old);
        }
    }

    fn set_attributes(&mut self, node: NodeId, attributes: Option<&Value>) {
        let Some(Value::Object(attributes)) = attributes else { return };
        for (name, value) in attributes {
            if NOT_OF_THE_PAGE.contains(&name.as_str()) {
                continue;
            }
            match value {
                Value::Null | Value::Bool(false) => self.set_attribute(node, name, None),
                Value::Bool(true) => self.set_attribute(node, name, Some(String::new())),
                Value::String(text) => self.set_attribute(node, name, Some(text.clone())),
                Value::Number(number) => self.set_attribute(node, name, Some(number.to_string())),
                Value::Object(properties) if name == "style" => {
                    let style = self.document.attribute(node, "style").unwrap_or_default();
                    let style = restyled(style, properties);
                    self.set_attribute(node, name, Some(style));
                }
                Value::Object(_) | Value::Array(_) => self.unresolved += 1,
            }
        }
    }

    fn set_attribute(&mut self, node: NodeId, name: &str, value: Option<String>) {
        if let NodeData::Element(element) = self.document.data_mut(node) {
            match value {
                Some(value) => element.attributes.insert(name.to_owned(), value),
                None => element.attributes.remove(name),
            };
        }
    }
}

/// The number of a node. Streams number from 1; documents of frames are numbered as well.
pub(super) fn id_in(value: &Value, field: &str) -> Option<i64> {
    value.get(field)?.as_i64()
}

/// A style attribute with some properties set, given as a text or as text and priority, or taken out.
fn restyled(style: &str, changes: &serde_json::Map<String, Value>) -> String {
    let split = |declaration: &str| {
        let (name, value) = declaration.split_once(':')?;
        Some((name.trim().to_owned(), value.trim().to_owned()))
    };
    let mut properties: Vec<(String, String)> = style.split(';').filter_map(split).collect();
    for (name, change) in changes {
        properties.retain(|(old, _)| old != name);
        let value = match change {
            Value::String(text) => text.clone(),
            Value::Array(pair) => {
                let part = |index: usize| pair.get(index).and_then(Value::as_str).unwrap_or_default();
                if part(1).is_empty() { part(0).to_owned() } else { format!("{} !{}", part(0), part(1)) }
            }
            _ => continue,
        };
        properties.push((name.clone(), value));
    }
    properties.into_iter().map(|(name, value)| format!("{name}: {value};")).collect::<Vec<_>>().join(" ")
}
