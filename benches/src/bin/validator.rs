//! The validator of training files on text and on pictures, in processor time of one core; beside it what merely parsing the same lines
//! costs, and with pictures what a second thread saves.
//!
//! `cargo run --release -p codesight-benches --bin validator`, with `profile` for a single pass that a profiler can watch.
#![expect(clippy::print_stdout, reason = "a measurement is printed")]

use std::fmt::Write as _;
use std::io::Cursor;
use std::time::Instant;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use codesight_benches::least_processor_time;
use codesight_core::{Error, Result};
use codesight_openai::format::{TOOL_NAME, TOOL_PARAMETERS};
use codesight_openai::validate::{ReaderLimits, ValidatorOptions, Verdict, validate};
use image::{ImageFormat, RgbImage};
use serde::de::IgnoredAny;
use serde_json::{Value, json};

const RUNS: u32 = 9;
const BYTES: usize = 16_000_000;
const WORDS: [&str; 16] = [
    "the", "lamp", "basket", "delivery", "with", "blue", "order", "and", "under", "forty", "euros", "please",
    "compare", "returned", "café", "for",
];

fn main() -> Result<()> {
    let chat = lines(conversation);
    let steps = lines(step);
    if std::env::args().any(|argument| argument == "profile") {
        judge(&chat, 1)?;
        judge(&steps, 1)?;
        return Ok(());
    }
    println!("{:26} {:>10} {:>12} {:>12}", "MB/s of one core", "validator", "into values", "only scanned");
    for (name, file) in [("conversations", &chat), ("steps with the tool", &steps)] {
        let rate = |seconds: f64| file.len() as f64 / 1e6 / seconds;
        let ours = least_processor_time(RUNS, || assert!(judge(file, 1).is_ok()));
        let values = least_processor_time(3, || {
            for line in file.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                assert!(serde_json::from_slice::<Value>(line).is_ok());
            }
        });
        let scanned = least_processor_time(3, || {
            for line in file.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
                assert!(serde_json::from_slice::<IgnoredAny>(line).is_ok());
            }
        });
        let [ours, values, scanned] = [ours, values, scanned].map(|time| rate(time.as_secs_f64()));
        println!("{name:26} {ours:10.0} {values:12.0} {scanned:12.0}");
    }
    println!("goal                       {:>10}", ">= 200");
    pictures()
}

/// Lines with a picture of about 100 kB each: wall time with one thread and with two.
fn pictures() -> Result<()> {
    let mut file = Vec::new();
    for number in 0..200 {
        let line = json!({ "messages": [
            { "role": "system", "content": "s" },
            { "role": "user", "content": [
                { "type": "text", "text": format!("step {number}") },
                { "type": "image_url", "image_url": { "url": format!("data:image/jpeg;base64,{}", picture(number)?) } },
            ] },
            { "role": "assistant", "content": "done" },
        ] });
        file.extend(line.to_string().into_bytes());
        file.push(b'\n');
    }
    let wall = |threads: usize| -> Result<f64> {
        let mut least = f64::INFINITY;
        for _ in 0..RUNS {
            let begun = Instant::now();
            let verdict = judge(&file, threads)?;
            assert_eq!(verdict.image_examples, 200, "every picture was read");
            least = least.min(begun.elapsed().as_secs_f64());
        }
        Ok(file.len() as f64 / 1e6 / least)
    };
    let (one, two) = (wall(1)?, wall(2)?);
    println!(
        "pictures, {:.0} kB a line: {one:.0} MB/s on one thread, {two:.0} on two by the clock: {:.2}",
        file.len() as f64 / 200e3,
        two / one
    );
    Ok(())
}

fn judge(mut file: &[u8], threads: usize) -> Result<Verdict> {
    let reader = ReaderLimits { threads: Some(threads), ..ReaderLimits::default() };
    let options = ValidatorOptions { reader, archive_paths: true, ..ValidatorOptions::default() };
    let verdict = validate(&mut file, options, None)?;
    if verdict.is_accepted() {
        Ok(verdict)
    } else {
        Err(Error::invalid("bench.validator", "the lines have faults: their cost is not that of good ones"))
    }
}

fn lines(line: impl Fn(usize) -> Value) -> Vec<u8> {
    let mut file = Vec::with_capacity(BYTES + 10_000);
    let mut number = 0;
    while file.len() < BYTES {
        number += 1;
        file.extend(line(number).to_string().into_bytes());
        file.push(b'\n');
    }
    file
}

fn prose(seed: usize, words: usize) -> String {
    let mut text = String::new();
    let mut state = seed.wrapping_mul(0x9e37_79b9) | 1;
    for word in 0..words {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let end = if word % 12 == 11 { ".\n" } else { " " };
        let _ = write!(text, "{}{end}", WORDS[(state >> 33) % WORDS.len()]);
    }
    text
}

/// What chat files are: a system text, three turns, line breaks and quotes in them.
fn conversation(number: usize) -> Value {
    json!({ "messages": [
        { "role": "system", "content": "You are the assistant of a shop. You answer in one short paragraph." },
        { "role": "user", "content": format!("Order {number}: \"{}\"", prose(number, 60)) },
        { "role": "assistant", "content": prose(number + 1, 90) },
        { "role": "user", "content": prose(number + 2, 40) },
        { "role": "assistant", "content": prose(number + 3, 120) },
    ] })
}

/// What our own lines are, with the picture in the archive.
fn step(number: usize) -> Value {
    let parameters: Value = serde_json::from_str(TOOL_PARAMETERS).unwrap_or_default();
    let element = |at: usize| json!({ "role": "button", "name": format!("Add {} to the basket", prose(number + at, 4)) });
    let page = json!({
        "url": format!("https://shop.example/list?page={number}"), "title": "Lamps | Shop",
        "elements": (0..30).map(element).collect::<Vec<_>>(),
    });
    let arguments =
        json!({ "actions": [{ "type": "click", "button": "left", "x": number % 1280, "y": 320 }] });
    json!({
        "messages": [
            { "role": "system", "content": prose(7, 150) },
            { "role": "user", "content": [
                { "type": "text", "text": format!("Goal: \"a lamp under {number} euros\"\nPage:\n<page_data>\n{page}\n</page_data>") },
                { "type": "image_url", "image_url": { "url": "screenshots/0001.webp", "detail": "high" } },
            ] },
            { "role": "assistant", "tool_calls": [
                { "id": "call_1", "type": "function", "function": { "name": TOOL_NAME, "arguments": arguments.to_string() } },
            ] },
        ],
        "tools": [{ "type": "function", "function": { "name": TOOL_NAME, "parameters": parameters } }],
    })
}

/// A picture that does not compress well, as base64.
fn picture(seed: u32) -> Result<String> {
    let image = RgbImage::from_fn(320, 240, |x, y| {
        let noise =
            (x.wrapping_mul(73_856_093) ^ y.wrapping_mul(19_349_663) ^ seed).wrapping_mul(0x9e37_79b9);
        image::Rgb([(noise >> 8) as u8, (noise >> 16) as u8, (noise >> 24) as u8])
    });
    let mut out = Cursor::new(Vec::new());
    image
        .write_to(&mut out, ImageFormat::Jpeg)
        .map_err(|error| Error::invalid("bench.picture", "the picture does not encode").caused_by(error))?;
    Ok(STANDARD.encode(out.into_inner()))
}
