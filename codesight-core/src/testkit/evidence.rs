//! The suite of [`AuditEvidence`](crate::ports::AuditEvidence).

use std::sync::Arc;

use super::check::{Verdict, ensure, equal};
use super::fixtures;
use super::suite::{Suite, scenarios};
use crate::ErrorKind;
use crate::ports::{AuditEntry, AuditEvidence, AuditLine, AuditLog, SecretKey};
use crate::rights::{
    AuditCheckpoint, AuditTruncation, ChainVerifier, RetentionRule, Signer, TruncationStatement,
};

/// A log, and the evidence of that log.
#[derive(Debug, Clone)]
pub struct AuditBackend {
    /// What is appended to.
    pub log: Arc<dyn AuditLog>,
    /// What shows it.
    pub evidence: Arc<dyn AuditEvidence>,
}

/// Everything the evidence of an audit log must do.
pub fn evidence_suite() -> Suite<AuditBackend> {
    Suite::new(
        "evidence",
        scenarios![
            behaviour "lines: each line holds the position, the hash and the event's JSON of the entry that was appended" => lines,
            also "lines: in order, at most `limit`, after any position" => pages,
            behaviour "keep_checkpoint: a second checkpoint of the same position is left out" => keep_twice,
            behaviour "checkpoints: after the last, and where none was kept, the answer is empty" => checkpoints,
            also "lines and checkpoints: together they prove the log" => proves,
            behaviour "truncate: what comes after is as it was, and the next entry follows the last" => truncate,
            behaviour "truncate: twice, or one that is about less than one before, deletes nothing" => truncate_twice,
            behaviour "truncate: one about the last entry, or about none that is there, is refused as invalid: a log is never empty again"
                => truncate_too_much,
            behaviour "truncation: none of a log that is whole" => truncation,
        ],
    )
}

fn signer(seed: u8) -> Signer {
    Signer::new(&SecretKey::from_bytes([seed; 32]))
}

async fn lines(backend: Arc<AuditBackend>) -> Verdict {
    ensure(backend.evidence.lines(0, 10).await?.is_empty(), "nothing of an empty log")?;
    let mut expected = Vec::new();
    for seed in 0..4 {
        let mut event = fixtures::audit_event(seed)?;
        event.detail = Some(format!("“{seed}”, with \"quotes\" and a\ttab"));
        let event_json = serde_json::to_vec(&event).unwrap_or_default();
        let entry = backend.log.append(event).await?;
        expected.push(AuditLine {
            position: entry.position,
            hash: entry.hash.as_bytes().to_vec(),
            event: event_json,
        });
    }
    equal(&backend.evidence.lines(0, 10).await?, &expected, "the lines")
}

async fn pages(backend: Arc<AuditBackend>) -> Verdict {
    for seed in 0..5 {
        backend.log.append(fixtures::audit_event(seed)?).await?;
    }
    for (after, limit, expected) in [(0, 2, 1..=2), (2, 2, 3..=4), (4, 2, 5..=5), (1, 100, 2..=5)] {
        let found: Vec<_> =
            backend.evidence.lines(after, limit).await?.iter().map(|line| line.position).collect();
        equal(&found, &expected.collect::<Vec<_>>(), "the positions of the page")?;
    }
    ensure(backend.evidence.lines(5, 10).await?.is_empty(), "nothing after the last")
}

async fn keep_twice(backend: Arc<AuditBackend>) -> Verdict {
    let entry = backend.log.append(fixtures::audit_event(1)?).await?;
    let first = AuditCheckpoint::sign(&entry, fixtures::at(1), &signer(1))?;
    let second = AuditCheckpoint::sign(&entry, fixtures::at(2), &signer(1))?;
    for checkpoint in [&first, &second, &first] {
        backend.evidence.keep_checkpoint(checkpoint.clone()).await?;
    }
    equal(&backend.evidence.checkpoints(0, 10).await?, &vec![first], "the first")
}

async fn checkpoints(backend: Arc<AuditBackend>) -> Verdict {
    ensure(backend.evidence.checkpoints(0, 10).await?.is_empty(), "none in the beginning")?;
    let mut kept = Vec::new();
    for seed in 0..6 {
        let entry = backend.log.append(fixtures::audit_event(seed)?).await?;
        if entry.position.is_multiple_of(2) {
            kept.push(AuditCheckpoint::sign(&entry, fixtures::at(0), &signer(1))?);
        }
    }
    for checkpoint in kept.iter().rev() {
        backend.evidence.keep_checkpoint(checkpoint.clone()).await?;
    }
    for (after, limit, expected) in [(0, 10, 0..3), (0, 2, 0..2), (2, 10, 1..3), (5, 1, 2..3), (6, 10, 3..3)]
    {
        let found = backend.evidence.checkpoints(after, limit).await?;
        equal(&found.as_slice(), &&kept[expected], "checkpoints, by position")?;
    }
    ensure(backend.evidence.checkpoints(u64::MAX, 10).await?.is_empty(), "none after the last position")
}

async fn proves(backend: Arc<AuditBackend>) -> Verdict {
    for seed in 0..5 {
        let entry = backend.log.append(fixtures::audit_event(seed)?).await?;
        if seed == 3 {
            let checkpoint = AuditCheckpoint::sign(&entry, fixtures::at(0), &signer(1))?;
            backend.evidence.keep_checkpoint(checkpoint).await?;
        }
    }
    let kept = backend.evidence.checkpoints(0, 10).await?;
    let key = signer(1).public_key();
    let Ok(mut verifier) = ChainVerifier::new(&kept, &key) else {
        return ensure(false, "a checkpoint that its key opens");
    };
    for line in backend.evidence.lines(0, 10).await? {
        ensure(verifier.push(&line).is_ok(), "an entry that follows")?;
    }
    let verified = verifier.finish().map(|seen| (seen.entries, seen.checkpoints, seen.signed_through));
    equal(&verified, &Ok::<_, crate::rights::AuditFault>((5, 1, 4)), "what was verified")
}

/// A log of some entries with a checkpoint after the third, and the statement that gives up the first `through`.
async fn to_truncate(
    backend: &AuditBackend,
    through: usize,
) -> crate::Result<(Vec<AuditEntry>, AuditTruncation)> {
    let mut entries = Vec::new();
    for seed in 0..6 {
        entries.push(backend.log.append(fixtures::audit_event(seed)?).await?);
    }
    for place in [1, 2, 5] {
        let checkpoint = AuditCheckpoint::sign(&entries[place], fixtures::at(0), &signer(1))?;
        backend.evidence.keep_checkpoint(checkpoint).await?;
    }
    let truncation = statement(&entries[through - 1])?;
    Ok((entries, truncation))
}

fn statement(last: &AuditEntry) -> crate::Result<AuditTruncation> {
    let statement = TruncationStatement {
        through: last.position,
        hash: last.hash,
        newest: last.event.at,
        tenants: [last.event.tenant.clone()].into(),
        rule: RetentionRule::default(),
        at: fixtures::at(9),
    };
    AuditTruncation::sign(&statement, &signer(1))
}

async fn truncate(backend: Arc<AuditBackend>) -> Verdict {
    let (mut entries, statement) = to_truncate(&backend, 3).await?;
    equal(&backend.evidence.truncate(statement.clone()).await?, &3, "entries that went")?;
    equal(&backend.log.read(0, 10).await?.as_slice(), &&entries[3..], "what stayed")?;
    let kept: Vec<u64> = backend.evidence.checkpoints(0, 10).await?.iter().map(|one| one.position).collect();
    equal(&kept, &vec![3, 6], "checkpoints that stayed")?;
    equal(&backend.evidence.truncation().await?, &Some(statement.clone()), "the statement")?;
    let next = backend.log.append(fixtures::audit_event(9)?).await?;
    equal(&next, &AuditEntry::follow(entries.last(), fixtures::audit_event(9)?)?, "the next entry")?;
    entries.push(next);
    let (kept, key) = (backend.evidence.checkpoints(0, 10).await?, signer(1).public_key());
    let verifier = ChainVerifier::new(&kept, &key).and_then(|whole| whole.after(&statement, &key));
    let Ok(mut verifier) = verifier else { return ensure(false, "statements that their key opens") };
    for line in backend.evidence.lines(0, 10).await? {
        ensure(verifier.push(&line).is_ok(), "an entry that follows")?;
    }
    let verified = verifier.finish().map(|seen| (seen.truncated_through, seen.entries, seen.signed_through));
    equal(&verified, &Ok::<_, crate::rights::AuditFault>((3, 4, 6)), "what was verified")
}

async fn truncate_twice(backend: Arc<AuditBackend>) -> Verdict {
    let (entries, three) = to_truncate(&backend, 3).await?;
    backend.evidence.truncate(three.clone()).await?;
    for again in [three.clone(), statement(&entries[1])?] {
        equal(&backend.evidence.truncate(again).await?, &0, "nothing went")?;
    }
    equal(&backend.evidence.truncation().await?, &Some(three), "the statement")?;
    equal(&backend.evidence.truncate(statement(&entries[4])?).await?, &2, "entries that went later")
}

async fn truncate_too_much(backend: Arc<AuditBackend>) -> Verdict {
    let (entries, all) = to_truncate(&backend, 6).await?;
    let beyond = AuditTruncation { through: 60, ..all.clone() };
    let nothing = AuditTruncation { through: 0, ..all.clone() };
    for refused in [all, beyond] {
        let kind = backend.evidence.truncate(refused).await.map_err(|error| error.kind());
        equal(&kind, &Err(ErrorKind::Invalid), "refused")?;
    }
    // Nothing is less than what went before, which is nothing.
    ensure(backend.evidence.truncate(nothing).await.unwrap_or_default() == 0, "nothing went")?;
    equal(&backend.log.read(0, 10).await?, &entries, "the log")
}

async fn truncation(backend: Arc<AuditBackend>) -> Verdict {
    equal(&backend.evidence.truncation().await?, &None, "of an empty log")?;
    backend.log.append(fixtures::audit_event(1)?).await?;
    equal(&backend.evidence.truncation().await?, &None, "of a whole log")
}
