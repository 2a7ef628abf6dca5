//! The one place that calls libwebp. Every function here is safe to call with any input.
#![allow(unsafe_code, reason = "libwebp is C; each block says why it holds")]

use std::mem::MaybeUninit;
use std::os::raw::{c_int, c_void};

use libwebp_sys as sys;

use super::{PixelBox, Pixels, WebpSettings};

/// What the header of a WebP says.
#[derive(Debug, Clone, Copy)]
pub(super) struct Features {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) alpha: bool,
    pub(super) animated: bool,
}

impl Features {
    fn channels(&self) -> usize {
        if self.alpha { 4 } else { 3 }
    }
}

/// Major, minor, patch of the encoder.
pub(super) fn version() -> (u32, u32, u32) {
    // SAFETY: reads a constant.
    let packed = unsafe { sys::WebPGetEncoderVersion() }.cast_unsigned();
    (packed >> 16 & 0xff, packed >> 8 & 0xff, packed & 0xff)
}

/// Reads the header; none when it is not a WebP header.
pub(super) fn features(data: &[u8]) -> Option<Features> {
    let mut found = MaybeUninit::<sys::WebPBitstreamFeatures>::zeroed();
    // SAFETY: the pointer and length are those of a live slice, and all-zero is a valid value of the struct, which
    // consists of integers, so it may be read whatever the call did.
    let (status, found) = unsafe {
        let status = sys::WebPGetFeatures(data.as_ptr(), data.len(), found.as_mut_ptr());
        (status, found.assume_init())
    };
    let features = Features {
        width: u32::try_from(found.width).ok()?,
        height: u32::try_from(found.height).ok()?,
        alpha: found.has_alpha != 0,
        animated: found.has_animation != 0,
    };
    (status == sys::VP8StatusCode::VP8_STATUS_OK && features.width > 0 && features.height > 0)
        .then_some(features)
}

/// Decodes to RGB or RGBA as the features say; none when the data is broken. The caller has checked the sides
/// against its limits, for this allocates them.
pub(super) fn decode(data: &[u8], features: &Features) -> Option<Vec<u8>> {
    let row = (features.width as usize).checked_mul(features.channels())?;
    let mut samples = vec![0; row.checked_mul(features.height as usize)?];
    let stride = c_int::try_from(row).ok()?;
    let decode = if features.alpha { sys::WebPDecodeRGBAInto } else { sys::WebPDecodeRGBInto };
    // SAFETY: both pointers come with the lengths of live slices; the decoder checks that the image fits the buffer
    // with that stride before it writes, and keeps neither pointer.
    let end = unsafe { decode(data.as_ptr(), data.len(), samples.as_mut_ptr(), samples.len(), stride) };
    (!end.is_null()).then_some(samples)
}

/// A picture and the bytes it is encoded to, freed with it.
struct Encoder {
    picture: sys::WebPPicture,
    output: Box<sys::WebPMemoryWriter>,
}

impl Encoder {
    fn new() -> Option<Self> {
        let mut picture = MaybeUninit::<sys::WebPPicture>::zeroed();
        let mut output = MaybeUninit::<sys::WebPMemoryWriter>::zeroed();
        // SAFETY: both calls fill the struct behind a valid pointer; all-zero is a valid value of both, so they may
        // be read even when a call refuses.
        let (ready, mut picture, output) = unsafe {
            let ready = sys::WebPPictureInit(picture.as_mut_ptr());
            sys::WebPMemoryWriterInit(output.as_mut_ptr());
            (ready, picture.assume_init(), output.assume_init())
        };
        let mut output = Box::new(output);
        picture.writer = Some(sys::WebPMemoryWrite);
        // The box keeps its place when the encoder moves.
        picture.custom_ptr = (&raw mut *output).cast::<c_void>();
        ready.then_some(Self { picture, output })
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: both were initialised in `new` and own what they point to; both calls accept empty ones.
        unsafe {
            sys::WebPPictureFree(&raw mut self.picture);
            sys::WebPMemoryWriterClear(&raw mut *self.output);
        }
    }
}

fn config(settings: &WebpSettings) -> Option<sys::WebPConfig> {
    let mut config = sys::WebPConfig::new().ok()?;
    match *settings {
        WebpSettings::Lossy { quality, method } | WebpSettings::Adaptive { quality, method } => {
            config.quality = quality;
            config.method = c_int::from(method);
        }
        WebpSettings::Lossless { effort } => {
            // SAFETY: writes plain numbers into a live struct.
            if unsafe { sys::WebPConfigLosslessPreset(&raw mut config, c_int::from(effort)) } == 0 {
                return None;
            }
            config.exact = 1;
        }
    }
    // SAFETY: reads a live struct.
    (unsafe { sys::WebPValidateConfig(&raw const config) } != 0).then_some(config)
}

/// Encodes what lies in a box; none when the encoder refuses or the box is not within the image.
pub(super) fn encode(pixels: &Pixels, part: &PixelBox, settings: &WebpSettings) -> Option<Vec<u8>> {
    let config = config(settings)?;
    let mut encoder = Encoder::new()?;
    encoder.picture.use_argb = config.lossless;
    let (width, height) = (part.right.checked_sub(part.left)?, part.bottom.checked_sub(part.top)?);
    if part.right > pixels.width() || part.bottom > pixels.height() || width == 0 || height == 0 {
        return None;
    }
    encoder.picture.width = c_int::try_from(width).ok()?;
    encoder.picture.height = c_int::try_from(height).ok()?;
    let row = pixels.width() as usize * pixels.channels();
    let stride = c_int::try_from(row).ok()?;
    let samples = pixels.samples().get(part.top as usize * row + part.left as usize * pixels.channels()..)?;
    let import = if pixels.has_alpha() { sys::WebPPictureImportRGBA } else { sys::WebPPictureImportRGB };
    // SAFETY: `Pixels` holds exactly its height in rows of `stride` samples, and `samples` begins at the first one of the
    // box, which was checked to lie within, so the import reads `height` runs of `width` pixels that are there; the
    // picture and its writer stay in place until after the encoder has returned.
    let done = unsafe {
        import(&raw mut encoder.picture, samples.as_ptr(), stride) != 0
            && sys::WebPEncode(&raw const config, &raw mut encoder.picture) != 0
    };
    if !done || encoder.output.mem.is_null() {
        return None;
    }
    // SAFETY: the writer owns `size` initialised bytes at `mem` until it is cleared, which is on drop.
    Some(unsafe { std::slice::from_raw_parts(encoder.output.mem, encoder.output.size) }.to_vec())
}
