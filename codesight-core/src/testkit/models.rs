//! The suites of [`VisionModel`](crate::ports::VisionModel) and [`Transcriber`](crate::ports::Transcriber).
//!
//! What a model says is its own affair; what is tested is that its answer has the form the contract asks for. A
//! backend that plays back recorded answers should have some for [`fixtures::frame`] 1 to 3, or the scenario is
//! skipped.

use std::sync::Arc;

use super::check::{Stop, Verdict, ensure, equal};
use super::fixtures;
use super::suite::{Suite, scenarios};
use crate::ports::{Transcriber, VisionModel};

/// Everything a vision model must do.
pub fn vision_suite() -> Suite<dyn VisionModel> {
    Suite::new(
        "vision",
        scenarios![
            behaviour "analyze: one observation a frame at most, in the order given; a frame the model could not judge is left out"
                => in_order,
            behaviour "analyze: no frames, no observations" => no_frames,
        ],
    )
}

/// Everything a transcriber must do.
pub fn transcriber_suite() -> Suite<dyn Transcriber> {
    Suite::new(
        "transcriber",
        scenarios![
            also "transcribe: an empty transcript when there is no speech, under the model's name" => silence,
        ],
    )
}

async fn in_order(model: Arc<dyn VisionModel>) -> Verdict {
    let frames = [fixtures::frame(3)?, fixtures::frame(1)?, fixtures::frame(2)?];
    let analysis = model.analyze("Buy a blue shirt", &frames).await?;
    if analysis.observations.is_empty() {
        return Err(Stop::Skipped("the model judged none of the frames".to_owned()));
    }
    let mut rest = frames.iter();
    for observation in &analysis.observations {
        let found = rest.any(|frame| frame.hash == observation.frame);
        ensure(found, "observations of the frames given, in their order, each once")?;
        ensure((0.0..=1.0).contains(&observation.confidence), "a confidence between 0 and 1")?;
    }
    ensure(analysis.model.is_some(), "the model's name with its observations")
}

async fn no_frames(model: Arc<dyn VisionModel>) -> Verdict {
    equal(&model.analyze("Buy a blue shirt", &[]).await?.observations, &Vec::new(), "observations")
}

async fn silence(transcriber: Arc<dyn Transcriber>) -> Verdict {
    let transcript = transcriber.transcribe("audio/wav", fixtures::silence(250)).await?;
    equal(&transcript.segments, &Vec::new(), "segments")?;
    ensure(!transcript.model.is_empty(), "the model's name")
}
