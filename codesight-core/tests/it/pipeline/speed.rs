//! How long the pipeline takes, against one parse of the same session. Prints; never fails by time.
//!
//! `cargo test --release -p codesight-core --all-features --test it pipeline::speed -- --ignored --nocapture`

use std::hint::black_box;
use std::time::{Duration, Instant};

use codesight_core::model::InteractionData;
use codesight_core::pipeline::Pipeline;
use serde_json::json;

use super::fixture::{Place, Session, interaction, target};

const RUNS: usize = 21;

/// A session whose interactions are about 12 kB of JSON each, as a recorder with full context sends them.
fn heavy(length: usize) -> Session {
    let mut session = Session::empty();
    for index in 0..length {
        let path = format!("/search.html?q=vase&page={}", index / 5);
        let name = format!("Product {index} in blue");
        let kind = ["click", "scroll", "input", "key", "click"][index % 5];
        let mut heavy = interaction(kind, &path, target("a", "link", &name, 300.0, 400.0));
        heavy["action"] = json!({"text": name, "keys": ["Enter"], "scrollY": 300 + index});
        let page = &mut heavy["pageContext"];
        page["nearbyElements"] = (0..45)
            .map(|row| {
                json!({"tag": "a", "role": "link", "text": format!("Hand-made vase number {row} of {index}"),
                       "selector": format!("main > ul > li:nth-child({row}) > article > a.card_x1y2z"),
                       "box": {"x": 20.5, "y": 30 * row, "width": 200.25, "height": 24.0}, "distance": 30 * row,
                       "interactive": row % 3 != 0})
            })
            .collect();
        page["domHierarchy"]["ancestors"] = (0..14)
            .map(|level| json!({"tag": "div", "classes": ["card_x1y2z", "row"], "index": level}))
            .collect();
        page["products"] = (0..6)
            .map(|row| json!({"name": format!("Vase {row}"), "price": "24.90", "currency": "EUR", "sku": format!("KT-{row}")}))
            .collect();
        session.push(heavy);
    }
    session
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

#[test]
#[ignore = "a measurement: run it alone, in release mode"]
fn ratio_to_one_parse() {
    for length in [500, 5_000] {
        let session = heavy(length);
        let interactions: Vec<_> = session
            .places
            .iter()
            .filter_map(|(_, place)| match place {
                Place::Interaction(interaction) => Some(interaction),
                _ => None,
            })
            .collect();
        let json = serde_json::to_vec(&interactions).expect("JSON");
        let pipeline = Pipeline::default();
        let (mut parse, mut process, mut write) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..RUNS {
            let start = Instant::now();
            let parsed: Vec<InteractionData> = serde_json::from_slice(black_box(&json)).expect("JSON");
            parse.push(start.elapsed());
            drop(black_box(parsed));
            let input = session.input();
            let start = Instant::now();
            let processed = pipeline.process_session(black_box(input));
            process.push(start.elapsed());
            let start = Instant::now();
            black_box(serde_json::to_vec(&processed).expect("JSON"));
            write.push(start.elapsed());
        }
        let (parse, process, write) = (median(parse), median(process), median(write));
        println!(
            "{length} interactions of {} B: parse {parse:?}, pipeline {process:?}, ratio {:.3}; writing the result {write:?}",
            json.len() / length,
            process.as_secs_f64() / parse.as_secs_f64(),
        );
    }
}
