//! What kind of page it is, from its address, its structure and the products it declares.
//!
//! | evidence | points |
//! |---|---|
//! | `recorder`: the recorder names the kind | 3 |
//! | `url-path`: a word of the path stands for the kind | 4, the last word of the path that stands for any |
//! | `url-query`: a search or filter parameter (results), a product number (product) | 2 |
//! | `products`: exactly one declared (product), four or more (results), any with a quantity (cart) | 2 |
//! | `structure`: a list of eight or more items (results), a form of five or more fields (checkout) | 1 |
//!
//! The kind with the most points wins, from 2 points on; among equals the later in the course of a purchase. The root
//! of a site is its home page unless something else has more than 3 points. Words shown on the page are not looked at.

use super::facts;
use crate::model::{InteractionData, PageKind, SectionKind};
use crate::pipeline::Draft;

/// The kinds, in the course of a purchase.
const KINDS: [PageKind; 7] = [
    PageKind::Home,
    PageKind::Account,
    PageKind::Results,
    PageKind::Product,
    PageKind::Cart,
    PageKind::Checkout,
    PageKind::Confirmation,
];

const PATH_WORDS: &[(&str, PageKind)] = &[
    ("search", PageKind::Results),
    ("results", PageKind::Results),
    ("browse", PageKind::Results),
    ("category", PageKind::Results),
    ("categories", PageKind::Results),
    ("catalog", PageKind::Results),
    ("collection", PageKind::Results),
    ("collections", PageKind::Results),
    ("products", PageKind::Results),
    ("s", PageKind::Results),
    ("product", PageKind::Product),
    ("item", PageKind::Product),
    ("itm", PageKind::Product),
    ("dp", PageKind::Product),
    ("listing", PageKind::Product),
    ("cart", PageKind::Cart),
    ("basket", PageKind::Cart),
    ("bag", PageKind::Cart),
    ("checkout", PageKind::Checkout),
    ("payment", PageKind::Checkout),
    ("shipping", PageKind::Checkout),
    ("delivery", PageKind::Checkout),
    ("address", PageKind::Checkout),
    ("billing", PageKind::Checkout),
    ("confirmation", PageKind::Confirmation),
    ("order-confirmation", PageKind::Confirmation),
    ("order-complete", PageKind::Confirmation),
    ("thank-you", PageKind::Confirmation),
    ("thankyou", PageKind::Confirmation),
    ("receipt", PageKind::Confirmation),
    ("login", PageKind::Account),
    ("signin", PageKind::Account),
    ("sign-in", PageKind::Account),
    ("register", PageKind::Account),
    ("account", PageKind::Account),
    ("profile", PageKind::Account),
    ("orders", PageKind::Account),
    ("wishlist", PageKind::Account),
];

const SEARCH_KEYS: [&str; 8] = ["q", "query", "search", "k", "keyword", "keywords", "filter", "category"];
const PRODUCT_KEYS: [&str; 4] = ["sku", "product", "productid", "itemid"];
const ROOT_FILES: [&str; 4] = ["index", "home", "default", "main"];

/// Points for each kind, and what they were given for.
#[derive(Default)]
struct Tally {
    points: [u32; KINDS.len()],
    evidence: Vec<(usize, &'static str)>,
}

impl Tally {
    fn give(&mut self, kind: &PageKind, points: u32, evidence: &'static str) {
        let Some(index) = KINDS.iter().position(|known| known == kind) else { return };
        if let Some(slot) = self.points.get_mut(index) {
            *slot += points;
        }
        self.evidence.push((index, evidence));
    }

    fn winner(self) -> (Option<PageKind>, Vec<String>) {
        let best = self.points.iter().enumerate().max_by_key(|(index, points)| (**points, *index));
        let Some((best, _)) = best.filter(|(_, points)| **points >= 2) else { return (None, Vec::new()) };
        let evidence = self.evidence.iter().filter(|(index, _)| *index == best);
        (KINDS.get(best).cloned(), evidence.map(|(_, word)| (*word).to_owned()).collect())
    }
}

/// The kind of the page around an interaction, and which facts speak for it.
pub(super) fn classify(interaction: &InteractionData) -> (Option<PageKind>, Vec<String>) {
    let page = &interaction.page_context;
    let mut tally = Tally::default();
    let (path, query) = path_and_query(&page.url);
    let mut words = path.split('/').filter(|word| !word.is_empty()).map(stem);
    let mut is_root = path.starts_with('/');
    let mut by_path = None;
    for word in words.by_ref() {
        is_root &= ROOT_FILES.iter().any(|file| word.eq_ignore_ascii_case(file));
        if let Some((_, kind)) = PATH_WORDS.iter().find(|(known, _)| word.eq_ignore_ascii_case(known)) {
            by_path = Some(kind);
        } else if by_path == Some(&PageKind::Results) && path.contains("/products/") {
            // `/products/blue-vase` is one of them.
            by_path = Some(&PageKind::Product);
        }
    }
    if let Some(kind) = by_path {
        tally.give(kind, 4, "url-path");
    } else if is_root {
        tally.give(&PageKind::Home, 3, "url-path");
    }
    let has_key = |keys: &[&str]| {
        query
            .split('&')
            .filter_map(|pair| pair.split('=').next())
            .any(|key| keys.iter().any(|known| key.eq_ignore_ascii_case(known)))
    };
    if has_key(&SEARCH_KEYS) {
        tally.give(&PageKind::Results, 2, "url-query");
    }
    if has_key(&PRODUCT_KEYS) {
        tally.give(&PageKind::Product, 2, "url-query");
    }
    if page.products.iter().any(|product| product.quantity.is_some()) {
        tally.give(&PageKind::Cart, 2, "products");
    } else if page.products.len() == 1 {
        tally.give(&PageKind::Product, 2, "products");
    } else if page.products.len() >= 4 {
        tally.give(&PageKind::Results, 2, "products");
    }
    if let Some(structure) = &page.page_structure {
        if let Some(kind) = &structure.page_kind {
            tally.give(kind, 3, "recorder");
        }
        if structure.sections.iter().any(|section| section.kind == SectionKind::List && section.items >= 8) {
            tally.give(&PageKind::Results, 1, "structure");
        }
        if structure.forms.iter().any(|form| form.fields >= 5) {
            tally.give(&PageKind::Checkout, 1, "structure");
        }
    }
    tally.winner()
}

/// Path and query of an address; a route in the fragment stands for the path.
fn path_and_query(url: &str) -> (&str, &str) {
    if url.is_empty() {
        return ("", "");
    }
    let address = facts::page_address(url);
    let address = match address.split_once('#') {
        Some((_, route)) => route.trim_start_matches('!'),
        None => {
            let after_scheme = address.split_once("://").map_or(address, |(_, rest)| rest);
            after_scheme.find(['/', '?']).and_then(|start| after_scheme.get(start..)).unwrap_or("/")
        }
    };
    address.split_once('?').unwrap_or((address, ""))
}

/// A path word without the ending of a file.
fn stem(word: &str) -> &str {
    word.split_once('.').map_or(word, |(stem, _)| stem)
}

/// Whether the last page of the session says that an order was placed.
pub(super) fn ends_confirmed(draft: &Draft) -> bool {
    draft.steps.last().is_some_and(|step| classify(&step.interaction).0 == Some(PageKind::Confirmation))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_tell_the_kind() {
        let kind = |url: &str| {
            let text = serde_json::json!({"type": "click", "timestamp": 0, "pageContext": {"url": url}});
            classify(&serde_json::from_value(text).expect("an interaction")).0
        };
        let kind_of_unknown_page = || {
            let text = serde_json::json!({"type": "click", "timestamp": 0});
            classify(&serde_json::from_value(text).expect("an interaction")).0
        };
        let shop = "https://shop.test";
        for (path, expected) in [
            ("/", Some(PageKind::Home)),
            ("", Some(PageKind::Home)),
            ("/index.html", Some(PageKind::Home)),
            ("/search.html?q=vase", Some(PageKind::Results)),
            ("/?q=vase", Some(PageKind::Home)),
            ("/products/blue-vase", Some(PageKind::Product)),
            ("/product.html?sku=KT-101", Some(PageKind::Product)),
            ("/cart.html", Some(PageKind::Cart)),
            ("/checkout/address", Some(PageKind::Checkout)),
            ("/checkout/confirmation", Some(PageKind::Confirmation)),
            ("/app#/basket", Some(PageKind::Cart)),
            ("/about", None),
        ] {
            assert_eq!(kind(&format!("{shop}{path}")), expected, "{path}");
        }
        assert_eq!(kind_of_unknown_page(), None);
    }
}
