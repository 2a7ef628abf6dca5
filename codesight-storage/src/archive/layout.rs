//! The names of the files in an archive.

use codesight_core::model::FileRole;

pub(super) const MANIFEST: &str = "manifest.json";
pub(super) const INTERACTIONS: &str = "interactions.json";
pub(super) const FRAME_INDEX: &str = "screenshots/index.json";
pub(super) const AUDIO: &str = "audio.webm";
pub(super) const TRAINING: &str = "training.jsonl";
pub(super) const VISION: &str = "vision-analysis.json";
pub(super) const QUALITY: &str = "quality-report.json";
pub(super) const VIEWER: &str = "index.html";

/// The path of the `number`th frame, from 1.
pub(super) fn frame_path(number: usize) -> String {
    format!("screenshots/{number:06}.webp")
}

/// The path of the `number`th changed rectangle, from 1.
pub(super) fn patch_path(number: usize) -> String {
    format!("screenshots/patches/{number:06}.webp")
}

/// What the file of that path must be; none for paths that are not part of an archive.
pub(super) fn role_of(path: &str) -> Option<FileRole> {
    match path {
        INTERACTIONS => Some(FileRole::Interactions),
        FRAME_INDEX => Some(FileRole::FrameIndex),
        AUDIO => Some(FileRole::Audio),
        TRAINING => Some(FileRole::TrainingData),
        VISION => Some(FileRole::VisionAnalysis),
        QUALITY => Some(FileRole::QualityReport),
        VIEWER => Some(FileRole::Viewer),
        _ => {
            let name = path.strip_prefix("screenshots/")?.strip_suffix(".webp")?;
            let (number, role) = match name.strip_prefix("patches/") {
                Some(number) => (number, FileRole::Patch),
                None => (name, FileRole::Frame),
            };
            let is_number = number.len() >= 6 && number.bytes().all(|byte| byte.is_ascii_digit());
            is_number.then_some(role)
        }
    }
}

/// The files that every archive has.
pub(super) const REQUIRED: [&str; 6] = [INTERACTIONS, FRAME_INDEX, TRAINING, VISION, QUALITY, VIEWER];

/// The longest path, in bytes.
pub(super) const MAX_PATH_LENGTH: usize = 200;

/// Whether a path is made of plain segments: nothing absolute, nothing that climbs, nothing that two file systems
/// could read differently.
pub(super) fn is_plain_path(path: &[u8]) -> bool {
    path.len() <= MAX_PATH_LENGTH
        && path.split(|byte| *byte == b'/').all(|segment| {
            !matches!(segment, b"" | b"." | b"..")
                && segment
                    .iter()
                    .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_paths_pass() {
        for bad in ["", "/a", "a/", "a//b", "../a", "a/../b", "a\\b", "C:a", "a\0b", "é", "a b", "./a"] {
            assert!(!is_plain_path(bad.as_bytes()), "accepted {bad:?}");
        }
        assert!(REQUIRED.iter().all(|path| is_plain_path(path.as_bytes()) && role_of(path).is_some()));
        assert_eq!(role_of(&frame_path(1)), Some(FileRole::Frame));
        assert_eq!(role_of(&patch_path(1)), Some(FileRole::Patch));
        assert_eq!(role_of("screenshots/x.webp"), None);
        assert_eq!(role_of("screenshots/patches/patches/000001.webp"), None);
    }
}
