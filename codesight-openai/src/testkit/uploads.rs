//! Uploads in parts.

use bytes::{Bytes, BytesMut};
use md5::{Digest as _, Md5};
use serde::Deserialize;
use serde_json::{Value, json};

use super::files::form;
use super::respond::{FakeReply, FakeRequest, Routed};
use super::service::FakeService;
use super::state::{Part, State, Upload};
use crate::uploads::hex;

/// Bytes of a part at most.
const PART: usize = 64 * 1024 * 1024;
/// Seconds after which an upload is forgotten.
const LIFETIME: i64 = 3_600;

#[derive(Deserialize)]
struct Create {
    filename: String,
    purpose: String,
    bytes: u64,
    #[serde(rename = "mime_type")]
    _mime_type: String,
}

#[derive(Deserialize)]
struct Complete {
    part_ids: Vec<String>,
    md5: Option<String>,
}

fn show(state: &State, id: &str, upload: &Upload) -> Value {
    let mut value = json!({
        "id": id, "object": "upload", "bytes": upload.bytes, "created_at": upload.created_at,
        "filename": upload.name, "purpose": upload.purpose, "status": upload.status,
        "expires_at": upload.expires_at,
    });
    if let Some(file) = upload.file.as_deref().and_then(|file| state.file(file)) {
        value["file"] = file.show();
    }
    value
}

impl FakeService {
    pub(super) fn create_upload(&self, request: &FakeRequest) -> Routed {
        let create: Create = request.json()?;
        if create.bytes == 0 || create.bytes > 8 * 1024 * 1024 * 1024 {
            return Err(FakeReply::refuse(Some("bytes"), "'bytes' is out of range."));
        }
        let now = self.seconds();
        let mut state = self.state();
        let id = state.id("upload_");
        let upload = Upload {
            name: create.filename,
            purpose: create.purpose,
            bytes: create.bytes,
            created_at: now,
            expires_at: now + LIFETIME,
            status: "pending",
            parts: Default::default(),
            file: None,
        };
        let shown = show(&state, &id, &upload);
        state.uploads.insert(id, upload);
        Ok(FakeReply::ok(&shown))
    }

    /// The upload, if it still takes anything.
    fn pending<'s>(state: &'s mut State, id: &str, now: i64) -> Result<&'s mut Upload, FakeReply> {
        let upload = state.uploads.get_mut(id).ok_or_else(|| FakeReply::not_found("upload"))?;
        if upload.status == "pending" && now >= upload.expires_at {
            upload.status = "expired";
        }
        match upload.status {
            "pending" => Ok(upload),
            status => Err(FakeReply::refuse(None, &format!("The upload is {status}."))),
        }
    }

    pub(super) async fn add_part(&self, id: &str, request: &FakeRequest) -> Routed {
        let form = form(request).await?;
        let Some((_, _, content)) = form.file else {
            return Err(FakeReply::refuse(Some("data"), "'data' is a required property."));
        };
        if content.len() > PART {
            return Err(FakeReply::refuse(Some("data"), "A part is at most 64 MB."));
        }
        let now = self.seconds();
        let mut state = self.state();
        let part = state.id("part_");
        let upload = Self::pending(&mut state, id, now)?;
        let bytes = content.len() as u64;
        let content = if self.options.keep_content { content } else { Bytes::new() };
        upload.parts.insert(part.clone(), Part { content, bytes });
        let shown = json!({ "id": part, "object": "upload.part", "created_at": now, "upload_id": id });
        Ok(FakeReply::ok(&shown))
    }

    pub(super) fn complete_upload(&self, id: &str, request: &FakeRequest) -> Routed {
        let complete: Complete = request.json()?;
        let now = self.seconds();
        let keep = self.options.keep_content;
        let mut state = self.state();
        let upload = Self::pending(&mut state, id, now)?;
        let (mut content, mut bytes, mut md5) = (BytesMut::new(), 0, Md5::new());
        for part in &complete.part_ids {
            let part =
                upload.parts.get(part).ok_or_else(|| FakeReply::refuse(Some("part_ids"), "No such part."))?;
            bytes += part.bytes;
            md5.update(&part.content);
            content.extend_from_slice(&part.content);
        }
        if bytes != upload.bytes {
            return Err(FakeReply::refuse(
                None,
                "The parts are not as long together as the upload was said to be.",
            ));
        }
        if keep && complete.md5.is_some_and(|expected| expected != hex(&md5.finalize())) {
            return Err(FakeReply::refuse(Some("md5"), "The checksum does not match."));
        }
        upload.status = "completed";
        let (name, purpose) = (upload.name.clone(), upload.purpose.clone());
        let file = state.add_file(&name, &purpose, content.freeze(), now);
        if let Some(file) = state.files.iter_mut().find(|known| known.id == file) {
            file.bytes = bytes;
        }
        if let Some(upload) = state.uploads.get_mut(id) {
            upload.file = Some(file);
        }
        self.shown(&state, id)
    }

    pub(super) fn cancel_upload(&self, id: &str) -> Routed {
        let now = self.seconds();
        let mut state = self.state();
        Self::pending(&mut state, id, now)?.status = "cancelled";
        self.shown(&state, id)
    }

    fn shown(&self, state: &State, id: &str) -> Routed {
        let upload = state.uploads.get(id).ok_or_else(|| FakeReply::not_found("upload"))?;
        Ok(FakeReply::ok(&show(state, id, upload)))
    }
}
