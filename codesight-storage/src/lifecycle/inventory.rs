//! What is stored of a tenant.

use std::collections::BTreeMap;

use codesight_core::error::Result;
use codesight_core::id::{SessionId, SubjectId, TenantId};
use codesight_core::model::SessionStatus;
use codesight_core::ports::{BlobKey, BlobStore, SessionCatalog, SessionQuery};
use codesight_core::time::Timestamp;
use serde::{Deserialize, Serialize};

const PAGE: usize = 500;

/// Some blobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Held {
    /// How many.
    pub blobs: u64,
    /// Bytes of all of them.
    pub bytes: u64,
}

impl Held {
    fn add(&mut self, bytes: u64) {
        self.blobs += 1;
        self.bytes += bytes;
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self { blobs: self.blobs + other.blobs, bytes: self.bytes + other.bytes }
    }
}

/// What is stored of one session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SessionHoldings {
    /// As the catalog has it; none for a session that it does not know.
    pub status: Option<SessionStatus>,
    /// When the recording ended.
    pub ended: Option<Timestamp>,
    /// Whom it is about.
    pub subject: Option<SubjectId>,
    /// Captured frames and audio.
    pub captured: Held,
    /// The archive.
    pub archive: Held,
    /// An archive that is to replace it.
    pub successor: Held,
    /// Training lines.
    pub training: Held,
}

impl SessionHoldings {
    /// All of it.
    pub fn total(&self) -> Held {
        self.captured.plus(self.archive).plus(self.successor).plus(self.training)
    }
}

/// What is stored of one tenant. Some 300 bytes of memory a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inventory {
    /// The project.
    pub tenant: TenantId,
    /// By session.
    pub sessions: BTreeMap<SessionId, SessionHoldings>,
}

/// One kind of what a session holds.
type Field = fn(&mut SessionHoldings) -> &mut Held;

impl Inventory {
    /// Lists catalog and store. Names and sizes only; no blob is read.
    ///
    /// # Errors
    /// What catalog and store say.
    pub async fn take(
        catalog: &dyn SessionCatalog,
        blobs: &dyn BlobStore,
        tenant: &TenantId,
    ) -> Result<Self> {
        let mut inventory = Self { tenant: tenant.clone(), sessions: BTreeMap::new() };
        let mut query = SessionQuery { limit: PAGE, ..SessionQuery::default() };
        loop {
            let page = catalog.query(tenant, &query).await?;
            for session in page.sessions {
                let holdings = inventory.sessions.entry(session.id.clone()).or_default();
                (holdings.status, holdings.ended) = (Some(session.status), session.end_time);
                holdings.subject = Some(session.consent.subject.clone());
            }
            query.after = page.next;
            if query.after.is_none() {
                break;
            }
        }
        let folders: [(&str, Field); 4] = [
            ("captured", |holdings| &mut holdings.captured),
            ("archives", |holdings| &mut holdings.archive),
            ("successors", |holdings| &mut holdings.successor),
            ("training", |holdings| &mut holdings.training),
        ];
        for (folder, field) in folders {
            inventory.list(blobs, &format!("{tenant}/{folder}/"), field).await?;
        }
        Ok(inventory)
    }

    async fn list(
        &mut self,
        blobs: &dyn BlobStore,
        prefix: &str,
        field: fn(&mut SessionHoldings) -> &mut Held,
    ) -> Result<()> {
        let mut after: Option<BlobKey> = None;
        loop {
            let page = blobs.list(prefix, after.as_ref(), PAGE).await?;
            for blob in &page {
                if let Some(session) = session_of(blob.key.as_str(), prefix) {
                    field(self.sessions.entry(session).or_default()).add(blob.size);
                }
            }
            match page.last() {
                Some(last) if page.len() == PAGE => after = Some(last.key.clone()),
                _ => return Ok(()),
            }
        }
    }

    /// All that is stored.
    pub fn total(&self) -> Held {
        self.sessions.values().fold(Held::default(), |sum, session| sum.plus(session.total()))
    }

    /// The archives, which are what stays.
    pub fn archives(&self) -> Held {
        self.sessions.values().fold(Held::default(), |sum, session| sum.plus(session.archive))
    }
}

/// `PREFIX/SESSION/…`, `PREFIX/SESSION.zip` or `PREFIX/SESSION.jsonl`.
fn session_of(key: &str, prefix: &str) -> Option<SessionId> {
    let rest = key.strip_prefix(prefix)?;
    let name = match rest.split_once('/') {
        Some((session, _)) => session,
        None => rest.strip_suffix(".zip").or_else(|| rest.strip_suffix(".jsonl"))?,
    };
    SessionId::new(name).ok()
}
