//! What storing costs, by storage class, from dated prices.

use codesight_core::error::{Error, Result};
use serde::{Deserialize, Serialize};

use super::Held;

const GIGABYTE: f64 = 1e9;

/// Prices of a provider. They change; the list says of when it is, and a newer one can be read from JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PriceList {
    /// The month they were looked up.
    pub as_of: String,
    /// Three letters.
    pub currency: String,
    /// Whose they are.
    pub source: String,
    /// By storage class.
    pub classes: Vec<StorageClassPrice>,
}

/// Prices of a storage class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StorageClassPrice {
    /// The provider's name for it.
    pub name: String,
    /// A gigabyte for a month.
    pub gb_month: f64,
    /// A thousand writes.
    pub put1000: f64,
    /// A thousand reads.
    pub get1000: f64,
    /// Reading a gigabyte.
    pub retrieval_gb: f64,
    /// Watching a thousand objects for a month.
    pub monitoring1000: f64,
    /// What a smaller object is charged as.
    pub least_bytes: u64,
    /// What an object that is deleted earlier is charged for.
    pub least_days: u32,
}

impl PriceList {
    /// The list of this version.
    ///
    /// # Errors
    /// None: a test reads it.
    pub fn built_in() -> Result<Self> {
        Self::from_json(include_str!("prices.json"))
    }

    /// A list of somebody's own.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](codesight_core::ErrorKind::Invalid), with line and column.
    pub fn from_json(json: &str) -> Result<Self> {
        serde_json::from_str(json).map_err(|error| {
            Error::invalid("storage.prices", "not a price list")
                .with("line", error.line())
                .with("column", error.column())
        })
    }
}

/// How much is stored and done in a month.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// What is stored.
    pub stored: Held,
    /// Objects written in a month.
    pub writes: u64,
    /// Ranges read in a month.
    pub reads: u64,
    /// Bytes read in a month.
    pub bytes_read: u64,
}

/// What a month costs.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CostReport {
    /// Of when the prices are.
    pub as_of: String,
    /// Three letters.
    pub currency: String,
    /// What is stored and done.
    pub usage: Usage,
    /// By storage class, cheapest first.
    pub classes: Vec<ClassCost>,
}

/// What a month costs in one storage class.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClassCost {
    /// The storage class.
    pub name: String,
    /// Storing.
    pub storage: f64,
    /// Writing, reading, watching.
    pub requests: f64,
    /// Both.
    pub total: f64,
}

/// What a month of `usage` costs in each class.
pub fn cost(usage: &Usage, prices: &PriceList) -> CostReport {
    let mut classes: Vec<ClassCost> = prices.classes.iter().map(|price| class_cost(usage, price)).collect();
    classes.sort_by(|one, other| one.total.total_cmp(&other.total));
    CostReport { as_of: prices.as_of.clone(), currency: prices.currency.clone(), usage: *usage, classes }
}

fn class_cost(usage: &Usage, price: &StorageClassPrice) -> ClassCost {
    let Held { blobs, bytes } = usage.stored;
    // Sizes are known as a sum, so small objects are charged as if all were of the mean size.
    let charged = bytes.max(blobs.saturating_mul(price.least_bytes));
    let thousands = |count: u64| count as f64 / 1_000.0;
    let storage = charged as f64 / GIGABYTE * price.gb_month;
    let requests = thousands(usage.writes) * price.put1000
        + thousands(usage.reads) * price.get1000
        + thousands(blobs) * price.monitoring1000
        + usage.bytes_read as f64 / GIGABYTE * price.retrieval_gb;
    ClassCost { name: price.name.clone(), storage, requests, total: storage + requests }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_often_stays_in_the_class_that_reads_cheaply() {
        let prices = PriceList::built_in().expect("the list of this version");
        let stored = Held { blobs: 10_000, bytes: 10_000_000_000 };
        let cold = cost(&Usage { stored, ..Usage::default() }, &prices);
        assert_eq!(cold.classes[0].name, "GLACIER_IR");
        assert!((cold.classes[0].storage - 0.04).abs() < 1e-9);
        let hot = Usage { stored, reads: 100_000, bytes_read: 20_000_000_000, ..Usage::default() };
        assert_eq!(cost(&hot, &prices).classes[0].name, "STANDARD");
        // Small objects are charged as large ones where the provider does so.
        let small = Usage { stored: Held { blobs: 1_000_000, bytes: 1_000_000_000 }, ..Usage::default() };
        assert_eq!(cost(&small, &prices).classes[0].name, "STANDARD");
    }
}
