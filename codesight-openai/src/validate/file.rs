//! A file, line by line.

use std::collections::HashMap;
use std::collections::hash_map::{DefaultHasher, Entry};
use std::hash::Hasher;
use std::io::Read;

use codesight_core::model::Severity;
use codesight_core::{Error, ErrorKind, Result};

use super::budget::text_tokens;
use super::code::Code;
use super::example::Checker;
use super::images::ImageTally;
use super::node::{Node, parse};
use super::options::{ImageSource, ValidatorOptions};
use super::place::{Place, column, path_text};
use super::sink::Sink;
use super::verdict::{LineFinding, TokenSummary, UploadRoute, Verdict};
use crate::limits::ByteOrderMark;
use crate::tokens::{ImageRule, ModelData, TextCounter, default_epochs, estimate_price};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

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

/// Judges a file that arrives in pieces of any size. Memory is bounded by one line, its values, and 16 bytes for each
/// tracked line.
pub struct Validator<'i> {
    options: ValidatorOptions,
    images: Option<&'i dyn ImageSource>,
    counter: TextCounter,
    image_rule: ImageRule,
    /// The beginning of a line whose end has not arrived.
    partial: Vec<u8>,
    /// Whether the rest of the line is thrown away, for it is too long.
    skipping: bool,
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
        Self {
            options,
            images,
            counter,
            image_rule,
            partial: Vec::new(),
            skipping: false,
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
        self.judge_file();
        Ok(self.verdict)
    }

    fn keep(&mut self, bytes: &[u8]) {
        if self.skipping || self.partial.len() + bytes.len() > self.options.reader.max_line_bytes {
            self.skipping = true;
            self.partial = Vec::new();
        } else {
            self.partial.extend_from_slice(bytes);
        }
    }

    fn line(&mut self, mut bytes: &[u8]) -> Result<()> {
        self.verdict.lines += 1;
        let number = self.verdict.lines;
        if std::mem::take(&mut self.skipping) || bytes.len() > self.options.reader.max_line_bytes {
            let note = format!("at most {} bytes", self.options.reader.max_line_bytes);
            self.report(Code::LineTooLong, Some((number, 1)), note);
            return Ok(());
        }
        let mut shift = 0;
        if number == 1 {
            if let Some(rest) = bytes.strip_prefix(BYTE_ORDER_MARK) {
                bytes = rest;
                shift = BYTE_ORDER_MARK.len() as u64;
                if self.options.limits.byte_order_mark == ByteOrderMark::Refused {
                    self.report(Code::ByteOrderMark, Some((1, 1)), String::new());
                }
            } else if self.options.limits.byte_order_mark == ByteOrderMark::Expected {
                self.report(Code::MissingByteOrderMark, Some((1, 1)), String::new());
            }
        }
        if let Some(rest) = bytes.strip_suffix(b"\r") {
            bytes = rest;
            if self.verdict.count(Code::CarriageReturn) == 0 {
                let at = bytes.len() as u64 + 1 + shift;
                self.report(Code::CarriageReturn, Some((number, at)), String::new());
            }
        }
        if bytes.trim_ascii().is_empty() {
            self.report(Code::BlankLine, Some((number, 1)), String::new());
            return Ok(());
        }
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let at = error.valid_up_to() as u64 + 1 + shift;
                self.report(Code::InvalidUtf8, Some((number, at)), String::new());
                return Ok(());
            }
        };
        match parse(text, self.options.reader.max_depth, self.options.reader.max_values) {
            Ok(example) => self.example(text, &example, number, shift),
            Err(failure) => {
                self.report(failure.code, Some((number, failure.column as u64 + shift)), String::new());
                Ok(())
            }
        }
    }

    fn example(&mut self, text: &str, example: &Node<'_>, number: u64, shift: u64) -> Result<()> {
        let mut sink = Sink::new(self.options.reader.max_findings_per_line);
        let mut checker = Checker {
            options: &self.options,
            source: self.images,
            image_rule: self.image_rule,
            sink: &mut sink,
            images: ImageTally::default(),
        };
        checker.check(example)?;
        let images = checker.images;
        if example.as_object().is_some() {
            self.verdict.examples += 1;
            self.verdict.image_examples += u64::from(images.count > 0);
            self.tokens(example, images.tokens, &mut sink);
            self.duplicate(text, number, &mut sink);
        }
        if sink.counts.keys().all(|code| code.severity() < Severity::Error) {
            self.verdict.good_examples += u64::from(example.as_object().is_some());
        }
        for (code, times) in &sink.counts {
            self.verdict.tally(*code, *times);
        }
        for note in sink.listed {
            // A position costs a pass over the line, so none is sought for a finding that will not be listed.
            let has_room = self.verdict.findings.len() < self.options.reader.max_findings;
            let at = if has_room { column(text, &note.steps) as u64 + shift } else { 1 };
            let path = path_text(&note.steps);
            self.list(note.code, Some((number, at)), path, note.note);
        }
        if sink.unlisted > 0 {
            self.verdict.unlisted_findings += sink.unlisted;
            let note = format!("{} more", sink.unlisted);
            self.report(Code::MoreFindings, Some((number, 1)), note);
        }
        Ok(())
    }

    fn tokens(&mut self, example: &Node<'_>, image_tokens: u64, sink: &mut Sink) {
        let max = self.options.limits.max_example_tokens.unwrap_or(u64::MAX);
        let by_bytes = |text: &str| text.len() as u64;
        let by_encoding = |text: &str| self.counter.count(text);
        let mut exact = self.verdict.tokens.exact;
        let mut tokens = image_tokens + text_tokens(example, if exact { &by_encoding } else { &by_bytes });
        if tokens > max && !exact && self.counter.is_exact() {
            exact = true;
            tokens = image_tokens + text_tokens(example, &by_encoding);
        }
        let summary = &mut self.verdict.tokens;
        summary.billed += tokens.min(max);
        summary.largest = summary.largest.max(tokens);
        if tokens > max {
            let code = if exact { Code::TooManyTokens } else { Code::MaybeTooManyTokens };
            sink.add_note(code, &Place::Root, format!("{tokens} tokens, at most {max}"));
        }
    }

    fn duplicate(&mut self, text: &str, number: u64, sink: &mut Sink) {
        // Fixed keys: the same file gives the same verdict.
        let mut hasher = DefaultHasher::new();
        hasher.write(text.trim_ascii().as_bytes());
        let is_full = self.seen.len() >= self.options.reader.max_tracked_lines;
        match self.seen.entry(hasher.finish()) {
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
        let limits = self.options.limits.clone();
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
        if self.verdict.findings.len() >= self.options.reader.max_findings {
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
