//! What is imported: files by name, read by whoever may read files.

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::error::{Error, ErrorKind, Result};

/// A file, or the files of a folder or of an unpacked archive.
#[derive(Debug, Clone, Default)]
pub struct Source {
    files: BTreeMap<String, Bytes>,
}

impl Source {
    /// One file.
    pub fn file(name: impl Into<String>, bytes: impl Into<Bytes>) -> Self {
        Self { files: BTreeMap::from([(name.into(), bytes.into())]) }
    }

    /// Several files, named by their path within the folder with `/` between its parts.
    pub fn folder(files: impl IntoIterator<Item = (String, Bytes)>) -> Self {
        Self { files: files.into_iter().collect() }
    }

    /// All files, by name.
    pub fn files(&self) -> impl Iterator<Item = (&str, &Bytes)> {
        self.files.iter().map(|(name, bytes)| (name.as_str(), bytes))
    }

    /// The file of this name, in the folder itself or in the only folder that has one.
    pub fn get(&self, name: &str) -> Option<&Bytes> {
        if let Some(bytes) = self.files.get(name) {
            return Some(bytes);
        }
        let mut found = self
            .files
            .iter()
            .filter(|(path, _)| path.strip_suffix(name).is_some_and(|folder| folder.ends_with('/')));
        let (_, bytes) = found.next()?;
        found.next().is_none().then_some(bytes)
    }

    /// The only file.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] when there is none, or more than one.
    pub fn only(&self) -> Result<&Bytes> {
        let mut files = self.files.values();
        match (files.next(), files.next()) {
            (Some(bytes), None) => Ok(bytes),
            _ => Err(Error::invalid("import.source", "one file is wanted").with("files", self.files.len())),
        }
    }

    /// The beginning of the only file as text, without white space before it; empty for a folder.
    pub(crate) fn head(&self) -> &str {
        const HEAD: usize = 16_384;
        let bytes = self.only().map_or(&[][..], |bytes| bytes.get(..HEAD).unwrap_or(bytes));
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => std::str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or_default(),
        };
        text.trim_start_matches('\u{feff}').trim_start()
    }

    /// Whether the beginning of the only file has all of these.
    pub(crate) fn head_has(&self, words: &[&str]) -> bool {
        let head = self.head();
        words.iter().all(|word| head.contains(word))
    }

    /// # Errors
    /// [`ErrorKind::LimitExceeded`] when all files together have more bytes.
    pub(crate) fn check_size(&self, max_bytes: usize) -> Result<()> {
        let bytes = self.files.values().map(Bytes::len).fold(0, usize::saturating_add);
        if bytes > max_bytes {
            return Err(Error::new(ErrorKind::LimitExceeded, "import.source", "more bytes than the limit")
                .with("bytes", bytes)
                .with("limit", max_bytes));
        }
        Ok(())
    }
}
