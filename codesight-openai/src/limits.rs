//! What training services take, as dated data.
//!
//! Limits change between revisions of a service's documentation. Each table entry says which document it was read from and
//! when; a caller with newer knowledge deserialises an entry of their own.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::image::{ImageBounds, ImageFormat};

/// Whether a file begins with a UTF-8 byte order mark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ByteOrderMark {
    /// It must not.
    Refused,
    /// The documentation asks for it; a file without one is reported.
    Expected,
}

/// What one service takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Limits {
    /// The service.
    pub provider: Cow<'static, str>,
    /// When the documents were read, `YYYY-MM-DD`.
    pub as_of: Cow<'static, str>,
    /// The documents, by name.
    pub source: Cow<'static, str>,
    /// Fewer examples are refused.
    pub min_examples: u64,
    /// More examples are refused; none when the service states no bound.
    pub max_examples: Option<u64>,
    /// More examples with images are refused.
    pub max_image_examples: Option<u64>,
    /// Images in one example.
    pub max_images_per_example: Option<u32>,
    /// Bytes of one image file, before base64.
    pub max_image_bytes: Option<u64>,
    /// Formats of images.
    pub image_formats: Cow<'static, [ImageFormat]>,
    /// Whether images may be named by an `http(s)` address.
    pub remote_images: bool,
    /// Tokens of one example; what is longer is cut from its end, where the answer is.
    pub max_example_tokens: Option<u64>,
    /// Function tools of one example.
    pub max_tools: u32,
    /// Largest file for the plain upload call, bytes; none when the service states no bound.
    pub max_direct_file_bytes: Option<u64>,
    /// Largest file by any way (parts, a signed address), bytes; none when the service states no bound.
    pub max_file_bytes: Option<u64>,
    /// Byte order mark.
    pub byte_order_mark: ByteOrderMark,
    /// The model that tokens are counted for unless the caller names one.
    pub default_model: Cow<'static, str>,
}

const ALL_FORMATS: &[ImageFormat] = &[ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Webp];

// Decimal megabytes: where a document says "MB" and means 2^20, the smaller reading is the safe one.
const MEGABYTE: u64 = 1_000_000;
const GIGABYTE: u64 = 1_000 * MEGABYTE;

impl Limits {
    /// OpenAI's own service.
    pub fn openai() -> Self {
        Self {
            provider: Cow::Borrowed("openai"),
            as_of: Cow::Borrowed("2026-11-22"),
            source: Cow::Borrowed(
                "OpenAI documentation: Supervised fine-tuning, Vision fine-tuning, Fine-tuning best practices; API reference: Files, Uploads",
            ),
            min_examples: 10,
            max_examples: None,
            max_image_examples: Some(50_000),
            max_images_per_example: Some(10),
            max_image_bytes: Some(10 * MEGABYTE),
            image_formats: Cow::Borrowed(ALL_FORMATS),
            remote_images: true,
            max_example_tokens: Some(65_536),
            max_tools: 128,
            max_direct_file_bytes: Some(512 * MEGABYTE),
            max_file_bytes: Some(8 * GIGABYTE),
            byte_order_mark: ByteOrderMark::Refused,
            default_model: Cow::Borrowed("gpt-4o-2024-08-06"),
        }
    }

    /// Azure OpenAI in Microsoft Foundry.
    pub fn azure() -> Self {
        Self {
            provider: Cow::Borrowed("azure"),
            source: Cow::Borrowed("Microsoft Foundry documentation: fine-tuning-vision, fine-tuning"),
            max_images_per_example: Some(64),
            byte_order_mark: ByteOrderMark::Expected,
            ..Self::openai()
        }
    }

    /// Together AI. No smallest file, largest file or bound on tokens is documented (`max_seq_length` is a setting of the job).
    pub fn together() -> Self {
        Self {
            provider: Cow::Borrowed("together"),
            source: Cow::Borrowed("Together documentation: Vision-language fine-tuning"),
            min_examples: 1,
            max_image_examples: None,
            remote_images: false,
            max_example_tokens: None,
            max_direct_file_bytes: None,
            max_file_bytes: None,
            ..Self::openai()
        }
    }

    /// Fireworks AI. Larger files than the plain call takes go through a signed address.
    pub fn fireworks() -> Self {
        const FORMATS: &[ImageFormat] = &[ImageFormat::Png, ImageFormat::Jpeg];
        Self {
            provider: Cow::Borrowed("fireworks"),
            source: Cow::Borrowed("Fireworks documentation: Vision model fine-tuning"),
            min_examples: 3,
            max_examples: Some(3_000_000),
            max_image_examples: None,
            max_images_per_example: None,
            max_image_bytes: None,
            image_formats: Cow::Borrowed(FORMATS),
            remote_images: false,
            max_example_tokens: None,
            max_direct_file_bytes: Some(150 * MEGABYTE),
            max_file_bytes: None,
            ..Self::openai()
        }
    }

    /// The entry of a service by its name: `openai`, `azure`, `together` or `fireworks`.
    pub fn named(provider: &str) -> Option<Self> {
        match provider {
            "openai" => Some(Self::openai()),
            "azure" => Some(Self::azure()),
            "together" => Some(Self::together()),
            "fireworks" => Some(Self::fireworks()),
            _ => None,
        }
    }
}

impl Limits {
    /// What an image may be.
    pub fn image_bounds(&self) -> ImageBounds {
        ImageBounds { formats: self.image_formats.to_vec(), max_bytes: self.max_image_bytes, max_side: None }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::openai()
    }
}
