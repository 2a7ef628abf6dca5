//! Training lines in OpenAI's chat format: one masked example, one line.
//!
//! ```json
//! {"messages":[{"role":"system","content":"..."},
//!              {"role":"user","content":[{"type":"text","text":"..."},{"type":"image_url","image_url":{"url":"..."}}]},
//!              {"role":"assistant","tool_calls":[{"id":"call_7","type":"function",
//!                "function":{"name":"computer","arguments":"{\"actions\":[{\"type\":\"click\",...}]}"}}]}],
//!  "tools":[{"type":"function","function":{"name":"computer",...}}],"parallel_tool_calls":false}
//! ```
//!
//! The shape is that of a supervised line in OpenAI's fine-tuning documentation. The hosted `computer` tool type does not fit such a line,
//! so the same vocabulary is the argument of an ordinary function tool, which every compatible service takes.

mod action;
mod fitted;
mod images;
mod line;
mod pixels;
mod preference;
mod prompt;
mod read;
mod rules;
mod tool;
mod write;

pub use action::{ActionList, PixelPoint, ToolAction, ToolButton, ToolOutcome};
pub use fitted::FittedImages;
pub use images::{FrameIndexImages, ImageDetail, ImagePolicy, ImageProvider, StoredImage};
pub use pixels::PixelSpace;
pub use preference::{to_preference, to_reinforcement};
pub use read::{ReadCall, ReadLine, read_line};
pub use rules::{
    COORDINATES_CLAMPED, EXAMPLE_WITHOUT_ACTIONS, FRAME_SIZE_UNUSABLE, IMAGE_UNUSABLE,
    SPECIAL_TOKEN_NEUTRALISED,
};
pub use tool::{TOOL_NAME, TOOL_PARAMETERS};
pub use write::{ChatFormat, Examples, Line, WriteReport};

pub(crate) use images::is_safe_path;
pub(crate) use line::value_to_bytes;
