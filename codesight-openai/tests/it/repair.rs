//! What is mended is accepted afterwards, and what was good stays as it was.

use codesight_openai::format::{ChatFormat, FittedImages, read_line};
use codesight_openai::image::{ImageBounds, ImageFormat, ImageHeader};
use codesight_openai::limits::Limits;
use codesight_openai::validate::{Code, RepairReport, ValidatorOptions, leakage, repair};
use image::{DynamicImage, ImageFormat as Codec};
use serde_json::json;

use crate::support::{archive, click, data_url, encoded, example, judge, masked, one_line};

fn mended(file: &[u8], options: &ValidatorOptions) -> (Vec<u8>, RepairReport) {
    let mut out = Vec::new();
    let report = repair(&mut &*file, &mut out, options).expect("in memory");
    (out, report)
}

fn line(url: &str, text: &str) -> String {
    let line = json!({ "messages": [
        { "role": "system", "content": "You help." },
        { "role": "user", "content": [{ "type": "text", "text": text }, { "type": "image_url", "image_url": { "url": url } }] },
        { "role": "assistant", "content": "Yes." },
    ] });
    format!("{line}\n")
}

#[test]
fn what_is_safe_is_mended_and_then_accepted() {
    let grey = encoded(&DynamicImage::new_luma8(40, 30), Codec::Png);
    let webp = encoded(&DynamicImage::new_rgb8(40, 30), Codec::WebP);
    let png = encoded(&DynamicImage::new_rgb8(40, 30), Codec::Png);
    let options = ValidatorOptions {
        limits: Limits { min_examples: 1, ..Limits::fireworks() },
        ..ValidatorOptions::default()
    };
    let mut file = b"\xef\xbb\xbf".to_vec();
    file.extend(line(&data_url("image/png", &grey), "one").replace('\n', "\r\n").into_bytes());
    file.extend(b"\n  \n");
    file.extend(line(&data_url("image/webp", &webp), "two <|endoftext|>").into_bytes());
    file.extend(line(&data_url("image/jpeg", &png), "three").into_bytes());
    assert!(!judge(&file, options.clone()).is_accepted());
    let (out, report) = mended(&file, &options);
    let expected = RepairReport {
        lines: 5,
        byte_order_mark: true,
        carriage_returns: 1,
        blank_lines: 2,
        special_tokens: 1,
        arguments: 0,
        images: 2,
        media_types: 1,
    };
    assert_eq!(report, expected);
    let verdict = judge(&out, options.clone());
    assert!(verdict.is_accepted() && verdict.warnings == 0, "{verdict}");
    assert_eq!(
        mended(&out, &options),
        (out.clone(), RepairReport { lines: 3, ..RepairReport::default() }),
        "once is enough"
    );
}

#[test]
fn what_is_good_or_unreadable_stays_byte_for_byte() {
    let good = b"{\"messages\": [ {\"role\":\"user\",\"content\":\"\\u0061\"}, {\"content\":\"b\",\"role\":\"assistant\"} ]}\nno json\n[1]\n";
    let (out, report) = mended(good, &one_line());
    assert_eq!(out, good);
    assert_eq!(report, RepairReport { lines: 3, ..RepairReport::default() });
    let (out, _) =
        mended(b"{}", &ValidatorOptions { limits: Limits::azure(), ..ValidatorOptions::default() });
    assert_eq!(out, b"\xef\xbb\xbf{}\n");
}

#[test]
fn arguments_become_text() {
    let call = json!({ "messages": [{ "role": "user", "content": "hi" }, { "role": "assistant", "tool_calls": [
        { "id": "a", "type": "function", "function": { "name": "look", "arguments": { "at": 1 } } } ] }],
        "tools": [{ "type": "function", "function": { "name": "look", "parameters": { "type": "object" } } }] });
    let file = format!("{call}\n");
    assert_eq!(judge(file.as_bytes(), one_line()).count(Code::ArgumentsNotText), 1);
    let (out, report) = mended(file.as_bytes(), &one_line());
    assert_eq!(report.arguments, 1);
    assert!(judge(&out, one_line()).is_accepted());
}

#[test]
fn resizing_once_moves_the_coordinates_with_the_picture() {
    let images = archive(1_280, 960);
    let bounds = ImageBounds { formats: vec![ImageFormat::Jpeg], max_bytes: None, max_side: Some(640) };
    let fitted = FittedImages::new(&images, bounds);
    // The viewport is 1280 x 960 CSS pixels.
    let line =
        ChatFormat::default().line(&masked(example(vec![click(640.0, 480.0)])), &fitted).expect("in memory");
    let read = read_line(&line.bytes.expect("a line")).expect("own line");
    assert!(read.image.starts_with("data:image/jpeg;base64,"), "another format");
    assert!(read.system.contains("640 x 480"));
    let point = read.call.actions[0].points()[0];
    assert_eq!((point.x, point.y), (320, 240));
}

#[test]
fn images_are_fitted_without_moving_what_fits() {
    let picture = encoded(&DynamicImage::new_rgba8(300, 200), Codec::WebP);
    let bounds = |formats: &[ImageFormat], max_bytes, max_side| ImageBounds {
        formats: formats.to_vec(),
        max_bytes,
        max_side,
    };
    let all = bounds(&[ImageFormat::Webp, ImageFormat::Png], None, None);
    assert_eq!(all.fit(&picture).expect("fits"), picture);
    let png = bounds(&[ImageFormat::Png, ImageFormat::Jpeg], None, Some(150));
    let header = ImageHeader::read(&png.fit(&picture).expect("fitted")).expect("an image");
    assert_eq!((header.format, header.width, header.height, header.rgb), (ImageFormat::Png, 150, 100, true));
    assert_eq!(png.fitted(3, 2_000), (1, 150));
    assert!(bounds(&[ImageFormat::Png], Some(10), None).fit(&picture).is_err(), "nothing is that small");
    assert!(png.fit(b"no image").is_err());
}

#[test]
fn questions_of_both_files_are_found() {
    let pair = |question: &str, answer: &str| {
        format!(
            "{}\n",
            json!({ "messages": [{ "role": "user", "content": question }, { "role": "assistant", "content": answer }] })
        )
    };
    let training = [pair("a", "1"), pair("b", "2"), pair("a", "3")].concat();
    let validation = ["broken\n".to_owned(), pair("b", "2"), pair("c", "1"), pair("a", "9")].concat();
    let found = leakage(&mut training.as_bytes(), &mut validation.as_bytes()).expect("in memory");
    let found: Vec<_> =
        found.iter().map(|leak| (leak.validation_line, leak.training_line, leak.same_answer)).collect();
    assert_eq!(found, [(2, 2, true), (4, 1, false)]);
}
