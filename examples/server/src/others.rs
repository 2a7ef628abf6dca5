//! The other nodes on the same database: they are told which sessions changed here, and what changed there is read
//! again for whoever looks on here.

#[cfg(feature = "cluster")]
use std::collections::HashMap;

use codesight_core::ports::SessionRef;
#[cfg(feature = "cluster")]
use codesight_core::{Result, model::SessionStatus};
#[cfg(feature = "cluster")]
use codesight_storage::{PostgresEvents, SessionEvent};

use crate::app::App;
#[cfg(feature = "cluster")]
use crate::hub::LiveUpdate;

/// After the database did not answer.
#[cfg(feature = "cluster")]
const PAUSE: std::time::Duration = std::time::Duration::from_secs(1);

/// The other nodes, if there can be any.
#[derive(Debug, Clone, Default)]
pub(crate) struct Others {
    #[cfg(feature = "cluster")]
    events: Option<PostgresEvents>,
}

impl Others {
    /// This node is alone.
    pub(crate) fn none() -> Self {
        Self::default()
    }

    /// The nodes on the same database.
    #[cfg(feature = "cluster")]
    pub(crate) fn on(events: PostgresEvents) -> Self {
        Self { events: Some(events) }
    }

    /// Says that something of a session changed. Never waits.
    pub(crate) fn tell(&self, session: &SessionRef) {
        #[cfg(feature = "cluster")]
        if let Some(events) = &self.events {
            events.changed(session);
        }
        #[cfg(not(feature = "cluster"))]
        let _ = session;
    }
}

/// Follows the other nodes until shutdown.
#[cfg(not(feature = "cluster"))]
pub(crate) async fn follow(app: App, _: Others) {
    app.shutdown.cancelled().await;
}

/// Follows the other nodes until shutdown.
#[cfg(feature = "cluster")]
pub(crate) async fn follow(app: App, others: Others) {
    let Some(events) = others.events else { return };
    let mut seen = Seen::default();
    loop {
        let next = tokio::select! {
            next = events.next() => next,
            () = app.shutdown.cancelled() => return,
        };
        match next {
            Ok(events) => {
                for session in events.into_iter().flat_map(|event| sessions_of(&app, event)) {
                    if let Err(error) = seen.read_again(&app, &session).await {
                        tracing::warn!(session = %session, error = %error, "a change elsewhere could not be read");
                    }
                }
            }
            Err(error) => {
                tracing::warn!(error = %error, "the other nodes cannot be heard");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

/// The sessions of an event that somebody looks at here.
#[cfg(feature = "cluster")]
fn sessions_of(app: &App, event: SessionEvent) -> Vec<SessionRef> {
    match event {
        SessionEvent::Changed(session) => {
            app.hub.list_here(&session);
            if app.hub.is_watched(&session) { vec![session] } else { Vec::new() }
        }
        SessionEvent::Missed => app.hub.watched(),
    }
}

/// What viewers here were told last of each session.
#[cfg(feature = "cluster")]
#[derive(Default)]
struct Seen(HashMap<SessionRef, (u64, bool, SessionStatus)>);

#[cfg(feature = "cluster")]
impl Seen {
    async fn read_again(&mut self, app: &App, session: &SessionRef) -> Result<()> {
        let head = app.catalog.head(session).await?;
        let status = app.catalog.get(session).await?.status;
        self.0.retain(|known, _| app.hub.is_watched(known));
        let before = self.0.insert(session.clone(), (head.through, head.sealed, status));
        let (through, sealed, known) = before.unwrap_or((0, false, SessionStatus::Active));
        if head.through > through {
            app.hub.publish_here(session, LiveUpdate::Stored { through: head.through, rejected: 0 });
        }
        if head.sealed && !sealed {
            app.hub.publish_here(session, LiveUpdate::Sealed { through: head.through });
        }
        if status != known && matches!(status, SessionStatus::Completed | SessionStatus::Failed) {
            app.hub.publish_here(session, LiveUpdate::Processed { status: status.as_str() });
        }
        Ok(())
    }
}
