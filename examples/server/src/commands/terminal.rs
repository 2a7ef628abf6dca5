//! Words and files for the person at the terminal.

use std::io::Write;
use std::path::Path;

/// A line on standard output. Whoever reads it may have had enough; that is no error.
pub(crate) fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

/// A record as JSON, to be read.
pub(crate) fn say_json<T: serde::Serialize>(value: &T) -> Result<(), String> {
    say(&serde_json::to_string_pretty(value).map_err(|error| error.to_string())?);
    Ok(())
}

/// An error with what caused it.
#[expect(clippy::needless_pass_by_value, reason = "`map_err` gives it by value")]
pub(crate) fn text(error: codesight_core::Error) -> String {
    match std::error::Error::source(&error) {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// Writes a file for the person, or says which could not be.
pub(crate) fn write_file(file: &Path, bytes: &[u8]) -> Result<(), String> {
    std::fs::write(file, bytes).map_err(|error| format!("{}: {error}", file.display()))
}
