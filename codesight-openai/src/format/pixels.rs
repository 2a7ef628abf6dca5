//! From CSS pixels of the viewport to whole pixels of the stored image, and back.

use codesight_core::model::{ExampleFrame, Point};
use codesight_core::{Error, Result};

use super::action::PixelPoint;

/// One image of one viewport. The device pixel ratio and any later resizing are both in the ratio of their sizes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PixelSpace {
    width: u32,
    height: u32,
    viewport_width: f64,
    viewport_height: f64,
}

impl PixelSpace {
    /// `width` and `height` in pixels of the stored image, the viewport in CSS pixels.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](codesight_core::ErrorKind::Invalid) when a side is zero, negative, not a number, or
    /// beyond what a coordinate can say.
    pub fn new(width: u32, height: u32, viewport_width: f64, viewport_height: f64) -> Result<Self> {
        let usable = |side: f64| side.is_finite() && side > 0.0;
        let sayable = |side: u32| side > 0 && i32::try_from(side).is_ok();
        if !(sayable(width) && sayable(height) && usable(viewport_width) && usable(viewport_height)) {
            return Err(Error::invalid("format.pixels", "the image or the viewport has no usable size")
                .with("width", width)
                .with("height", height));
        }
        Ok(Self { width, height, viewport_width, viewport_height })
    }

    /// The space of a frame that is stored as an image of `width` x `height` pixels.
    ///
    /// # Errors
    /// As [`PixelSpace::new`].
    pub fn of_frame(frame: &ExampleFrame, width: u32, height: u32) -> Result<Self> {
        Self::new(width, height, frame.viewport_width, frame.viewport_height)
    }

    /// Pixels.
    pub fn width(&self) -> u32 {
        self.width
    }

    /// Pixels.
    pub fn height(&self) -> u32 {
        self.height
    }

    /// The pixel that holds the point, and whether the point lay outside the viewport and was moved to its edge. The
    /// right and lower edges belong to the last pixel. None when the point is not a number.
    pub fn to_pixel(&self, at: Point) -> Option<(PixelPoint, bool)> {
        let (x, x_moved) = axis(at.x, self.viewport_width, self.width)?;
        let (y, y_moved) = axis(at.y, self.viewport_height, self.height)?;
        Some((PixelPoint { x, y }, x_moved || y_moved))
    }

    /// The middle of the pixel, in CSS pixels.
    pub fn to_css(&self, pixel: PixelPoint) -> Point {
        Point {
            x: (f64::from(pixel.x) + 0.5) * self.viewport_width / f64::from(self.width),
            y: (f64::from(pixel.y) + 0.5) * self.viewport_height / f64::from(self.height),
        }
    }

    /// A distance in CSS pixels as the nearest whole one in image pixels. None when it is not a number.
    pub fn distance_to_pixels(&self, x: f64, y: f64) -> Option<(i32, i32)> {
        let x = x * f64::from(self.width) / self.viewport_width;
        let y = y * f64::from(self.height) / self.viewport_height;
        // A float cast saturates, so a distance no page has stays a number.
        (x.is_finite() && y.is_finite()).then(|| (x.round() as i32, y.round() as i32))
    }

    /// A distance in image pixels as one in CSS pixels.
    pub fn distance_to_css(&self, x: i32, y: i32) -> (f64, f64) {
        (
            f64::from(x) * self.viewport_width / f64::from(self.width),
            f64::from(y) * self.viewport_height / f64::from(self.height),
        )
    }
}

fn axis(at: f64, viewport: f64, pixels: u32) -> Option<(i32, bool)> {
    if !at.is_finite() {
        return None;
    }
    let last = f64::from(pixels - 1);
    let pixel = (at * f64::from(pixels) / viewport).floor().clamp(0.0, last);
    Some((pixel as i32, at < 0.0 || at > viewport))
}
