//! Telling people what to do.

use std::fmt;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use super::SessionRef;
use crate::error::Result;

/// How urgent a notice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum NoticeLevel {
    /// Good to know.
    Info,
    /// Something is being lost or soon will be.
    Warning,
    /// Nothing is recorded any more.
    Error,
}

/// One notice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Which session it is about.
    pub session: Option<SessionRef>,
    /// How urgent.
    pub level: NoticeLevel,
    /// Stable code.
    pub code: String,
    /// What to do, in one sentence.
    pub message: String,
}

/// Delivers notices.
#[async_trait]
pub trait Notifier: fmt::Debug + fmt::Display + Send + Sync {
    /// Hands the notice over. May deliver it twice; must not wait for a reader.
    async fn notify(&self, notice: Notice) -> Result<()>;
}
