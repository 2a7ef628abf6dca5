//! The skeleton of a ZIP, read strictly: end record, directory, and where each entry lies.
//!
//! The crates that read ZIPs are made to accept what is found in the wild. An archive is not found in the wild: it was
//! written by this crate, so whatever this crate does not write is damage or an attack, and is refused.

use std::collections::HashSet;
use std::ops::Range;

use codesight_core::error::Result;

use super::layout::{MAX_PATH_LENGTH, is_plain_path};
use super::{ArchiveLimits, RandomAccess, Refusal};

const END_RECORD: u64 = 22;
const DIRECTORY_HEADER: usize = 46;
const LOCAL_HEADER: usize = 30;

/// 1980-01-01 00:00, the earliest moment a ZIP can state.
const DATE: u16 = 0x21;
/// Made on Unix, so that the permissions below mean something. The other half of the field is a version of the writer
/// that says nothing.
const MADE_BY: u8 = 3;
/// The permissions `rw-r--r--` of a regular file.
const ATTRIBUTES: u32 = 0o100_644 << 16;

/// How an entry is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Not at all.
    Stored,
    /// DEFLATE.
    Deflate,
}

impl Method {
    fn number(self) -> u16 {
        match self {
            Self::Stored => 0,
            Self::Deflate => 8,
        }
    }
}

/// One entry as the directory describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its name: plain segments joined by `/`.
    pub path: String,
    /// How it is compressed.
    pub method: Method,
    /// CRC-32 of its bytes before compression.
    pub crc: u32,
    /// Bytes in the archive.
    pub compressed_size: u64,
    /// Bytes before compression.
    pub size: u64,
    /// Where it begins: its local header, followed by its bytes.
    pub start: u64,
    version_needed: u16,
}

impl Entry {
    /// Where it lies, local header included.
    pub fn span(&self) -> Range<u64> {
        self.start..self.start + self.header_length() as u64 + self.compressed_size
    }

    /// Bytes of its local header.
    pub fn header_length(&self) -> usize {
        LOCAL_HEADER + self.path.len()
    }

    /// Whether `header` is the local header that the directory describes.
    pub(super) fn has_local_header(&self, header: &[u8]) -> bool {
        let mut fields = Fields(header);
        fields.take(4) == Some(b"PK\x03\x04")
            && fields.u16() == Some(self.version_needed)
            && fields.u16() == Some(0)
            && fields.u16() == Some(self.method.number())
            && fields.u16() == Some(0)
            && fields.u16() == Some(DATE)
            && fields.u32() == Some(self.crc)
            && fields.u32().map(u64::from) == Some(self.compressed_size)
            && fields.u32().map(u64::from) == Some(self.size)
            && fields.u16().map(usize::from) == Some(self.path.len())
            && fields.u16() == Some(0)
            && fields.0 == self.path.as_bytes()
    }
}

/// The entry of a local header at `start`, for archives whose directory is gone; none when the bytes are no header of
/// this format.
pub(super) fn local_entry(bytes: &[u8], start: u64) -> Option<Entry> {
    let mut fields = Fields(bytes.get(4..LOCAL_HEADER)?);
    let version_needed = fields.u16()?;
    let _flags = fields.u16()?;
    let method = match fields.u16()? {
        0 => Method::Stored,
        8 => Method::Deflate,
        _ => return None,
    };
    let _moment = (fields.u16()?, fields.u16()?);
    let (crc, compressed_size, size) = (fields.u32()?, fields.u32()?, fields.u32()?);
    let path = bytes.get(LOCAL_HEADER..)?.get(..usize::from(fields.u16()?))?;
    let path = std::str::from_utf8(path).ok().filter(|path| is_plain_path(path.as_bytes()))?.to_owned();
    let (compressed_size, size) = (compressed_size.into(), size.into());
    let entry = Entry { path, method, crc, compressed_size, size, start, version_needed };
    let header = bytes.get(..entry.header_length())?;
    (matches!(version_needed, 10 | 20) && entry.has_local_header(header)).then_some(entry)
}

/// Bytes of the longest local header.
pub(super) const LONGEST_LOCAL_HEADER: u64 = (LOCAL_HEADER + MAX_PATH_LENGTH) as u64;

/// The entries of an archive, in the order they lie in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Structure {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Where the entries end: directory and end record follow.
    pub directory_start: u64,
}

impl Structure {
    /// Reads and checks the skeleton: two reads, at the end of the archive. Local headers are checked when an entry is
    /// read.
    ///
    /// # Errors
    /// A [`Refusal`], or what the source says.
    pub async fn read(source: &dyn RandomAccess, limits: &ArchiveLimits) -> Result<Self> {
        let size = source.size();
        if size > limits.max_archive_bytes {
            return Err(Refusal::TooLarge
                .error()
                .with("bytes", size)
                .with("limit", limits.max_archive_bytes));
        }
        let Some(end_start) = size.checked_sub(END_RECORD) else {
            return Err(Refusal::NoEndRecord.error());
        };
        let end = source.read(end_start..size).await?;
        let (count, directory) = end_record(&end, end_start)?;
        if u64::from(count) > limits.max_entries {
            return Err(Refusal::TooLarge.error().with("entries", count).with("limit", limits.max_entries));
        }
        let bytes = source.read(directory.clone()).await?;
        let structure = Self { entries: entries(&bytes, count)?, directory_start: directory.start };
        structure.check_places()?;
        structure.check_sizes(limits)?;
        Ok(structure)
    }

    fn check_places(&self) -> Result<()> {
        let mut seen = HashSet::with_capacity(self.entries.len());
        let mut free = 0;
        for entry in &self.entries {
            if entry.start != free {
                return Err(Refusal::BadPlacement.error());
            }
            free = entry.span().end;
            if !seen.insert(entry.path.to_ascii_lowercase()) {
                return Err(Refusal::DuplicatePath.error());
            }
        }
        if free == self.directory_start { Ok(()) } else { Err(Refusal::BadPlacement.error()) }
    }

    fn check_sizes(&self, limits: &ArchiveLimits) -> Result<()> {
        let mut total: u64 = 0;
        for entry in &self.entries {
            total = total.saturating_add(entry.size);
            let inflated = entry.size > limits.ratio_free_bytes
                && entry.size > entry.compressed_size.saturating_mul(limits.max_ratio);
            if entry.size > limits.max_entry_bytes || total > limits.max_total_bytes || inflated {
                return Err(Refusal::TooLarge.error().with("path", &entry.path).with("bytes", entry.size));
            }
        }
        Ok(())
    }
}

/// The number of entries and where the directory lies.
fn end_record(bytes: &[u8], end_start: u64) -> Result<(u16, Range<u64>)> {
    let parse = || {
        let mut fields = Fields(bytes);
        let signature = fields.take(4)?;
        let disks = (fields.u16()?, fields.u16()?);
        let counts = (fields.u16()?, fields.u16()?);
        let (size, start) = (fields.u32()?, fields.u32()?);
        Some((signature, disks, counts, size, start, fields.u16()?))
    };
    let Some((b"PK\x05\x06", disks, counts, size, start, 0)) = parse() else {
        return Err(Refusal::NoEndRecord.error());
    };
    if counts.0 == u16::MAX || size == u32::MAX || start == u32::MAX {
        return Err(Refusal::Zip64.error());
    }
    if disks != (0, 0) {
        return Err(Refusal::MultiDisk.error());
    }
    let (size, start) = (u64::from(size), u64::from(start));
    if counts.0 != counts.1 || start + size != end_start {
        return Err(Refusal::BadEndRecord.error());
    }
    // Known before the directory is read, so that a false size reserves no memory.
    let longest_entry = (DIRECTORY_HEADER + MAX_PATH_LENGTH) as u64;
    if size > u64::from(counts.0) * longest_entry {
        return Err(Refusal::BadDirectory.error());
    }
    Ok((counts.0, start..end_start))
}

fn entries(bytes: &[u8], count: u16) -> Result<Vec<Entry>> {
    let mut fields = Fields(bytes);
    let mut entries = Vec::with_capacity(usize::from(count).min(bytes.len() / DIRECTORY_HEADER));
    for _ in 0..count {
        entries.push(directory_entry(&mut fields)?);
    }
    if fields.0.is_empty() { Ok(entries) } else { Err(Refusal::BadDirectory.error()) }
}

fn directory_entry(fields: &mut Fields<'_>) -> Result<Entry> {
    let header = fields.take(DIRECTORY_HEADER).ok_or_else(|| Refusal::BadDirectory.error())?;
    let parse = || {
        let mut fields = Fields(header);
        let signature = fields.take(4)?;
        let (made_by, version_needed, flags, method) =
            (fields.u16()?, fields.u16()?, fields.u16()?, fields.u16()?);
        let (time, date) = (fields.u16()?, fields.u16()?);
        let (crc, compressed_size, size) = (fields.u32()?, fields.u32()?, fields.u32()?);
        let lengths = (fields.u16()?, fields.u16()?, fields.u16()?);
        let (disk, internal, external, start) = (fields.u16()?, fields.u16()?, fields.u32()?, fields.u32()?);
        let plain = (made_by.to_le_bytes()[1], time, date, internal) == (MADE_BY, 0, DATE, 0)
            && matches!(version_needed, 10 | 20)
            && (lengths.1, lengths.2) == (0, 0);
        Some((
            signature,
            version_needed,
            flags,
            method,
            crc,
            compressed_size,
            size,
            lengths,
            disk,
            external,
            start,
            plain,
        ))
    };
    let Some((
        b"PK\x01\x02",
        version_needed,
        flags,
        method,
        crc,
        compressed_size,
        size,
        lengths,
        disk,
        external,
        start,
        plain,
    )) = parse()
    else {
        return Err(Refusal::BadDirectory.error());
    };
    let path = fields.take(usize::from(lengths.0)).ok_or_else(|| Refusal::BadDirectory.error())?;
    fields
        .take(usize::from(lengths.1) + usize::from(lengths.2))
        .ok_or_else(|| Refusal::BadDirectory.error())?;
    let path = match std::str::from_utf8(path) {
        Ok(text) if is_plain_path(path) => text.to_owned(),
        _ => return Err(Refusal::UnsafePath.error()),
    };
    let refuse = |refusal: Refusal| Err(refusal.error().with("path", &path));
    if flags & 1 != 0 {
        return refuse(Refusal::Encrypted);
    }
    let method = match method {
        0 => Method::Stored,
        8 => Method::Deflate,
        _ => return refuse(Refusal::UnknownMethod),
    };
    if [compressed_size, size, start].contains(&u32::MAX) {
        return refuse(Refusal::Zip64);
    }
    if disk != 0 {
        return refuse(Refusal::MultiDisk);
    }
    if external != ATTRIBUTES {
        return refuse(Refusal::NotARegularFile);
    }
    if flags != 0 || !plain {
        return refuse(Refusal::UnexpectedField);
    }
    if method == Method::Stored && compressed_size != size {
        return refuse(Refusal::SizeMismatch);
    }
    Ok(Entry {
        path,
        method,
        crc,
        compressed_size: compressed_size.into(),
        size: size.into(),
        start: start.into(),
        version_needed,
    })
}

/// Little-endian numbers, one after the other.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (head, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(head)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_le_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_le_bytes)
    }
}
