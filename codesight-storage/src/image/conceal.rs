//! Painting an encoded image before it is stored, unless its recorder did so already.

use codesight_core::error::Result;
use codesight_core::model::{Rect, Viewport};

use super::{ImageLimits, PixelBox, Pixels, WebpSettings, decode, encode_webp, paint, pixel_box};

const BLACK: [u8; 3] = [0, 0, 0];
/// How far from black a sample of a painted box may be: lossy formats ring near edges. Text that differs less from black
/// than this cannot be read.
const STILL_BLACK: u8 = 48;
/// Widens what is painted here, for what is beside a box shines into its pixels.
const PADDING: u32 = 3;

/// A box to paint, in CSS pixels of a viewport.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ConcealedArea {
    /// The box.
    pub area: Rect,
    /// The viewport that the frame shows.
    pub viewport: Viewport,
}

/// The image with all areas black, as lossless WebP; none when they are black already.
///
/// # Errors
/// As [`decode`] and [`encode_webp`].
pub fn conceal(bytes: &[u8], areas: &[ConcealedArea], limits: &ImageLimits) -> Result<Option<Vec<u8>>> {
    if areas.is_empty() {
        return Ok(None);
    }
    let mut pixels = decode(bytes, limits)?;
    let sides = (pixels.width(), pixels.height());
    let boxes = |padding| -> Vec<PixelBox> {
        let place = |one: &ConcealedArea| {
            let scale = (f64::from(sides.0) / one.viewport.width, f64::from(sides.1) / one.viewport.height);
            pixel_box(&one.area, scale, padding, sides)
        };
        areas.iter().filter_map(place).collect()
    };
    if boxes(0).iter().all(|area| is_black(&pixels, area)) {
        return Ok(None);
    }
    paint(&mut pixels, &boxes(PADDING), BLACK);
    encode_webp(&pixels, &WebpSettings::Lossless { effort: 0 }).map(Some)
}

fn is_black(pixels: &Pixels, area: &PixelBox) -> bool {
    let channels = pixels.channels();
    let stride = pixels.width() as usize * channels;
    let columns = area.left as usize * channels..area.right as usize * channels;
    pixels
        .samples()
        .chunks_exact(stride)
        .take(area.bottom as usize)
        .skip(area.top as usize)
        .filter_map(|row| row.get(columns.clone()))
        .flat_map(|run| run.chunks_exact(channels))
        .all(|pixel| pixel.iter().take(3).all(|sample| *sample <= STILL_BLACK))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AREA: ConcealedArea = ConcealedArea {
        area: Rect { x: 8.0, y: 4.0, width: 8.0, height: 4.0 },
        viewport: Viewport { width: 32.0, height: 16.0, device_pixel_ratio: 2.0 },
    };

    fn white(width: u32, height: u32) -> Vec<u8> {
        let pixels =
            Pixels::new(width, height, false, vec![255; (width * height * 3) as usize]).expect("sides");
        encode_webp(&pixels, &WebpSettings::Lossless { effort: 0 }).expect("encoded")
    }

    #[test]
    fn an_area_that_is_not_black_is_painted_and_one_that_is_stays_as_it_came() {
        let limits = ImageLimits::default();
        let painted = conceal(&white(64, 32), &[AREA], &limits).expect("an image").expect("painted");
        let pixels = decode(&painted, &limits).expect("an image");
        let at = |x: usize, y: usize| pixels.samples()[(y * 64 + x) * 3];
        assert_eq!(
            (at(16, 8), at(31, 15), at(13, 5)),
            (0, 0, 0),
            "the box at the image's scale, and a little more"
        );
        assert_eq!((at(12, 8), at(35, 15), at(16, 4)), (255, 255, 255), "what is beside it");
        assert_eq!(conceal(&painted, &[AREA], &limits).expect("an image"), None);
        assert_eq!(conceal(b"no image at all", &[], &limits).expect("nothing to do"), None);
        assert!(conceal(b"no image at all", &[AREA], &limits).is_err());
    }

    #[test]
    fn a_box_that_is_no_number_blackens_everything() {
        let nowhere = ConcealedArea { area: Rect { x: f64::NAN, ..AREA.area }, ..AREA };
        let limits = ImageLimits::default();
        let painted = conceal(&white(8, 8), &[nowhere], &limits).expect("an image").expect("painted");
        assert!(decode(&painted, &limits).expect("an image").samples().iter().all(|sample| *sample == 0));
    }
}
