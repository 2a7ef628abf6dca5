//! How selectors fare after they were recorded.
//!
//! Two kinds of evidence are counted. A recording that holds the page itself has had its selectors looked up again on later states of it
//! ([`SelectorSurvival`]). Every other recording tells by what it names anew: when an element is acted on again, on a later visit or in another
//! session, a selector has survived if it is recorded for the element once more, for recorders keep those alone that find the element and
//! nothing else.

use std::collections::{BTreeMap, HashMap};

use super::{facts, selectors};
use crate::model::{
    ElementSurvival, InteractionData, KindSurvival, SelectorKind, SelectorSet, SurvivalReport,
};

/// What makes an element the same one: where it is, what it is, what it is called and what stands around it.
type Identity = [String; 5];

/// Counts over the interactions of one session or of many, in their order.
#[derive(Debug, Default)]
pub struct Survival {
    seen: HashMap<Identity, SelectorSet>,
    kinds: BTreeMap<SelectorKind, (u32, u32)>,
    elements: u32,
    whole: ElementSurvival,
}

impl Survival {
    /// Takes an interaction into account.
    pub fn add(&mut self, interaction: &InteractionData) {
        let Some(set) = &interaction.selectors else { return };
        if let Some(later) = &set.later {
            self.elements = self.elements.saturating_add(1);
            self.count(*later);
            for known in &set.reliability {
                let Some(later) = &known.later else { continue };
                let (tried, found) = self.kinds.entry(known.kind.clone()).or_default();
                *tried = tried.saturating_add(later.pages);
                *found = found.saturating_add(later.found);
            }
            return;
        }
        let Some(identity) = identity(interaction) else { return };
        if let Some(earlier) = self.seen.insert(identity, set.clone()) {
            self.elements = self.elements.saturating_add(1);
            self.compare(&earlier, set);
        }
    }

    fn compare(&mut self, earlier: &SelectorSet, now: &SelectorSet) {
        let named = selectors::each(now);
        let mut any = false;
        for (value, kind) in selectors::each(earlier) {
            let survived = named.iter().any(|(other, _)| *other == value);
            any |= survived;
            let (tried, found) = self.kinds.entry(kind).or_default();
            *tried = tried.saturating_add(1);
            *found = found.saturating_add(u32::from(survived));
        }
        // That it was met again at all is because it was known by what it is like.
        self.count(ElementSurvival { pages: 1, found: u32::from(any), relocated: u32::from(!any) });
    }

    fn count(&mut self, later: ElementSurvival) {
        self.whole.pages = self.whole.pages.saturating_add(later.pages);
        self.whole.found = self.whole.found.saturating_add(later.found);
        self.whole.relocated = self.whole.relocated.saturating_add(later.relocated);
    }

    /// What was counted; none when no element was met again.
    pub fn report(&self) -> Option<SurvivalReport> {
        (self.whole.pages > 0).then(|| SurvivalReport {
            elements: self.elements,
            whole: self.whole,
            kinds: self
                .kinds
                .iter()
                .map(|(kind, (tried, found))| KindSurvival {
                    kind: kind.clone(),
                    tried: *tried,
                    found: *found,
                })
                .collect(),
        })
    }
}

/// None for an element without a name: nothing tells it from its like.
fn identity(interaction: &InteractionData) -> Option<Identity> {
    let element = interaction.element.as_ref()?;
    let name = element.name.as_deref().or(element.text.as_deref()).filter(|name| !name.is_empty())?;
    let around = element.fingerprint.as_ref().and_then(|known| known.neighbour_text.as_deref());
    let address = facts::page_address(&interaction.page_context.url);
    let role = element.role.as_deref().unwrap_or_default();
    Some([address, &element.tag, role, name, around.unwrap_or_default()].map(str::to_owned))
}
