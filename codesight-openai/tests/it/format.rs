//! What a line says, and that the click in it is the click that was made.

use codesight_core::id::ContentHash;
use codesight_core::model::{ComputerAction, MouseButton, Point, Rect, TrainingData};
use codesight_openai::format::{
    ChatFormat, ImagePolicy, PixelPoint, PixelSpace, TOOL_PARAMETERS, ToolAction, read_line,
};
use codesight_openai::validate::{ImageSource, validate};
use proptest::prelude::*;

use crate::support::{IMAGE_PATH, archive, click, example, judge, masked, one_line, png};

fn every_action() -> Vec<ComputerAction> {
    let at = Point { x: 640.0, y: 480.0 };
    vec![
        ComputerAction::Click { button: MouseButton::Middle, at },
        ComputerAction::DoubleClick { at },
        ComputerAction::Drag { path: vec![Point { x: 0.0, y: 0.0 }, at] },
        ComputerAction::Move { at },
        ComputerAction::Scroll { at, scroll_x: 0.0, scroll_y: -400.0 },
        ComputerAction::Keypress { keys: vec!["Control".into(), "a".into()] },
        ComputerAction::Type { text: "blue mug".into() },
        ComputerAction::SelectOption { at, option: "Large".into() },
        ComputerAction::Navigate { url: "https://shop.test/".into() },
        ComputerAction::Wait,
        ComputerAction::Terminate { success: true },
    ]
}

#[test]
fn one_full_line_is_as_reviewed() {
    let format = ChatFormat { images: ImagePolicy::Path, ..ChatFormat::default() };
    let line = format.line(&masked(example(every_action())), &archive(32, 24)).expect("in memory");
    assert_eq!(line.findings, []);
    let owned = example(every_action());
    assert_eq!(format.line(&masked(&owned), &archive(32, 24)).expect("in memory"), line, "borrowed or owned");
    let line = String::from_utf8(line.bytes.expect("a line")).expect("UTF-8");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/line.jsonl");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, &line).expect("writable");
    }
    let expected = std::fs::read_to_string(path).expect("tests/data/line.jsonl (UPDATE_EXPECT=1 writes it)");
    assert_eq!(line, expected);
}

#[test]
fn every_action_survives_the_line_and_fits_the_schema_of_the_tool() {
    let line =
        ChatFormat::default().line(&masked(example(every_action())), &archive(32, 24)).expect("in memory");
    let bytes = line.bytes.expect("a line");
    let verdict = judge(&bytes, one_line());
    assert_eq!(verdict.findings, [], "{verdict}");
    let read = read_line(&bytes).expect("own line");
    assert_eq!(read.call.id, "call_7");
    assert_eq!(read.call.actions.len(), every_action().len());
    assert_eq!(
        read.call.actions[4],
        ToolAction::Scroll { x: 16, y: 12, scroll_x: 0, scroll_y: -10 },
        "scroll distances are pixels of the image too"
    );

    let schema = serde_json::from_str(TOOL_PARAMETERS).expect("the schema is JSON");
    let schema = jsonschema::validator_for(&schema).expect("the schema is a schema");
    let arguments = |actions: &[ToolAction]| serde_json::json!({ "actions": actions });
    assert!(schema.is_valid(&arguments(&read.call.actions)));
    for action in &read.call.actions {
        assert!(schema.is_valid(&arguments(std::slice::from_ref(action))), "{action:?}");
        let mut extra = serde_json::to_value(action).expect("JSON");
        extra["surprise"] = 1.into();
        let extra = serde_json::json!({ "actions": [extra] });
        assert!(
            !schema.is_valid(&extra) && serde_json::from_value::<ToolAction>(extra).is_err(),
            "{action:?}"
        );
    }
    assert!(!schema.is_valid(&arguments(&[])));
}

#[test]
fn the_rationale_is_said_only_when_asked_for() {
    let data = masked(example(vec![click(1.0, 1.0)]));
    let line = |rationale| {
        let format = ChatFormat { rationale, ..ChatFormat::default() };
        let bytes = format.line(&data, &archive(32, 24)).expect("in memory").bytes.expect("a line");
        read_line(&bytes).expect("own line")
    };
    assert_eq!(line(false).rationale, None);
    assert_eq!(line(true).rationale.as_deref(), Some("It is the cheapest blue one."));
}

#[test]
fn the_history_is_a_window() {
    let format = ChatFormat { history: 1, ..ChatFormat::default() };
    let line = format.line(&masked(example(vec![click(1.0, 1.0)])), &archive(32, 24)).expect("in memory");
    let read = read_line(&line.bytes.expect("a line")).expect("own line");
    assert!(
        read.user.contains("pressed Enter") && !read.user.contains("into the search box"),
        "{}",
        read.user
    );
}

#[test]
fn a_point_outside_is_clamped_and_said() {
    let line = ChatFormat::default()
        .line(&masked(example(vec![click(1300.0, -4.0)])), &archive(32, 24))
        .expect("in memory");
    let rules: Vec<_> = line.findings.iter().map(|finding| finding.rule.as_str()).collect();
    assert_eq!(rules, ["coordinates-clamped"]);
    let read = read_line(&line.bytes.expect("a line")).expect("own line");
    assert_eq!(read.call.actions[0].points(), [PixelPoint { x: 31, y: 0 }]);
}

#[test]
fn an_unusable_example_gives_a_finding_and_the_others_their_lines() {
    let mut lost = example(vec![click(1.0, 1.0)]);
    lost.frame.hash = ContentHash::of(b"lost");
    let mut flat = example(vec![click(1.0, 1.0)]);
    flat.frame.viewport_height = 0.0;
    let nowhere = example(vec![click(f64::NAN, 1.0)]);
    let data = TrainingData {
        examples: vec![lost, flat, nowhere, example(Vec::new()), example(vec![click(1.0, 1.0)])],
        ..TrainingData::default()
    };
    let mut out = Vec::new();
    let report =
        ChatFormat::default().write(&masked(data), &archive(32, 24), &mut out).expect("writing to memory");
    assert_eq!((report.lines, report.skipped), (1, 4));
    assert_eq!(report.bytes, out.len() as u64);
    let rules: Vec<_> = report.findings.iter().map(|finding| finding.rule.as_str()).collect();
    assert_eq!(
        rules,
        ["image-unusable", "frame-size-unusable", "frame-size-unusable", "example-without-actions"]
    );
}

#[test]
fn an_index_that_is_wrong_about_the_size_spoils_no_coordinate() {
    struct Liar;
    impl codesight_openai::format::ImageProvider for Liar {
        fn locate(&self, _: &ContentHash) -> codesight_core::Result<codesight_openai::format::StoredImage> {
            Ok(codesight_openai::format::StoredImage { path: "a.png".into(), width: 64, height: 48 })
        }
        fn bytes(
            &self,
            _: &codesight_openai::format::StoredImage,
        ) -> codesight_core::Result<codesight_core::privacy::Masked<bytes::Bytes>> {
            Ok(masked(png(32, 24).into()))
        }
    }
    let line = ChatFormat::default().line(&masked(example(vec![click(1.0, 1.0)])), &Liar).expect("in memory");
    assert_eq!(line.bytes, None);
    assert_eq!(line.findings[0].rule.as_str(), "image-unusable");
}

#[test]
fn an_image_by_address_is_named_below_the_base_that_was_given() {
    let at = |base: &str| ChatFormat {
        images: ImagePolicy::Url,
        image_base: base.to_owned(),
        ..ChatFormat::default()
    };
    let data = masked(example(vec![click(640.0, 480.0)]));
    for base in ["https://images.example/session-1/", "https://images.example/session-1"] {
        let line = at(base).line(&data, &archive(32, 24)).expect("in memory");
        let bytes = line.bytes.expect("a line");
        assert_eq!(judge(&bytes, one_line()).findings, [], "the validator takes it");
        let json: serde_json::Value = serde_json::from_slice(&bytes).expect("JSON");
        let user = json["messages"].as_array().and_then(|all| all.iter().find(|one| one["role"] == "user"));
        assert_eq!(
            user.expect("a user's message")["content"][1]["image_url"]["url"],
            format!("https://images.example/session-1/{IMAGE_PATH}")
        );
    }
    for base in ["", "images.example", "file:///etc/", "javascript:alert(1)//", "//images.example/"] {
        let refused = at(base).line(&data, &archive(32, 24)).expect_err(base);
        assert_eq!(refused.kind(), codesight_core::ErrorKind::Invalid, "{base}");
    }
}

#[test]
fn lines_of_an_archive_are_checked_against_its_images() {
    struct Archive(u32);
    impl ImageSource for Archive {
        fn image(&self, path: &str) -> codesight_core::Result<bytes::Bytes> {
            assert_eq!(path, IMAGE_PATH);
            Ok(png(self.0, 24).into())
        }
    }
    let format = ChatFormat { images: ImagePolicy::Path, ..ChatFormat::default() };
    let line = format.line(&masked(example(vec![click(1279.0, 1.0)])), &archive(32, 24)).expect("in memory");
    let bytes = line.bytes.expect("a line");
    let codes = |width| {
        let mut options = one_line();
        options.archive_paths = true;
        let verdict = validate(&mut bytes.as_slice(), options, Some(&Archive(width))).expect("in memory");
        verdict.findings.iter().map(|finding| finding.code.as_str()).collect::<Vec<_>>()
    };
    assert!(codes(32).is_empty());
    assert_eq!(codes(31), ["coordinates-outside-image"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever the device pixel ratio and the resizing: the pixel that was written lies in the box that was clicked, to half
    /// an image pixel, and exactly where the box is a pixel wide or more and the click was in its middle.
    #[test]
    fn the_written_click_read_back_lies_in_the_box(
        image in (1_u32..4_000, 1_u32..4_000),
        viewport in (1.0_f64..4_000.0, 1.0_f64..4_000.0),
        corner in (0.0_f64..1.0, 0.0_f64..1.0),
        size in (0.0_f64..1.0, 0.0_f64..1.0),
        within in (0.0_f64..=1.0, 0.0_f64..=1.0),
    ) {
        let space = PixelSpace::new(image.0, image.1, viewport.0, viewport.1).expect("usable sizes");
        let x = corner.0 * viewport.0;
        let y = corner.1 * viewport.1;
        let target = Rect { x, y, width: (viewport.0 - x) * size.0, height: (viewport.1 - y) * size.1 };
        let at = Point { x: x + target.width * within.0, y: y + target.height * within.1 };
        let (pixel, moved) = space.to_pixel(at).expect("a number");
        prop_assert!(!moved);
        prop_assert!((0..image.0 as i32).contains(&pixel.x) && (0..image.1 as i32).contains(&pixel.y));
        let back = space.to_css(pixel);
        let half = 0.5 * (viewport.0 / f64::from(image.0)).max(viewport.1 / f64::from(image.1));
        prop_assert!(target.contains(back, half + 1e-6), "{back:?} is not in {target:?}");
        prop_assert_eq!(space.to_pixel(back), Some((pixel, false)));
        let (middle, _) = space.to_pixel(target.center()).expect("a number");
        let wide = target.width >= viewport.0 / f64::from(image.0) && target.height >= viewport.1 / f64::from(image.1);
        prop_assert!(!wide || target.contains(space.to_css(middle), 1e-6));
    }
}
