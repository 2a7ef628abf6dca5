//! Examples, images and options that the tests share.

use std::io::Cursor;

use base64::Engine as _;
use bytes::Bytes;
use codesight_core::Result;
use codesight_core::id::{ContentHash, SessionId};
use codesight_core::model::{
    ComputerAction, ExampleFrame, ExampleObservation, ExampleStep, FrameIndex, FrameIndexEntry, MouseButton,
    ObservedElement, Point, TrainingExample,
};
use codesight_core::privacy::Masked;
use codesight_openai::format::{FrameIndexImages, ImageProvider};
use codesight_openai::limits::Limits;
use codesight_openai::validate::{ValidatorOptions, Verdict, validate};
use image::{DynamicImage, ImageFormat};

/// Options under which one good line is a good file.
pub(crate) fn one_line() -> ValidatorOptions {
    ValidatorOptions { limits: Limits { min_examples: 1, ..Limits::openai() }, ..ValidatorOptions::default() }
}

pub(crate) fn judge(file: &[u8], options: ValidatorOptions) -> Verdict {
    validate(&mut &*file, options, None).expect("reading from memory")
}

pub(crate) fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    image.write_to(&mut out, format).expect("encodable");
    out.into_inner()
}

pub(crate) fn png(width: u32, height: u32) -> Vec<u8> {
    encoded(&DynamicImage::new_rgb8(width, height), ImageFormat::Png)
}

pub(crate) fn data_url(media_type: &str, bytes: &[u8]) -> String {
    format!("data:{media_type};base64,{}", base64::engine::general_purpose::STANDARD.encode(bytes))
}

pub(crate) const IMAGE_PATH: &str = "screenshots/0001.png";

/// An archive with one frame, stored as an image of the given size.
pub(crate) fn archive(width: u32, height: u32) -> impl ImageProvider {
    let index = FrameIndex {
        frames: vec![FrameIndexEntry {
            blank: false,
            hash: frame_hash(),
            file: IMAGE_PATH.into(),
            width,
            height,
            painted: Vec::new(),
            pieces: Vec::new(),
        }],
    };
    let bytes = Bytes::from(png(width, height));
    FrameIndexImages::new(&index, move |_: &str| -> Result<Masked<Bytes>> {
        Ok(Masked::from_store(bytes.clone()))
    })
}

pub(crate) fn frame_hash() -> ContentHash {
    ContentHash::of(b"frame")
}

pub(crate) fn click(x: f64, y: f64) -> ComputerAction {
    ComputerAction::Click { button: MouseButton::Left, at: Point { x, y } }
}

pub(crate) fn example(actions: Vec<ComputerAction>) -> TrainingExample {
    TrainingExample {
        session_id: SessionId::new("session-1").expect("a name"),
        seq: 7,
        goal: "Buy a blue mug".into(),
        history: vec![
            ExampleStep { seq: 5, description: "typed \"blue mug\" into the search box".into() },
            ExampleStep { seq: 6, description: "pressed Enter".into() },
        ],
        frame: ExampleFrame {
            hash: frame_hash(),
            width: 32,
            height: 24,
            viewport_width: 1280.0,
            viewport_height: 960.0,
        },
        observation: ExampleObservation {
            url: "https://shop.test/search?q=blue+mug".into(),
            title: "Blue mugs".into(),
            elements: vec![
                ObservedElement { role: "link".into(), name: "Blue mug, 9.90".into() },
                ObservedElement { role: "button".into(), name: "Add to basket".into() },
            ],
        },
        actions,
        rationale: Some("It is the cheapest blue one.".into()),
        training_value: 0.9,
        complexity: 0.2,
        worst_finding: None,
        extra: Default::default(),
    }
}

pub(crate) fn masked<T>(value: T) -> Masked<T> {
    Masked::from_store(value)
}
