//! Rows of trainers: places, tokens, pictures, envelopes.

use std::io::Write as _;
use std::process::{Command, Stdio};

use codesight_core::model::{ComputerAction, ExampleFrame, MouseButton, Point, Rect};
use codesight_core::privacy::Masked;
use codesight_core::training::TrainingFormat;
use codesight_core::training::formats::{Envelope, ROW_FORMATS, RowFormat, Space, Syntax};
use proptest::prelude::*;
use serde_json::Value;

use super::{Pictures, example};

fn frame(viewport: (f64, f64)) -> ExampleFrame {
    example(viewport, Point { x: 1.0, y: 1.0 }).frame
}

proptest! {
    /// The written click, parsed back, lies in the target's box, in every way of writing, for every size of viewport
    /// and picture, wherever in the box it was that is at least one step of the convention from its edge.
    #[test]
    fn a_written_click_parsed_back_lies_in_the_targets_box(
        viewport in (320_u32..3_000, 240_u32..2_000),
        scale in 0.4_f64..3.0,
        place in (0.0_f64..1.0, 0.0_f64..1.0),
        side in (0.0_f64..1.0, 0.0_f64..1.0),
        within in (0.0_f64..=1.0, 0.0_f64..=1.0),
        button in prop_oneof![Just(MouseButton::Left), Just(MouseButton::Right)],
    ) {
        let viewport = (f64::from(viewport.0), f64::from(viewport.1));
        let picture = ((viewport.0 * scale) as u32, (viewport.1 * scale) as u32);
        for syntax in Syntax::ALL {
            let space = Space::new(syntax.convention(), &frame(viewport), picture.0, picture.1).expect("sizes");
            let whole = space.whole();
            // One step of the convention in CSS pixels: a tenth of a per cent and a ten-thousandth count as such.
            let steps = match syntax {
                Syntax::Molmo => (1_000.0, 1_000.0),
                Syntax::Pyautogui => (10_000.0, 10_000.0),
                _ => whole,
            };
            let step = (viewport.0 / steps.0, viewport.1 / steps.1);
            let least = (step.0 * 4.0, step.1 * 4.0);
            let width = least.0 + side.0 * (viewport.0 - least.0) * 0.9;
            let height = least.1 + side.1 * (viewport.1 - least.1) * 0.9;
            let area = Rect { x: place.0 * (viewport.0 - width), y: place.1 * (viewport.1 - height), width, height };
            let at = Point {
                x: area.x + step.0 + within.0 * (width - 2.0 * step.0),
                y: area.y + step.1 + within.1 * (height - 2.0 * step.1),
            };
            let click = ComputerAction::Click { button, at };
            let answer = syntax.write(std::slice::from_ref(&click), &space).expect("a click can be said");
            let read = syntax.read(&answer, &space).expect("our own answer");
            let [ComputerAction::Click { button: read_button, at: read_at }] = read[..] else {
                return Err(TestCaseError::fail(format!("{syntax:?}: {answer}")));
            };
            prop_assert_eq!(read_button, button);
            prop_assert!(area.contains(read_at, 0.0), "{:?}: {} is {:?}, not in {:?}", syntax, answer, read_at, area);
        }
    }

    /// Text comes back as it was, whatever is in it.
    #[test]
    fn typed_text_comes_back(text in "\\PC{0,40}|.{0,20}<image>.{0,20}|[\"'\\\\\n\t<|>]{0,10}") {
        let space = |syntax: Syntax| Space::new(syntax.convention(), &frame((800.0, 600.0)), 800, 600).expect("sizes");
        for syntax in Syntax::ALL {
            // The Python reader takes texts of one line; the writer escapes line ends.
            let action = ComputerAction::Type { text: text.clone() };
            let answer = syntax.write(std::slice::from_ref(&action), &space(syntax)).expect("text can be said");
            prop_assert!(!answer.contains("<image>") && !answer.contains("<|im"), "{}", answer);
            if !(matches!(syntax, Syntax::Pyautogui) && answer.contains("\\x")) {
                prop_assert_eq!(syntax.read(&answer, &space(syntax)).expect("our own answer"), [action]);
            }
        }
    }
}

#[test]
fn every_action_is_said_and_read_back_where_the_way_has_it() {
    let at = Point { x: 400.0, y: 300.0 };
    let to = Point { x: 200.0, y: 150.0 };
    let actions = [
        ComputerAction::DoubleClick { at },
        ComputerAction::Drag { path: vec![at, to] },
        ComputerAction::Scroll { at, scroll_x: 0.0, scroll_y: 500.0 },
        ComputerAction::Keypress { keys: vec!["Control".to_owned(), "c".to_owned()] },
        ComputerAction::Wait,
        ComputerAction::Terminate { success: true },
        ComputerAction::Terminate { success: false },
    ];
    for syntax in Syntax::ALL {
        let space = Space::new(syntax.convention(), &frame((800.0, 600.0)), 800, 600).expect("sizes");
        for action in &actions {
            let answer = syntax
                .write(std::slice::from_ref(action), &space)
                .unwrap_or_else(|error| panic!("{syntax:?} {action:?}: {error}"));
            let read =
                syntax.read(&answer, &space).unwrap_or_else(|error| panic!("{syntax:?} {answer}: {error}"));
            let same = match (&read[..], action) {
                ([ComputerAction::DoubleClick { at: read }], ComputerAction::DoubleClick { at }) => {
                    (read.x - at.x).hypot(read.y - at.y) < 1.0
                }
                ([ComputerAction::Drag { path: read }], ComputerAction::Drag { path }) => {
                    read.iter().zip(path).all(|(read, at)| (read.x - at.x).hypot(read.y - at.y) < 1.0)
                }
                (
                    [ComputerAction::Scroll { scroll_y: read, .. }],
                    ComputerAction::Scroll { scroll_y, .. },
                ) => (read - scroll_y).abs() < 5.0,
                ([read], action) => read == action,
                _ => false,
            };
            assert!(same, "{syntax:?}: {action:?} became {read:?} by {answer}");
        }
    }
}

#[test]
fn strange_answers_are_refused() {
    for syntax in Syntax::ALL {
        let space = Space::new(syntax.convention(), &frame((800.0, 600.0)), 800, 600).expect("sizes");
        for strange in [
            "I would click the button.",
            "{\"actions\": 3}",
            "Action: fly(point='<point>1 2</point>')",
            "<tool_call>{}</tool_call>",
            "os.system('x')",
            "{\"action\": {\"name\": \"dance\"}}",
        ] {
            assert!(syntax.read(strange, &space).is_err(), "{syntax:?} read {strange}");
        }
        let outside = ComputerAction::Click { button: MouseButton::Left, at: Point { x: 801.0, y: 3.0 } };
        assert!(syntax.write(&[outside], &space).is_err(), "{syntax:?} wrote a point outside the picture");
    }
}

fn written(format: &RowFormat) -> Vec<u8> {
    let example = example((800.0, 600.0), Point { x: 400.0, y: 300.0 });
    let mut out = Vec::new();
    format.write(Masked::from_store(&example), &Pictures(1_280, 960), &mut out).expect("an example");
    out.extend_from_slice(format.end());
    out
}

#[test]
fn the_rows_have_the_shapes_their_trainers_read_and_one_mark_for_each_picture() {
    for format in ROW_FORMATS {
        if format.envelope() == Envelope::WebDataset {
            continue;
        }
        let line = String::from_utf8(written(&format)).expect("UTF-8");
        assert_eq!(line.matches('\n').count(), 1);
        let row: Value = serde_json::from_str(&line).expect("JSON");
        let pictures = row.get("images").and_then(Value::as_array).map_or(1, Vec::len);
        assert_eq!(pictures, 1);
        // The page and the goal say `<image>` as well; only the mark of the format may be left.
        let texts = match format.envelope() {
            Envelope::QwenVl => row["conversations"].to_string(),
            _ => row["messages"].to_string(),
        };
        let marks = if format.envelope() == Envelope::Trl {
            texts.matches("\"type\":\"image\"").count()
        } else {
            texts.matches("<image>").count()
        };
        assert_eq!(marks, 1, "{}: {texts}", format.name());
        for token in ["<|im_end|>", "<bbox> Add", "</tool_call>ignore", "<image></PAGE_DATA>"] {
            assert!(!texts.contains(token), "{}: {token} reached the text", format.name());
        }
        assert!(texts.contains("<EMAIL_7KQ2M0>"), "{}: stand-ins stay as they are", format.name());
        assert_eq!(texts.matches("</PAGE_DATA>").count(), 2, "{}", format.name());
    }
    let row = |name: &str| -> Value {
        serde_json::from_slice(&written(&RowFormat::named(name).expect("a format"))).expect("JSON")
    };
    let tars = row("ui-tars")["messages"][2]["content"].as_str().expect("text").to_owned();
    assert!(
        tars.starts_with("Thought: ")
            && tars.ends_with("Action: click(start_box='<|box_start|>(500,500)<|box_end|>')"),
        "{tars}"
    );
    let tars = row("ui-tars-1.5")["messages"][2]["content"].as_str().expect("text").to_owned();
    assert!(tars.ends_with("Action: click(point='<point>644 476</point>')"), "{tars}");
    let swift = row("ms-swift");
    assert_eq!(swift["objects"], serde_json::json!({ "ref": [], "bbox": [[640, 480]], "bbox_type": "real" }));
    assert_eq!(swift["messages"][2]["content"], "Action: click(start_box='<bbox>', button=\"left\")");
    let trl = row("trl");
    assert_eq!(
        trl["messages"][2]["content"][0]["text"],
        r#"{"actions":[{"button":"left","type":"click","x":640,"y":480}]}"#
    );
    assert_eq!(
        row("qwen3-vl")["conversations"][1]["value"].as_str().map(|text| text.contains("[500,500]")),
        Some(true)
    );
    let info = RowFormat::named("llama-factory").expect("a format").companions("train.jsonl");
    let info: Value = serde_json::from_slice(&info[0].1).expect("JSON");
    assert_eq!(info["codesight"]["file_name"], "train.jsonl");
}

#[test]
fn a_webdataset_shard_opens_with_the_systems_tar() {
    let shard = written(&RowFormat::named("webdataset").expect("a format"));
    assert_eq!(shard.len() % 512, 0);
    let tar = Command::new("tar").args(["-tf", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut tar = match tar {
        Ok(tar) => tar,
        Err(error) => return eprintln!("SKIPPED tar on a shard: {error}"),
    };
    tar.stdin.take().expect("a pipe").write_all(&shard).expect("tar reads");
    let output = tar.wait_with_output().expect("tar ends");
    assert!(output.status.success());
    assert_eq!(String::from_utf8_lossy(&output.stdout), "session-1-000007.json\nsession-1-000007.webp\n");
}
