//! Writing lines.

use std::borrow::Borrow;
use std::io::Write;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use codesight_core::model::{Finding, RuleId, Severity, TrainingData, TrainingExample};
use codesight_core::privacy::Masked;
use codesight_core::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};

use super::action::{ActionList, Translator};
use super::images::{ImageDetail, ImagePolicy, ImageProvider, StoredImage, is_safe_path};
use super::line::{
    AssistantMessage, ChatLine, FunctionCall, ImagePart, ImageUrl, SystemMessage, TextPart, ToolCall,
    UserMessage, to_bytes,
};
use super::pixels::PixelSpace;
use super::prompt::{system_text, user_text};
use super::rules::{
    COORDINATES_CLAMPED, EXAMPLE_WITHOUT_ACTIONS, FRAME_SIZE_UNUSABLE, IMAGE_UNUSABLE,
    SPECIAL_TOKEN_NEUTRALISED,
};
use super::tool::{TOOL, TOOL_NAME};
use crate::image::ImageHeader;

/// How examples become lines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub struct ChatFormat {
    /// How a line carries its image.
    pub images: ImagePolicy,
    /// Where the images of [`ImagePolicy::Url`] are served, such as `https://images.example/session-1/`. `http` and `https` alone.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub image_base: String,
    /// How finely the service looks at it.
    pub detail: ImageDetail,
    /// How many earlier actions are told.
    pub history: usize,
    /// Whether the assistant says why before it acts, where that is known.
    pub rationale: bool,
}

impl Default for ChatFormat {
    fn default() -> Self {
        Self {
            images: ImagePolicy::default(),
            image_base: String::new(),
            detail: ImageDetail::default(),
            history: 10,
            rationale: false,
        }
    }
}

/// What happened to one example.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The line with its line feed; none when the example cannot be used, and then a finding says why.
    pub bytes: Option<Vec<u8>>,
    /// What a reader should know about it.
    pub findings: Vec<Finding>,
}

/// What happened to many examples.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WriteReport {
    /// Lines written.
    pub lines: u64,
    /// Bytes written.
    pub bytes: u64,
    /// Examples that gave no line; the findings say why.
    pub skipped: u64,
    /// In the order of the examples.
    pub findings: Vec<Finding>,
}

/// Something that holds examples in order.
pub trait Examples {
    /// The examples.
    fn examples(&self) -> &[TrainingExample];
}

impl Examples for TrainingExample {
    fn examples(&self) -> &[TrainingExample] {
        std::slice::from_ref(self)
    }
}

impl Examples for Vec<TrainingExample> {
    fn examples(&self) -> &[TrainingExample] {
        self
    }
}

impl Examples for TrainingData {
    fn examples(&self) -> &[TrainingExample] {
        &self.examples
    }
}

impl ChatFormat {
    /// The line of one example, owned or borrowed inside its `Masked`.
    ///
    /// # Errors
    /// Only what the provider of images reports, other than a missing image: an example that cannot be used is a
    /// [`Line`] without bytes.
    pub fn line<E: Borrow<TrainingExample>>(
        &self,
        example: &Masked<E>,
        images: &dyn ImageProvider,
    ) -> Result<Line> {
        self.line_of((**example).borrow(), images)
    }

    /// Writes a line for each usable example. Memory is bounded by one example and its image.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] when `out` fails, and those of [`ChatFormat::line`].
    pub fn write<T: Examples>(
        &self,
        data: &Masked<T>,
        images: &dyn ImageProvider,
        out: &mut dyn Write,
    ) -> Result<WriteReport> {
        let mut report = WriteReport::default();
        for example in data.examples() {
            let line = self.line_of(example, images)?;
            match line.bytes {
                Some(bytes) => {
                    out.write_all(&bytes).map_err(|error| {
                        Error::new(ErrorKind::Unavailable, "format.write", "the line could not be written")
                            .caused_by(error)
                    })?;
                    report.lines += 1;
                    report.bytes += bytes.len() as u64;
                }
                None => report.skipped += 1,
            }
            report.findings.extend(line.findings);
        }
        Ok(report)
    }

    fn line_of(&self, example: &TrainingExample, images: &dyn ImageProvider) -> Result<Line> {
        let refuse = |rule: RuleId, message: &str| {
            let finding = Finding::at(example.seq, rule, Severity::Error, message);
            Ok(Line { bytes: None, findings: vec![finding] })
        };
        if example.actions.is_empty() {
            return refuse(EXAMPLE_WITHOUT_ACTIONS, "the example has no action to learn");
        }
        let image = match images.locate(&example.frame.hash) {
            Ok(image) => image,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                return refuse(IMAGE_UNUSABLE, "the stored image of the frame is missing");
            }
            Err(error) => return Err(error),
        };
        let Ok(space) = PixelSpace::of_frame(&example.frame, image.width, image.height) else {
            return refuse(FRAME_SIZE_UNUSABLE, "the viewport or the image has no usable size");
        };
        let mut translator = Translator::new(&space);
        let Some(actions) =
            example.actions.iter().map(|action| translator.translate(action)).collect::<Option<Vec<_>>>()
        else {
            return refuse(FRAME_SIZE_UNUSABLE, "an action has no place, or none that is a number");
        };
        let url = match self.image_url(&image, images) {
            Ok(url) => url,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Corrupt) => {
                return refuse(IMAGE_UNUSABLE, error.message());
            }
            Err(error) => return Err(error),
        };
        let (clamped, mut neutralised) = (translator.clamped, translator.neutralised);
        let bytes = self.serialise(example, &space, &ActionList { actions }, url, &mut neutralised).map_err(
            |error| {
                Error::new(ErrorKind::Unexpected, "format.line", "the line is not serialisable")
                    .caused_by(error)
            },
        )?;
        let mut findings = Vec::new();
        if clamped > 0 {
            let message = format!("{clamped} point(s) lay outside the viewport and were moved to its edge");
            findings.push(Finding::at(example.seq, COORDINATES_CLAMPED, Severity::Warning, message));
        }
        if neutralised > 0 {
            let message =
                format!("{neutralised} special token(s) in recorded text were written with a space");
            findings.push(Finding::at(example.seq, SPECIAL_TOKEN_NEUTRALISED, Severity::Info, message));
        }
        Ok(Line { bytes: Some(bytes), findings })
    }

    fn serialise(
        &self,
        example: &TrainingExample,
        space: &PixelSpace,
        actions: &ActionList,
        url: String,
        neutralised: &mut u32,
    ) -> serde_json::Result<Vec<u8>> {
        let (text, in_text) = user_text(example, self.history)?;
        let rationale =
            self.rationale.then(|| example.rationale.as_deref().map(crate::special::neutralise)).flatten();
        *neutralised += in_text + rationale.as_ref().map_or(0, |(_, count)| *count);
        let line = ChatLine {
            messages: (
                SystemMessage { role: "system", content: system_text(space) },
                UserMessage {
                    role: "user",
                    content: (
                        TextPart { r#type: "text", text },
                        ImagePart { r#type: "image_url", image_url: ImageUrl { url, detail: self.detail } },
                    ),
                },
                AssistantMessage {
                    role: "assistant",
                    content: rationale.map(|(text, _)| text.into_owned()),
                    tool_calls: [ToolCall {
                        id: format!("call_{}", example.seq),
                        r#type: "function",
                        function: FunctionCall {
                            name: TOOL_NAME,
                            arguments: serde_json::to_string(actions)?,
                        },
                    }],
                },
            ),
            tools: [&TOOL],
            parallel_tool_calls: false,
        };
        let mut bytes = to_bytes(&line)?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    fn image_url(&self, image: &StoredImage, images: &dyn ImageProvider) -> Result<String> {
        const OPERATION: &str = "format.image";
        match self.images {
            ImagePolicy::Path | ImagePolicy::Url if !is_safe_path(&image.path) => {
                Err(Error::new(ErrorKind::Corrupt, OPERATION, "the path of the image is not safe"))
            }
            ImagePolicy::Path => Ok(image.path.clone()),
            ImagePolicy::Url => {
                let base = self.image_base.trim_end_matches('/');
                if !base.starts_with("https://") && !base.starts_with("http://") {
                    return Err(Error::invalid(OPERATION, "images by address need an http or https base"));
                }
                Ok(format!("{base}/{}", escaped(&image.path)))
            }
            ImagePolicy::Inline => {
                let bytes = images.bytes(image)?;
                let header = ImageHeader::read(&bytes)
                    .map_err(|error| Error::new(ErrorKind::Corrupt, OPERATION, error.message()))?;
                // Coordinates are pixels of these bytes: an index that is wrong about their size spoils every one.
                if (header.width, header.height) != (image.width, image.height) {
                    return Err(Error::new(
                        ErrorKind::Corrupt,
                        OPERATION,
                        "the image is not of the size in the index",
                    ));
                }
                let mut url = format!("data:{};base64,", header.format.media_type());
                STANDARD.encode_string(&*bytes, &mut url);
                Ok(url)
            }
        }
    }
}

/// A path as it stands in an address.
fn escaped(path: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'.' | b'_' | b'-' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}
