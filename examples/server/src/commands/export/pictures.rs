//! Pictures of an archive, for formats.

use std::collections::BTreeMap;

use bytes::Bytes;
use codesight_core::id::ContentHash;
use codesight_core::privacy::Masked;
use codesight_core::training::formats::picture_path;
use codesight_core::training::{FrameImage, ImageSource};
use codesight_core::{Error, ErrorKind, Result};
use codesight_storage::archive::ArchiveReader;

/// The stored images of some frames.
#[derive(Debug, Default)]
pub(super) struct Pictures {
    images: BTreeMap<ContentHash, FrameImage>,
}

impl Pictures {
    /// Reads the images of frames; those that are not stored are left out.
    pub(super) async fn of(
        reader: &ArchiveReader<'_>,
        frames: impl IntoIterator<Item = ContentHash>,
    ) -> Result<Self> {
        let mut images = BTreeMap::new();
        for hash in frames {
            if images.contains_key(&hash) {
                continue;
            }
            let frame = match reader.read_frame(&hash).await {
                Ok(frame) => frame,
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            let image = FrameImage {
                media_type: media_type(&frame.bytes).to_owned(),
                width: frame.entry.width,
                height: frame.entry.height,
                bytes: Masked::from_store(frame.bytes),
            };
            images.insert(hash, image);
        }
        Ok(Self { images })
    }

    /// Names and bytes, as rows name them.
    pub(super) fn files(&self) -> impl Iterator<Item = (String, Bytes)> + '_ {
        self.images
            .iter()
            .map(|(hash, image)| (picture_path(hash, &image.media_type), (*image.bytes).clone()))
    }
}

impl ImageSource for Pictures {
    fn image(&self, frame: &ContentHash) -> Result<FrameImage> {
        self.images
            .get(frame)
            .cloned()
            .ok_or_else(|| Error::not_found("export.image", "the frame is not stored"))
    }
}

fn media_type(bytes: &[u8]) -> &'static str {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => "image/png",
        [0xff, 0xd8, ..] => "image/jpeg",
        _ => "image/webp",
    }
}
