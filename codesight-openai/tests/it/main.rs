//! Integration tests of codesight-openai, in one binary.

mod cookbook;
mod corpora;
mod format;
mod hostile;
mod reader;
mod rules;
mod support;
mod tokens;
