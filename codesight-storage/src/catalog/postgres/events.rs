//! Telling the other nodes which sessions changed: ids and nothing else, never in a transaction that writes.
//!
//! PostgreSQL lets transactions that NOTIFY commit one after the other, so a notification inside the transaction that
//! stores would make all nodes write in turn. A task of its own sends what came together in a moment instead, on a
//! connection that waits for no disk. What it says is a hint: who hears it reads again, and who could not hear for a
//! while is told that it missed something.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use codesight_core::ports::SessionRef;
use codesight_core::{Error, ErrorKind, Result};
use serde::{Deserialize, Serialize};
use sqlx::PgPool;
use sqlx::postgres::PgListener;
use tokio::sync::{Mutex, mpsc};
use uuid::Uuid;

use super::options::PostgresOptions;
use crate::catalog::fault::failed;

/// How long changes are collected before the others are told.
const MOMENT: Duration = Duration::from_millis(50);
/// Hints that may wait; more are dropped, for they are hints.
const QUEUE: usize = 4_096;
/// Sessions in one notification. A payload must be shorter than 8,000 bytes, and two names take 200 at most.
const TOGETHER: usize = 30;

/// What a node hears of the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionEvent {
    /// Something of this session changed.
    Changed(SessionRef),
    /// The connection was lost for a while: anything may have changed.
    Missed,
}

/// What travels: who says it, and which sessions.
#[derive(Serialize, Deserialize)]
struct Hint {
    node: String,
    sessions: Vec<(String, String)>,
}

/// Tells other nodes on the same database of changes, and hears of theirs. Clones are the same node.
#[derive(Clone)]
pub struct PostgresEvents {
    options: Arc<PostgresOptions>,
    node: Arc<str>,
    pool: PgPool,
    outgoing: mpsc::Sender<SessionRef>,
    listener: Arc<Mutex<Option<PgListener>>>,
}

impl PostgresEvents {
    /// Starts the task that tells the others. Must be called on a tokio runtime. Listening needs a connection that
    /// stays: a proxy that hands connections out by transaction will not do.
    pub fn start(options: PostgresOptions) -> Self {
        let (outgoing, changes) = mpsc::channel(QUEUE);
        let pool = options.hints_pool();
        let node: Arc<str> = Uuid::new_v4().to_string().into();
        let channel = channel(&options);
        tokio::spawn(tell(pool.clone(), Arc::clone(&node), channel, changes));
        Self { options: Arc::new(options), node, pool, outgoing, listener: Arc::default() }
    }

    /// Says that something of a session changed. Never waits and never fails: when too much waits already, the hint is
    /// dropped.
    pub fn changed(&self, session: &SessionRef) {
        self.outgoing.try_send(session.clone()).ok();
    }

    /// What other nodes say next; waits for it. The first answer is [`SessionEvent::Missed`], and so is the first one
    /// after the connection was lost. To be called by one task.
    ///
    /// # Errors
    /// [`ErrorKind::Unavailable`] while the database does not answer; call again after a pause.
    pub async fn next(&self) -> Result<Vec<SessionEvent>> {
        const OPERATION: &str = "events.next";
        let mut slot = self.listener.lock().await;
        let Some(listener) = slot.as_mut() else {
            let mut listener = PgListener::connect_with(&self.pool).await.map_err(failed(OPERATION))?;
            listener.listen(&channel(&self.options)).await.map_err(failed(OPERATION))?;
            *slot = Some(listener);
            return Ok(vec![SessionEvent::Missed]);
        };
        loop {
            match listener.try_recv().await {
                Ok(Some(notification)) => {
                    let Ok(hint) = serde_json::from_str::<Hint>(notification.payload()) else { continue };
                    if hint.node != *self.node {
                        return Ok(hint.sessions.into_iter().filter_map(named).collect());
                    }
                }
                Ok(None) => return Ok(vec![SessionEvent::Missed]),
                Err(error) => {
                    *slot = None;
                    return Err(Error::new(
                        ErrorKind::Unavailable,
                        OPERATION,
                        "the database does not answer",
                    )
                    .caused_by(error));
                }
            }
        }
    }
}

impl fmt::Debug for PostgresEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresEvents").field("options", &self.options).finish_non_exhaustive()
    }
}

impl fmt::Display for PostgresEvents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "events of {}", self.options)
    }
}

/// Each schema has a channel of its own.
fn channel(options: &PostgresOptions) -> String {
    format!("codesight.{}", options.schema_name())
}

fn named((tenant, session): (String, String)) -> Option<SessionEvent> {
    Some(SessionEvent::Changed(SessionRef { tenant: tenant.parse().ok()?, session: session.parse().ok()? }))
}

/// Tells the others what came together in a moment, until the last clone is gone.
async fn tell(pool: PgPool, node: Arc<str>, channel: String, mut changes: mpsc::Receiver<SessionRef>) {
    while let Some(first) = changes.recv().await {
        tokio::time::sleep(MOMENT).await;
        let mut changed = BTreeSet::from([first]);
        while let Ok(next) = changes.try_recv() {
            changed.insert(next);
        }
        let names = changed.into_iter().map(|place| (place.tenant.to_string(), place.session.to_string()));
        let names: Vec<_> = names.collect();
        for sessions in names.chunks(TOGETHER) {
            let Ok(payload) =
                serde_json::to_string(&Hint { node: node.to_string(), sessions: sessions.to_vec() })
            else {
                continue;
            };
            // A hint that is lost is lost: the next one makes the others read again.
            sqlx::query("SELECT pg_notify($1, $2)").bind(&channel).bind(payload).execute(&pool).await.ok();
        }
    }
}
