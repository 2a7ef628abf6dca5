//! Recorded selectors tried again on later states of their page: once the page has changed, and when it is visited again.

use crate::dom::{self, Document};
use crate::model::{ElementSurvival, SelectorReliability, SelectorSet, SelectorSurvival};
use crate::wire::ReceivedEntry;

/// How many of the latest interactions on a page are tried at once.
const LATEST: usize = 40;
/// How like its fingerprint an element must be to count as the recorded one where several are as like as it, 0 to 1.
const LIKE: f64 = 0.8;

/// What each selector of a set finds on the page it was recorded on, as its first evidence.
pub(super) fn measured(
    document: &Document,
    node: dom::NodeId,
    set: &SelectorSet,
) -> Vec<SelectorReliability> {
    let count = |selector: &crate::model::Selector| {
        let found = dom::resolve(document, node, selector)?;
        Some(SelectorReliability {
            selector: selector.value.clone(),
            kind: selector.kind.clone(),
            score: 0.0,
            matches: u32::try_from(found.len()).ok(),
            reasons: Vec::new(),
            later: None,
        })
    };
    set.alternatives.iter().filter_map(count).collect()
}

/// Tries the selectors of the interactions that were done in this tab at this address.
pub(super) fn try_again(document: &Document, tab: u32, address: &str, entries: &mut [ReceivedEntry]) {
    let mut tried = 0;
    for entry in entries.iter_mut().rev() {
        let ReceivedEntry::Interaction(interaction) = entry else { continue };
        let interaction = interaction.as_mut().inner_mut();
        if interaction.user_context.tab != Some(tab) || interaction.page_context.url != address {
            continue;
        }
        let (Some(element), Some(set)) = (&interaction.element, &mut interaction.selectors) else { continue };
        // In frames and shadow trees it is not known which of the trees of the later page it is.
        if element.frame_origin.is_some() || element.shadow_root.is_some() {
            continue;
        }
        let Some(fingerprint) = &element.fingerprint else { continue };
        try_set(document, fingerprint, set);
        tried += 1;
        if tried == LATEST {
            return;
        }
    }
}

fn try_set(document: &Document, fingerprint: &crate::model::ElementFingerprint, set: &mut SelectorSet) {
    let root = document.root();
    // Which element it is on this page is told by what it is like, never by the selectors themselves.
    let truth = dom::relocate(document, root, fingerprint);
    let mut any = false;
    for selector in &set.alternatives {
        let Some(found) = dom::resolve(document, root, selector) else { continue };
        // One element, and the recorded one: a single wrong hit is worse than none.
        let is_found = match (&found[..], truth) {
            ([only], Some(truth)) => *only == truth.node,
            ([only], None) => dom::likeness(document, *only, fingerprint) >= LIKE,
            _ => false,
        };
        any |= is_found;
        if let Some(known) = set.reliability.iter_mut().find(|known| known.selector == selector.value) {
            let later = known.later.get_or_insert_with(SelectorSurvival::default);
            later.pages = later.pages.saturating_add(1);
            later.found = later.found.saturating_add(u32::from(is_found));
        }
    }
    let relocated = !any && truth.is_some();
    let later = set.later.get_or_insert_with(ElementSurvival::default);
    later.pages = later.pages.saturating_add(1);
    later.found = later.found.saturating_add(u32::from(any));
    later.relocated = later.relocated.saturating_add(u32::from(relocated));
}
