//! Every query that a server puts to a catalog, timed.

use std::time::{Duration, Instant};

use codesight_core::id::{CollectorId, SessionId, SubjectId, TenantId};
use codesight_core::model::SessionStatus;
use codesight_core::ports::{Catalog, SessionQuery, SessionRef};
use codesight_core::testkit::fixtures::Seeded;
use codesight_core::time::Timestamp;

use super::sessions::{FIRST_START, PEOPLE, TENANT, name};
use crate::server::Outcome;

/// How long one kind of query takes.
#[derive(Debug, Clone)]
pub struct Times {
    /// What is asked.
    pub query: &'static str,
    /// The median.
    pub p50: Duration,
    /// 99 of 100 take at most this.
    pub p99: Duration,
}

struct Asker<'a> {
    catalog: &'a dyn Catalog,
    tenant: TenantId,
    sessions: u64,
    numbers: Seeded,
}

/// Asks each kind of query `rounds` times, at random places.
///
/// # Errors
/// What the catalog says, or a page without sessions.
pub async fn measure(catalog: &dyn Catalog, sessions: u64, rounds: usize) -> Outcome<Vec<Times>> {
    let mut asker = Asker { catalog, tenant: TenantId::new(TENANT)?, sessions, numbers: Seeded::new(11) };
    let kinds = [
        "get a session",
        "head of a journal",
        "newest page",
        "page of a status",
        "page of a collector",
        "page of a subject",
        "page of a time",
        "page of a least quality",
        "page deep in the list",
        "page of all filters",
        "silent sessions",
        "count jobs",
    ];
    let mut all = Vec::new();
    for query in kinds {
        let mut times = Vec::with_capacity(rounds);
        for _ in 0..rounds {
            let begun = Instant::now();
            asker.ask(query).await?;
            times.push(begun.elapsed());
        }
        times.sort_unstable();
        let at = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
        all.push(Times { query, p50: at(50), p99: at(99) });
    }
    Ok(all)
}

impl Asker<'_> {
    fn number(&mut self) -> u64 {
        1 + self.numbers.below(self.sessions)
    }

    fn session(&mut self) -> Outcome<SessionRef> {
        let session = SessionId::new(name(self.number()))?;
        Ok(SessionRef { tenant: self.tenant.clone(), session })
    }

    fn moment(&mut self) -> Timestamp {
        Timestamp::from_millis((FIRST_START + self.number() * 1_000).cast_signed())
    }

    fn person(&mut self) -> u64 {
        self.numbers.below(PEOPLE)
    }

    async fn ask(&mut self, query: &str) -> Outcome<()> {
        match query {
            "get a session" => {
                let session = self.session()?;
                drop(self.catalog.get(&session).await?);
            }
            "head of a journal" => {
                let session = self.session()?;
                self.catalog.head(&session).await?;
            }
            // A hundred, or all there are: one session of 5,000 is active, and they begin a second apart.
            "silent sessions" => {
                let before = Timestamp::from_millis((FIRST_START + 500_000_000).cast_signed());
                drop(self.catalog.silent_since(before, 100).await?);
            }
            "count jobs" => drop(self.catalog.counts(Timestamp::from_millis(0)).await?),
            page => {
                let query = self.page(page)?;
                let found = self.catalog.query(&self.tenant, &query).await?;
                if found.sessions.is_empty() && query.started_from.is_none() {
                    return Err(format!("no session for: {page}").into());
                }
            }
        }
        Ok(())
    }

    fn page(&mut self, query: &str) -> Outcome<SessionQuery> {
        let collector = CollectorId::new(format!("collector-{}", self.person()))?;
        let subject = SubjectId::new(format!("subject-{}", self.person()))?;
        let all = SessionQuery::default();
        Ok(match query {
            "page of a status" => SessionQuery { status: Some(SessionStatus::Failed), ..all },
            "page of a collector" => SessionQuery { collector: Some(collector), ..all },
            "page of a subject" => SessionQuery { subject: Some(subject), ..all },
            "page of a time" => SessionQuery { started_before: Some(self.moment()), ..all },
            "page of a least quality" => SessionQuery { min_quality: Some(90.0), ..all },
            "page deep in the list" => {
                let after = (self.moment(), self.session()?.session);
                SessionQuery { after: Some(after), ..all }
            }
            "page of all filters" => SessionQuery {
                status: Some(SessionStatus::Completed),
                collector: Some(collector),
                started_from: Some(Timestamp::from_millis(FIRST_START.cast_signed())),
                started_before: Some(self.moment()),
                min_quality: Some(20.0),
                ..all
            },
            _ => all,
        })
    }
}
