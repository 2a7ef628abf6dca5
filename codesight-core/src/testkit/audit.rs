//! The suite of [`AuditLog`](crate::ports::AuditLog).

use std::sync::Arc;

use futures_util::future::join_all;

use super::check::{Verdict, ensure, equal, shows_none_of};
use super::fixtures;
use super::suite::{Suite, scenarios};
use crate::ports::{AuditEntry, AuditEvent, AuditLog};

/// Everything an audit log must do.
pub fn audit_suite() -> Suite<dyn AuditLog> {
    Suite::new(
        "audit",
        scenarios![
            behaviour "append: appends at once get positions without holes or doubles" => append_race,
            also "append: each entry follows the one before, and events come back as they were" => append_chain,
            also "read: in order, at most `limit`, after any position" => read_pages,
            also "debug: shows nothing of an event" => debug,
        ],
    )
}

async fn append_race(log: Arc<dyn AuditLog>) -> Verdict {
    const EVENTS: u64 = 24;
    let calls = (0..EVENTS).map(|seed| {
        let log = &log;
        async move { log.append(fixtures::audit_event(seed)?).await }
    });
    let mut positions = Vec::new();
    for entry in join_all(calls).await {
        positions.push(entry?.position);
    }
    positions.sort_unstable();
    equal(&positions, &(1..=EVENTS).collect::<Vec<_>>(), "the positions handed out")?;
    let entries = log.read(0, 100).await?;
    equal(&entries.len(), &(EVENTS as usize), "stored entries")?;
    Ok(AuditEntry::verify(None, &entries)?)
}

async fn append_chain(log: Arc<dyn AuditLog>) -> Verdict {
    let mut written: Vec<AuditEntry> = Vec::new();
    for seed in 0..5 {
        let mut event = fixtures::audit_event(seed)?;
        event.session = event.session.filter(|_| seed != 3);
        let expected = AuditEntry::follow(written.last(), event.clone())?;
        let entry = log.append(event).await?;
        equal(&entry, &expected, "the answer")?;
        written.push(entry);
    }
    equal(&log.read(0, 100).await?, &written, "the stored entries")
}

async fn read_pages(log: Arc<dyn AuditLog>) -> Verdict {
    ensure(log.read(0, 10).await?.is_empty(), "nothing in an empty log")?;
    for seed in 0..7 {
        log.append(fixtures::audit_event(seed)?).await?;
    }
    let pages = [(0, 3, 1..=3), (3, 3, 4..=6), (6, 3, 7..=7), (0, 100, 1..=7), (5, 1, 6..=6)];
    for (after, limit, expected) in pages {
        let found: Vec<_> = log.read(after, limit).await?.iter().map(|entry| entry.position).collect();
        equal(&found, &expected.collect::<Vec<_>>(), "the positions of the page")?;
    }
    for (after, limit) in [(7, 10), (u64::MAX, 10), (0, 0)] {
        ensure(log.read(after, limit).await?.is_empty(), "nothing there, or nothing asked for")?;
    }
    let all = log.read(0, 100).await?;
    Ok(AuditEntry::verify(all.get(2), &log.read(3, 100).await?)?)
}

async fn debug(log: Arc<dyn AuditLog>) -> Verdict {
    const SECRET: &str = "an-actor-nobody-else-may-know";
    log.append(AuditEvent { actor: SECRET.to_owned(), ..fixtures::audit_event(1)? }).await?;
    shows_none_of(&*log, &[SECRET])
}
