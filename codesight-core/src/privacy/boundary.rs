//! [`Raw`] and [`Masked`]: what came from outside, and what may be kept.
//!
//! Stores, broadcasts and formats accept `Masked<_>` only. There are two doors into it: the
//! [`Masker`](crate::privacy::Masker), and [`Masked::from_store`] for bytes that were masked when they were stored.

use std::fmt;
use std::ops::Deref;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorKind, Result};
use crate::id::{CollectorId, SessionId, TenantId};
use crate::model::{Assignments, InteractionData, TrainingData, TrainingExample, UnifiedSession};
use crate::ports::SessionChange;
use crate::time::Timestamp;
use crate::wire::SessionStart;

/// Something that came from outside and may hold personal data. It has no `Display`, no `Serialize`, and its `Debug`
/// shows nothing.
///
/// ```compile_fail
/// let raw = codesight_core::privacy::Raw::new("4111 1111 1111 1111");
/// println!("{raw}");
/// ```
///
/// ```compile_fail
/// let raw = codesight_core::privacy::Raw::new("4111 1111 1111 1111");
/// serde_json::to_string(&raw).unwrap();
/// ```
pub struct Raw<T>(T);

impl<T> Raw<T> {
    /// Marks something as unmasked.
    pub fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for the masker alone.
    pub(crate) fn into_inner(self) -> T {
        self.0
    }

    /// The value, to be completed while it is still unmasked.
    pub(crate) fn inner_mut(&mut self) -> &mut T {
        &mut self.0
    }

    /// Looks at the value without taking it out, for checks that keep nothing of it.
    pub fn inspect<R>(&self, look: impl FnOnce(&T) -> R) -> R {
        look(&self.0)
    }
}

impl Raw<InteractionData> {
    /// Says to which session and place the interaction belongs.
    #[must_use]
    pub fn in_place(mut self, session: SessionId, seq: u64) -> Self {
        self.0.session_id = Some(session);
        self.0.seq = Some(seq);
        self
    }
}

impl Raw<SessionStart> {
    /// Applies the Global Privacy Control signal that came with the connection.
    #[must_use]
    pub fn with_privacy_control(mut self) -> Self {
        self.0.consent.honour_privacy_control();
        self
    }
}

impl<T> fmt::Debug for Raw<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Raw(..)")
    }
}

/// Something that was masked. It can be read and written out, not changed.
///
/// ```compile_fail
/// let masked = codesight_core::privacy::Masked("jane@shop.test");
/// ```
///
/// ```compile_fail
/// fn store(_: codesight_core::privacy::Masked<String>) {}
/// store(codesight_core::privacy::Raw::new(String::new()));
/// ```
#[derive(Clone, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Masked<T>(T);

impl<T> Masked<T> {
    /// The masker's door.
    pub(crate) fn new(value: T) -> Self {
        Self(value)
    }

    /// The store's door: takes back what was a `Masked<_>` when it was stored. A backend calls this for what it
    /// reads from its own storage, and for nothing else.
    pub fn from_store(value: T) -> Self {
        Self(value)
    }

    /// Gives the value up to something that takes it out of this program, such as a response body.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T: Serialize> Masked<T> {
    /// The value as JSON.
    ///
    /// # Errors
    /// [`ErrorKind::Unexpected`] for a value JSON cannot say, such as a map with keys that are not text.
    pub fn to_json(&self) -> Result<Masked<Bytes>> {
        serde_json::to_vec(&self.0).map(|bytes| Masked(bytes.into())).map_err(|error| {
            Error::new(ErrorKind::Unexpected, "privacy.to_json", "not serialisable").caused_by(error)
        })
    }
}

impl Masked<TrainingData> {
    /// Leaves out the examples that `keep` does not want. What is left was masked before.
    pub(crate) fn retain_examples(&mut self, keep: impl FnMut(&TrainingExample) -> bool) {
        self.0.examples.retain(keep);
    }
}

impl<T: Clone> Masked<&T> {
    /// A copy of what is referred to.
    pub fn cloned(&self) -> Masked<T> {
        Masked(self.0.clone())
    }
}

impl Masked<Bytes> {
    /// The value that was written by [`Masked::to_json`].
    ///
    /// # Errors
    /// [`ErrorKind::Corrupt`]; serde's message is left out, for it may quote the content.
    pub fn parse<T: DeserializeOwned>(&self) -> Result<Masked<T>> {
        serde_json::from_slice(&self.0).map(Masked).map_err(|error| {
            Error::new(ErrorKind::Corrupt, "privacy.parse", "stored JSON does not fit its type")
                .with("line", error.line())
                .with("column", error.column())
        })
    }
}

impl Masked<SessionStart> {
    /// The session that begins with this message, under ids made by the server.
    pub fn into_session(
        self,
        id: SessionId,
        tenant: TenantId,
        collector: CollectorId,
        now: Timestamp,
    ) -> Masked<UnifiedSession> {
        let SessionStart { key: _, session_type, goal, consent, capture } = self.0;
        Masked(UnifiedSession {
            kind: session_type,
            goal,
            capture,
            ..UnifiedSession::new(id, tenant, collector, consent, now)
        })
    }
}

impl Masked<UnifiedSession> {
    /// The session with these assignments, which are the operator's words.
    #[must_use]
    pub fn with_flags(mut self, flags: Assignments) -> Self {
        self.0.flags = flags;
        self
    }

    /// Applies a change, which holds nothing personal; see [`SessionChange::apply`].
    ///
    /// # Errors
    /// As [`SessionChange::apply`].
    pub fn apply(&mut self, change: &SessionChange) -> Result<()> {
        change.apply(&mut self.0)
    }
}

impl<T> Deref for Masked<T> {
    type Target = T;
    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T: fmt::Debug> fmt::Debug for Masked<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Masked").field(&self.0).finish()
    }
}
