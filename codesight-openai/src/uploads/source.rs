//! Where the bytes of an upload come from.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use codesight_core::Result;
use futures_util::stream::{self, BoxStream, StreamExt};
use md5::{Digest as _, Md5};
use sha2::Sha256;
use tokio::fs::File;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncSeekExt, AsyncWriteExt};

use crate::client::BodySource;
use crate::files::unreadable;

/// Bytes read at once.
const PIECE: usize = 256 * 1024;

/// Content that can be read from any place, as often as needed.
pub trait Source: fmt::Debug + Send + Sync {
    /// How many bytes there are.
    fn len(&self) -> u64;

    /// Whether there are none.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `length` bytes from `offset`, in pieces.
    fn read(&self, offset: u64, length: u64) -> BoxStream<'static, io::Result<Bytes>>;
}

/// Content in memory.
#[derive(Clone)]
pub struct BytesSource(pub Bytes);

impl fmt::Debug for BytesSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BytesSource").field(&self.0.len()).finish()
    }
}

impl Source for BytesSource {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }

    fn read(&self, offset: u64, length: u64) -> BoxStream<'static, io::Result<Bytes>> {
        let from = (offset as usize).min(self.0.len());
        let until = from.saturating_add(length as usize).min(self.0.len());
        stream::iter([Ok(self.0.slice(from..until))]).boxed()
    }
}

/// A file on disk. It must not change while it is uploaded; one that got shorter is an error, not a short upload.
#[derive(Debug, Clone)]
pub struct FileSource {
    path: PathBuf,
    length: u64,
}

impl FileSource {
    /// The file at `path`.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`](codesight_core::ErrorKind::Unavailable) when it cannot be read.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref().to_path_buf();
        let length = tokio::fs::metadata(&path).await.map_err(unreadable)?.len();
        Ok(Self { path, length })
    }
}

impl Source for FileSource {
    fn len(&self) -> u64 {
        self.length
    }

    fn read(&self, offset: u64, length: u64) -> BoxStream<'static, io::Result<Bytes>> {
        let path = self.path.clone();
        let opened = async move {
            let mut file = File::open(path).await?;
            file.seek(io::SeekFrom::Start(offset)).await?;
            // Its own buffer would be a second copy of every piece.
            file.set_max_buf_size(PIECE);
            io::Result::Ok(file)
        };
        stream::once(opened)
            .map(move |file| match file {
                Ok(file) => pieces(file, length),
                Err(error) => stream::iter([Err(error)]).boxed(),
            })
            .flatten()
            .boxed()
    }
}

fn pieces(file: File, length: u64) -> BoxStream<'static, io::Result<Bytes>> {
    stream::try_unfold((file, length), |(mut file, left)| async move {
        if left == 0 {
            return Ok(None);
        }
        let mut piece = vec![0; PIECE.min(left as usize)];
        let read = file.read(&mut piece).await?;
        if read == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file got shorter"));
        }
        piece.truncate(read);
        Ok(Some((Bytes::from(piece), (file, left - read as u64))))
    })
    .boxed()
}

/// Writes what a reader gives into a file of `folder`, for content that can be read only once: its hash and size are needed
/// before its first byte is sent. The file is deleted by the caller.
///
/// # Errors
/// [`ErrorKind::Unavailable`](codesight_core::ErrorKind::Unavailable) when reading or writing fails.
pub async fn spool(mut reader: impl AsyncRead + Send + Unpin, file: &Path) -> Result<FileSource> {
    let mut out = File::create(file).await.map_err(unreadable)?;
    let mut piece = vec![0; PIECE];
    loop {
        let read = reader.read(&mut piece).await.map_err(unreadable)?;
        if read == 0 {
            break;
        }
        out.write_all(&piece[..read]).await.map_err(unreadable)?;
    }
    out.flush().await.map_err(unreadable)?;
    FileSource::open(file).await
}

/// Part of a source, as the body of a request.
#[derive(Debug)]
pub struct Range {
    source: Arc<dyn Source>,
    offset: u64,
    length: u64,
}

impl Range {
    /// `length` bytes from `offset`.
    pub fn new(source: Arc<dyn Source>, offset: u64, length: u64) -> Self {
        Self { source, offset, length }
    }

    /// All of it.
    pub fn whole(source: Arc<dyn Source>) -> Self {
        let length = source.len();
        Self::new(source, 0, length)
    }
}

impl BodySource for Range {
    fn open(&self) -> BoxStream<'static, io::Result<Bytes>> {
        self.source.read(self.offset, self.length)
    }
}

/// What identifies content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Digests {
    /// In hexadecimal; ours, for names.
    pub sha256: String,
    /// In hexadecimal; the service compares it when an upload is complete.
    pub md5: String,
    /// How many bytes.
    pub bytes: u64,
}

/// Reads the content once.
///
/// # Errors
/// [`ErrorKind::Unavailable`](codesight_core::ErrorKind::Unavailable) when it cannot be read.
pub async fn digest(source: &dyn Source) -> Result<Digests> {
    let (mut sha256, mut md5, mut bytes) = (Sha256::new(), Md5::new(), 0);
    let mut pieces = source.read(0, source.len());
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(unreadable)?;
        sha256.update(&piece);
        md5.update(&piece);
        bytes += piece.len() as u64;
    }
    Ok(Digests { sha256: hex(&sha256.finalize()), md5: hex(&md5.finalize()), bytes })
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
