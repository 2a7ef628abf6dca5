//! Microdata: `itemscope`, `itemprop` and what they hold, by the rules of HTML.

use std::collections::HashSet;

use serde_json::{Map, Value, json};
use url::Url;

use crate::dom::{Document, NodeData, NodeId};

/// Items within items are followed so deep.
const DEEPEST: usize = 64;

/// One item.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Item {
    /// Its types.
    pub types: Vec<String>,
    /// Its global name.
    pub id: Option<String>,
    /// Its properties in the order first met, each with its values.
    pub properties: Vec<(String, Vec<Property>)>,
    /// What the element itself says, when it has no property.
    pub value: Option<String>,
}

/// The value of a property.
#[derive(Debug, Clone, PartialEq)]
pub enum Property {
    /// A text or an address.
    Text(String),
    /// What an action takes, as schema.org writes inputs.
    Input(Value),
    /// Another item.
    Item(Box<Item>),
}

impl Item {
    /// The first text of a property.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.values(name).iter().find_map(|value| match value {
            Property::Text(text) => Some(text.as_str()).filter(|text| !text.is_empty()),
            _ => None,
        })
    }

    /// All values of a property.
    pub fn values(&self, name: &str) -> &[Property] {
        self.properties.iter().find(|(own, _)| own == name).map_or(&[], |(_, values)| values)
    }

    /// The item as JSON. With `lists`, types and values are always lists; otherwise one of them stands alone.
    pub fn to_json(&self, lists: bool) -> Value {
        let several = |mut values: Vec<Value>| {
            if !lists && values.len() == 1 { values.remove(0) } else { values.into() }
        };
        let mut told = Map::new();
        if !self.types.is_empty() {
            told.insert("type".to_owned(), several(self.types.iter().map(|name| json!(name)).collect()));
        }
        if let Some(id) = &self.id {
            told.insert("id".to_owned(), json!(id));
        }
        if let Some(value) = &self.value {
            told.insert("value".to_owned(), json!(value));
        }
        if !self.properties.is_empty() {
            let properties = self.properties.iter().map(|(name, values)| {
                let values = values.iter().map(|value| match value {
                    Property::Text(text) => json!(text),
                    Property::Input(input) => input.clone(),
                    Property::Item(item) => item.to_json(lists),
                });
                (name.clone(), several(values.collect()))
            });
            told.insert("properties".to_owned(), Value::Object(properties.collect()));
        }
        Value::Object(told)
    }
}

/// The items of a page that are no value of another item. Addresses are completed with `base`, where one is given.
pub fn microdata(document: &Document, base: Option<&Url>) -> Vec<Item> {
    let mut reader = Reader { document, base, seen: HashSet::new() };
    let scopes =
        document.descendants(document.root()).filter(|node| document.attribute(*node, "itemscope").is_some());
    let scopes: Vec<NodeId> = scopes.collect();
    scopes.into_iter().filter_map(|node| reader.item(node, 0)).collect()
}

struct Reader<'a> {
    document: &'a Document,
    base: Option<&'a Url>,
    seen: HashSet<NodeId>,
}

impl Reader<'_> {
    fn item(&mut self, node: NodeId, depth: usize) -> Option<Item> {
        if depth > DEEPEST || !self.seen.insert(node) {
            return None;
        }
        let words = |name: &str| -> Vec<String> {
            self.document
                .attribute(node, name)
                .unwrap_or_default()
                .split_ascii_whitespace()
                .map(str::to_owned)
                .collect()
        };
        let mut item = Item { types: words("itemtype"), ..Item::default() };
        if !item.types.is_empty() {
            let id = self.document.attribute(node, "itemid").map(str::trim).filter(|id| !id.is_empty());
            item.id = id.map(str::to_owned);
        }
        for property in self.properties_within(node) {
            self.property(property, depth, &mut item);
        }
        for id in words("itemref") {
            self.referenced(&id, depth, &mut item);
        }
        if item.properties.is_empty() {
            item.value = Some(match self.value(node) {
                Property::Text(text) => text,
                _ => String::new(),
            });
        }
        Some(item)
    }

    /// Elements with properties within an item, and not within another one in it.
    fn properties_within(&self, scope: NodeId) -> Vec<NodeId> {
        let has = |node: NodeId, name: &str| self.document.attribute(node, name).is_some();
        let in_scope = |node: &NodeId| {
            self.document.ancestors(*node).find(|ancestor| has(*ancestor, "itemscope")) == Some(scope)
        };
        self.document.descendants(scope).filter(|node| has(*node, "itemprop")).filter(in_scope).collect()
    }

    fn referenced(&mut self, id: &str, depth: usize, item: &mut Item) {
        let document = self.document;
        let found =
            document.descendants(document.root()).find(|node| document.attribute(*node, "id") == Some(id));
        let Some(found) = found else { return };
        let has = |node: NodeId, name: &str| document.attribute(node, name).is_some();
        if has(found, "itemprop") && has(found, "itemscope") {
            return self.property(found, depth, item);
        }
        let scope = |node: NodeId| document.ancestors(node).find(|ancestor| has(*ancestor, "itemscope"));
        let own = if has(found, "itemscope") { Some(found) } else { scope(found) };
        let nodes = std::iter::once(found).chain(document.descendants(found));
        let nodes: Vec<NodeId> = nodes.filter(|node| has(*node, "itemprop") && scope(*node) == own).collect();
        for node in nodes {
            self.property(node, depth, item);
        }
    }

    fn property(&mut self, node: NodeId, depth: usize, item: &mut Item) {
        let names = self.document.attribute(node, "itemprop").unwrap_or_default().to_owned();
        let value = if self.document.attribute(node, "itemscope").is_some() {
            match self.item(node, depth + 1) {
                Some(item) => Property::Item(Box::new(item)),
                None => return,
            }
        } else {
            self.value(node)
        };
        for name in names.split_ascii_whitespace() {
            match item.properties.iter_mut().find(|(own, _)| own == name) {
                Some((_, values)) => values.push(value.clone()),
                None => item.properties.push((name.to_owned(), vec![value.clone()])),
            }
        }
    }

    fn value(&self, node: NodeId) -> Property {
        let document = self.document;
        let attribute = |name: &str| document.attribute(node, name).unwrap_or_default();
        let text = match document.tag(node) {
            "meta" => attribute("content").to_owned(),
            "audio" | "embed" | "iframe" | "img" | "source" | "track" | "video" => self.address(node, "src"),
            "a" | "area" | "link" => self.address(node, "href"),
            "object" => self.address(node, "data"),
            "data" | "meter" => attribute("value").to_owned(),
            "time" => attribute("datetime").to_owned(),
            _ if !attribute("content").is_empty() => attribute("content").to_owned(),
            _ => {
                let name = attribute("itemprop");
                if name.ends_with("-input") || name.ends_with("-output") {
                    let mut input = Map::new();
                    if document.attribute(node, "required").is_some() {
                        input.insert("valueRequired".to_owned(), true.into());
                    }
                    if !attribute("name").is_empty() {
                        input.insert("valueName".to_owned(), attribute("name").into());
                    }
                    return Property::Input(Value::Object(input));
                }
                shown(document, node)
            }
        };
        Property::Text(text)
    }

    /// Pages put the address of a picture that is loaded later into `content`.
    fn address(&self, node: NodeId, name: &str) -> String {
        let given = |name: &str| self.document.attribute(node, name).filter(|text| !text.is_empty());
        let address = given(name).or_else(|| given("content")).unwrap_or_default().trim();
        match self.base {
            Some(base) if !address.is_empty() => {
                base.join(address).map_or_else(|_| address.to_owned(), String::from)
            }
            _ => address.to_owned(),
        }
    }
}

/// The text within an element as one line: words of different elements stand apart, but punctuation follows at once.
fn shown(document: &Document, node: NodeId) -> String {
    let mut line = String::new();
    let mut skipped_until: Option<NodeId> = None;
    for inner in std::iter::once(node).chain(document.descendants(node)) {
        if let Some(skipped) = skipped_until {
            if document.ancestors(inner).any(|ancestor| ancestor == skipped) {
                continue;
            }
            skipped_until = None;
        }
        if inner != node && matches!(document.tag(inner), "script" | "style" | "noscript" | "template") {
            skipped_until = Some(inner);
            continue;
        }
        let NodeData::Text(text) = document.data(inner) else { continue };
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if words.is_empty() {
            continue;
        }
        let follows = words.starts_with([',', ':', ';', '.', '!', '?', '"', ')']) || line.ends_with('(');
        if !line.is_empty() && !follows {
            line.push(' ');
        }
        line.push_str(&words);
    }
    line
}
