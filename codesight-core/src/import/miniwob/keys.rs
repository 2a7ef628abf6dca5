//! Keys, and the text that they made.

use super::page::{Page, Target};
use crate::import::interaction;
use crate::model::InteractionData;

/// The name of a key that does something other than write, by the number browsers give it.
pub(super) fn named(code: u64) -> Option<&'static str> {
    match code {
        9 => Some("Tab"),
        13 => Some("Enter"),
        27 => Some("Escape"),
        _ => None,
    }
}

/// Text on its way into one field.
#[derive(Debug)]
pub(super) struct Typing {
    told: InteractionData,
    reference: Option<u64>,
    value: Option<String>,
}

impl Typing {
    pub(super) fn new(told: InteractionData, target: &Target<'_>) -> Self {
        Self { told, reference: target.reference(), value: target.value().map(str::to_owned) }
    }

    pub(super) fn is_in(&self, target: &Target<'_>) -> bool {
        self.reference.is_some() && self.reference == target.reference()
    }

    /// Reads what the field holds now.
    pub(super) fn look(&mut self, page: &Page<'_>) {
        let now =
            self.reference.and_then(|reference| page.numbered(reference)).and_then(|field| field.value());
        if let Some(now) = now {
            self.value = Some(now.to_owned());
        }
    }

    /// What was entered; nothing when the field is still empty.
    pub(super) fn finish(mut self, longest: usize) -> Option<InteractionData> {
        let value = self.value.filter(|value| !value.is_empty())?;
        let value = interaction::shortened(&value, longest).to_owned();
        if let Some(element) = &mut self.told.element {
            element.value = Some(value.clone());
        }
        self.told.action.text = Some(value);
        Some(self.told)
    }
}
