//! What is known about models, dated.

use super::image::ImageRule;

/// One family of models.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ModelData {
    /// Its name; dated snapshots (`name-2024-08-06`) count as it.
    pub name: &'static str,
    /// How images are counted at high detail.
    pub image: ImageRule,
    /// US dollars for a million tokens trained on once; none when the price is not known or the model not trainable.
    pub training_usd_per_million: Option<f64>,
    /// When the documents were read, `YYYY-MM-DD`.
    pub as_of: &'static str,
    /// The documents, by name.
    pub source: &'static str,
}

const READ: &str = "2026-11-22";
const GUIDE: &str = "OpenAI guide: Images and vision; OpenAI pricing page";

const fn tile(name: &'static str, base: u32, per_tile: u32, usd: Option<f64>) -> ModelData {
    let image = ImageRule::Tile { base, per_tile };
    ModelData { name, image, training_usd_per_million: usd, as_of: READ, source: GUIDE }
}

const fn patch(
    name: &'static str,
    budget: Option<u32>,
    max_side: Option<u32>,
    multiplier: f64,
    usd: Option<f64>,
) -> ModelData {
    let image = ImageRule::Patch { budget, max_side, multiplier };
    ModelData { name, image, training_usd_per_million: usd, as_of: READ, source: GUIDE }
}

/// Every family this version knows.
pub const MODELS: &[ModelData] = &[
    tile("gpt-4o", 85, 170, Some(25.0)),
    tile("gpt-4o-mini", 2_833, 5_667, Some(3.0)),
    tile("gpt-4.1", 85, 170, Some(25.0)),
    patch("gpt-4.1-mini", Some(6_144), Some(2_048), 1.62, Some(5.0)),
    tile("gpt-5", 70, 140, None),
    tile("gpt-5.1", 70, 140, None),
    patch("gpt-5.4", Some(2_500), Some(2_048), 1.2, None),
    patch("gpt-5.6", None, None, 1.2, None),
    tile("o1", 75, 150, None),
    tile("o3", 75, 150, None),
];

impl ModelData {
    /// The family of a model; `ft:base:organisation::id` counts as its base.
    pub fn of(model: &str) -> Option<&'static Self> {
        let name = model.strip_prefix("ft:").map_or(model, |rest| rest.split(':').next().unwrap_or(rest));
        let is_snapshot = |rest: &str| {
            let mut characters = rest.chars();
            characters.next() == Some('-') && characters.next().is_some_and(|digit| digit.is_ascii_digit())
        };
        MODELS.iter().find(|data| {
            name.strip_prefix(data.name).is_some_and(|rest| rest.is_empty() || is_snapshot(rest))
        })
    }
}
