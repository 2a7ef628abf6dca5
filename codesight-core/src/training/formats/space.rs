//! From CSS pixels of the viewport to the numbers a model is taught, and back.

use std::fmt;

use crate::error::{Error, Result};
use crate::model::{ExampleFrame, Point};

/// How a format counts places in a picture.
///
/// | convention | numbers | used by |
/// |---|---|---|
/// | pixels | whole pixels of the stored picture | TRL, LLaMA-Factory, ms-swift (`real`) |
/// | unit | 0 to 1, four decimals | AgentNet, smol2operator |
/// | percent | 0 to 100, one decimal | MolmoWeb |
/// | thousand | whole numbers 0 to 1,000 | Qwen2-VL, Qwen3-VL, UI-TARS 1 |
/// | smart resize | whole pixels of the picture as Qwen2.5-VL resizes it | Qwen2.5-VL, UI-TARS 1.5 |
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Convention {
    /// Whole pixels of the stored picture.
    Pixels,
    /// Shares of the sides.
    Unit,
    /// Per cent of the sides, one decimal.
    Percent,
    /// Thousandths of the sides.
    Thousand,
    /// Whole pixels of the resized picture.
    SmartResize(SmartResize),
}

/// Qwen2.5-VL's preprocessing: both sides become multiples of `factor`, the area stays within bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SmartResize {
    /// Sides are multiples of it.
    pub factor: u32,
    /// Least pixels of the picture.
    pub min_pixels: u64,
    /// Most pixels of the picture.
    pub max_pixels: u64,
}

impl SmartResize {
    /// The bounds of UI-TARS 1.5: 100 to 16,384 patches of 28 pixels.
    pub const UI_TARS: Self = Self { factor: 28, min_pixels: 100 * 28 * 28, max_pixels: 16_384 * 28 * 28 };
    /// The defaults of Qwen2.5-VL's image processor: 4 to 16,384 patches of 28 pixels.
    pub const QWEN_2_5: Self = Self { factor: 28, min_pixels: 4 * 28 * 28, max_pixels: 16_384 * 28 * 28 };

    /// Width and height after the resize.
    ///
    /// Sides are rounded to the nearest multiple, halves to the even one as Python rounds; a picture that is then too
    /// large or too small is scaled first and its sides rounded down or up.
    pub fn apply(&self, width: u32, height: u32) -> (u32, u32) {
        let factor = f64::from(self.factor.max(1));
        let (width, height) = (f64::from(width), f64::from(height));
        let near = |side: f64| ((side / factor).round_ties_even() * factor).max(factor);
        let (mut new_width, mut new_height) = (near(width), near(height));
        if new_width * new_height > self.max_pixels as f64 {
            let shrink = (width * height / self.max_pixels as f64).sqrt();
            new_width = ((width / shrink / factor).floor() * factor).max(factor);
            new_height = ((height / shrink / factor).floor() * factor).max(factor);
        } else if new_width * new_height < self.min_pixels as f64 {
            let grow = (self.min_pixels as f64 / (width * height)).sqrt();
            new_width = (width * grow / factor).ceil() * factor;
            new_height = (height * grow / factor).ceil() * factor;
        }
        (new_width as u32, new_height as u32)
    }
}

/// A number of a place as it is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Written {
    /// The number.
    pub value: f64,
    decimals: usize,
}

impl fmt::Display for Written {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.*}", self.decimals, self.value)
    }
}

impl Written {
    /// The number as JSON: whole where the convention is whole.
    pub fn to_json(self) -> serde_json::Value {
        if self.decimals == 0 { (self.value as i64).into() } else { self.value.into() }
    }
}

/// One picture of one viewport in one convention. The device pixel ratio and any later resizing are in the ratio of
/// picture and viewport.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Space {
    convention: Convention,
    /// What 100 per cent of each side is in the written numbers.
    whole: (f64, f64),
    viewport: (f64, f64),
}

impl Space {
    /// `width` and `height` are those of the stored picture, in pixels; the viewport's are those of the frame.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) when a side is zero, negative or not a number.
    pub fn new(convention: Convention, frame: &ExampleFrame, width: u32, height: u32) -> Result<Self> {
        let viewport = (frame.viewport_width, frame.viewport_height);
        let usable = |side: f64| side.is_finite() && side > 0.0;
        if width == 0 || height == 0 || !usable(viewport.0) || !usable(viewport.1) {
            return Err(Error::invalid("format.space", "the picture or the viewport has no usable size")
                .with("width", width)
                .with("height", height));
        }
        let whole = match convention {
            Convention::Pixels => (f64::from(width), f64::from(height)),
            Convention::Unit => (1.0, 1.0),
            Convention::Percent => (100.0, 100.0),
            Convention::Thousand => (1_000.0, 1_000.0),
            Convention::SmartResize(resize) => {
                let (width, height) = resize.apply(width, height);
                (f64::from(width), f64::from(height))
            }
        };
        Ok(Self { convention, whole, viewport })
    }

    /// The convention.
    pub fn convention(&self) -> Convention {
        self.convention
    }

    /// What the right and lower edges are in written numbers.
    pub fn whole(&self) -> (f64, f64) {
        self.whole
    }

    /// A point as numbers. Pixels are the ones that hold the point; a point on the right or lower edge is in the last.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for a point outside the viewport or no number.
    pub fn write(&self, at: Point) -> Result<(Written, Written)> {
        Ok((
            self.write_axis(at.x, self.viewport.0, self.whole.0)?,
            self.write_axis(at.y, self.viewport.1, self.whole.1)?,
        ))
    }

    fn write_axis(&self, place: f64, viewport: f64, whole: f64) -> Result<Written> {
        if !(place.is_finite() && (0.0..=viewport).contains(&place)) {
            return Err(Error::invalid("format.space", "a point lies outside the picture"));
        }
        let scaled = place / viewport * whole;
        let rounded = |steps: f64| (scaled * steps).round() / steps;
        Ok(match self.convention {
            Convention::Pixels | Convention::SmartResize(_) => {
                Written { value: scaled.floor().clamp(0.0, whole - 1.0), decimals: 0 }
            }
            Convention::Thousand => Written { value: scaled.round(), decimals: 0 },
            Convention::Percent => Written { value: rounded(10.0), decimals: 1 },
            Convention::Unit => Written { value: rounded(10_000.0), decimals: 4 },
        })
    }

    /// The point that two written numbers mean, in CSS pixels: the middle of the pixel, where they are pixels.
    pub fn read(&self, x: f64, y: f64) -> Point {
        let middle = match self.convention {
            Convention::Pixels | Convention::SmartResize(_) => 0.5,
            Convention::Thousand | Convention::Percent | Convention::Unit => 0.0,
        };
        Point {
            x: (x + middle) / self.whole.0 * self.viewport.0,
            y: (y + middle) / self.whole.1 * self.viewport.1,
        }
    }

    /// A distance in CSS pixels in written units.
    pub fn write_distance(&self, x: f64, y: f64) -> (f64, f64) {
        (x / self.viewport.0 * self.whole.0, y / self.viewport.1 * self.whole.1)
    }

    /// A distance in written units in CSS pixels.
    pub fn read_distance(&self, x: f64, y: f64) -> (f64, f64) {
        (x / self.whole.0 * self.viewport.0, y / self.whole.1 * self.viewport.1)
    }

    /// The convention in words, for the system text and the card of a data set.
    pub fn told(&self) -> String {
        let (width, height) = self.whole;
        match self.convention {
            Convention::Pixels => {
                format!("whole pixels of the screenshot, which is {width} x {height} pixels")
            }
            Convention::Unit => "shares of the screenshot's width and height, 0 to 1".to_owned(),
            Convention::Percent => "per cent of the screenshot's width and height, 0 to 100".to_owned(),
            Convention::Thousand => "thousandths of the screenshot's width and height, 0 to 1000".to_owned(),
            Convention::SmartResize(_) => {
                format!("whole pixels of the resized screenshot, which is {width} x {height} pixels")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_resized_as_qwens_processor_does() {
        // 1092 x 616 from 1080 x 608; 1920 x 1080 from the model's own example; a strip grows to the least area.
        assert_eq!(SmartResize::QWEN_2_5.apply(1_920, 1_080), (1_932, 1_092));
        assert_eq!(SmartResize::QWEN_2_5.apply(1_280, 720), (1_288, 728));
        assert_eq!(SmartResize::QWEN_2_5.apply(14, 14), (56, 56));
        assert_eq!(SmartResize::QWEN_2_5.apply(42, 70), (56, 56), "halves go to the even multiple");
        let tight = SmartResize { factor: 28, min_pixels: 56 * 56, max_pixels: 14 * 14 * 4 * 1_280 };
        let (width, height) = tight.apply(3_840, 2_160);
        assert!(
            u64::from(width) * u64::from(height) <= tight.max_pixels && width % 28 == 0 && height % 28 == 0
        );
    }
}
