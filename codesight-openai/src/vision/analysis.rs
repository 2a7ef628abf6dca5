//! The port [`VisionModel`] on a chat model.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use codesight_core::id::ContentHash;
use codesight_core::model::VisionAnalysis;
use codesight_core::ports::{VisionFrame, VisionModel};
use codesight_core::{Error, ErrorKind, Result, Retry};
use futures_util::stream::{self, StreamExt};

use super::question::{FrameReading, VERSION, question, reading};
use crate::chat::{Answer, BATCH_SHARE, BatchOptions, Batches, ChatModel, ChatPrice, Question, Usage};
use crate::format::ImageDetail;
use crate::image::ImageHeader;
use crate::records::{self, Records};
use crate::tokens::ModelData;

/// How frames are looked at.
#[derive(Debug, Clone)]
pub struct VisionOptions {
    /// As a batch, for half the price and within a day; otherwise one by one.
    pub batch: Option<BatchOptions>,
    /// Questions under way at once.
    pub parallel: usize,
    /// The price, where it is known. Without it there is no cap.
    pub price: Option<ChatPrice>,
    /// US dollars that this value and those made of it may spend in their life. Frames that would cost more are left out.
    pub most_usd: Option<f64>,
}

impl Default for VisionOptions {
    fn default() -> Self {
        Self { batch: None, parallel: 4, price: None, most_usd: None }
    }
}

/// Looks at frames with a chat model.
#[derive(Debug)]
pub struct ChatVision {
    model: ChatModel,
    options: VisionOptions,
    cache: Arc<dyn Records>,
    spent: Arc<Mutex<f64>>,
}

impl fmt::Display for ChatVision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}", self.model.name(), self.model.client().profile().name)
    }
}

impl ChatVision {
    /// With that model. Answers are kept in `cache` under the hash of frame, goal, model and question, so that none is paid for twice.
    pub fn new(model: ChatModel, cache: Arc<dyn Records>, options: VisionOptions) -> Self {
        Self { model, options, cache, spent: Arc::default() }
    }

    /// The same model with the same purse and answers kept elsewhere.
    pub fn caching_in(&self, cache: Arc<dyn Records>) -> Self {
        Self {
            model: self.model.clone(),
            options: self.options.clone(),
            cache,
            spent: Arc::clone(&self.spent),
        }
    }

    /// US dollars spent so far, as far as the price is known.
    pub fn spent_usd(&self) -> f64 {
        *self.spent.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn key(&self, goal: &str, frame: &VisionFrame) -> String {
        let whole = format!("{VERSION}\n{}\n{}\n{goal}", self.model.name(), frame.hash);
        format!("vision-{}", ContentHash::of(whole.as_bytes()))
    }

    /// Sets the likely cost of a question aside; false when the cap does not allow it.
    fn reserve(&self, goal: &str, frame: &VisionFrame) -> bool {
        let (Some(price), Some(most)) = (&self.options.price, self.options.most_usd) else { return true };
        let mut spent = self.spent.lock().unwrap_or_else(PoisonError::into_inner);
        let cost = price.of(self.estimate(goal, frame)) * self.share();
        let fits = *spent + cost <= most;
        if fits {
            *spent += cost;
        }
        fits
    }

    /// Replaces what was set aside by what it came to.
    fn settle(&self, goal: &str, frame: &VisionFrame, answer: Option<&Answer>) {
        let Some(price) = &self.options.price else { return };
        let reserved =
            if self.options.most_usd.is_some() { price.of(self.estimate(goal, frame)) } else { 0.0 };
        let real = match answer {
            None => 0.0,
            Some(answer) => price.of(answer.usage.unwrap_or_else(|| self.estimate(goal, frame))),
        };
        *self.spent.lock().unwrap_or_else(PoisonError::into_inner) += (real - reserved) * self.share();
    }

    fn share(&self) -> f64 {
        if self.options.batch.is_some() { BATCH_SHARE } else { 1.0 }
    }

    /// Tokens: the question's words (four bytes each, at least), the image by its formula, the longest answer.
    fn estimate(&self, goal: &str, frame: &VisionFrame) -> Usage {
        const WORDS: u64 = 600;
        let image = match (ModelData::of(self.model.name()), ImageHeader::read(&frame.bytes)) {
            (Some(data), Ok(header)) => data.image.tokens(header.width, header.height, ImageDetail::High),
            (Some(data), Err(_)) => data.image.most_tokens(),
            _ => 2_500,
        };
        Usage { input: WORDS + goal.len() as u64 / 4 + image, output: 300 }
    }

    async fn ask_one(&self, goal: &str, frame: &VisionFrame) -> (ContentHash, Result<Answer>) {
        (frame.hash, self.model.ask(&question(goal, frame)).await)
    }

    async fn ask(&self, goal: &str, frames: &[&VisionFrame]) -> Result<BTreeMap<ContentHash, Answer>> {
        if let Some(options) = self.options.batch {
            let questions: Vec<(String, Question)> =
                frames.iter().map(|frame| (frame.hash.to_string(), question(goal, frame))).collect();
            let batches = Batches::new(self.model.client().clone(), options);
            let mut answers = batches.ask(&self.model, &questions).await?;
            let found = frames
                .iter()
                .filter_map(|frame| Some((frame.hash, answers.remove(&frame.hash.to_string())?)));
            return Ok(found.collect());
        }
        let each: Vec<_> = frames.iter().map(|frame| self.ask_one(goal, frame)).collect();
        let asked: Vec<(ContentHash, Result<Answer>)> =
            stream::iter(each).buffered(self.options.parallel.max(1)).collect().await;
        let mut answers = BTreeMap::new();
        let mut failure = None;
        for (hash, answer) in asked {
            match answer {
                Ok(answer) => {
                    answers.insert(hash, answer);
                }
                Err(error) => failure = Some(error),
            }
        }
        // A service that answers nothing is away; one that refuses a frame is not.
        match failure {
            Some(error) if answers.is_empty() => Err(error),
            _ => Ok(answers),
        }
    }
}

impl ChatVision {
    /// All that the model says about the frames, in their order; a frame it could not judge is left out.
    ///
    /// # Errors
    /// Those of the client and the cache; [`ErrorKind::LimitExceeded`] when the cap on cost allows no frame at all.
    pub async fn read(&self, goal: &str, frames: &[VisionFrame]) -> Result<Vec<FrameReading>> {
        let mut known: BTreeMap<ContentHash, FrameReading> = BTreeMap::new();
        let mut missing: Vec<&VisionFrame> = Vec::new();
        let mut over_cap = 0;
        for frame in frames {
            if known.contains_key(&frame.hash) || missing.iter().any(|other| other.hash == frame.hash) {
                continue;
            }
            match records::load(&*self.cache, &self.key(goal, frame)).await? {
                Some(reading) => {
                    known.insert(frame.hash, reading);
                }
                None if self.reserve(goal, frame) => missing.push(frame),
                None => over_cap += 1,
            }
        }
        let asked = self.ask(goal, &missing).await;
        if asked.is_err() {
            missing.iter().for_each(|frame| self.settle(goal, frame, None));
        }
        let mut answers = asked?;
        for frame in missing {
            let answer = answers.remove(&frame.hash);
            self.settle(goal, frame, answer.as_ref());
            let seen = answer.and_then(|answer| answer.object()).and_then(|answer| reading(frame, answer));
            if let Some(seen) = seen {
                records::save(&*self.cache, &self.key(goal, frame), &seen).await?;
                known.insert(frame.hash, seen);
            }
        }
        if known.is_empty() && over_cap > 0 {
            return Err(Error::new(ErrorKind::LimitExceeded, "vision.analyze", "the cap on cost is reached")
                .with("frames", over_cap)
                .retry_when(Retry::Never));
        }
        Ok(frames.iter().filter_map(|frame| known.remove(&frame.hash)).collect())
    }
}

#[async_trait]
impl VisionModel for ChatVision {
    async fn analyze(&self, goal: &str, frames: &[VisionFrame]) -> Result<VisionAnalysis> {
        let readings = self.read(goal, frames).await?;
        let model = (!frames.is_empty()).then(|| self.model.name().to_owned());
        let observations = readings.into_iter().map(|reading| reading.observation).collect();
        Ok(VisionAnalysis { model, observations })
    }
}
