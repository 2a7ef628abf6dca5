//! A model that looks at the frames people acted on, before the pipeline runs, where the settings name one.
//!
//! It is shown painted frames only, and only those of sessions that may train models. What it answered is kept beside the captured frames
//! until the archive holds it: a job that runs again pays nothing, and what erases a session erases it.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use clap::Args;
use codesight_core::id::{ContentHash, SessionId, TenantId};
use codesight_core::model::{Finding, RuleId, ScreenshotRelation, Severity, VisionAnalysis};
use codesight_core::pipeline::SessionRecord;
use codesight_core::ports::{BlobKey, BlobStore, SessionRef, VisionFrame};
use codesight_core::privacy::{Masked, Raw, Surface};
use codesight_core::{Error, ErrorKind, Result};
use codesight_openai::chat::{ChatModel, ChatPrice};
use codesight_openai::client::{ApiKey, Client, HttpExchange};
use codesight_openai::provider::Profile;
use codesight_openai::records::{MemoryRecords, Records};
use codesight_openai::vision::{ChatVision, VisionOptions, analyze_or_rules};
use codesight_storage::archive::FrameInput;
use codesight_storage::image::{ConcealedArea, ImageLimits, conceal};
use serde::Deserialize;

use crate::app::App;
use crate::clock::SystemClock;
use crate::secret::Secret;

/// More frames were acted on than the settings let a model see.
const VISION_FRAMES_LEFT_OUT: RuleId = RuleId::new("vision-frames-left-out");

/// The settings of the model.
#[derive(Debug, Clone, Default, Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct VisionSettings {
    /// A model that describes the frames people acted on; painted frames are sent to it, of sessions that may train models
    /// [default: none, pages are understood by rules]
    #[arg(id = "vision-model", long = "vision-model", env = "CODESIGHT_VISION_MODEL", value_name = "MODEL")]
    model: Option<String>,

    /// Where it answers: openai, azure, together, fireworks, vllm, llama.cpp or ollama [default: openai]
    #[arg(
        id = "vision-provider",
        long = "vision-provider",
        env = "CODESIGHT_VISION_PROVIDER",
        value_name = "NAME"
    )]
    provider: Option<String>,

    /// The service's address in place of the known one
    #[arg(
        id = "vision-base-url",
        long = "vision-base-url",
        env = "CODESIGHT_VISION_BASE_URL",
        value_name = "URL"
    )]
    base_url: Option<String>,

    /// A file that holds the service's key
    #[arg(
        id = "vision-key-file",
        long = "vision-key-file",
        env = "CODESIGHT_VISION_KEY_FILE",
        value_name = "FILE"
    )]
    key_file: Option<PathBuf>,

    /// The key itself; better in the environment than among the flags
    #[arg(
        id = "vision-key",
        long = "vision-key",
        env = "CODESIGHT_VISION_KEY",
        hide_env_values = true,
        value_name = "KEY"
    )]
    key: Option<Secret>,

    /// Frames of a session that are sent at most [default: 20]
    #[arg(
        id = "vision-frames",
        long = "vision-frames",
        env = "CODESIGHT_VISION_FRAMES",
        value_name = "NUMBER"
    )]
    frames: Option<usize>,

    /// What the model costs, as US dollars for a million tokens read and written, such as 2.5/10
    #[arg(id = "vision-price", long = "vision-price", env = "CODESIGHT_VISION_PRICE", value_name = "IN/OUT")]
    price: Option<String>,

    /// US dollars that this process may spend on it; needs --vision-price [default: no cap]
    #[arg(
        id = "vision-most-usd",
        long = "vision-most-usd",
        env = "CODESIGHT_VISION_MOST_USD",
        value_name = "USD"
    )]
    most_usd: Option<f64>,
}

/// The model of the settings.
#[derive(Debug)]
pub(crate) struct Vision {
    model: ChatVision,
    frames: usize,
}

impl Vision {
    /// None when no model is named.
    pub(crate) fn open(settings: &VisionSettings) -> Result<Option<Self>> {
        const OPERATION: &str = "vision.open";
        let Some(model) = &settings.model else { return Ok(None) };
        let provider = settings.provider.as_deref().unwrap_or("openai");
        let mut profile = Profile::named(provider)
            .ok_or_else(|| Error::invalid(OPERATION, "no such provider").with("provider", provider))?;
        if let Some(url) = &settings.base_url {
            profile = profile.at(url);
        }
        let key = match (&settings.key_file, &settings.key) {
            (Some(file), _) => Some(std::fs::read_to_string(file).map_err(|error| {
                Error::invalid(OPERATION, "the file of the key cannot be read").caused_by(error)
            })?),
            (None, key) => key.as_ref().map(|key| key.expose().to_owned()),
        };
        let price = settings.price.as_deref().map(ChatPrice::said).transpose()?;
        if settings.most_usd.is_some() && price.is_none() {
            return Err(Error::invalid(OPERATION, "a cap on cost needs the model's price"));
        }
        let exchange = Arc::new(HttpExchange::new()?);
        let client = Client::new(profile, key.map(ApiKey::new), exchange, Arc::new(SystemClock));
        let options = VisionOptions { price, most_usd: settings.most_usd, ..VisionOptions::default() };
        let model =
            ChatVision::new(ChatModel::new(client, model), Arc::new(MemoryRecords::default()), options);
        Ok(Some(Self { model, frames: settings.frames.unwrap_or(20) }))
    }

    /// What the model sees in the frames of a session. Where it cannot be asked the session goes by rules, with a finding.
    pub(crate) async fn look(
        &self,
        app: &App,
        session: &SessionRef,
        goal: &str,
        records: &[SessionRecord],
    ) -> Result<(Option<VisionAnalysis>, Vec<Finding>)> {
        let (frames, left_out) = self.frames(app, session, records).await?;
        if frames.is_empty() {
            return Ok((None, Vec::new()));
        }
        let cache = Arc::new(SessionRecords {
            blobs: Arc::clone(&app.blobs),
            tenant: session.tenant.clone(),
            session: session.session.clone(),
        });
        let model = self.model.caching_in(cache);
        let (mut analysis, mut findings) = analyze_or_rules(&model, goal, &frames).await;
        if left_out > 0 {
            let message = format!("{left_out} more frames were acted on than the settings let a model see");
            findings.push(Finding::session(VISION_FRAMES_LEFT_OUT, Severity::Info, message));
        }
        // A sentence about a page can say what stood on it.
        let mut masker = app.masker(session).await?;
        for seen in &mut analysis.observations {
            let said = std::mem::take(&mut seen.description);
            seen.description = masker.text(Raw::new(said), Surface::Text).into_inner();
        }
        let answered = analysis != VisionAnalysis::default();
        Ok((answered.then_some(analysis), findings))
    }

    /// The distinct frames that were acted on, painted, and how many there are beyond those.
    async fn frames(
        &self,
        app: &App,
        session: &SessionRef,
        records: &[SessionRecord],
    ) -> Result<(Vec<VisionFrame>, usize)> {
        let mut areas: BTreeMap<ContentHash, Vec<ConcealedArea>> = BTreeMap::new();
        let mut wanted = Vec::new();
        let mut seen = HashSet::new();
        for input in FrameInput::of_records(records, app.media_policy) {
            let shot = input.screenshot;
            let viewport = shot.viewport;
            let concealed = input
                .redactions
                .into_iter()
                .map(|redaction| ConcealedArea { area: redaction.area, viewport });
            areas.entry(shot.hash).or_default().extend(concealed);
            if shot.relation == ScreenshotRelation::Before && seen.insert(shot.hash) {
                wanted.push((shot.hash, shot.media_type));
            }
        }
        let left_out = wanted.len().saturating_sub(self.frames);
        let mut frames = Vec::new();
        for (hash, media_type) in wanted.into_iter().take(self.frames) {
            let Some(bytes) = captured(app, session, &hash).await? else { continue };
            let boxes = areas.remove(&hash).unwrap_or_default();
            // One that cannot be decoded cannot be painted either: it is not shown.
            let Ok(painted) = paint(app, bytes.clone(), boxes).await else { continue };
            let (media_type, bytes) = match painted {
                Some(painted) => (media_type_of(&painted, media_type), painted),
                None => (media_type_of(&bytes, media_type), bytes),
            };
            frames.push(VisionFrame { hash, media_type, bytes: Masked::from_store(bytes) });
        }
        Ok((frames, left_out))
    }
}

/// Painting can change how a frame is encoded.
fn media_type_of(bytes: &[u8], declared: String) -> String {
    codesight_openai::image::ImageFormat::sniff(bytes)
        .map_or(declared, |format| format.media_type().to_owned())
}

/// The frame as it is kept, painted or as it came.
async fn captured(app: &App, session: &SessionRef, hash: &ContentHash) -> Result<Option<Bytes>> {
    for key in [
        BlobKey::painted(&session.tenant, &session.session, hash),
        BlobKey::captured(&session.tenant, &session.session, hash),
    ] {
        match app.blobs.get(&key).await {
            Ok(bytes) => return Ok(Some(bytes)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

async fn paint(app: &App, bytes: Bytes, boxes: Vec<ConcealedArea>) -> Result<Option<Bytes>> {
    let limits = ImageLimits {
        max_encoded_bytes: app.limits.max_blob_bytes as usize,
        max_pixels: u64::from(app.limits.max_frame_pixels),
    };
    let work = tokio::task::spawn_blocking(move || conceal(&bytes, &boxes, &limits));
    let painted = work.await.map_err(|error| {
        Error::new(ErrorKind::Unexpected, "vision.paint", "the work was interrupted").caused_by(error)
    })??;
    Ok(painted.map(Bytes::from))
}

/// Records beside the captured frames of a session, which are deleted with them.
struct SessionRecords {
    blobs: Arc<dyn BlobStore>,
    tenant: TenantId,
    session: SessionId,
}

impl fmt::Debug for SessionRecords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionRecords").field("session", &self.session).finish_non_exhaustive()
    }
}

impl SessionRecords {
    fn key(&self, key: &str) -> Result<BlobKey> {
        BlobKey::new(format!("{}{key}.json", BlobKey::captured_prefix(&self.tenant, &self.session)))
    }
}

#[async_trait]
impl Records for SessionRecords {
    async fn load(&self, key: &str) -> Result<Option<Vec<u8>>> {
        match self.blobs.get(&self.key(key)?).await {
            Ok(bytes) => Ok(Some(bytes.to_vec())),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn save(&self, key: &str, record: Vec<u8>) -> Result<()> {
        self.blobs.put(&self.key(key)?, record.into()).await.map(|_| ())
    }

    async fn forget(&self, key: &str) -> Result<()> {
        self.blobs.delete(&self.key(key)?).await.map(|_| ())
    }
}
