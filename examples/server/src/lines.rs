//! Training lines: into the archive with images by path, and as a file of their own with the images in it.

use bytes::Bytes;
use codesight_core::id::ContentHash;
use codesight_core::model::{FrameIndex, TrainingExample};
use codesight_core::pipeline::ProcessedSession;
use codesight_core::ports::{BlobKey, SessionRef};
use codesight_core::privacy::Masked;
use codesight_core::{Error, Result};
use codesight_openai::format::{ChatFormat, FrameIndexImages, ImageProvider, StoredImage};
use codesight_storage::ArchiveReader;
use codesight_storage::archive::ArchiveLimits;

use crate::app::App;

/// The lines of some examples, with images by their path in the archive.
pub(crate) fn for_archive(
    format: &ChatFormat,
    examples: &[Masked<&TrainingExample>],
    index: &FrameIndex,
) -> Result<Vec<Masked<Bytes>>> {
    let images = FrameIndexImages::new(index, |_| {
        Err(Error::invalid("lines.archive", "lines of an archive name their images by path"))
    });
    let mut lines = Vec::with_capacity(examples.len());
    for example in examples {
        lines.extend(format.line(example, &images)?.bytes.map(without_line_feed));
    }
    Ok(lines)
}

/// Writes the lines with their images from the published archive, one example at a time.
pub(crate) async fn publish(app: &App, session: &SessionRef, processed: &ProcessedSession) -> Result<()> {
    let archive = BlobKey::archive(&session.tenant, &session.session);
    let reader = ArchiveReader::open_blob(app.blobs.as_ref(), archive, &ArchiveLimits::default()).await?;
    let format = ChatFormat::default();
    let mut upload = app.blobs.upload(&BlobKey::training(&session.tenant, &session.session)).await?;
    for example in processed.examples() {
        if let Some(line) = inline(&reader, &format, &example).await? {
            upload.write(line.into()).await?;
        }
    }
    upload.finish().await.map(|_| ())
}

/// The line of one example with its image from the archive; none when the example cannot be used.
pub(crate) async fn inline(
    reader: &ArchiveReader<'_>,
    format: &ChatFormat,
    example: &Masked<&TrainingExample>,
) -> Result<Option<Vec<u8>>> {
    let frame = reader.read_frame(&example.frame.hash).await?;
    let image = OneImage {
        hash: example.frame.hash,
        image: StoredImage { path: frame.entry.file, width: frame.entry.width, height: frame.entry.height },
        bytes: Masked::from_store(frame.bytes),
    };
    Ok(format.line(example, &image)?.bytes)
}

/// The image of the example at hand, so that memory is bounded by one.
struct OneImage {
    hash: ContentHash,
    image: StoredImage,
    bytes: Masked<Bytes>,
}

impl ImageProvider for OneImage {
    fn locate(&self, frame: &ContentHash) -> Result<StoredImage> {
        if *frame == self.hash {
            Ok(self.image.clone())
        } else {
            Err(Error::not_found("lines.image", "no such frame"))
        }
    }

    fn bytes(&self, _: &StoredImage) -> Result<Masked<Bytes>> {
        Ok(self.bytes.clone())
    }
}

/// A line as the archive takes it: without its line feed.
fn without_line_feed(mut line: Vec<u8>) -> Masked<Bytes> {
    while line.last() == Some(&b'\n') {
        line.pop();
    }
    Masked::from_store(line.into())
}
