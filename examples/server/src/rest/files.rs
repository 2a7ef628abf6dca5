//! Frames, archives and training lines as they are stored.

use std::sync::Arc;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use codesight_core::ErrorKind;
use codesight_core::id::ContentHash;
use codesight_core::model::FrameIndex;
use codesight_core::ports::{AuditAction, BlobKey, SessionRef};
use codesight_core::rights::purpose;
use schemars::JsonSchema;
use serde::Deserialize;

use super::caller::{Caller, Collector, Found, Reviewer};
use super::problem::Problem;
use crate::app::App;
use crate::archives;

/// Bytes read from the store at a time, for downloads of any size.
const CHUNK: u64 = 1 << 20;

/// `GET /v1/sessions/{session}/frames`: how each frame is composed; empty until the session is archived.
pub(crate) async fn frames(
    State(app): State<App>,
    caller: Caller<(Reviewer, Collector)>,
    Path(session): Path<String>,
) -> Result<Json<FrameIndex>, Problem> {
    let Found { at: session, stored } = caller.session(&app, &session).await?;
    caller.reads(&app, &session, "frames").await?;
    if stored.archive_url.is_none() {
        return Ok(Json(FrameIndex::default()));
    }
    Ok(Json(archives::frame_index(&app, &session).await?))
}

/// `GET /v1/sessions/{session}/frames/{hash}`: the pixels, from the archive, or as captured while there is none.
pub(crate) async fn frame(
    State(app): State<App>,
    caller: Caller<(Reviewer, Collector)>,
    Path((session, hash)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let found = caller.session(&app, &session).await?;
    let hash: ContentHash = hash.parse().map_err(|_| Problem::not_found())?;
    caller.reads(&app, &found.at, "frame").await?;
    let captured = match found.stored.archive_url {
        None => Some(captured_frame(&app, &found.at, &hash).await),
        Some(_) => None,
    };
    let (media_type, bytes) = match captured {
        Some(Ok(frame)) => frame,
        Some(Err(missing)) if !found.archived_meanwhile(&app).await? => return Err(missing),
        _ => ("image/webp", archives::frame(&app, &found.at, &hash).await?),
    };
    Ok((
        [(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "private, max-age=3600, immutable")],
        bytes,
    )
        .into_response())
}

async fn captured_frame(
    app: &App,
    session: &SessionRef,
    hash: &ContentHash,
) -> Result<(&'static str, Bytes), Problem> {
    let painted = BlobKey::painted(&session.tenant, &session.session, hash);
    let bytes = match app.blobs.get(&painted).await {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            app.blobs.get(&BlobKey::captured(&session.tenant, &session.session, hash)).await?
        }
        painted => painted?,
    };
    // Only what was verified to be one of the three image types is stored as a frame.
    let media_type = match bytes.first() {
        Some(0x89) => "image/png",
        Some(0xff) => "image/jpeg",
        Some(b'R') => "image/webp",
        _ => return Err(Problem::not_found()),
    };
    Ok((media_type, bytes))
}

/// The query of `GET /v1/sessions/{session}/archive`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ArchiveQuery {
    /// What the archive is fetched for, such as `sharing`: refused unless the person agrees to it. Without it, to look at:
    /// refused where the person agrees to nothing any more.
    purpose: Option<String>,
}

/// Refuses what the person does not agree to, and writes that down.
async fn check_purpose(
    app: &App,
    caller: &Caller<Reviewer>,
    found: &Found,
    purpose: &str,
) -> Result<(), Problem> {
    if app.permits(&found.stored, purpose).await? {
        return Ok(());
    }
    refuse(app, caller, found, purpose).await
}

/// The same for whoever does not say what for: one purpose is enough.
async fn check_any_purpose(app: &App, caller: &Caller<Reviewer>, found: &Found) -> Result<(), Problem> {
    for purpose in &found.stored.consent.purposes {
        if app.permits(&found.stored, purpose).await? {
            return Ok(());
        }
    }
    refuse(app, caller, found, "any purpose").await
}

async fn refuse(app: &App, caller: &Caller<Reviewer>, found: &Found, purpose: &str) -> Result<(), Problem> {
    let (who, session) = (caller.name().as_str(), &found.at.session);
    app.record(&found.at.tenant, who, AuditAction::ExportRefused, session).await?;
    Err(Problem::purpose_missing(purpose))
}

/// `GET /v1/sessions/{session}/archive`: the ZIP.
pub(crate) async fn archive(
    State(app): State<App>,
    caller: Caller<Reviewer>,
    Path(session): Path<String>,
    Query(query): Query<ArchiveQuery>,
) -> Result<Response, Problem> {
    let found = caller.session(&app, &session).await?;
    match query.purpose {
        Some(purpose) => check_purpose(&app, &caller, &found, &purpose).await?,
        None => check_any_purpose(&app, &caller, &found).await?,
    }
    let session = found.at;
    let key = BlobKey::archive(&session.tenant, &session.session);
    download(&app, &caller, &session, key, "application/zip", "zip", AuditAction::SessionRead).await
}

/// `GET /v1/sessions/{session}/training`: the training lines, images included.
pub(crate) async fn training(
    State(app): State<App>,
    caller: Caller<Reviewer>,
    Path(session): Path<String>,
) -> Result<Response, Problem> {
    let found = caller.session(&app, &session).await?;
    check_purpose(&app, &caller, &found, purpose::TRAINING).await?;
    let session = found.at;
    let key = BlobKey::training(&session.tenant, &session.session);
    download(&app, &caller, &session, key, "application/jsonl", "jsonl", AuditAction::TrainingExported).await
}

async fn download(
    app: &App,
    caller: &Caller<Reviewer>,
    session: &SessionRef,
    key: BlobKey,
    media_type: &'static str,
    extension: &str,
    action: AuditAction,
) -> Result<Response, Problem> {
    // Said before the first byte goes out, and not of what is not there.
    app.blobs.head(&key).await?;
    app.record(&session.tenant, caller.name().as_str(), action, &session.session).await?;
    stored(app, key, media_type, &format!("{}.{extension}", session.session)).await
}

/// A stored file of any size, to be saved under this name.
pub(super) async fn stored(
    app: &App,
    key: BlobKey,
    media_type: &'static str,
    name: &str,
) -> Result<Response, Problem> {
    let size = app.blobs.head(&key).await?.size;
    let name = format!("attachment; filename=\"{name}\"");
    let blobs = Arc::clone(&app.blobs);
    let chunks = futures_util::stream::try_unfold(0, move |from| {
        let (blobs, key) = (Arc::clone(&blobs), key.clone());
        async move {
            if from >= size {
                return Ok::<_, codesight_core::Error>(None);
            }
            let until = size.min(from + CHUNK);
            Ok(Some((blobs.get_range(&key, from..until).await?, until)))
        }
    });
    let headers = [
        (header::CONTENT_TYPE, media_type.to_owned()),
        (header::CONTENT_DISPOSITION, name),
        (header::CONTENT_LENGTH, size.to_string()),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    Ok((headers, Body::from_stream(chunks)).into_response())
}
