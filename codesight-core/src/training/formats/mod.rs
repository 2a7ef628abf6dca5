//! Files that open trainers and replay tools read.
//!
//! | name | written from | places |
//! |---|---|---|
//! | `trl`, `llama-factory`, `webdataset` | examples | pixels of the stored picture |
//! | `ms-swift` | examples | pixels, converted by the trainer |
//! | `qwen2.5-vl` | examples | pixels after the model's resize |
//! | `qwen3-vl`, `ui-tars` | examples | thousandths |
//! | `ui-tars-1.5` | examples | pixels after the model's resize |
//! | `agentnet` | trajectories | shares, 0 to 1 |
//! | `molmoweb` | trajectories | per cent |
//! | `mind2web` | trajectories | elements; boxes in CSS pixels of the viewport |
//! | `chrome-recorder`, `playwright` | trajectories | elements |

mod agentnet;
mod mind2web;
mod molmoweb;
mod playwright;
mod prompt;
mod recorder;
mod rows;
mod space;
mod stand_in;
mod syntax;
mod tar;
mod text;

pub use agentnet::AgentNetRows;
pub use mind2web::Mind2WebRows;
pub use molmoweb::MolmoWebRows;
pub use playwright::PlaywrightScript;
pub use recorder::RecorderFlow;
pub use rows::{Envelope, ROW_FORMATS, RowFormat, picture_path};
pub use space::{Convention, SmartResize, Space, Written};
pub use syntax::Syntax;

use super::TrajectoryFormat;

/// The formats that write whole trajectories.
pub const TRAJECTORY_FORMATS: [&dyn TrajectoryFormat; 5] =
    [&AgentNetRows, &MolmoWebRows, &Mind2WebRows, &RecorderFlow, &PlaywrightScript];

/// The trajectory format of a name.
pub fn trajectory_format(name: &str) -> Option<&'static dyn TrajectoryFormat> {
    TRAJECTORY_FORMATS.into_iter().find(|format| format.name() == name)
}
