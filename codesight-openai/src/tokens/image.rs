//! Tokens of images, by the formulae of OpenAI's "Images and vision" guide.

use serde::{Deserialize, Serialize};

use crate::format::ImageDetail;

const PATCH: f64 = 32.0;

/// How a family of models counts an image.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ImageRule {
    /// The image is fitted into 2048 x 2048, its shorter side shrunk to 768, and cut into tiles of 512 x 512.
    Tile {
        /// Tokens of every image; all there is at low detail.
        base: u32,
        /// Tokens of a tile.
        per_tile: u32,
    },
    /// The image is fitted into a square, shrunk until its 32 x 32 patches fit a budget, and each patch is a token.
    Patch {
        /// Most patches; none when the model takes them all.
        budget: Option<u32>,
        /// Longest side in pixels.
        max_side: Option<u32>,
        /// Tokens of a patch.
        multiplier: f64,
    },
}

impl ImageRule {
    /// Tokens of an image of `width` x `height` pixels. Models that count patches have no documented formula for low detail:
    /// it is counted as high, which is an upper estimate. The guide allows a difference of one by rounding.
    pub fn tokens(&self, width: u32, height: u32, detail: ImageDetail) -> u64 {
        let (width, height) = (f64::from(width.max(1)), f64::from(height.max(1)));
        match *self {
            Self::Tile { base, .. } if detail == ImageDetail::Low => u64::from(base),
            Self::Tile { base, per_tile } => u64::from(base) + tiles(width, height) * u64::from(per_tile),
            Self::Patch { budget, max_side, multiplier } => {
                (patches(width, height, budget, max_side) * multiplier).ceil() as u64
            }
        }
    }

    /// Tokens of the most expensive image, for one whose size is not known. A model without a budget is counted at
    /// 30,000 patches, beyond which the guide says that images are refused.
    pub fn most_tokens(&self) -> u64 {
        match *self {
            // 768 x 2048: two by four tiles.
            Self::Tile { base, per_tile } => u64::from(base) + 8 * u64::from(per_tile),
            Self::Patch { budget, multiplier, .. } => {
                (f64::from(budget.unwrap_or(30_000)) * multiplier).ceil() as u64
            }
        }
    }
}

fn tiles(width: f64, height: f64) -> u64 {
    let fit = (2_048.0 / width.max(height)).min(1.0);
    let (width, height) = (width * fit, height * fit);
    let shrink = (768.0 / width.min(height)).min(1.0);
    let across = ((width * shrink).floor() / 512.0).ceil().max(1.0);
    let down = ((height * shrink).floor() / 512.0).ceil().max(1.0);
    (across * down) as u64
}

fn patches(width: f64, height: f64, budget: Option<u32>, max_side: Option<u32>) -> f64 {
    let (mut width, mut height) = (width, height);
    if let Some(side) = max_side.map(f64::from) {
        let fit = side / width.max(height);
        if fit < 1.0 {
            (width, height) = ((width * fit).round().max(1.0), (height * fit).round().max(1.0));
        }
    }
    let count = |width: f64, height: f64| (width / PATCH).ceil() * (height / PATCH).ceil();
    let Some(budget) = budget.map(f64::from) else { return count(width, height) };
    if count(width, height) <= budget {
        return count(width, height);
    }
    // Shrink to the budget's area, then once more so that at least one side is a whole number of patches.
    let shrink = (PATCH * PATCH * budget / (width * height)).sqrt();
    let whole = |side: f64| {
        let patches = side * shrink / PATCH;
        if patches >= 1.0 { patches.floor() / patches } else { 1.0 }
    };
    let shrink = shrink * whole(width).min(whole(height));
    // The exact product can fall a hair below the whole number it stands for.
    let side = |side: f64| (side * shrink + 1e-6).floor().max(1.0);
    count(side(width), side(height)).min(budget)
}
