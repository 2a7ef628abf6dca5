//! Images that are broken, lie, or want too much.

use std::panic::catch_unwind;

use codesight_core::error::ErrorKind;
use codesight_storage::image::{ImageLimits, Pixels, WebpSettings, decode, encode_webp, header};

use crate::corpora::{files, folder};
use crate::support::{picture, png};

#[test]
fn pngsuite_is_judged_as_its_authors_say() {
    let Some(folder) = folder("images/pngsuite/png") else { return };
    let (mut refused, mut decoded) = (0, 0);
    for (name, bytes) in files(&folder).into_iter().filter(|(name, _)| name.ends_with(".png")) {
        let outcome = decode(&bytes, &ImageLimits::default());
        if name.starts_with('x') {
            let error = outcome.expect_err(&name);
            // Some have a broken signature: those are no PNG at all.
            assert!(matches!(error.kind(), ErrorKind::Invalid | ErrorKind::Unsupported), "{name}: {error}");
            refused += 1;
        } else {
            let pixels = outcome.unwrap_or_else(|error| panic!("{name}: {error}"));
            let again = encode_webp(&pixels, &WebpSettings::Lossless { effort: 0 }).expect("encodes");
            assert_eq!(decode(&again, &ImageLimits::default()).expect("decodes"), pixels, "{name}");
            decoded += 1;
        }
    }
    assert_eq!((refused, decoded), (14, 161));
}

#[test]
fn no_image_of_the_corpora_gets_past_the_limits() {
    let folders = [
        "images/image-png/fuzz-decode",
        "images/image-png/bugfixes",
        "images/image-rs/bad/bmp",
        "images/image-rs/bad/ico",
        "images/image-rs/bad/tiff",
        "images/image-rs/fuzz-webp",
        "images/image-rs/png/16bpc",
        "images/image-rs/png/apng",
        "images/image-rs/png/apng/wpt",
        "images/image-rs/png/bugfixes",
        "images/image-rs/png/interlaced",
        "images/image-rs/png/transparency",
        "images/image-rs/webp/extended_images",
        "images/image-rs/webp/lossless_images",
        "images/image-rs/webp/lossy_images",
        "images/image-webp/images/animated",
        "images/image-webp/images/gallery1",
        "images/image-webp/images/gallery2",
        "images/image-webp/images/regression",
    ];
    let limits = ImageLimits { max_encoded_bytes: 4 << 20, max_pixels: 4_000_000 };
    for name in folders {
        let Some(folder) = folder(name) else { return };
        let (mut decoded, mut refused) = (0, 0);
        for (file, bytes) in files(&folder) {
            match catch_unwind(|| decode(&bytes, &limits)).unwrap_or_else(|_| panic!("{name}/{file} panics"))
            {
                Ok(pixels) => {
                    assert!(u64::from(pixels.width()) * u64::from(pixels.height()) <= limits.max_pixels);
                    encode_webp(&pixels, &WebpSettings::default())
                        .map(|_| ())
                        .or_else(|error| {
                            (error.kind() == ErrorKind::LimitExceeded).then_some(()).ok_or(error)
                        })
                        .unwrap_or_else(|error| panic!("{name}/{file}: {error}"));
                    decoded += 1;
                }
                Err(error) => {
                    let expected = [ErrorKind::Invalid, ErrorKind::Unsupported, ErrorKind::LimitExceeded];
                    assert!(expected.contains(&error.kind()), "{name}/{file}: {error}");
                    refused += 1;
                }
            }
        }
        println!("{name}: {decoded} decoded, {refused} refused");
    }
}

#[test]
fn animations_are_refused() {
    let Some(folder) = folder("images/image-webp/images/animated") else { return };
    for (name, bytes) in files(&folder).into_iter().filter(|(name, _)| name.ends_with(".webp")) {
        let error = decode(&bytes, &ImageLimits::default()).expect_err(&name);
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{name}");
    }
}

/// A PNG that declares `side` x `side` pixels and holds next to nothing.
fn declared_png(side: u32) -> Vec<u8> {
    let mut bytes = png(1, 1, &[0; 3]).to_vec();
    bytes[16..20].copy_from_slice(&side.to_be_bytes());
    bytes[20..24].copy_from_slice(&side.to_be_bytes());
    let mut crc = flate2::Crc::new();
    crc.update(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&crc.sum().to_be_bytes());
    bytes
}

#[test]
fn bombs_are_refused_by_their_header() {
    for side in [6_400, 20_000, 300_000, 0x7fff_ffff] {
        let error = decode(&declared_png(side), &ImageLimits::default()).expect_err("too many pixels");
        assert_eq!(error.kind(), ErrorKind::LimitExceeded, "{error}");
    }
    // A WebP canvas of 65,536 x 65,536.
    let mut webp = b"RIFF\x1e\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\xff\0\xff\xff\0".to_vec();
    webp.extend(b"VP8L\x05\0\0\0\x2f\0\0\0\0\0");
    assert!(decode(&webp, &ImageLimits::default()).is_err());
    let large = vec![0; (10 << 20) + 1];
    assert_eq!(header(&large, &ImageLimits::default()).expect_err("bytes").kind(), ErrorKind::LimitExceeded);
}

#[test]
fn every_cut_and_many_changes_of_an_image_are_survived() {
    let pixels = Pixels::new(48, 32, false, picture(48, 32, 5)).expect("samples");
    let lossy = encode_webp(&pixels, &WebpSettings::default()).expect("encodes");
    let lossless = encode_webp(&pixels, &WebpSettings::Lossless { effort: 3 }).expect("encodes");
    let png = png(48, 32, &picture(48, 32, 5)).to_vec();
    for original in [lossy, lossless, png] {
        for end in 0..original.len() {
            let _ = decode(&original[..end], &ImageLimits::default());
        }
        for place in 0..original.len() {
            let mut changed = original.clone();
            changed[place] ^= 0x55;
            let _ = decode(&changed, &ImageLimits::default());
        }
    }
}

#[test]
fn lossless_keeps_colours_under_transparency() {
    let samples: Vec<u8> = (0..16 * 16 * 4).map(|place| (place * 37 % 256) as u8).collect();
    let pixels = Pixels::new(16, 16, true, samples).expect("samples");
    let encoded = encode_webp(&pixels, &WebpSettings::Lossless { effort: 6 }).expect("encodes");
    assert_eq!(decode(&encoded, &ImageLimits::default()).expect("decodes"), pixels);
}

#[test]
fn impossible_settings_and_sides_are_refused() {
    let pixels = Pixels::new(2, 2, false, vec![0; 12]).expect("samples");
    for settings in [
        WebpSettings::Lossy { quality: 101.0, method: 2 },
        WebpSettings::Lossy { quality: f32::NAN, method: 2 },
        WebpSettings::Lossy { quality: 75.0, method: 7 },
        WebpSettings::Lossless { effort: 10 },
    ] {
        assert_eq!(encode_webp(&pixels, &settings).expect_err("range").kind(), ErrorKind::Invalid);
    }
    let long = Pixels::new(16_384, 1, false, vec![0; 16_384 * 3]).expect("samples");
    let error = encode_webp(&long, &WebpSettings::default()).expect_err("side");
    assert_eq!(error.kind(), ErrorKind::LimitExceeded);
    assert!(Pixels::new(0, 5, false, Vec::new()).is_none());
    assert!(Pixels::new(u32::MAX, u32::MAX, true, Vec::new()).is_none());
}
