//! An element found again by what it is like, when every selector broke.
//!
//! Properties weigh as in the tuned Similo of M. Nass and others (arXiv 2505.16424); what needs layout (location, size, shape) is not
//! in a stored page and is left out.

use std::collections::{BTreeMap, BTreeSet};

use super::identify::xpath;
use super::names::{accessible_name, role};
use super::resolve::members;
use super::tree::{Document, NodeId};
use crate::model::ElementFingerprint;

/// Likeness below which nothing is believed, 0 to 1.
const ENOUGH: f64 = 0.5;
/// How much liker than the next one the best must be.
const AHEAD: f64 = 0.02;
/// How many of the likest are compared by the words around them, which costs the most.
const COMPARED_CLOSELY: usize = 8;
const LONGEST_TEXT: usize = 200;
const LONGEST_NEIGHBOURS: usize = 400;

/// Attributes that are told as they are, with what they weigh.
const ATTRIBUTES: [(&str, f64); 12] = [
    ("name", 2.85),
    ("type", 2.75),
    ("data-testid", 2.85),
    ("data-test-id", 2.85),
    ("data-test", 2.85),
    ("data-qa", 2.85),
    ("data-cy", 2.85),
    ("alt", 1.85),
    ("placeholder", 1.85),
    ("href", 0.95),
    ("aria-label", 0.9),
    ("id", 0.5),
];
const TEXT: f64 = 2.8;
const NEIGHBOURS: f64 = 1.45;
const TAG: f64 = 0.8;
const ROLE: f64 = 0.8;
const CLASS: f64 = 0.5;
const PATH: f64 = 0.45;

/// An element that was found again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Relocated {
    /// The element.
    pub node: NodeId,
    /// How like it is, 0 to 1.
    pub likeness: f64,
}

/// What an element is like.
pub fn fingerprint(document: &Document, id: NodeId) -> ElementFingerprint {
    let mut properties = own_properties(document, id);
    properties.retain(|_, value| !value.is_empty());
    let siblings = document.parent(id).map(|parent| {
        let elements = document.children(parent).filter(|child| document.element(*child).is_some());
        elements.take_while(|child| *child != id).count()
    });
    ElementFingerprint {
        neighbour_text: Some(neighbours(document, id)).filter(|text| !text.is_empty()),
        sibling_index: siblings.and_then(|index| u32::try_from(index).ok()),
        indexed_xpath: Some(xpath(document, id)).filter(|path| !path.is_empty()),
        is_button: Some(role(document, id) == Some("button")),
        properties,
    }
}

fn own_properties(document: &Document, id: NodeId) -> BTreeMap<String, String> {
    let mut properties = BTreeMap::new();
    let mut put = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            properties.insert(name.to_owned(), value.chars().take(LONGEST_TEXT).collect());
        }
    };
    put("tag", Some(document.tag(id).to_owned()));
    put("role", role(document, id).map(str::to_owned));
    put("class", document.attribute(id, "class").map(str::to_owned));
    for (name, _) in ATTRIBUTES {
        put(name, document.attribute(id, name).map(str::to_owned));
    }
    put("accessibleName", accessible_name(document, id));
    put("text", Some(document.text(id, LONGEST_TEXT)));
    properties
}

/// The words of the nearest ancestor that says more than the element itself.
fn neighbours(document: &Document, id: NodeId) -> String {
    let own = document.text(id, LONGEST_NEIGHBOURS).len();
    let around = document.ancestors(id).take(6).filter(|node| document.element(*node).is_some());
    around
        .map(|node| document.text(node, LONGEST_NEIGHBOURS))
        .find(|text| text.len() > own + 2)
        .unwrap_or_default()
}

/// The element of the tree of `like` that is most like the fingerprint, if one is like it enough and none is as like.
pub fn relocate(document: &Document, like: NodeId, known: &ElementFingerprint) -> Option<Relocated> {
    let tag = known.properties.get("tag").map(String::as_str);
    let wanted_role = known.properties.get("role").map(String::as_str);
    // Another tag and another role is another thing.
    let candidates = members(document, like).filter(|id| {
        tag.is_none_or(|tag| document.tag(*id) == tag)
            || wanted_role.is_some_and(|wanted| role(document, *id) == Some(wanted))
    });
    let mut scored: Vec<(NodeId, Likeness)> =
        candidates.map(|id| (id, own_likeness(document, id, known))).collect();
    scored.sort_by(|(_, a), (_, b)| b.share().total_cmp(&a.share()));
    scored.truncate(COMPARED_CLOSELY);
    for (id, likeness) in &mut scored {
        if let Some(words) = &known.neighbour_text {
            likeness.add(NEIGHBOURS, in_common(words, &neighbours(document, *id)));
        }
    }
    scored.sort_by(|(_, a), (_, b)| b.share().total_cmp(&a.share()));
    let (node, best) = scored.first().map(|(id, likeness)| (*id, likeness.share()))?;
    let next = scored.get(1).map_or(0.0, |(_, likeness)| likeness.share());
    (best >= ENOUGH && best - next >= AHEAD).then_some(Relocated { node, likeness: best })
}

/// How like a fingerprint an element is, 0 to 1.
pub fn likeness(document: &Document, id: NodeId, known: &ElementFingerprint) -> f64 {
    let mut likeness = own_likeness(document, id, known);
    if let Some(words) = &known.neighbour_text {
        likeness.add(NEIGHBOURS, in_common(words, &neighbours(document, id)));
    }
    likeness.share()
}

/// What was compared, and how much of it agreed, by weight.
#[derive(Debug, Clone, Copy, Default)]
struct Likeness {
    agreed: f64,
    compared: f64,
}

impl Likeness {
    fn add(&mut self, weight: f64, agreement: f64) {
        self.agreed += weight * agreement;
        self.compared += weight;
    }

    fn share(&self) -> f64 {
        if self.compared > 0.0 { self.agreed / self.compared } else { 0.0 }
    }
}

fn own_likeness(document: &Document, id: NodeId, known: &ElementFingerprint) -> Likeness {
    let mut likeness = Likeness::default();
    let told = |name: &str| known.properties.get(name).filter(|value| !value.is_empty()).map(String::as_str);
    for (name, weight) in ATTRIBUTES {
        match (told(name), document.attribute(id, name)) {
            (Some(known), Some(own)) => likeness.add(weight, f64::from(u8::from(known == own))),
            (Some(_), None) => likeness.add(weight, 0.0),
            // An attribute more than before says half as much.
            (None, Some(_)) => likeness.add(weight / 2.0, 0.0),
            (None, None) => {}
        }
    }
    if let Some(tag) = told("tag") {
        likeness.add(TAG, f64::from(u8::from(document.tag(id) == tag)));
    }
    if let Some(wanted) = told("role") {
        likeness.add(ROLE, f64::from(u8::from(role(document, id) == Some(wanted))));
    }
    if let Some(classes) = told("class") {
        likeness.add(CLASS, in_common(classes, document.attribute(id, "class").unwrap_or_default()));
    }
    let words = told("accessibleName").or_else(|| told("text"));
    let own = accessible_name(document, id).unwrap_or_else(|| document.text(id, LONGEST_TEXT));
    if words.is_some() || !own.is_empty() {
        likeness.add(TEXT, in_common(words.unwrap_or_default(), &own));
    }
    if let Some(path) = &known.indexed_xpath {
        likeness.add(PATH, common_steps(path, &xpath(document, id)));
    }
    likeness
}

/// How many of the words of both are in both.
fn in_common(one: &str, other: &str) -> f64 {
    let words = |text: &str| -> BTreeSet<String> { text.split_whitespace().map(str::to_lowercase).collect() };
    let (one, other) = (words(one), words(other));
    let all = one.union(&other).count();
    if all == 0 { 1.0 } else { one.intersection(&other).count() as f64 / all as f64 }
}

/// How far two paths go the same way.
fn common_steps(one: &str, other: &str) -> f64 {
    let same = one.split('/').zip(other.split('/')).take_while(|(one, other)| one == other).count();
    let longest = one.split('/').count().max(other.split('/').count());
    same as f64 / longest.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> Document {
        Document::parse(html, 1_000)
    }

    fn the(document: &Document, is_it: impl Fn(NodeId) -> bool) -> NodeId {
        members(document, document.root()).find(|node| is_it(*node)).expect("there")
    }

    const BEFORE: &str = r#"<main><article><h2>Red lamp</h2><button id="b1" class="css-1x2y3z">Add to cart</button></article>
        <article><h2>Blue lamp</h2><button id="b2" class="css-1x2y3z">Add to cart</button></article></main>"#;
    /// Built anew: other ids, other classes, deeper, in another order.
    const AFTER: &str = r#"<main><div><section><h2>Green lamp</h2><button id="r9" class="css-9q8w7e">Add to cart</button></section>
        <section><h2>Blue lamp</h2><button id="r8" class="css-9q8w7e">Add to cart</button></section>
        <section><h2>Red lamp</h2><button id="r7" class="css-9q8w7e">Add to cart</button></section></div></main>"#;

    #[test]
    fn an_element_is_found_among_its_like_by_what_stands_around_it() {
        let (before, after) = (page(BEFORE), page(AFTER));
        let blue = fingerprint(&before, the(&before, |node| before.attribute(node, "id") == Some("b2")));
        let found = relocate(&after, after.root(), &blue).expect("it is there");
        assert_eq!(after.attribute(found.node, "id"), Some("r8"));
        assert!(found.likeness < 0.9, "it is not what it was: {}", found.likeness);
        let same = relocate(&before, before.root(), &blue).expect("it is there");
        assert!(same.likeness > 0.99, "{}", same.likeness);
    }

    #[test]
    fn what_is_gone_is_not_found_and_nothing_is_guessed_among_equals() {
        let before = page(BEFORE);
        let blue = fingerprint(&before, the(&before, |node| before.attribute(node, "id") == Some("b2")));
        let gone = page("<main><p>Sold out</p><a href=\"/\">Home</a><button>Menu</button></main>");
        assert_eq!(relocate(&gone, gone.root(), &blue), None);
        let equals = page("<main><p>x</p><button>Add to cart</button><button>Add to cart</button></main>");
        assert_eq!(relocate(&equals, equals.root(), &blue), None);
        assert_eq!(relocate(&page(""), page("").root(), &blue), None);
    }
}
