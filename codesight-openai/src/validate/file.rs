//! A file, line by line.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::io::Read;
use std::num::NonZero;

use codesight_core::model::Severity;
use codesight_core::{Error, ErrorKind, Result};

use super::code::Code;
use super::known_tools::KnownTools;
use super::line::{Judged, JudgedValue, LineRules, Stripped};
use super::lines::Lines;
use super::options::{ImageSource, ValidatorOptions};
use super::place::{Place, column, path_text};
use super::sink::Sink;
use super::verdict::{LineFinding, TokenSummary, UploadRoute, Verdict};
use crate::limits::ByteOrderMark;
use crate::tokens::{ImageRule, ModelData, TextCounter, default_epochs, estimate_price};

/// Reads a file to its end and judges it. `images` finds the images that lines name by a path; without it their size stays
/// unknown, and coordinates on them are not checked.
///
/// # Errors
/// [`ErrorKind::Unavailable`] when reading fails, and those of `images`. What is wrong with the file is in the verdict.
pub fn validate(
    input: &mut dyn Read,
    options: ValidatorOptions,
    images: Option<&dyn ImageSource>,
) -> Result<Verdict> {
    let mut validator = Validator::new(options, images);
    let mut chunk = vec![0; 256 * 1024];
    loop {
        match input.read(&mut chunk) {
            Ok(0) => return validator.finish(),
            Ok(length) => validator.push(&chunk[..length])?,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
            Err(error) => {
                return Err(Error::new(
                    ErrorKind::Unavailable,
                    "validate.read",
                    "the file could not be read",
                )
                .caused_by(error));
            }
        }
    }
}

/// Judges a file that arrives in pieces of any size. Memory is bounded by 4 MB of lines, or one longer line, by the values of as many lines
/// as there are threads, and by 16 bytes for each tracked line.
pub struct Validator<'i> {
    rules: LineRules<'i>,
    /// What each thread learnt from its lines.
    known: Vec<KnownTools>,
    /// The beginning of a line whose end has not arrived.
    partial: Vec<u8>,
    /// Whether the rest of the line is thrown away, for it is too long.
    skipping: bool,
    waiting: Lines,
    seen: HashMap<u64, u64>,
    verdict: Verdict,
}

impl std::fmt::Debug for Validator<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Validator").field("lines", &self.verdict.lines).finish_non_exhaustive()
    }
}

impl<'i> Validator<'i> {
    /// A validator before the first byte.
    pub fn new(options: ValidatorOptions, images: Option<&'i dyn ImageSource>) -> Self {
        let model =
            options.model.clone().unwrap_or_else(|| options.limits.default_model.clone().into_owned());
        let counter = TextCounter::for_model(&model);
        let data = ModelData::of(&model);
        // A model nobody knows is counted as the one that most files are for.
        let image_rule = data.map_or(ImageRule::Tile { base: 85, per_tile: 170 }, |data| data.image);
        let exact = options.count_tokens && counter.is_exact();
        let tokens = TokenSummary {
            exact,
            encoding: if exact { counter.encoding() } else { "bytes" },
            model_known: data.is_some() && (counter.is_known() || !exact),
            model,
            ..TokenSummary::default()
        };
        let verdict = Verdict {
            provider: options.limits.provider.clone(),
            limits_as_of: options.limits.as_of.clone(),
            tokens,
            ..Verdict::default()
        };
        let lent = || std::thread::available_parallelism().map_or(1, NonZero::get);
        let threads = options.reader.threads.unwrap_or_else(lent).max(1);
        Self {
            rules: LineRules { options, images, counter, image_rule, exact },
            known: std::iter::repeat_with(KnownTools::default).take(threads).collect(),
            partial: Vec::new(),
            skipping: false,
            waiting: Lines::new(),
            seen: HashMap::new(),
            verdict,
        }
    }

    /// Takes the next bytes of the file.
    ///
    /// # Errors
    /// Those of the source of images.
    pub fn push(&mut self, mut bytes: &[u8]) -> Result<()> {
        self.verdict.bytes += bytes.len() as u64;
        while let Some(end) = memchr::memchr(b'\n', bytes) {
            let (head, rest) = bytes.split_at(end);
            bytes = &rest[1..];
            if self.partial.is_empty() && !self.skipping {
                self.line(head)?;
                continue;
            }
            self.keep(head);
            let line = std::mem::take(&mut self.partial);
            self.line(&line)?;
            // The buffer is used again, unless one long line made it large.
            if line.capacity() <= 1024 * 1024 {
                self.partial = line;
                self.partial.clear();
            }
        }
        self.keep(bytes);
        Ok(())
    }

    /// Ends the file and gives the verdict.
    ///
    /// # Errors
    /// Those of the source of images.
    pub fn finish(mut self) -> Result<Verdict> {
        if !self.partial.is_empty() || self.skipping {
            let line = std::mem::take(&mut self.partial);
            self.line(&line)?;
        }
        self.judge_waiting()?;
        self.judge_file();
        Ok(self.verdict)
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.skipping || self.partial.len() + bytes.len() > self.rules.options.reader.max_line_bytes {
            self.skipping = true;
            self.partial = Vec::new();
        } else {
            self.partial.extend_from_slice(bytes);
        }
    }

    /// Takes a whole line, or what is left of one that is too long.
    fn line(&mut self, line: &[u8]) -> Result<()> {
        if std::mem::take(&mut self.skipping) || line.len() > self.rules.options.reader.max_line_bytes {
            self.waiting.push_too_long();
        } else {
            self.waiting.push(line);
        }
        if self.waiting.are_enough() { self.judge_waiting() } else { Ok(()) }
    }

    fn judge_waiting(&mut self) -> Result<()> {
        let mut lines = std::mem::take(&mut self.waiting);
        let judged = lines.judge(&self.rules, &mut self.known);
        for (line, judged) in lines.iter().zip(judged) {
            self.verdict.lines += 1;
            match (line, judged) {
                (Some(line), Some(judged)) => self.add(line, judged?),
                _ => {
                    let note = format!("at most {} bytes", self.rules.options.reader.max_line_bytes);
                    self.report(Code::LineTooLong, Some((self.verdict.lines, 1)), note);
                }
            }
        }
        lines.clear();
        self.waiting = lines;
        Ok(())
    }

    /// Adds a line to the verdict on the file.
    fn add(&mut self, line: Stripped<'_>, judged: Judged) {
        let (number, shift) = (self.verdict.lines, line.shift());
        let wanted = self.rules.options.limits.byte_order_mark;
        if line.byte_order_mark && wanted == ByteOrderMark::Refused {
            self.report(Code::ByteOrderMark, Some((1, 1)), String::new());
        } else if number == 1 && !line.byte_order_mark && wanted == ByteOrderMark::Expected {
            self.report(Code::MissingByteOrderMark, Some((1, 1)), String::new());
        }
        if line.carriage_return && self.verdict.count(Code::CarriageReturn) == 0 {
            let at = line.bytes.len() as u64 + 1 + shift;
            self.report(Code::CarriageReturn, Some((number, at)), String::new());
        }
        match judged {
            Judged::Unreadable { code, column } => {
                self.report(code, Some((number, column + shift)), String::new());
            }
            Judged::Value(value) => self.add_value(line, value),
        }
    }

    fn add_value(&mut self, line: Stripped<'_>, value: JudgedValue) {
        let (number, shift) = (self.verdict.lines, line.shift());
        let JudgedValue { is_object, has_images, tokens, hash, mut sink } = value;
        if is_object {
            self.verdict.examples += 1;
            self.verdict.image_examples += u64::from(has_images);
            let max = self.rules.options.limits.max_example_tokens.unwrap_or(u64::MAX);
            let summary = &mut self.verdict.tokens;
            summary.billed += tokens.min(max);
            summary.largest = summary.largest.max(tokens);
            self.duplicate(hash, number, &mut sink);
        }
        if sink.counts.keys().all(|code| code.severity() < Severity::Error) {
            self.verdict.good_examples += u64::from(is_object);
        }
        for (code, times) in &sink.counts {
            self.verdict.tally(*code, *times);
        }
        // Good lines are read once only.
        let text =
            if sink.listed.is_empty() { "" } else { std::str::from_utf8(line.bytes).unwrap_or_default() };
        for note in sink.listed {
            // A position costs a pass over the line, so none is sought for a finding that will not be listed.
            let has_room = self.verdict.findings.len() < self.rules.options.reader.max_findings;
            let at = if has_room { column(text, &note.steps) as u64 + shift } else { 1 };
            let path = path_text(&note.steps);
            self.list(note.code, Some((number, at)), path, note.note);
        }
        if sink.unlisted > 0 {
            self.verdict.unlisted_findings += sink.unlisted;
            let note = format!("{} more", sink.unlisted);
            self.report(Code::MoreFindings, Some((number, 1)), note);
        }
    }

    fn duplicate(&mut self, hash: u64, number: u64, sink: &mut Sink) {
        let is_full = self.seen.len() >= self.rules.options.reader.max_tracked_lines;
        match self.seen.entry(hash) {
            Entry::Occupied(first) => {
                sink.add_note(Code::DuplicateLine, &Place::Root, format!("as line {}", first.get()));
            }
            Entry::Vacant(place) if !is_full => {
                place.insert(number);
            }
            Entry::Vacant(_) => {
                if self.verdict.count(Code::DuplicatesNotTracked) == 0 {
                    self.report(Code::DuplicatesNotTracked, Some((number, 1)), String::new());
                }
            }
        }
    }

    fn judge_file(&mut self) {
        let limits = self.rules.options.limits.clone();
        let bytes = self.verdict.bytes;
        if limits.max_file_bytes.is_some_and(|max| bytes > max) {
            self.verdict.upload = UploadRoute::Refused;
            self.report(Code::FileTooLarge, None, format!("{bytes} bytes"));
        } else if limits.max_direct_file_bytes.is_some_and(|max| bytes > max) {
            self.verdict.upload = UploadRoute::Parts;
            self.report(Code::FileNeedsParts, None, format!("{bytes} bytes"));
        }
        let examples = self.verdict.examples;
        if self.verdict.lines == 0 {
            self.report(Code::EmptyFile, None, String::new());
        } else if examples < limits.min_examples {
            let note = format!("{examples} examples, at least {}", limits.min_examples);
            self.report(Code::TooFewExamples, None, note);
        }
        if let Some(max) = limits.max_examples
            && examples > max
        {
            self.report(Code::TooManyExamples, None, format!("{examples} examples, at most {max}"));
        }
        let with_images = self.verdict.image_examples;
        if let Some(max) = limits.max_image_examples
            && with_images > max
        {
            let note = format!("{with_images} examples with images, at most {max}");
            self.report(Code::TooManyImageExamples, None, note);
        }
        let tokens = &self.verdict.tokens;
        self.verdict.price = estimate_price(&tokens.model, tokens.billed, default_epochs(examples));
    }

    fn report(&mut self, code: Code, at: Option<(u64, u64)>, note: String) {
        self.verdict.tally(code, 1);
        self.list(code, at, String::new(), note);
    }

    fn list(&mut self, code: Code, at: Option<(u64, u64)>, path: String, note: String) {
        if self.verdict.findings.len() >= self.rules.options.reader.max_findings {
            self.verdict.unlisted_findings += 1;
            return;
        }
        self.verdict.findings.push(LineFinding {
            code,
            severity: code.severity(),
            line: at.map(|(line, _)| line),
            column: at.map(|(_, column)| column),
            path,
            message: code.meaning(),
            note,
            fix: code.fix(),
        });
    }
}
