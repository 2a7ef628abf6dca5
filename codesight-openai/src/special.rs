//! Special tokens in text: finding them, and writing text so that none is left.
//!
//! A chat template turns a line into one long text with control tokens between the messages. A page that contains such
//! a token could open a message of its own, and OpenAI refuses a file that holds one ("message contains an invalid
//! token"). The rule for our own lines is one sentence: **a space is put after the first character of every pattern
//! below**, so `<|im_start|>` becomes `< |im_start|>`. Nothing is removed, so nothing can join into a new token, and
//! doing it twice changes nothing.

use std::borrow::Cow;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, MatchKind};

/// The tokens of OpenAI's encodings (tiktoken: `cl100k_base`, `o200k_base`, `o200k_harmony`) and of ChatML.
const OPENAI_TOKENS: [&str; 15] = [
    "<|endoftext|>",
    "<|fim_prefix|>",
    "<|fim_middle|>",
    "<|fim_suffix|>",
    "<|endofprompt|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|im_sep|>",
    "<|startoftext|>",
    "<|start|>",
    "<|end|>",
    "<|message|>",
    "<|channel|>",
    "<|return|>",
    "<|call|>",
];

/// What other trainers give a meaning to: role tags of the Llama, Mistral, Gemma and Qwen chat templates, placeholders
/// of LLaMA-Factory and ms-swift, and the markers of our own page block. `<|` and its full-width form open every token of
/// the other families.
const FOREIGN_PATTERNS: [&str; 29] = [
    "<|",
    "<\u{ff5c}",
    "<s>",
    "</s>",
    "<bos>",
    "<eos>",
    "<pad>",
    "<unk>",
    "[INST]",
    "[/INST]",
    "<<SYS>>",
    "<</SYS>>",
    "[TOOL_CALLS]",
    "[AVAILABLE_TOOLS]",
    "<start_of_turn>",
    "<end_of_turn>",
    "<tool_call>",
    "</tool_call>",
    "<tool_response>",
    "</tool_response>",
    "<think>",
    "</think>",
    "<image>",
    "<video>",
    "<audio>",
    "<bbox>",
    "<ref-object>",
    "<page_data>",
    "</page_data>",
];

/// How many patterns, at the end of [`FOREIGN_PATTERNS`], are the markers of our own page block: our lines hold them.
const OWN_MARKERS: usize = 2;

/// A special token that was found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum SpecialToken {
    /// Of another family of models, or the opening of one.
    Foreign,
    /// Refused by OpenAI.
    OpenAi,
}

/// Matches the longest pattern at a place, so a whole OpenAI token wins over a bare `<|`.
static ALL: LazyLock<AhoCorasick> = LazyLock::new(|| matcher(OPENAI_TOKENS.iter().chain(&FOREIGN_PATTERNS)));

/// The same without the markers that our own lines hold.
static REFUSED: LazyLock<AhoCorasick> = LazyLock::new(|| {
    let foreign = &FOREIGN_PATTERNS[..FOREIGN_PATTERNS.len() - OWN_MARKERS];
    matcher(OPENAI_TOKENS.iter().chain(foreign))
});

fn matcher<'p>(patterns: impl Iterator<Item = &'p &'static str>) -> AhoCorasick {
    AhoCorasick::builder()
        .match_kind(MatchKind::LeftmostLongest)
        .build(patterns)
        .expect("a few dozen short patterns are within every limit of the automaton")
}

/// Whether a pattern could begin anywhere in `text`: most texts hold none of the two characters, and a byte search is the
/// fastest way to know.
fn may_match(text: &str) -> bool {
    memchr::memchr2(b'<', b'[', text.as_bytes()).is_some()
}

/// Text without special tokens, and how many there were.
pub(crate) fn neutralise(text: &str) -> (Cow<'_, str>, u32) {
    if !may_match(text) || !ALL.is_match(text) {
        return (Cow::Borrowed(text), 0);
    }
    let mut out = String::with_capacity(text.len() + 16);
    let (mut done, mut count) = (0, 0);
    let mut start = 0;
    while let Some(found) = ALL.find(&text[start..]) {
        // All patterns begin with `<` or `[`. The search goes on right behind it, for patterns can overlap.
        let split = start + found.start() + 1;
        out.push_str(&text[done..split]);
        out.push(' ');
        done = split;
        start = split;
        count += 1;
    }
    out.push_str(&text[done..]);
    (Cow::Owned(out), count)
}

/// The worst special token in `text`.
pub(crate) fn find(text: &str) -> Option<SpecialToken> {
    if !may_match(text) {
        return None;
    }
    REFUSED
        .find_iter(text)
        .map(|found| {
            if found.pattern().as_usize() < OPENAI_TOKENS.len() {
                SpecialToken::OpenAi
            } else {
                SpecialToken::Foreign
            }
        })
        .max()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neutral_text_holds_no_token_and_stays_as_it_is() {
        for text in OPENAI_TOKENS.iter().chain(&FOREIGN_PATTERNS) {
            let doubled = format!("a{text}{text}<{text}b");
            let (once, count) = neutralise(&doubled);
            assert!(count >= 3, "{text}");
            assert!(!ALL.is_match(&*once), "{text}");
            assert_eq!(neutralise(&once), (once.clone(), 0), "{text}");
            assert_eq!(once.replace(' ', ""), doubled, "nothing but spaces was added");
        }
        assert_eq!(neutralise("2 < 3 || [INS"), (Cow::Borrowed("2 < 3 || [INS"), 0));
    }

    #[test]
    fn the_byte_search_looks_for_the_beginning_of_every_pattern() {
        for pattern in OPENAI_TOKENS.iter().chain(&FOREIGN_PATTERNS) {
            assert!(pattern.starts_with(['<', '[']), "{pattern}");
        }
    }

    #[test]
    fn the_worst_token_is_reported() {
        assert_eq!(find("<image> and <|im_end|>"), Some(SpecialToken::OpenAi));
        assert_eq!(find("<|box_start|>"), Some(SpecialToken::Foreign));
        assert_eq!(find("<page_data>"), None);
    }
}
