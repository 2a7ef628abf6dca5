//! One window of a stream: its page, where it is scrolled, and the interaction that may still grow.

use std::collections::HashMap;

use super::page::PageState;
use super::survival::measured;
use crate::dom::{self, NodeId};
use crate::import::interaction;
use crate::model::{
    InteractionData, InteractionType, PageContext, PageStructure, ProductInfo, Scroll, Viewport,
};
use crate::structured::products;
use crate::time::Timestamp;

/// How many nearby elements are told.
const NEARBY: usize = 20;

#[derive(Debug)]
pub(super) struct Window {
    pub(super) tab: u32,
    pub(super) page: PageState,
    pub(super) url: String,
    /// The address of the document that the page holds: that of the next one is told before it comes.
    pub(super) document_url: String,
    pub(super) viewport: Option<Viewport>,
    /// How far each scrolled node is, by its number in the stream.
    pub(super) scrolls: HashMap<i64, (f64, f64)>,
    /// The last interaction, when the next event may belong to it.
    pub(super) growing: Option<Growing>,
    summary: Option<Summary>,
}

/// What is told of a page with every interaction on it, made once for each state of the page.
#[derive(Debug)]
struct Summary {
    revision: u64,
    title: String,
    structure: PageStructure,
    products: Vec<ProductInfo>,
}

/// An interaction that is not finished, and the node it is about.
#[derive(Debug)]
pub(super) struct Growing {
    pub(super) node: i64,
    pub(super) last: Timestamp,
    pub(super) interaction: InteractionData,
}

impl Window {
    pub(super) fn new(tab: u32, max_nodes: usize) -> Self {
        Self {
            tab,
            page: PageState::new(max_nodes),
            url: String::new(),
            document_url: String::new(),
            viewport: None,
            scrolls: HashMap::new(),
            growing: None,
            summary: None,
        }
    }

    /// An interaction on a node of the page, with everything the page says about it.
    pub(super) fn interaction(
        &mut self,
        kind: InteractionType,
        at: Timestamp,
        node: Option<NodeId>,
    ) -> InteractionData {
        let mut interaction = interaction::blank(kind, at);
        interaction.page_context = self.context();
        interaction.user_context.tab = Some(self.tab);
        interaction.action.raw_events = Some(1);
        let document = self.page.document();
        if let Some(node) = node.filter(|node| document.element(*node).is_some()) {
            let mut element = dom::describe(document, node);
            element.frame_origin = self.frame_of(node).map(|frame| self.frame_address(frame));
            element.fingerprint = Some(dom::fingerprint(document, node));
            let mut selectors = dom::selectors(document, node);
            selectors.reliability = measured(document, node, &selectors);
            interaction.page_context.nearby_elements = dom::nearby(document, node, NEARBY);
            interaction.page_context.dom_hierarchy = Some(dom::hierarchy(document, node));
            interaction.element = Some(element);
            interaction.selectors = Some(selectors);
        }
        interaction
    }

    /// The frame element a node lies in; none for the top document.
    pub(super) fn frame_of(&self, node: NodeId) -> Option<NodeId> {
        let document = self.page.document();
        document.ancestors(node).find(|ancestor| matches!(document.tag(*ancestor), "iframe" | "frame"))
    }

    fn frame_address(&self, frame: NodeId) -> String {
        let address =
            self.page.document().attribute(frame, "src").or(self.page.document().attribute(frame, "rr_src"));
        address
            .and_then(|address| {
                url::Url::options().base_url(url::Url::parse(&self.url).ok().as_ref()).parse(address).ok()
            })
            .map_or_else(|| "about:blank".to_owned(), |address| address.origin().ascii_serialization())
    }

    fn context(&mut self) -> PageContext {
        let document = self.page.document();
        let revision = document.revision();
        let summary = match self.summary.take() {
            Some(summary) if summary.revision == revision => summary,
            _ => {
                let title = document.descendants(document.root()).find(|node| document.tag(*node) == "title");
                Summary {
                    revision,
                    title: title.map(|title| document.text(title, 500)).unwrap_or_default(),
                    structure: dom::structure(document),
                    products: products(document),
                }
            }
        };
        let scroll = self.page_scroll();
        let context = PageContext {
            url: self.url.clone(),
            title: summary.title.clone(),
            viewport: self.viewport,
            scroll,
            page_structure: Some(summary.structure.clone()),
            products: summary.products.clone(),
            ..PageContext::default()
        };
        self.summary = Some(summary);
        context
    }

    /// How far the page itself is scrolled: streams say so for the document or for its root element.
    fn page_scroll(&self) -> Scroll {
        let document = self.page.document();
        let of_page = self.scrolls.iter().find(|(id, _)| {
            self.page.node(**id).is_some_and(|node| {
                node == document.root() || (document.tag(node) == "html" && self.frame_of(node).is_none())
            })
        });
        of_page.map_or_else(Scroll::default, |(_, (x, y))| Scroll { x: *x, y: *y })
    }
}
