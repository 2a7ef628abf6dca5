//! How many tokens a line has and what training on it costs.
//!
//! Text: OpenAI's cookbook ("How to count tokens with tiktoken") counts 3 tokens for each message, 1 for each name and 3
//! for the reply's beginning, besides the tokens of every text. Images: [`ImageRule`]. Model data is dated, see
//! [`ModelData`]; a service may count differently by a token or two.

mod image;
mod models;
mod price;
mod text;

pub use image::ImageRule;
pub use models::{MODELS, ModelData};
pub use price::{PriceEstimate, default_epochs, estimate_price};
pub use text::TextCounter;

/// Tokens of each message besides its texts.
pub const TOKENS_PER_MESSAGE: u64 = 3;
/// Tokens of a message's `name` besides its text.
pub const TOKENS_PER_NAME: u64 = 1;
/// Tokens that begin the reply.
pub const TOKENS_FOR_REPLY: u64 = 3;
