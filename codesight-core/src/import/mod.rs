//! Recordings made by other tools, read into sessions.
//!
//! | importer | reads |
//! |---|---|
//! | `rrweb` | event streams as a list, as lines, packed, in the variants of PostHog and Highlight |
//! | `chrome-recorder` | user flows of the Chrome DevTools Recorder |
//! | `playwright-trace` | traces of versions 3 to 9, unpacked |
//! | `playwright-codegen` | the JSON lines of the code generator |
//! | `har` | HTTP archives 1.2: the pages that were opened, without cookies and credentials |
//! | `molmoweb` | lists of events with screenshots |
//! | `agentnet` | raw folders, trajectories and benchmark files |
//! | `mind2web` | task files and step rows |
//! | `weblinx` | demonstrations and candidate rows |
//! | `webarena` | rows of a page in words with the command that was right, in the two ways of writing commands |
//! | `miniwob` | episodes of people with the page at each event, and the reward |
//! | `webshop` | goals, and goals with the search terms of people |
//!
//! Importers are pure: whoever may read files and unpack archives gives them a [`Source`]. What comes out is
//! [`Raw`](crate::privacy::Raw) and goes through the masker like everything else.

mod agentnet;
mod har;
mod imported;
mod importer;
mod interaction;
mod json;
mod limits;
mod mind2web;
mod miniwob;
mod molmoweb;
mod picture;
mod playwright;
mod recorder;
mod rrweb;
pub mod rules;
mod source;
mod webarena;
mod weblinx;
mod webshop;

pub use agentnet::AgentNet;
pub(crate) use agentnet::{CodeAction, read_code};
pub use har::Har;
pub use imported::{Imported, ImportedBlob, ImportedSession, ImportedTask};
pub use importer::{ImportOptions, Importer};
pub use limits::ImportLimits;
pub use mind2web::Mind2Web;
pub use miniwob::MiniWob;
pub use molmoweb::MolmoWeb;
pub use playwright::{PlaywrightCodegen, PlaywrightTrace};
pub use recorder::ChromeRecorder;
pub use rrweb::{PageState, Rrweb};
pub use source::Source;
pub use webarena::{Command, WebArena};
pub use weblinx::{Candidate, WebLinx};
pub use webshop::WebShop;

use crate::error::{Error, ErrorKind, Result};

/// Every importer, the most particular first.
pub const IMPORTERS: &[&dyn Importer] = &[
    &PlaywrightTrace,
    &PlaywrightCodegen,
    &AgentNet,
    &Mind2Web,
    &WebLinx,
    &WebArena,
    &WebShop,
    &MiniWob,
    &MolmoWeb,
    &ChromeRecorder,
    &Har,
    &Rrweb,
];

/// The importer of a name.
pub fn importer(name: &str) -> Option<&'static dyn Importer> {
    IMPORTERS.iter().copied().find(|importer| importer.name() == name)
}

/// Reads a source with the first importer that recognises it.
///
/// # Errors
/// [`ErrorKind::Unsupported`] when none does; whatever the importer reports.
pub fn import(source: &Source, options: &ImportOptions) -> Result<Imported> {
    source.check_size(options.limits.max_bytes)?;
    let importer = IMPORTERS.iter().find(|importer| importer.recognises(source));
    let Some(importer) = importer else {
        return Err(Error::new(ErrorKind::Unsupported, "import", "no importer recognises the source"));
    };
    importer.read(source, options)
}
