//! What answers cost.

use codesight_core::{Error, Result};
use serde::{Deserialize, Serialize};

use super::wire::Usage;

/// The price of a model's answers, dated.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChatPrice {
    /// US dollars for a million tokens read.
    pub input_usd_per_million: f64,
    /// US dollars for a million tokens written.
    pub output_usd_per_million: f64,
    /// When the price was read, `YYYY-MM-DD`.
    pub as_of: String,
    /// From where.
    pub source: String,
}

/// Share of the price that a batch costs, by OpenAI's guide "Batch API".
pub(crate) const BATCH_SHARE: f64 = 0.5;

impl ChatPrice {
    /// The price of fine-tuned models of a family this version knows.
    pub fn of_tuned(model: &str) -> Option<Self> {
        let base = model.strip_prefix("ft:").unwrap_or(model);
        let (input, output) = match base.split(':').next().unwrap_or(base) {
            name if name.starts_with("gpt-4.1-mini") || name.starts_with("gpt-4o-mini") => return None,
            name if name.starts_with("gpt-4o") => (3.75, 15.0),
            name if name.starts_with("gpt-4.1") => (3.0, 12.0),
            _ => return None,
        };
        Some(Self {
            input_usd_per_million: input,
            output_usd_per_million: output,
            as_of: "2026-11-22".to_owned(),
            source: "OpenAI pricing page, fine-tuned models".to_owned(),
        })
    }

    /// A price that somebody said, as US dollars for a million tokens read and written: `2.5/10`.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](codesight_core::ErrorKind::Invalid) for another form.
    pub fn said(text: &str) -> Result<Self> {
        let bad = || Error::invalid("chat.price", "a price is US dollars read and written, such as 2.5/10");
        let (input, output) = text.split_once('/').ok_or_else(bad)?;
        let usd = |text: &str| {
            text.trim().parse().ok().filter(|usd: &f64| usd.is_finite() && *usd >= 0.0).ok_or_else(bad)
        };
        Ok(Self {
            input_usd_per_million: usd(input)?,
            output_usd_per_million: usd(output)?,
            as_of: String::new(),
            source: "settings".to_owned(),
        })
    }

    /// US dollars.
    pub fn of(&self, usage: Usage) -> f64 {
        (usage.input as f64 * self.input_usd_per_million + usage.output as f64 * self.output_usd_per_million)
            / 1e6
    }
}
