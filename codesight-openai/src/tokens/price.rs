//! Epochs and price of a training, before anything is sent.

use serde::Serialize;

use super::models::ModelData;

/// What a training is likely to cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct PriceEstimate {
    /// Passes over the data.
    pub epochs: u32,
    /// Tokens of the file times epochs.
    pub trained_tokens: u64,
    /// US dollars.
    pub usd: f64,
    /// When the price was read, `YYYY-MM-DD`.
    pub as_of: &'static str,
}

/// Passes over the data that the service is likely to choose, by the rule of OpenAI's cookbook ("Data preparation and analysis for
/// chat model fine-tuning"): three, but so that between 100 and 25,000 examples are seen, and at most 25 passes.
pub fn default_epochs(examples: u64) -> u32 {
    const TARGET: u64 = 3;
    const MIN_SEEN: u64 = 100;
    const MAX_SEEN: u64 = 25_000;
    const MAX_EPOCHS: u64 = 25;
    let epochs = if examples == 0 {
        TARGET
    } else if examples.saturating_mul(TARGET) < MIN_SEEN {
        MAX_EPOCHS.min(MIN_SEEN / examples)
    } else if examples.saturating_mul(TARGET) > MAX_SEEN {
        (MAX_SEEN / examples).max(1)
    } else {
        TARGET
    };
    // At most 25.
    epochs as u32
}

/// The price of training `model` on a file of `tokens` tokens. None for a model without a known price.
pub fn estimate_price(model: &str, tokens: u64, epochs: u32) -> Option<PriceEstimate> {
    let data = ModelData::of(model)?;
    let usd_per_million = data.training_usd_per_million?;
    let trained_tokens = tokens.saturating_mul(u64::from(epochs));
    Some(PriceEstimate {
        epochs,
        trained_tokens,
        usd: trained_tokens as f64 / 1e6 * usd_per_million,
        as_of: data.as_of,
    })
}
