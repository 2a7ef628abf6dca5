//! Examples that teach the same twice, and collectors who would drown out the others.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::id::CollectorId;
use crate::model::TrainingExample;

/// How many numbers a signature has.
const SIGNATURE: usize = 64;
/// The signature is compared in so many bands of equal length.
const BANDS: usize = 16;
/// Words in a row that are compared.
const SHINGLE: usize = 3;

/// What is left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SelectionOptions {
    /// Leave out examples of the same picture, goal and answer; true by default.
    pub exact: bool,
    /// Leave out examples this similar to one before, 0 to 1; 0.9 by default, 1 and above for none.
    pub near: f64,
    /// At most so many examples of one collector; none by default.
    pub per_collector: Option<usize>,
}

impl Default for SelectionOptions {
    fn default() -> Self {
        Self { exact: true, near: 0.9, per_collector: None }
    }
}

/// Why an example was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeftOut {
    /// The same picture, goal and answer.
    Exact,
    /// Nearly the same words and the same answer.
    Near,
    /// The collector has enough.
    Collector,
}

/// Chooses examples one after another; the first of similar ones stays.
#[derive(Debug)]
pub struct Selection {
    options: SelectionOptions,
    known: HashMap<[u8; 32], ()>,
    signatures: Vec<[u64; SIGNATURE]>,
    bands: HashMap<(usize, u64), Vec<usize>>,
    collectors: BTreeMap<CollectorId, usize>,
    left_out: BTreeMap<LeftOut, usize>,
    kept: usize,
}

impl Selection {
    /// Nothing chosen yet.
    pub fn new(options: SelectionOptions) -> Self {
        Self {
            options,
            known: HashMap::new(),
            signatures: Vec::new(),
            bands: HashMap::new(),
            collectors: BTreeMap::new(),
            left_out: BTreeMap::new(),
            kept: 0,
        }
    }

    /// How many were kept, and how many left out for each reason.
    pub fn counts(&self) -> (usize, &BTreeMap<LeftOut, usize>) {
        (self.kept, &self.left_out)
    }

    /// Whether an example is kept; otherwise why not.
    pub fn keep(&mut self, example: &TrainingExample, collector: &CollectorId) -> Option<LeftOut> {
        let reason = self.reason(example, collector);
        match reason {
            Some(reason) => *self.left_out.entry(reason).or_default() += 1,
            None => self.kept += 1,
        }
        reason
    }

    fn reason(&mut self, example: &TrainingExample, collector: &CollectorId) -> Option<LeftOut> {
        if let Some(limit) = self.options.per_collector
            && self.collectors.get(collector).copied().unwrap_or(0) >= limit
        {
            return Some(LeftOut::Collector);
        }
        if self.options.exact && self.known.insert(identity(example), ()).is_some() {
            return Some(LeftOut::Exact);
        }
        if self.options.near < 1.0 {
            let signature = signature(example);
            if self.is_near(&signature) {
                return Some(LeftOut::Near);
            }
            self.remember(signature);
        }
        *self.collectors.entry(collector.clone()).or_default() += 1;
        None
    }

    fn is_near(&self, signature: &[u64; SIGNATURE]) -> bool {
        bands(signature).filter_map(|band| self.bands.get(&band)).flatten().any(|other| {
            let equal = signature.iter().zip(&self.signatures[*other]).filter(|(a, b)| a == b).count();
            equal as f64 / SIGNATURE as f64 >= self.options.near
        })
    }

    fn remember(&mut self, signature: [u64; SIGNATURE]) {
        let index = self.signatures.len();
        for band in bands(&signature) {
            self.bands.entry(band).or_default().push(index);
        }
        self.signatures.push(signature);
    }
}

fn bands(signature: &[u64; SIGNATURE]) -> impl Iterator<Item = (usize, u64)> + '_ {
    signature
        .chunks(SIGNATURE / BANDS)
        .enumerate()
        .map(|(band, rows)| (band, rows.iter().fold(band as u64, |mixed, row| mix(mixed ^ *row))))
}

fn identity(example: &TrainingExample) -> [u8; 32] {
    let answer = serde_json::to_vec(&example.actions).unwrap_or_default();
    Sha256::new()
        .chain_update(example.frame.hash.as_bytes())
        .chain_update(&example.goal)
        .chain_update([0])
        .chain_update(answer)
        .finalize()
        .into()
}

/// MinHash of the runs of words that are told for an example, with its answer. The share of equal numbers of two
/// signatures estimates the share of runs that both have.
fn signature(example: &TrainingExample) -> [u64; SIGNATURE] {
    let observation = &example.observation;
    let elements =
        observation.elements.iter().flat_map(|element| [element.role.as_str(), element.name.as_str()]);
    let history = example.history.iter().map(|step| step.description.as_str());
    let answer = serde_json::to_string(&example.actions).unwrap_or_default();
    let texts = [example.goal.as_str(), observation.url.as_str(), observation.title.as_str()];
    let words: Vec<&str> =
        texts.into_iter().chain(history).chain(elements).flat_map(str::split_whitespace).collect();
    let mut signature = [u64::MAX; SIGNATURE];
    let mut take = |shingle: u64| {
        for (number, least) in signature.iter_mut().enumerate() {
            *least = (*least).min(mix(shingle ^ mix(number as u64)));
        }
    };
    // Another answer is another lesson, however similar the page: it goes into every run.
    let answer = hash(0, &answer);
    take(answer);
    for run in words.windows(SHINGLE.min(words.len().max(1))) {
        take(run.iter().fold(answer, |mixed, word| hash(mixed, word)));
    }
    signature
}

fn hash(seed: u64, text: &str) -> u64 {
    text.bytes().fold(mix(seed), |mixed, byte| (mixed ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// SplitMix64's last steps: every bit of the input changes half of the output.
fn mix(mut value: u64) -> u64 {
    value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
