//! The suite of [`SessionJournal`](crate::ports::SessionJournal): epochs, appends and reads.

use std::sync::Arc;
use std::task::{Context, Waker};

use bytes::Bytes;
use futures_util::future::join_all;

use super::catalog::elsewhere;
use super::check::{Verdict, ensure, equal, refused, shows_none_of};
use super::suite::{Scenario, Suite, scenarios};
use super::{fixtures, journal_end};
use crate::error::ErrorKind;
use crate::ports::{Catalog, JournalHead, JournalKind, JournalRecord, SessionRef};
use crate::privacy::Masked;

/// Everything a journal must do.
pub fn journal_suite() -> Suite<dyn Catalog> {
    let mut scenarios: Vec<Scenario<dyn Catalog>> = scenarios![
        behaviour "open_epoch: raises the epoch by one and returns the head with it" => open_raises,
        behaviour "open_epoch: an unknown session is `NotFound`" => open_unknown,
        behaviour "open_epoch: a sealed journal is returned as it is: same epoch, `sealed` set" => open_sealed,
        also "open_epoch: of many at once each gets an epoch of its own" => open_race,
        behaviour "append: all or none of the records are stored" => append_all_or_none,
        behaviour "append: records at or before `through` are taken as stored already and left out" => append_again,
        behaviour "append: a first new record that is not `through + 1`, or records that do not follow one another, are `Invalid`"
            => append_hole,
        behaviour "append: an `epoch` that is not the current one is `Conflict`, and nothing is stored" => append_stale,
        behaviour "append: a sealed journal is `Conflict`" => append_sealed,
        behaviour "append: an unknown session is `NotFound`" => append_unknown,
        behaviour "append: no records at all is fine and returns the head" => append_nothing,
        also "append: of two writers at once, only the newer one's records are stored" => append_two_writers,
        also "append: the same records many times at once are stored once" => append_same_race,
        also "append: many sessions at once, good calls and bad, do not harm one another" => append_many_sessions,
        also "append: a caller that goes away harms nobody" => append_dropped,
        also "append: payloads and kinds come back as they were, large ones too" => append_payloads,
        behaviour "read: an unknown session, or one of another tenant, is `NotFound`" => read_unknown,
        behaviour "read: after the last record, and after a clear, the answer is empty" => read_after_end,
        also "read: in order, at most `limit`, after any position" => read_pages,
        also "head: `NotFound` for an unknown session, and one of another tenant" => head_unknown,
        also "debug: shows nothing of a stored record" => debug,
    ];
    scenarios.extend(journal_end::scenarios());
    Suite::new("journal", scenarios)
}

/// Creates the session of `seed` and becomes its writer.
pub(super) async fn opened(catalog: &Arc<dyn Catalog>, seed: u64) -> crate::Result<(SessionRef, u64)> {
    catalog.create(fixtures::new_session(seed)?).await?;
    let session = fixtures::session_ref(seed)?;
    let head = catalog.open_epoch(&session, fixtures::at(0)).await?;
    Ok((session, head.epoch))
}

/// Appends the fixture records `from..=through`.
pub(super) async fn append(
    catalog: &Arc<dyn Catalog>,
    seed: u64,
    epoch: u64,
    from: u64,
    through: u64,
) -> crate::Result<JournalHead> {
    let records = fixtures::records(seed, from, through)?;
    catalog.append(&fixtures::session_ref(seed)?, epoch, records, fixtures::at(0)).await
}

/// Holds when exactly the fixture records `1..=through` are stored.
pub(super) async fn holds_through(catalog: &Arc<dyn Catalog>, seed: u64, through: u64) -> Verdict {
    let session = fixtures::session_ref(seed)?;
    equal(&catalog.head(&session).await?.through, &through, "the last position")?;
    let stored = catalog.read(&session, 0, usize::MAX).await?;
    let places: Vec<_> = stored.iter().map(|record| record.seq).collect();
    equal(&places, &(1..=through).collect::<Vec<_>>(), "the stored positions")?;
    ensure(stored == fixtures::records(seed, 1, through)?, "the records as they were appended")
}

async fn open_raises(catalog: Arc<dyn Catalog>) -> Verdict {
    catalog.create(fixtures::new_session(1)?).await?;
    let session = fixtures::session_ref(1)?;
    for epoch in 1..=3 {
        let expected = JournalHead { epoch, through: 0, sealed: false };
        equal(&catalog.open_epoch(&session, fixtures::at(0)).await?, &expected, "the answer")?;
        equal(&catalog.head(&session).await?, &expected, "the stored head")?;
    }
    Ok(())
}

async fn open_unknown(catalog: Arc<dyn Catalog>) -> Verdict {
    let now = fixtures::at(0);
    let answer = catalog.open_epoch(&fixtures::session_ref(1)?, now).await;
    refused(answer, ErrorKind::NotFound, "an unknown session")?;
    catalog.create(fixtures::new_session(1)?).await?;
    refused(catalog.open_epoch(&elsewhere(1)?, now).await, ErrorKind::NotFound, "one of another tenant")
}

async fn open_sealed(catalog: Arc<dyn Catalog>) -> Verdict {
    let (session, epoch) = opened(&catalog, 1).await?;
    append(&catalog, 1, epoch, 1, 2).await?;
    let now = fixtures::at(0);
    let sealed = catalog.seal(&session, Some(epoch), fixtures::job(1, now)?, now).await?;
    equal(&sealed, &JournalHead { epoch, through: 2, sealed: true }, "the sealed head")?;
    equal(&catalog.open_epoch(&session, now).await?, &sealed, "the answer")?;
    equal(&catalog.head(&session).await?, &sealed, "the stored head")
}

async fn open_race(catalog: Arc<dyn Catalog>) -> Verdict {
    catalog.create(fixtures::new_session(1)?).await?;
    let session = fixtures::session_ref(1)?;
    let mut epochs = Vec::new();
    for head in join_all((0..16).map(|_| catalog.open_epoch(&session, fixtures::at(0)))).await {
        epochs.push(head?.epoch);
    }
    epochs.sort_unstable();
    equal(&epochs, &(1..=16).collect::<Vec<u64>>(), "the epochs handed out")
}

async fn append_all_or_none(catalog: Arc<dyn Catalog>) -> Verdict {
    let (session, epoch) = opened(&catalog, 1).await?;
    append(&catalog, 1, epoch, 1, 5).await?;
    // The good beginning of a bad call must not be kept.
    let mut records = fixtures::records(1, 6, 40)?;
    records.remove(30);
    let answer = catalog.append(&session, epoch, records, fixtures::at(0)).await;
    refused(answer, ErrorKind::Invalid, "records with a hole at the end")?;
    holds_through(&catalog, 1, 5).await?;
    append(&catalog, 1, epoch, 6, 300).await?;
    holds_through(&catalog, 1, 300).await
}

async fn append_again(catalog: Arc<dyn Catalog>) -> Verdict {
    let (session, epoch) = opened(&catalog, 1).await?;
    append(&catalog, 1, epoch, 1, 5).await?;
    let mut again = fixtures::records(1, 1, 5)?;
    for record in &mut again {
        record.payload = Masked::from_store(Bytes::from_static(b"\"something else\""));
    }
    let head = catalog.append(&session, epoch, again, fixtures::at(0)).await?;
    equal(&head.through, &5, "the last position after the same again")?;
    let head = append(&catalog, 1, epoch, 3, 8).await?;
    equal(&head.through, &8, "the last position after an overlap")?;
    holds_through(&catalog, 1, 8).await
}

async fn append_hole(catalog: Arc<dyn Catalog>) -> Verdict {
    let (session, epoch) = opened(&catalog, 1).await?;
    append(&catalog, 1, epoch, 1, 3).await?;
    let one = |seq| fixtures::record(1, seq, 1_024);
    let bad = [
        ("a hole after the last", vec![one(5)?]),
        ("a hole within", vec![one(4)?, one(6)?]),
        ("backwards", vec![one(5)?, one(4)?]),
        ("the same place twice", vec![one(4)?, one(4)?]),
        ("position 0", vec![one(0)?]),
        ("the last position there is", vec![one(u64::MAX)?]),
        ("a hole among the known", vec![one(1)?, one(3)?, one(4)?]),
    ];
    for (what, records) in bad {
        refused(catalog.append(&session, epoch, records, fixtures::at(0)).await, ErrorKind::Invalid, what)?;
    }
    holds_through(&catalog, 1, 3).await
}

async fn append_stale(catalog: Arc<dyn Catalog>) -> Verdict {
    let (session, old) = opened(&catalog, 1).await?;
    append(&catalog, 1, old, 1, 2).await?;
    let new = catalog.open_epoch(&session, fixtures::at(0)).await?.epoch;
    for epoch in [old, 0, new + 1, u64::MAX] {
        refused(append(&catalog, 1, epoch, 3, 4).await, ErrorKind::Conflict, "an epoch that is not current")?;
    }
    holds_through(&catalog, 1, 2).await?;
    append(&catalog, 1, new, 3, 4).await?;
    holds_through(&catalog, 1, 4).await
}

async fn append_sealed(catalog: Arc<dyn Catalog>) -> Verdict {
    let (session, epoch) = opened(&catalog, 1).await?;
    append(&catalog, 1, epoch, 1, 2).await?;
    catalog.seal(&session, Some(epoch), fixtures::job(1, fixtures::at(0))?, fixtures::at(0)).await?;
    refused(append(&catalog, 1, epoch, 3, 3).await, ErrorKind::Conflict, "a sealed journal")?;
    holds_through(&catalog, 1, 2).await
}

async fn append_unknown(catalog: Arc<dyn Catalog>) -> Verdict {
    refused(append(&catalog, 1, 1, 1, 1).await, ErrorKind::NotFound, "an unknown session")?;
    let (_, epoch) = opened(&catalog, 1).await?;
    let answer = catalog.append(&elsewhere(1)?, epoch, fixtures::records(1, 1, 1)?, fixtures::at(0)).await;
    refused(answer, ErrorKind::NotFound, "a session of another tenant")?;
    holds_through(&catalog, 1, 0).await
}

async fn append_nothing(catalog: Arc<dyn Catalog>) -> Verdict {
    let (session, epoch) = opened(&catalog, 1).await?;
    append(&catalog, 1, epoch, 1, 2).await?;
    let head = catalog.append(&session, epoch, Vec::new(), fixtures::at(0)).await?;
    equal(&head, &JournalHead { epoch, through: 2, sealed: false }, "the answer")
}

async fn append_two_writers(catalog: Arc<dyn Catalog>) -> Verdict {
    let (session, old) = opened(&catalog, 1).await?;
    let writer = |epoch: u64| {
        let catalog = &catalog;
        async move {
            let mut through = 0;
            for seq in 1..=20 {
                match append(catalog, 1, epoch, seq, seq).await {
                    Ok(head) => through = head.through,
                    Err(error) => return (through, Some(error.kind())),
                }
            }
            (through, None)
        }
    };
    let newer = async { (catalog.open_epoch(&session, fixtures::at(0)).await, writer(old + 1).await) };
    let ((acknowledged, stopped), (opened, (through, failed))) =
        futures_util::future::join(writer(old), newer).await;
    opened?;
    equal(&failed, &None, "how the newer writer was stopped")?;
    equal(&through, &20, "the last position of the newer writer")?;
    ensure(matches!(stopped, None | Some(ErrorKind::Conflict)), "the older writer done or fenced off")?;
    ensure(acknowledged <= through, "nothing acknowledged to the older writer was lost")?;
    refused(append(&catalog, 1, old, 21, 21).await, ErrorKind::Conflict, "the older writer afterwards")?;
    holds_through(&catalog, 1, 20).await
}

async fn append_same_race(catalog: Arc<dyn Catalog>) -> Verdict {
    let (_, epoch) = opened(&catalog, 1).await?;
    for head in join_all((0..12).map(|_| append(&catalog, 1, epoch, 1, 4))).await {
        equal(&head?.through, &4, "the last position")?;
    }
    holds_through(&catalog, 1, 4).await
}

async fn append_many_sessions(catalog: Arc<dyn Catalog>) -> Verdict {
    const SESSIONS: u64 = 24;
    for seed in 0..SESSIONS {
        opened(&catalog, seed).await?;
    }
    let calls = (0..SESSIONS).map(|seed| {
        let catalog = &catalog;
        async move {
            for seq in 1..=8 {
                let verdict = match seed % 4 {
                    0 => refused(
                        append(catalog, seed, 7, seq, seq).await,
                        ErrorKind::Conflict,
                        "a stale epoch",
                    ),
                    1 => refused(append(catalog, seed, 1, 9, 9).await, ErrorKind::Invalid, "a hole"),
                    _ => equal(&append(catalog, seed, 1, seq, seq).await?.through, &seq, "the last position"),
                };
                verdict?;
            }
            Ok(())
        }
    });
    join_all(calls).await.into_iter().collect::<Verdict>()?;
    for seed in 0..SESSIONS {
        holds_through(&catalog, seed, if seed % 4 < 2 { 0 } else { 8 }).await?;
    }
    Ok(())
}

async fn append_dropped(catalog: Arc<dyn Catalog>) -> Verdict {
    for seed in [1, 2] {
        opened(&catalog, seed).await?;
    }
    {
        let mut call = std::pin::pin!(append(&catalog, 1, 1, 1, 3));
        // Polled once, so that it is under way, and then dropped.
        let _ = call.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
    append(&catalog, 2, 1, 1, 3).await?;
    holds_through(&catalog, 2, 3).await?;
    let through = append(&catalog, 1, 1, 1, 4).await?.through;
    equal(&through, &4, "the last position once the call was made again")?;
    holds_through(&catalog, 1, 4).await
}

async fn append_payloads(catalog: Arc<dyn Catalog>) -> Verdict {
    let (session, epoch) = opened(&catalog, 1).await?;
    let texts = ["{}", "\"\\u0000\"", "\"é \u{1F6D2} '; DROP TABLE journal; --\"", "null"];
    let mut records = Vec::new();
    for (seq, text) in (1..).zip(texts) {
        let payload = Masked::from_store(Bytes::from(text));
        records.push(JournalRecord { seq, kind: JournalKind::Finding, payload });
    }
    records.push(JournalRecord { kind: JournalKind::Gap, ..fixtures::record(1, 5, 12_000)? });
    records.push(fixtures::record(1, 6, 1_000_000)?);
    catalog.append(&session, epoch, records.clone(), fixtures::at(0)).await?;
    let stored = catalog.read(&session, 0, 10).await?;
    ensure(stored == records, "the records byte for byte")
}

async fn read_unknown(catalog: Arc<dyn Catalog>) -> Verdict {
    let session = fixtures::session_ref(1)?;
    refused(catalog.read(&session, 0, 10).await, ErrorKind::NotFound, "an unknown session")?;
    let (_, epoch) = opened(&catalog, 1).await?;
    append(&catalog, 1, epoch, 1, 2).await?;
    refused(catalog.read(&elsewhere(1)?, 0, 10).await, ErrorKind::NotFound, "one of another tenant")
}

async fn read_after_end(catalog: Arc<dyn Catalog>) -> Verdict {
    let (session, epoch) = opened(&catalog, 1).await?;
    append(&catalog, 1, epoch, 1, 2).await?;
    for after in [2, 3, u64::MAX] {
        ensure(catalog.read(&session, after, 10).await?.is_empty(), "nothing after the last record")?;
    }
    catalog.seal(&session, None, fixtures::job(1, fixtures::at(0))?, fixtures::at(0)).await?;
    catalog.clear(&session).await?;
    ensure(catalog.read(&session, 0, 10).await?.is_empty(), "nothing after a clear")
}

async fn read_pages(catalog: Arc<dyn Catalog>) -> Verdict {
    let (session, epoch) = opened(&catalog, 1).await?;
    append(&catalog, 1, epoch, 1, 25).await?;
    for (after, limit, expected) in [(0, 10, 1..=10), (10, 10, 11..=20), (20, 10, 21..=25), (7, 1, 8..=8)] {
        let places: Vec<_> = catalog.read(&session, after, limit).await?.iter().map(|r| r.seq).collect();
        equal(&places, &expected.collect::<Vec<_>>(), "the positions of the page")?;
    }
    ensure(catalog.read(&session, 0, 0).await?.is_empty(), "nothing when nothing is asked for")
}

async fn head_unknown(catalog: Arc<dyn Catalog>) -> Verdict {
    let session = fixtures::session_ref(1)?;
    refused(catalog.head(&session).await, ErrorKind::NotFound, "an unknown session")?;
    opened(&catalog, 1).await?;
    refused(catalog.head(&elsewhere(1)?).await, ErrorKind::NotFound, "one of another tenant")
}

async fn debug(catalog: Arc<dyn Catalog>) -> Verdict {
    const SECRET: &str = "a-word-nobody-else-may-read";
    let (session, epoch) = opened(&catalog, 1).await?;
    let payload = Masked::from_store(Bytes::from(format!("\"{SECRET}\"")));
    let record = JournalRecord { seq: 1, kind: JournalKind::Interaction, payload };
    catalog.append(&session, epoch, vec![record], fixtures::at(0)).await?;
    shows_none_of(&*catalog, &[SECRET])
}
