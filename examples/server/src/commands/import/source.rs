//! What is on the disk as a source: a file, also packed by gzip, the files of a folder, the files of a ZIP.

use std::fs;
use std::io::Read;
use std::path::Path;

use bytes::Bytes;
use codesight_core::import::{ImportLimits, Source};

/// Files in one folder or ZIP.
const MAX_FILES: usize = 100_000;

/// Reads a source within the limits.
pub(super) fn read(path: &Path, limits: &ImportLimits) -> Result<Source, String> {
    let told = |error: &dyn std::fmt::Display| format!("{}: {error}", path.display());
    let mut budget = Budget { left: limits.max_bytes as u64 };
    if path.is_dir() {
        let mut files = Vec::new();
        folder(path, path, &mut budget, &mut files).map_err(|error| told(&error))?;
        return Ok(Source::folder(files));
    }
    let bytes =
        budget.read(fs::File::open(path).map_err(|error| told(&error))?).map_err(|error| told(&error))?;
    if bytes.starts_with(b"PK\x03\x04") {
        return unzip(&bytes, &mut Budget { left: limits.max_bytes as u64 }).map_err(|error| told(&error));
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    if bytes.starts_with(b"\x1f\x8b") {
        let unpacked =
            Budget { left: limits.max_bytes as u64 }.read(flate2::read::GzDecoder::new(&bytes[..]));
        let name = name.strip_suffix(".gz").unwrap_or(&name).to_owned();
        return unpacked.map(|bytes| Source::file(name, bytes)).map_err(|error| told(&error));
    }
    Ok(Source::file(name, bytes))
}

/// Bytes that may still be read.
struct Budget {
    left: u64,
}

impl Budget {
    fn read(&mut self, from: impl Read) -> Result<Vec<u8>, String> {
        let mut bytes = Vec::new();
        from.take(self.left + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
        self.left = self.left.checked_sub(bytes.len() as u64).ok_or("more bytes than the limit")?;
        Ok(bytes)
    }
}

fn folder(
    root: &Path,
    at: &Path,
    budget: &mut Budget,
    files: &mut Vec<(String, Bytes)>,
) -> Result<(), String> {
    let mut entries: Vec<_> =
        fs::read_dir(at).and_then(Iterator::collect::<Result<_, _>>).map_err(|error| error.to_string())?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let kind = entry.file_type().map_err(|error| error.to_string())?;
        if kind.is_dir() {
            folder(root, &entry.path(), budget, files)?;
        } else if kind.is_file() {
            if files.len() >= MAX_FILES {
                return Err("more files than the limit".to_owned());
            }
            let path = entry.path();
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            let file = fs::File::open(&path).map_err(|error| error.to_string())?;
            files.push((name, budget.read(file)?.into()));
        }
    }
    Ok(())
}

/// Names are only names here: nothing is written to the disk by them.
fn unzip(bytes: &[u8], budget: &mut Budget) -> Result<Source, String> {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).map_err(|error| error.to_string())?;
    if archive.len() > MAX_FILES {
        return Err("more files than the limit".to_owned());
    }
    let mut files = Vec::with_capacity(archive.len());
    for index in 0..archive.len() {
        let file = archive.by_index(index).map_err(|error| error.to_string())?;
        if file.is_file() {
            let name = file.name().map_err(|error| error.to_string())?.into_owned();
            files.push((name, budget.read(file)?.into()));
        }
    }
    Ok(Source::folder(files))
}
