//! Files, and the forms they arrive in.

use std::convert::Infallible;

use bytes::Bytes;
use futures_util::stream;
use serde_json::{Map, Value, json};

use super::respond::{FakeReply, FakeRequest, Routed, page};
use super::service::FakeService;
use super::state::File;

/// What a form held.
pub(super) struct FormData {
    fields: Vec<(String, String)>,
    /// Field, file name, content.
    pub(super) file: Option<(String, String, Bytes)>,
}

impl FormData {
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The fields as the API's description has them: `expires_after[seconds]` is a field of an object, a file is a text.
    pub(super) fn to_json(&self) -> Value {
        let mut object = Map::new();
        for (name, value) in &self.fields {
            let value = value.parse::<i64>().map_or_else(|_| Value::from(value.as_str()), Value::from);
            match name.strip_suffix(']').and_then(|name| name.split_once('[')) {
                Some((outer, "")) => {
                    let list = object.entry(outer).or_insert_with(|| json!([]));
                    if let Value::Array(list) = list {
                        list.push(value);
                    }
                }
                Some((outer, inner)) => object.entry(outer).or_insert_with(|| json!({}))[inner] = value,
                None => {
                    object.insert(name.clone(), value);
                }
            }
        }
        if let Some((name, _, _)) = &self.file {
            object.insert(name.clone(), "".into());
        }
        Value::Object(object)
    }
}

pub(super) async fn form(request: &FakeRequest) -> Result<FormData, FakeReply> {
    let broken = |_| FakeReply::refuse(None, "The form could not be read.");
    let boundary =
        multer::parse_boundary(request.header("content-type").unwrap_or_default()).map_err(broken)?;
    let body = request.body.clone();
    let body = stream::once(async move { Ok::<_, Infallible>(body) });
    let mut form = multer::Multipart::new(body, boundary);
    let mut data = FormData { fields: Vec::new(), file: None };
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        match field.file_name().map(str::to_owned) {
            Some(file_name) => data.file = Some((name, file_name, field.bytes().await.map_err(broken)?)),
            None => data.fields.push((name, field.text().await.map_err(broken)?)),
        }
    }
    Ok(data)
}

const PURPOSES: &[&str] = &["assistants", "batch", "fine-tune", "vision", "user_data", "evals"];

impl FakeService {
    pub(super) async fn create_file(&self, request: &FakeRequest) -> Routed {
        let form = form(request).await?;
        let purpose = form.field("purpose").unwrap_or_default().to_owned();
        if !PURPOSES.contains(&purpose.as_str()) {
            return Err(FakeReply::refuse(Some("purpose"), "'purpose' is not one of the known ones."));
        }
        let Some((_, name, content)) = form.file.clone() else {
            return Err(FakeReply::refuse(Some("file"), "'file' is a required property."));
        };
        if purpose == "fine-tune" && !name.ends_with(".jsonl") {
            return Err(FakeReply::refuse(Some("file"), "Invalid extension. Supported formats: \"jsonl\"."));
        }
        let expires = form.field("expires_after[seconds]").and_then(|seconds| seconds.parse::<i64>().ok());
        let now = self.seconds();
        let mut state = self.state();
        let id = state.add_file(&name, &purpose, content, now);
        let keep = self.options.keep_content;
        let file =
            state.files.iter_mut().find(|file| file.id == id).ok_or_else(|| FakeReply::not_found("file"))?;
        file.expires_at = expires.map(|seconds| now + seconds);
        if !keep {
            file.content = Bytes::new();
        }
        Ok(FakeReply::ok(&file.show()))
    }

    pub(super) fn list_files(&self, request: &FakeRequest) -> Routed {
        let state = self.state();
        let wanted = request.query("purpose");
        let mut files: Vec<&File> =
            state.files.iter().filter(|file| wanted.is_none_or(|wanted| file.purpose == wanted)).collect();
        if request.query("order") != Some("asc") {
            files.reverse();
        }
        let limit = request.limit(10_000);
        Ok(FakeReply::ok(&page(&files, request.query("after"), limit, |file| &file.id, |file| file.show())))
    }

    pub(super) fn get_file(&self, id: &str) -> Routed {
        let state = self.state();
        let file = state.file(id).ok_or_else(|| FakeReply::not_found("File object"))?;
        Ok(FakeReply::ok(&file.show()))
    }

    pub(super) fn file_content(&self, id: &str) -> Routed {
        let state = self.state();
        let file = state.file(id).ok_or_else(|| FakeReply::not_found("File object"))?;
        Ok(FakeReply::bytes(file.content.clone()))
    }

    pub(super) fn delete_file(&self, id: &str) -> Routed {
        let mut state = self.state();
        let at = state.files.iter().position(|file| file.id == id);
        state.files.remove(at.ok_or_else(|| FakeReply::not_found("File object"))?);
        Ok(FakeReply::ok(&json!({ "id": id, "object": "file", "deleted": true })))
    }
}
