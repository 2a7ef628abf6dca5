//! The recordings that files and folders hold, one after the other: a folder is one recording if an importer knows it as
//! such, else everything in it is looked at.

use std::fs;
use std::path::{Path, PathBuf};

use codesight_core::ErrorKind;
use codesight_core::import::{self, ImportOptions, Imported};

use super::source;
use crate::commands::terminal::text;

/// A file or a folder to look at, and whether a person named it.
struct Candidate {
    path: PathBuf,
    is_named: bool,
}

/// Why nothing was read.
struct Refused {
    message: String,
    /// No importer knows it, or it is too much for one recording.
    is_none: bool,
}

/// Goes through everything that was named.
pub(super) struct Walk<'a> {
    left: Vec<Candidate>,
    format: Option<&'a str>,
    options: &'a ImportOptions,
    /// Files in folders that no importer knows, such as licences and pictures.
    pub(super) passed_over: usize,
}

impl<'a> Walk<'a> {
    pub(super) fn of(files: &[PathBuf], format: Option<&'a str>, options: &'a ImportOptions) -> Self {
        let named = |path: &PathBuf| Candidate { path: path.clone(), is_named: true };
        Self { left: files.iter().rev().map(named).collect(), format, options, passed_over: 0 }
    }

    /// The next recording, or what is wrong with a file; nothing when all were seen.
    pub(super) fn next(&mut self) -> Option<(PathBuf, Result<Imported, String>)> {
        while let Some(Candidate { path, is_named }) = self.left.pop() {
            match self.read(&path) {
                Ok(imported) => return Some((path, Ok(imported))),
                Err(refused) if refused.is_none && path.is_dir() => match children(&path) {
                    Ok(children) => self.left.extend(children),
                    Err(error) => return Some((path, Err(error))),
                },
                Err(refused) if refused.is_none && !is_named => self.passed_over += 1,
                Err(refused) => return Some((path, Err(refused.message))),
            }
        }
        None
    }

    fn read(&self, path: &Path) -> Result<Imported, Refused> {
        let source = source::read(path, &self.options.limits)
            .map_err(|message| Refused { message, is_none: path.is_dir() })?;
        let imported = match self.format {
            None => import::import(&source, self.options),
            Some(name) => {
                let importer = import::importer(name)
                    .ok_or_else(|| Refused { message: unknown(name), is_none: false })?;
                importer.read(&source, self.options)
            }
        };
        imported.map_err(|error| Refused {
            is_none: error.kind() == ErrorKind::Unsupported && self.format.is_none(),
            message: format!("{}: {}", path.display(), text(error)),
        })
    }
}

fn unknown(format: &str) -> String {
    let names = import::IMPORTERS.iter().map(|importer| importer.name()).collect::<Vec<_>>();
    format!("there is no format {format}; there are {}", names.join(", "))
}

/// What is in a folder, last first. Links are not followed: they may lead round in a circle.
fn children(folder: &Path) -> Result<Vec<Candidate>, String> {
    let entries = fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>);
    let mut entries = entries.map_err(|error| format!("{}: {error}", folder.display()))?;
    entries.retain(|entry| entry.file_type().is_ok_and(|kind| kind.is_dir() || kind.is_file()));
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.file_name()));
    Ok(entries.into_iter().map(|entry| Candidate { path: entry.path(), is_named: false }).collect())
}
