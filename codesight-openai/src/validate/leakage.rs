//! Lines that stand in both files: what a model was trained on says nothing about it.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::BufRead;

use codesight_core::{Error, ErrorKind, Result};
use serde::Serialize;
use serde_json::Value;

/// A validation line whose question is asked in the training file too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Leakage {
    /// The line of the validation file, from 1.
    pub validation_line: u64,
    /// The first such line of the training file, from 1.
    pub training_line: u64,
    /// Whether the answer is the same, too.
    pub same_answer: bool,
}

/// The validation lines whose question, picture included, is asked in the training file too. 24 bytes are held for each line of it.
///
/// # Errors
/// [`ErrorKind::Unavailable`] when reading fails.
pub fn leakage(training: &mut dyn BufRead, validation: &mut dyn BufRead) -> Result<Vec<Leakage>> {
    let mut known: HashMap<u64, (u64, u64)> = HashMap::new();
    each(training, |line, question, answer| {
        known.entry(question).or_insert((line, answer));
    })?;
    let mut found = Vec::new();
    each(validation, |line, question, answer| {
        if let Some((training_line, trained)) = known.get(&question) {
            found.push(Leakage {
                validation_line: line,
                training_line: *training_line,
                same_answer: *trained == answer,
            });
        }
    })?;
    Ok(found)
}

/// Calls `look` with number, hash of the question and hash of the answer of each line that is an example.
fn each(input: &mut dyn BufRead, mut look: impl FnMut(u64, u64, u64)) -> Result<()> {
    let mut line = Vec::new();
    let mut number = 0;
    loop {
        line.clear();
        let read = input.read_until(b'\n', &mut line).map_err(|error| {
            Error::new(ErrorKind::Unavailable, "validate.leakage", "a file could not be read")
                .caused_by(error)
        })?;
        if read == 0 {
            return Ok(());
        }
        number += 1;
        let text = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line);
        let Ok(Value::Object(example)) = serde_json::from_slice::<Value>(text) else { continue };
        let Some((answer, asked)) =
            example.get("messages").and_then(Value::as_array).and_then(|all| all.split_last())
        else {
            continue;
        };
        look(number, hash(asked), hash(std::slice::from_ref(answer)));
    }
}

fn hash(messages: &[Value]) -> u64 {
    // Fixed keys: the same files give the same answer.
    let mut hasher = DefaultHasher::new();
    for message in messages {
        message.to_string().hash(&mut hasher);
    }
    hasher.finish()
}
