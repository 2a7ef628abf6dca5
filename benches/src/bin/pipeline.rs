//! The whole pipeline on a session of 500 interactions, against one `serde_json` parse of the same session.
//!
//! `cargo run --release -p codesight-benches --bin pipeline`
#![expect(clippy::print_stdout, reason = "a measurement is printed")]

use codesight_benches::{fastest, interaction};
use codesight_core::Result;
use codesight_core::id::ContentHash;
use codesight_core::model::InteractionData;
use codesight_core::pipeline::{FrameFacts, Pipeline, RecordContent, SessionInput, SessionRecord};
use codesight_core::privacy::Masked;
use codesight_core::testkit::fixtures;

const INTERACTIONS: u64 = 500;
const RUNS: u32 = 15;

fn input(interactions: &[InteractionData]) -> Result<SessionInput> {
    let records = (1..).zip(interactions).map(|(seq, interaction)| {
        let mut interaction = interaction.clone();
        interaction.seq = Some(seq);
        SessionRecord { seq, content: RecordContent::Interaction(Box::new(Masked::from_store(interaction))) }
    });
    let frame = |hash: ContentHash| FrameFacts {
        hash,
        media_type: "image/jpeg".to_owned(),
        width: 1280,
        height: 800,
        pixel_hash: None,
        blank: false,
    };
    let frames =
        interactions.iter().flat_map(|interaction| &interaction.screenshots).map(|shot| frame(shot.hash));
    let session = Masked::from_store(fixtures::session(1)?);
    let (records, frames) = (records.collect(), frames.collect());
    Ok(SessionInput { session, records, frames, vision: None, findings: Vec::new() })
}

fn main() -> Result<()> {
    let interactions: Vec<InteractionData> = (1..=INTERACTIONS).map(interaction).collect();
    let json = serde_json::to_vec(&interactions).unwrap_or_default();
    let parse = fastest(RUNS, || {
        let parsed: serde_json::Result<Vec<InteractionData>> = serde_json::from_slice(&json);
        assert_eq!(parsed.map(|all| all.len()).ok(), Some(interactions.len()));
    });
    let pipeline = Pipeline::default();
    let mut inputs: Vec<SessionInput> = (0..RUNS).map(|_| input(&interactions)).collect::<Result<_>>()?;
    let mut examples = 0;
    let process = fastest(RUNS, || {
        if let Some(input) = inputs.pop() {
            examples = pipeline.process_session(input).training.examples.len();
        }
    });
    println!(
        "session   {INTERACTIONS} interactions, {:.2} MB of JSON, {examples} examples",
        json.len() as f64 / 1e6
    );
    println!("parse     {:.2} ms, serde_json into the typed models", parse.as_secs_f64() * 1e3);
    println!("pipeline  {:.2} ms, all stages", process.as_secs_f64() * 1e3);
    println!("ratio     {:.2} (goal <= 4)", process.as_secs_f64() / parse.as_secs_f64());
    Ok(())
}
