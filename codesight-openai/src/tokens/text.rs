//! Tokens of text.

#[cfg(feature = "tokens")]
use tiktoken_rs::tokenizer::{Tokenizer, get_tokenizer};

/// Longest piece that is given to the encoder at once, bytes. The encoder's time grows with the square of a long run
/// without spaces, and its pattern engine gives up on very long runs of blanks.
#[cfg(feature = "tokens")]
const MAX_PIECE: usize = 4_096;

/// Counts the tokens of text for one model.
///
/// With the feature `tokens` this is the model's encoding (for a model nobody knows: `o200k_base`). Without it,
/// [`TextCounter::count`] is the number of bytes: no encoding of these models makes more tokens than a text has bytes, so
/// this is an upper estimate, about four times too high for English and about three times for JSON.
#[derive(Debug, Clone)]
pub struct TextCounter {
    #[cfg(feature = "tokens")]
    tokenizer: Tokenizer,
    known: bool,
}

impl TextCounter {
    /// For a model; `ft:base:organisation::id` counts as its base.
    #[cfg(feature = "tokens")]
    pub fn for_model(model: &str) -> Self {
        let tokenizer = get_tokenizer(model);
        Self { tokenizer: tokenizer.unwrap_or(Tokenizer::O200kBase), known: tokenizer.is_some() }
    }

    /// For a model. The feature `tokens` is off: every model is counted by bytes.
    #[cfg(not(feature = "tokens"))]
    pub fn for_model(_model: &str) -> Self {
        Self { known: false }
    }

    /// Whether [`TextCounter::count`] counts tokens rather than bytes.
    pub fn is_exact(&self) -> bool {
        cfg!(feature = "tokens")
    }

    /// Whether the model's encoding is known, rather than the fallback.
    pub fn is_known(&self) -> bool {
        self.known
    }

    /// Name of the encoding, or `bytes`.
    pub fn encoding(&self) -> &'static str {
        #[cfg(feature = "tokens")]
        return match self.tokenizer {
            Tokenizer::O200kHarmony => "o200k_harmony",
            Tokenizer::O200kBase => "o200k_base",
            Tokenizer::Cl100kBase => "cl100k_base",
            Tokenizer::P50kBase => "p50k_base",
            Tokenizer::R50kBase => "r50k_base",
            Tokenizer::P50kEdit => "p50k_edit",
            Tokenizer::Gpt2 => "gpt2",
        };
        #[cfg(not(feature = "tokens"))]
        "bytes"
    }

    /// Tokens of `text`; special tokens in it count as ordinary text. A run of more than 4 KiB without a space is cut and
    /// may count a token more for each cut.
    #[cfg(feature = "tokens")]
    pub fn count(&self, text: &str) -> u64 {
        let encoder = match tiktoken_rs::bpe_for_tokenizer(self.tokenizer) {
            Ok(encoder) => encoder,
            // The vocabularies are compiled in, so this does not happen; bytes are still an upper estimate.
            Err(_) => return text.len() as u64,
        };
        pieces(text).map(|piece| encoder.count_ordinary(piece) as u64).sum()
    }

    /// Bytes of `text`.
    #[cfg(not(feature = "tokens"))]
    pub fn count(&self, text: &str) -> u64 {
        text.len() as u64
    }
}

/// Cuts text before a space that follows a letter or digit: the encodings begin a new piece there anyway.
#[cfg(feature = "tokens")]
fn pieces(mut rest: &str) -> impl Iterator<Item = &str> {
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let cut = if rest.len() <= MAX_PIECE { rest.len() } else { cut_within(rest) };
        let (piece, after) = rest.split_at(cut);
        rest = after;
        Some(piece)
    })
}

#[cfg(feature = "tokens")]
fn cut_within(text: &str) -> usize {
    let bytes = text.as_bytes();
    (1..MAX_PIECE)
        .rev()
        .find(|&at| {
            bytes[at] == b' '
                && bytes[at - 1].is_ascii_alphanumeric()
                && bytes.get(at + 1).is_some_and(u8::is_ascii_alphanumeric)
        })
        .unwrap_or_else(|| text.floor_char_boundary(MAX_PIECE))
}
