//! CSS selectors on a stored page, matched by the engine that Servo and Firefox match with.

use std::borrow::Borrow;
use std::fmt;

use cssparser::{Parser, ToCss};
use precomputed_hash::PrecomputedHash;
use selectors::attr::{AttrSelectorOperation, CaseSensitivity, NamespaceConstraint};
use selectors::bloom::BloomFilter;
use selectors::matching::{
    ElementSelectorFlags, MatchingContext, MatchingForInvalidation, MatchingMode, NeedsSelectorFlags,
    QuirksMode, SelectorCaches, matches_selector_list,
};
use selectors::parser::{
    self, NonTSPseudoClass, ParseRelative, SelectorImpl, SelectorList, SelectorParseErrorKind,
};
use selectors::{Element as SelectorElement, OpaqueElement};

use super::tree::{Document, NodeData, NodeId};

/// The longest selector that is read, in bytes.
const LONGEST: usize = 4_096;

/// A selector that was understood.
#[derive(Debug, Clone)]
pub struct CssSelector(SelectorList<Words>);

impl CssSelector {
    /// None for what is no selector, for one that asks for a state of the browser, and for one that is too long.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() > LONGEST {
            return None;
        }
        let mut input = Parser::new(text);
        SelectorList::parse(&Words, &mut input, ParseRelative::No).ok().map(Self)
    }

    /// Those of the elements that it selects, at most `limit`. It does not see across the border of a shadow tree or of a frame.
    pub fn select(
        &self,
        document: &Document,
        among: impl IntoIterator<Item = NodeId>,
        limit: usize,
    ) -> Vec<NodeId> {
        let mut caches = SelectorCaches::default();
        let mut context = MatchingContext::new(
            MatchingMode::Normal,
            None,
            &mut caches,
            QuirksMode::NoQuirks,
            NeedsSelectorFlags::No,
            MatchingForInvalidation::No,
        );
        let is_selected = |id: &NodeId| {
            let element = ElementRef { document, id: *id };
            document.element(*id).is_some() && matches_selector_list(&self.0, &element, &mut context)
        };
        among.into_iter().filter(is_selected).take(limit).collect()
    }
}

/// What selectors are made of here: plain texts, no states, no pseudo-elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Words;

impl<'i> parser::Parser<'i> for Words {
    type Impl = Words;
    type Error = SelectorParseErrorKind;

    fn parse_is_and_where(&self) -> bool {
        true
    }

    fn parse_has(&self) -> bool {
        true
    }
}

impl SelectorImpl for Words {
    type ExtraMatchingData<'a> = ();
    type AttrValue = Word;
    type Identifier = Word;
    type LocalName = Word;
    type NamespaceUrl = Word;
    type NamespacePrefix = Word;
    type BorrowedNamespaceUrl = str;
    type BorrowedLocalName = str;
    type NonTSPseudoClass = Never;
    type PseudoElement = Never;
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Word(String);

impl From<&str> for Word {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl AsRef<str> for Word {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Word {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl ToCss for Word {
    fn to_css<W: fmt::Write>(&self, out: &mut W) -> fmt::Result {
        cssparser::serialize_string(&self.0, out)
    }
}

impl PrecomputedHash for Word {
    // Only a Bloom filter asks, and none is used.
    fn precomputed_hash(&self) -> u32 {
        0
    }
}

/// States and pseudo-elements: there are none in a stored page.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Never {}

impl ToCss for Never {
    fn to_css<W: fmt::Write>(&self, _: &mut W) -> fmt::Result {
        match *self {}
    }
}

impl NonTSPseudoClass for Never {
    fn is_active_or_hover(&self) -> bool {
        match *self {}
    }

    fn is_user_action_state(&self) -> bool {
        match *self {}
    }
}

impl parser::PseudoElement for Never {}

/// An element as the engine asks about it.
#[derive(Debug, Clone)]
struct ElementRef<'d> {
    document: &'d Document,
    id: NodeId,
}

impl ElementRef<'_> {
    fn attribute(&self, name: &str) -> Option<&str> {
        self.document.attribute(self.id, name)
    }

    fn at(&self, id: NodeId) -> Self {
        Self { document: self.document, id }
    }

    /// A node beside or below this one that is an element of the same tree.
    fn same_tree(&self, id: NodeId) -> Option<Self> {
        let is_element = self.document.element(id).is_some();
        is_element.then(|| self.at(id))
    }
}

impl SelectorElement for ElementRef<'_> {
    type Impl = Words;

    fn opaque(&self) -> OpaqueElement {
        OpaqueElement::new(self.document.data(self.id))
    }

    fn parent_element(&self) -> Option<Self> {
        if self.document.in_shadow(self.id) {
            return None;
        }
        self.document.parent(self.id).and_then(|parent| self.same_tree(parent))
    }

    fn parent_node_is_shadow_root(&self) -> bool {
        self.document.in_shadow(self.id)
    }

    fn containing_shadow_host(&self) -> Option<Self> {
        None
    }

    fn is_pseudo_element(&self) -> bool {
        false
    }

    fn prev_sibling_element(&self) -> Option<Self> {
        let in_shadow = self.document.in_shadow(self.id);
        let beside = std::iter::successors(self.document.previous(self.id), |id| self.document.previous(*id));
        beside.filter(|id| self.document.in_shadow(*id) == in_shadow).find_map(|id| self.same_tree(id))
    }

    fn next_sibling_element(&self) -> Option<Self> {
        let in_shadow = self.document.in_shadow(self.id);
        let beside = std::iter::successors(self.document.next(self.id), |id| self.document.next(*id));
        beside.filter(|id| self.document.in_shadow(*id) == in_shadow).find_map(|id| self.same_tree(id))
    }

    fn first_element_child(&self) -> Option<Self> {
        self.document
            .children(self.id)
            .filter(|id| !self.document.in_shadow(*id))
            .find_map(|id| self.same_tree(id))
    }

    fn is_html_element_in_html_document(&self) -> bool {
        true
    }

    fn has_local_name(&self, name: &str) -> bool {
        self.document.tag(self.id) == name
    }

    fn has_namespace(&self, namespace: &str) -> bool {
        namespace.is_empty()
    }

    fn is_same_type(&self, other: &Self) -> bool {
        self.document.tag(self.id) == other.document.tag(other.id)
    }

    fn attr_matches(
        &self,
        _: &NamespaceConstraint<&Word>,
        name: &Word,
        operation: &AttrSelectorOperation<&Word>,
    ) -> bool {
        self.attribute(&name.0).is_some_and(|value| operation.eval_str(value))
    }

    fn match_non_ts_pseudo_class(&self, class: &Never, _: &mut MatchingContext<'_, Words>) -> bool {
        match *class {}
    }

    fn match_pseudo_element(&self, element: &Never, _: &mut MatchingContext<'_, Words>) -> bool {
        match *element {}
    }

    fn apply_selector_flags(&self, _: ElementSelectorFlags) {}

    fn is_link(&self) -> bool {
        self.document.tag(self.id) == "a" && self.attribute("href").is_some()
    }

    fn is_html_slot_element(&self) -> bool {
        self.document.tag(self.id) == "slot"
    }

    fn has_id(&self, id: &Word, case: CaseSensitivity) -> bool {
        self.attribute("id").is_some_and(|own| case.eq(id.0.as_bytes(), own.as_bytes()))
    }

    fn has_class(&self, name: &Word, case: CaseSensitivity) -> bool {
        self.attribute("class").is_some_and(|classes| {
            classes.split_ascii_whitespace().any(|own| case.eq(name.0.as_bytes(), own.as_bytes()))
        })
    }

    fn has_custom_state(&self, _: &Word) -> bool {
        false
    }

    fn imported_part(&self, _: &Word) -> Option<Word> {
        None
    }

    fn is_part(&self, _: &Word) -> bool {
        false
    }

    fn is_empty(&self) -> bool {
        !self
            .document
            .children(self.id)
            .any(|child| matches!(self.document.data(child), NodeData::Element(_) | NodeData::Text(_)))
    }

    fn is_root(&self) -> bool {
        self.document
            .parent(self.id)
            .is_some_and(|parent| matches!(self.document.data(parent), NodeData::Document))
    }

    fn add_element_unique_hashes(&self, _: &mut BloomFilter) -> bool {
        false
    }
}
