//! An offline judge of training files: what a service would refuse, where, and how to mend it.
//!
//! The file is read line by line with declared bounds; nothing of its content gets into a finding but the names of
//! fields. The rules are those of OpenAI's fine-tuning documentation and of the checks in its cookbook ("Data preparation and
//! analysis for chat model fine-tuning"), extended to images and tool calls, and to files for preferences (DPO) and graders.
//!
//! ```
//! use codesight_openai::validate::{Code, ValidatorOptions, validate};
//!
//! let file = br#"{"messages":[{"role":"user","content":"hello"}]}"#;
//! let verdict = validate(&mut file.as_slice(), ValidatorOptions::default(), None)?;
//! assert!(!verdict.is_accepted());
//! assert_eq!(verdict.count(Code::NoAssistantMessage), 1);
//! # Ok::<(), codesight_core::Error>(())
//! ```

mod budget;
mod code;
mod content;
mod example;
mod file;
mod images;
mod known_tools;
mod leakage;
mod line;
mod lines;
mod message;
mod node;
mod options;
mod other_kinds;
mod place;
mod repair;
mod sink;
mod tools;
mod verdict;

pub use code::{Code, Scope};
pub use file::{Validator, validate};
pub use leakage::{Leakage, leakage};
pub use options::{ImageSource, LineKind, ReaderLimits, ValidatorOptions};
pub use repair::{RepairReport, repair};
pub use verdict::{LineFinding, TokenSummary, UploadRoute, Verdict};
