//! The files of OpenAI's cookbook give the figures that the cookbook gives.

use std::path::PathBuf;

use codesight_openai::limits::Limits;
use codesight_openai::tokens::default_epochs;
use codesight_openai::validate::{Code, ValidatorOptions, Verdict};

use crate::support::judge;

/// The folder of public corpora, or a visible skip.
pub(crate) fn corpora(what: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("CODESIGHT_CORPORA") else {
        eprintln!("SKIPPED {what}: CODESIGHT_CORPORA is not set");
        return None;
    };
    Some(PathBuf::from(folder))
}

fn cookbook(name: &str, max_tokens: u64) -> Option<Verdict> {
    let path = corpora(name)?.join("openai/cookbook").join(name);
    let bytes = std::fs::read(path).expect("a file of the corpora");
    let limits = Limits { max_example_tokens: Some(max_tokens), ..Limits::openai() };
    let options = ValidatorOptions {
        limits,
        model: Some("gpt-3.5-turbo".into()),
        count_tokens: true,
        ..ValidatorOptions::default()
    };
    Some(judge(&bytes, options))
}

#[test]
fn the_toy_file_has_five_examples_and_no_format_error() {
    let Some(verdict) = cookbook("toy_chat_fine_tuning.jsonl", 65_536) else { return };
    assert_eq!((verdict.examples, verdict.good_examples, verdict.format_errors), (5, 5, 0), "{verdict}");
    assert_eq!((verdict.count(Code::NoSystemMessage), verdict.count(Code::NoUserMessage)), (1, 1));
    assert_eq!(verdict.count(Code::TooFewExamples), 1);
    assert_eq!((verdict.errors, verdict.warnings), (1, 2), "{verdict}");
    assert_eq!(default_epochs(verdict.examples), 20);
}

/// The published figure cuts each example at 4,096 tokens, the limit of its day; one of the five is longer.
#[test]
fn the_toy_file_bills_as_published() {
    let Some(verdict) = cookbook("toy_chat_fine_tuning.jsonl", 4_096) else { return };
    if !verdict.tokens.exact {
        eprintln!("SKIPPED billed tokens of the cookbook: the feature `tokens` is off");
        return;
    }
    assert_eq!((verdict.tokens.encoding, verdict.tokens.billed), ("cl100k_base", 4_306));
    assert_eq!((verdict.count(Code::TooManyTokens), verdict.format_errors), (1, 0));
}

#[test]
fn the_drone_file_has_103_good_rows_with_calls() {
    let Some(verdict) = cookbook("drone_training.jsonl", 65_536) else { return };
    assert_eq!((verdict.examples, verdict.good_examples), (103, 103), "{verdict}");
    assert!(verdict.is_accepted() && verdict.findings.is_empty(), "{verdict}");
}
