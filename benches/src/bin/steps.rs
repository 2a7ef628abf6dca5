//! What one interaction costs on its way through a server, step by step, on one core.
//!
//! `cargo run --release -p codesight-benches --bin steps`
#![expect(clippy::print_stdout, reason = "a measurement is printed")]

use std::sync::Arc;
use std::time::Duration;

use codesight_benches::{fastest, interaction};
use codesight_core::Result;
use codesight_core::model::InteractionData;
use codesight_core::ports::SecretKey;
use codesight_core::privacy::{Masked, Masker, PatternDetector, Pseudonymizer, Raw};

const INTERACTIONS: u64 = 500;
const RUNS: u32 = 9;

fn main() -> Result<()> {
    let interactions: Vec<InteractionData> = (1..=INTERACTIONS).map(interaction).collect();
    let texts: Vec<Vec<u8>> =
        interactions.iter().map(|interaction| serde_json::to_vec(interaction).unwrap_or_default()).collect();
    let parse = fastest(RUNS, || {
        for text in &texts {
            let parsed: serde_json::Result<InteractionData> = serde_json::from_slice(text);
            assert!(parsed.is_ok());
        }
    });
    let mut masker =
        Masker::new(Arc::new(PatternDetector::new()), Pseudonymizer::new(SecretKey::from_bytes([1; 32])));
    let mut raw: Vec<Vec<InteractionData>> = (0..RUNS).map(|_| interactions.clone()).collect();
    let mut masked: Vec<Masked<InteractionData>> = Vec::new();
    let mask = fastest(RUNS, || {
        masked = raw
            .pop()
            .into_iter()
            .flatten()
            .map(|interaction| masker.interaction(Raw::new(interaction)))
            .collect();
    });
    let write = fastest(RUNS, || {
        for interaction in &masked {
            assert!(interaction.to_json().is_ok());
        }
    });
    let bytes: usize = texts.iter().map(Vec::len).sum();
    println!("interaction  {:.1} kB of JSON", bytes as f64 / INTERACTIONS as f64 / 1e3);
    for (name, time) in [("parse", parse), ("mask", mask), ("write", write)] {
        println!("{name:12} {:.0} us, {:.0} MB/s", micros(time), bytes as f64 / 1e6 / time.as_secs_f64());
    }
    Ok(())
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6 / INTERACTIONS as f64
}
