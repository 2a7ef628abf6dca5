//! Places on a page.

use serde::{Deserialize, Serialize};

/// A point in CSS pixels, from the top left of the viewport.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Point {
    /// To the right.
    pub x: f64,
    /// Downwards.
    pub y: f64,
}

/// Where an interaction happened.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Coordinates {
    /// CSS pixels from the left of the top viewport, iframe offsets included.
    pub x: f64,
    /// CSS pixels from the top of the top viewport, iframe offsets included.
    pub y: f64,
    /// CSS pixels from the left of the whole document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_x: Option<f64>,
    /// CSS pixels from the top of the whole document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page_y: Option<f64>,
}

/// A box in CSS pixels of the top viewport.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Rect {
    /// Left edge.
    pub x: f64,
    /// Top edge.
    pub y: f64,
    /// Never negative.
    pub width: f64,
    /// Never negative.
    pub height: f64,
}

impl Rect {
    /// Whether `point` lies in the box, edges included, with `tolerance` pixels to spare.
    pub fn contains(&self, point: Point, tolerance: f64) -> bool {
        point.x >= self.x - tolerance
            && point.x <= self.x + self.width + tolerance
            && point.y >= self.y - tolerance
            && point.y <= self.y + self.height + tolerance
    }

    /// The middle of the box.
    pub fn center(&self) -> Point {
        Point { x: self.x + self.width / 2.0, y: self.y + self.height / 2.0 }
    }

    /// Whether both sides are positive and all numbers finite.
    pub fn is_visible_size(&self) -> bool {
        self.width > 0.0 && self.height > 0.0 && [self.x, self.y].iter().all(|side| side.is_finite())
    }
}

/// The visible part of a page, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Viewport {
    /// CSS pixels.
    pub width: f64,
    /// CSS pixels.
    pub height: f64,
    /// Image pixels per CSS pixel.
    #[serde(default = "one")]
    pub device_pixel_ratio: f64,
}

fn one() -> f64 {
    1.0
}

/// How far the page is scrolled, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Scroll {
    /// To the right.
    pub x: f64,
    /// Downwards.
    pub y: f64,
}
