//! One entry, checked while its bytes pass by: local header, size, CRC-32. No input or output of its own.

use codesight_core::error::{Error, Result};
use flate2::{Crc, Decompress, FlushDecompress, Status};

use super::{Entry, Method, Refusal};

/// Inflated bytes handed on at a time.
const CHUNK: usize = 64 << 10;

/// Takes the bytes of one entry, local header first, in pieces of any size, and hands on what they inflate to: never
/// more than the entry declares.
pub struct EntryDecoder<'a> {
    entry: &'a Entry,
    header: Vec<u8>,
    inflate: Option<Decompress>,
    ended: bool,
    taken: u64,
    written: u64,
    crc: Crc,
    chunk: Vec<u8>,
}

impl<'a> EntryDecoder<'a> {
    /// A decoder at the start of `entry`.
    pub fn new(entry: &'a Entry) -> Self {
        let inflate = (entry.method == Method::Deflate).then(|| Decompress::new(false));
        Self {
            entry,
            header: Vec::with_capacity(entry.header_length()),
            inflate,
            ended: false,
            taken: 0,
            written: 0,
            crc: Crc::new(),
            chunk: Vec::new(),
        }
    }

    /// Takes the next bytes of the entry's span.
    ///
    /// # Errors
    /// A [`Refusal`] as soon as the bytes contradict the directory, and whatever `sink` returns.
    pub fn feed(&mut self, bytes: &[u8], sink: &mut impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let missing = self.entry.header_length() - self.header.len();
        let (header, data) = bytes.split_at(missing.min(bytes.len()));
        self.header.extend_from_slice(header);
        if missing > 0 && header.len() == missing && !self.entry.has_local_header(&self.header) {
            return Err(self.refuse(Refusal::HeaderMismatch));
        }
        self.taken += data.len() as u64;
        if self.taken > self.entry.compressed_size {
            return Err(self.refuse(Refusal::SizeMismatch));
        }
        if self.inflate.is_some() { self.inflate(data, sink) } else { self.pass_on(data, sink) }
    }

    /// Checks what only the end can tell.
    ///
    /// # Errors
    /// A [`Refusal`].
    pub fn finish(self) -> Result<()> {
        let whole = self.taken == self.entry.compressed_size
            && self.written == self.entry.size
            && self.header.len() == self.entry.header_length()
            && (self.inflate.is_none() || self.ended);
        if !whole {
            return Err(self.refuse(Refusal::SizeMismatch));
        }
        if self.crc.sum() != self.entry.crc {
            return Err(self.refuse(Refusal::CrcMismatch));
        }
        Ok(())
    }

    fn inflate(&mut self, mut data: &[u8], sink: &mut impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let mut chunk = std::mem::take(&mut self.chunk);
        chunk.resize(CHUNK, 0);
        while let Some(inflate) = &mut self.inflate {
            if self.ended {
                if data.is_empty() {
                    break;
                }
                return Err(self.refuse(Refusal::BadDeflate));
            }
            let (taken, given) = (inflate.total_in(), inflate.total_out());
            let status = inflate.decompress(data, &mut chunk, FlushDecompress::None);
            let (taken, given) = (inflate.total_in() - taken, inflate.total_out() - given);
            let Ok(status) = status else { return Err(self.refuse(Refusal::BadDeflate)) };
            self.ended = status == Status::StreamEnd;
            // Both are at most the lengths of the slices that were passed.
            data = data.get(taken as usize..).unwrap_or_default();
            self.pass_on(chunk.get(..given as usize).unwrap_or_default(), sink)?;
            if !self.ended && taken == 0 && given == 0 {
                break;
            }
        }
        self.chunk = chunk;
        Ok(())
    }

    fn pass_on(&mut self, bytes: &[u8], sink: &mut impl FnMut(&[u8]) -> Result<()>) -> Result<()> {
        self.written += bytes.len() as u64;
        if self.written > self.entry.size {
            return Err(self.refuse(Refusal::SizeMismatch));
        }
        self.crc.update(bytes);
        sink(bytes)
    }

    fn refuse(&self, refusal: Refusal) -> Error {
        refusal.error().with("path", &self.entry.path)
    }
}
