//! Painting over what may not be kept, before anything is encoded.

use codesight_core::model::Rect;

use super::Pixels;

/// A box of whole pixels within an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PixelBox {
    /// First column.
    pub left: u32,
    /// First row.
    pub top: u32,
    /// The column after the last.
    pub right: u32,
    /// The row after the last.
    pub bottom: u32,
}

impl PixelBox {
    /// How many pixels it holds.
    pub fn pixels(&self) -> u64 {
        u64::from(self.right.saturating_sub(self.left)) * u64::from(self.bottom.saturating_sub(self.top))
    }

    /// The box as a rectangle in image pixels.
    pub fn to_rect(self) -> Rect {
        Rect {
            x: f64::from(self.left),
            y: f64::from(self.top),
            width: f64::from(self.right - self.left),
            height: f64::from(self.bottom - self.top),
        }
    }
}

/// The pixels of a `width` x `height` image that `area` (CSS pixels) covers at `scale` (image pixels per CSS pixel),
/// widened by `padding` image pixels on each side. None when that is outside the image.
///
/// A box or scale that is not a number covers the whole image: what is to be hidden is never shown by mistake.
pub fn pixel_box(
    area: &Rect,
    scale: (f64, f64),
    padding: u32,
    (width, height): (u32, u32),
) -> Option<PixelBox> {
    let usable = [area.x, area.y, area.width, area.height].iter().all(|side| side.is_finite())
        && [scale.0, scale.1].iter().all(|factor| factor.is_finite() && *factor > 0.0);
    if !usable {
        return Some(PixelBox { left: 0, top: 0, right: width, bottom: height });
    }
    let (left, right) = span(area.x, area.width, scale.0, padding, width);
    let (top, bottom) = span(area.y, area.height, scale.1, padding, height);
    (left < right && top < bottom).then_some(PixelBox { left, top, right, bottom })
}

fn span(start: f64, length: f64, scale: f64, padding: u32, limit: u32) -> (u32, u32) {
    let (from, to) = if length < 0.0 { (start + length, start) } else { (start, start + length) };
    let padding = f64::from(padding);
    // The cast cuts at the type's ends, and the clamp at the image's.
    let cut = |place: f64| place.clamp(0.0, f64::from(limit)) as u32;
    (cut((from * scale).floor() - padding), cut((to * scale).ceil() + padding))
}

/// Fills the boxes with one opaque colour.
pub fn paint(pixels: &mut Pixels, boxes: &[PixelBox], fill: [u8; 3]) {
    let channels = pixels.channels();
    let colour = [fill[0], fill[1], fill[2], u8::MAX];
    let stride = pixels.width as usize * channels;
    for area in boxes {
        let columns = area.left as usize * channels..area.right.min(pixels.width) as usize * channels;
        for row in pixels.samples.chunks_exact_mut(stride).take(area.bottom as usize).skip(area.top as usize)
        {
            let Some(run) = row.get_mut(columns.clone()) else { continue };
            run.chunks_exact_mut(channels).for_each(|pixel| pixel.copy_from_slice(&colour[..channels]));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const AREA: Rect = Rect { x: 10.2, y: 4.0, width: 5.0, height: 2.5 };

    #[test]
    fn a_box_grows_outwards_to_whole_pixels_and_stays_inside() {
        let found = pixel_box(&AREA, (2.0, 2.0), 3, (40, 12));
        assert_eq!(found, Some(PixelBox { left: 17, top: 5, right: 34, bottom: 12 }));
        assert_eq!(pixel_box(&AREA, (2.0, 2.0), 3, (10, 12)), None);
    }

    #[test]
    fn a_box_that_is_no_number_hides_everything() {
        let all = Some(PixelBox { left: 0, top: 0, right: 40, bottom: 12 });
        assert_eq!(pixel_box(&Rect { width: f64::NAN, ..AREA }, (1.0, 1.0), 3, (40, 12)), all);
        assert_eq!(pixel_box(&AREA, (1.0 / 0.0, 1.0), 3, (40, 12)), all);
    }

    #[test]
    fn paint_fills_the_box_and_nothing_else() {
        let mut pixels = Pixels::new(4, 3, true, vec![9; 48]).expect("48 samples");
        paint(&mut pixels, &[PixelBox { left: 1, top: 1, right: 3, bottom: 2 }], [0, 0, 0]);
        let painted: Vec<usize> = pixels
            .samples()
            .chunks_exact(4)
            .enumerate()
            .filter(|(_, p)| *p != [9; 4])
            .map(|(i, _)| i)
            .collect();
        assert_eq!(painted, [5, 6]);
        assert_eq!(pixels.samples()[20..24], [0, 0, 0, 255]);
    }
}
