//! Images: where they are, what they are, how large they are.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use codesight_core::{ErrorKind, Result};

use super::code::Code;
use super::example::Checker;
use super::node::Node;
use super::place::Place;
use crate::format::{ImageDetail, is_safe_path};
use crate::image::{ImageFormat, ImageHeader};

/// The images of one example.
#[derive(Debug, Default)]
pub(super) struct ImageTally {
    pub(super) count: u64,
    /// Tokens of all of them; an image of unknown size counts as the most expensive one.
    pub(super) tokens: u64,
    /// Pixels of the last one, which the next call means; none while it is not known.
    pub(super) last_size: Option<(u32, u32)>,
}

impl Checker<'_> {
    pub(super) fn image(&mut self, part: &Node<'_>, part_place: &Place<'_>) -> Result<()> {
        self.images.count += 1;
        self.images.last_size = None;
        let place = part_place.key("image_url");
        let Some(image) = part.get("image_url") else {
            self.sink.add(Code::MissingImageUrl, part_place);
            return Ok(());
        };
        let Some(url) = image.get("url").and_then(Node::as_text) else {
            self.sink.add(Code::MissingImageUrl, &place);
            return Ok(());
        };
        self.repeated_keys(image, &place);
        self.unknown_keys(image, &place, &["url", "detail"], Code::UnknownPartKey);
        let detail = match image.get("detail").map(Node::as_text) {
            None | Some(Some("auto")) => ImageDetail::Auto,
            Some(Some("high")) => ImageDetail::High,
            Some(Some("low")) => ImageDetail::Low,
            Some(_) => {
                self.sink.add(Code::WrongDetail, &place.key("detail"));
                ImageDetail::Auto
            }
        };
        let size = self.image_size(url, &place.key("url"))?;
        self.images.last_size = size;
        self.images.tokens += match size {
            Some((width, height)) => self.image_rule.tokens(width, height, detail),
            None => self.image_rule.most_tokens(),
        };
        Ok(())
    }

    /// Pixels of the image, where they can be known.
    fn image_size(&mut self, url: &str, place: &Place<'_>) -> Result<Option<(u32, u32)>> {
        let code = if let Some(data) = url.strip_prefix("data:") {
            return Ok(self.data_url(data, place));
        } else if url.starts_with("https://") || url.starts_with("http://") {
            if self.options.remote_images.unwrap_or(self.options.limits.remote_images) {
                return Ok(None);
            }
            Code::RemoteImageRefused
        } else if self.options.archive_paths {
            if is_safe_path(url) {
                return self.image_in_archive(url, place);
            }
            Code::UnsafeImagePath
        } else if is_safe_path(url) {
            Code::PathImageRefused
        } else {
            Code::WrongImageUrl
        };
        self.sink.add(code, place);
        Ok(None)
    }

    fn image_in_archive(&mut self, path: &str, place: &Place<'_>) -> Result<Option<(u32, u32)>> {
        let Some(source) = self.source else { return Ok(None) };
        match source.image(path) {
            Ok(bytes) => Ok(self.encoded_image(&bytes, None, place)),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.sink.add(Code::ImageNotFound, place);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    fn data_url(&mut self, data: &str, place: &Place<'_>) -> Option<(u32, u32)> {
        let Some((media_type, encoded)) =
            data.split_once(',').and_then(|(head, body)| Some((head.strip_suffix(";base64")?, body)))
        else {
            self.sink.add(Code::WrongImageUrl, place);
            return None;
        };
        let Some(declared) = ImageFormat::from_media_type(media_type) else {
            self.sink.add(Code::ImageFormatRefused, place);
            return None;
        };
        // Four characters are three bytes, so the size is known well enough before decoding.
        let size = (encoded.len() as u64 / 4) * 3;
        if let Some(max) = self.options.limits.max_image_bytes
            && size.saturating_sub(2) > max
        {
            self.sink.add_note(Code::ImageTooLarge, place, format!("about {size} bytes, at most {max}"));
            return None;
        }
        match STANDARD.decode(encoded) {
            Ok(bytes) => self.encoded_image(&bytes, Some(declared), place),
            Err(_) => {
                self.sink.add(Code::WrongBase64, place);
                None
            }
        }
    }

    fn encoded_image(
        &mut self,
        bytes: &[u8],
        declared: Option<ImageFormat>,
        place: &Place<'_>,
    ) -> Option<(u32, u32)> {
        let size = bytes.len() as u64;
        if let Some(max) = self.options.limits.max_image_bytes
            && size > max
        {
            self.sink.add_note(Code::ImageTooLarge, place, format!("{size} bytes, at most {max}"));
        }
        let Some(format) = ImageFormat::sniff(bytes) else {
            self.sink.add(Code::ImageFormatRefused, place);
            return None;
        };
        if declared.is_some_and(|declared| declared != format) {
            self.sink.add_note(Code::ImageTypeMismatch, place, format!("it is {}", format.media_type()));
        }
        if !self.options.limits.image_formats.contains(&format) {
            self.sink.add_note(Code::ImageFormatRefused, place, format!("it is {}", format.media_type()));
        }
        let Ok(header) = ImageHeader::read(bytes) else {
            self.sink.add(Code::ImageUnreadable, place);
            return None;
        };
        if !header.rgb {
            self.sink.add(Code::ImageNotRgb, place);
        }
        Some((header.width, header.height))
    }
}
