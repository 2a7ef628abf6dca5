//! The rules of appends, applied in memory to a group that shares one transaction. Reading the heads before and
//! writing rows and heads after is what each database does in its own way.

use std::collections::HashMap;

use codesight_core::Result;
use codesight_core::ports::{JournalHead, JournalRecord, SessionRef};
use codesight_core::time::Timestamp;

use super::rows::{self, HeadRow};

pub(super) const OPERATION: &str = "journal.append";

/// One append, its payloads in the stored form.
#[derive(Debug)]
pub(super) struct Append {
    pub(super) session: SessionRef,
    pub(super) epoch: u64,
    pub(super) records: Vec<JournalRecord>,
    pub(super) now: Timestamp,
}

impl Append {
    /// Bytes of its payloads.
    pub(super) fn bytes(&self) -> usize {
        self.records.iter().map(|record| record.payload.len()).sum()
    }
}

/// A record that passed the rules.
pub(super) struct Row<'a> {
    pub(super) append: &'a Append,
    pub(super) record: &'a JournalRecord,
}

/// A head that moved.
pub(super) struct Moved<'a> {
    pub(super) session: &'a SessionRef,
    pub(super) through: u64,
    pub(super) now: Timestamp,
}

/// What became of a group.
#[derive(Default)]
pub(super) struct Admitted<'a> {
    /// What to answer each append, in order, once the rest is committed.
    pub(super) outcomes: Vec<Result<JournalHead>>,
    /// The rows to store.
    pub(super) rows: Vec<Row<'a>>,
    /// The heads to store.
    pub(super) moved: Vec<Moved<'a>>,
}

/// Applies the rules to every append in order. `stored` are the heads as they are stored, read under a lock; a session
/// without one does not exist.
pub(super) fn admit<'a>(appends: &'a [Append], stored: &[HeadRow]) -> Admitted<'a> {
    let stored: HashMap<_, _> = stored.iter().map(|row| (row.name(), row.head())).collect();
    let mut heads = HashMap::new();
    let mut touched = HashMap::new();
    let mut admitted = Admitted::default();
    for append in appends {
        let session = &append.session;
        let name = (session.tenant.as_str(), session.session.as_str());
        let head = match heads.get_mut(session) {
            Some(head) => Some(head),
            None => stored.get(&name).map(|head| heads.entry(session).or_insert(*head)),
        };
        let outcome = match head {
            None => Err(rows::no_session(OPERATION)),
            Some(head) => admit_one(head, append, &mut admitted.rows, &mut touched),
        };
        admitted.outcomes.push(outcome);
    }
    let moved = touched.into_iter().filter_map(|(session, now)| {
        heads.get(session).map(|head| Moved { session, through: head.through, now })
    });
    admitted.moved.extend(moved);
    admitted
}

/// Applies the rules to one append; nothing is changed when it is refused.
fn admit_one<'a>(
    head: &mut JournalHead,
    append: &'a Append,
    rows: &mut Vec<Row<'a>>,
    touched: &mut HashMap<&'a SessionRef, Timestamp>,
) -> Result<JournalHead> {
    let known = head.admit(append.epoch, &append.records)?;
    let new = append.records.get(known..).unwrap_or_default();
    if let Some(last) = new.last() {
        head.through = last.seq;
        touched.insert(&append.session, append.now);
        rows.extend(new.iter().map(|record| Row { append, record }));
    }
    Ok(*head)
}
