//! Decrypting: whole, or any range without the rest.
//!
//! An age file is a header, a nonce of 16 bytes, and chunks of 64 KiB, each with a tag of 16 bytes and sealed by its place;
//! only the last one is sealed as the last (<https://c2sp.org/age#payload>). So a range needs its chunks alone, and the
//! last chunk says that nothing was cut off.

use std::io::{self, Cursor, ErrorKind as IoKind, Read, Seek, SeekFrom};
use std::iter;
use std::ops::Range;

use age::{Decryptor, Identity};
use bytes::Bytes;
use codesight_core::error::Result;

use super::{AgeKey, EncryptionRefusal};
use crate::archive::{RandomAccess, Refusal, blocking};

/// Every age file begins so.
pub(super) const MAGIC: &[u8] = b"age-encryption.org/v1\n";
const CHUNK: u64 = 64 << 10;
const TAG: u64 = 16;
const SEALED_CHUNK: u64 = CHUNK + TAG;
/// More than any header for one recipient: its line, a filler of at most 300 bytes, the checksum.
const LONGEST_HEADER: u64 = 4 << 10;
const OPERATION: &str = "encryption.open";

/// Decrypts a whole age file.
///
/// # Errors
/// An [`EncryptionRefusal`].
pub fn open(key: &AgeKey, sealed: &[u8]) -> Result<Vec<u8>> {
    if !sealed.starts_with(MAGIC) {
        return Err(refusal_of_beginning(sealed).error(OPERATION));
    }
    let mut reader = decrypt(key, sealed)?;
    let mut bytes = Vec::with_capacity(sealed.len());
    reader
        .read_to_end(&mut bytes)
        .map_err(|error| EncryptionRefusal::of_io(&error).error(OPERATION).caused_by(error))?;
    Ok(bytes)
}

/// A beginning of the first line alone is one of an age file that was cut.
fn refusal_of_beginning(bytes: &[u8]) -> EncryptionRefusal {
    if !bytes.is_empty() && MAGIC.starts_with(bytes) {
        EncryptionRefusal::Torn
    } else {
        EncryptionRefusal::NotEncrypted
    }
}

fn decrypt<R: Read>(key: &AgeKey, sealed: R) -> Result<age::stream::StreamReader<R>> {
    let refused =
        |error: age::DecryptError| EncryptionRefusal::of_header(&error).error(OPERATION).caused_by(error);
    let decryptor = Decryptor::new(sealed).map_err(refused)?;
    decryptor.decrypt(iter::once(&key.0 as &dyn Identity)).map_err(refused)
}

/// Where everything is in an age file of which the header and the end were read and found sound.
#[derive(Clone)]
pub(super) struct Sealed {
    /// Header and nonce.
    head: Bytes,
    /// Bytes in all.
    total: u64,
    /// Bytes once decrypted.
    pub(super) size: u64,
}

impl Sealed {
    /// Reads the header and the last chunk.
    pub(super) async fn read(source: &dyn RandomAccess, key: &AgeKey) -> Result<Self> {
        let total = source.size();
        // Small files at once, large ones by their two ends.
        let beginning =
            source.read(0..if total <= 2 * SEALED_CHUNK { total } else { LONGEST_HEADER }).await?;
        if !beginning.starts_with(MAGIC) {
            return Err(refusal_of_beginning(&beginning).error(OPERATION));
        }
        let mut cursor = Cursor::new(&beginning[..]);
        Decryptor::new(&mut cursor)
            .map_err(|error| EncryptionRefusal::of_header(&error).error(OPERATION).caused_by(error))?;
        let start = cursor.position();
        let sealed = total.saturating_sub(start);
        let chunks = sealed.div_ceil(SEALED_CHUNK);
        let size = sealed.checked_sub(chunks * TAG).filter(|_| chunks > 0);
        let size = size.ok_or_else(|| EncryptionRefusal::Torn.error(OPERATION))?;
        let layout =
            Self { head: beginning.slice(..usize::try_from(start).unwrap_or(usize::MAX)), total, size };
        let last = start + (chunks - 1) * SEALED_CHUNK..total;
        let bytes = layout.fetch(source, &beginning, last.clone()).await?;
        layout.decrypt(key, last.start, bytes, SeekFrom::End(0), 0).await?;
        Ok(layout)
    }

    /// What was read already is not read again.
    async fn fetch(&self, source: &dyn RandomAccess, beginning: &Bytes, range: Range<u64>) -> Result<Bytes> {
        match (usize::try_from(range.start), usize::try_from(range.end)) {
            (Ok(start), Ok(end)) if end <= beginning.len() => Ok(beginning.slice(start..end)),
            _ => source.read(range).await,
        }
    }

    /// Decrypts a range of the decrypted bytes.
    pub(super) async fn read_range(
        &self,
        source: &dyn RandomAccess,
        key: &AgeKey,
        range: Range<u64>,
    ) -> Result<Bytes> {
        if range.start > range.end || range.end > self.size {
            return Err(Refusal::BadPlacement.error());
        }
        if range.is_empty() {
            return Ok(Bytes::new());
        }
        // To go to where a chunk begins, age's reader wants to know the length of the file, which is its end; to one byte
        // before, it does not.
        let lead = u64::from(range.start > 0 && range.start.is_multiple_of(CHUNK));
        let begin = range.start - lead;
        let start = self.head.len() as u64;
        let from = start + begin / CHUNK * SEALED_CHUNK;
        let until = (start + ((range.end - 1) / CHUNK + 1) * SEALED_CHUNK).min(self.total);
        let bytes = source.read(from..until).await?;
        let opened = self.decrypt(key, from, bytes, SeekFrom::Start(begin), range.end - begin).await?;
        Ok(opened.slice(usize::try_from(lead).unwrap_or(0)..))
    }

    /// Decrypts `length` bytes from `seek` on, of chunks that were read from `from` on.
    async fn decrypt(
        &self,
        key: &AgeKey,
        from: u64,
        bytes: Bytes,
        seek: SeekFrom,
        length: u64,
    ) -> Result<Bytes> {
        let part = Part { head: self.head.clone(), from, bytes, total: self.total, at: 0 };
        let key = key.clone();
        blocking(move || {
            let mut reader = decrypt(&key, part)?;
            let mut opened = vec![0; usize::try_from(length).map_err(|_| Refusal::TooLarge.error())?];
            reader
                .seek(seek)
                .and_then(|_| reader.read_exact(&mut opened))
                .map_err(|error| EncryptionRefusal::of_io(&error).error(OPERATION).caused_by(error))?;
            Ok(opened.into())
        })
        .await
    }
}

/// The header and some chunks of an age file, at their places in it.
struct Part {
    head: Bytes,
    from: u64,
    bytes: Bytes,
    total: u64,
    at: u64,
}

impl Part {
    fn rest(&self) -> io::Result<&[u8]> {
        if self.at >= self.total {
            return Ok(&[]);
        }
        let (bytes, place) = match self.at.checked_sub(self.from) {
            Some(place) => (&self.bytes, place),
            None => (&self.head, self.at),
        };
        let rest = usize::try_from(place).ok().and_then(|place| bytes.get(place..));
        rest.filter(|rest| !rest.is_empty())
            .ok_or_else(|| io::Error::new(IoKind::InvalidInput, "bytes that were not fetched are asked for"))
    }
}

impl Read for Part {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.rest()?.read(into)?;
        self.at += count as u64;
        Ok(count)
    }
}

impl Seek for Part {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.total.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::new(IoKind::InvalidInput, "a place before the first byte"))?;
        Ok(self.at)
    }
}
