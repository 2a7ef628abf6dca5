//! The scenarios of [`SessionCatalog::query`](crate::ports::SessionCatalog::query).

use std::sync::Arc;

use futures_util::future::join_all;

use super::check::{Verdict, ensure, equal};
use super::fixtures;
use super::suite::{Scenario, scenarios};
use crate::id::{CollectorId, SessionId, SubjectId, TenantId};
use crate::model::{Assignment, SessionStatus, UnifiedSession};
use crate::ports::{Catalog, NewSession, SessionChange, SessionQuery};
use crate::privacy::Masked;

pub(super) fn scenarios() -> Vec<Scenario<dyn Catalog>> {
    scenarios![
        behaviour "query: newest first, ties by id, largest first; following `next` visits each session once"
            => order,
        behaviour "query: never a session of another tenant" => tenants,
        also "query: every filter, alone and together, answers as `SessionQuery::matches`" => filters,
        also "query: 0 means 50 a page, and no page holds more than 500" => page_sizes,
        also "query: the last page, even a full one, has no `next`" => last_page,
    ]
}

/// Stores `count` sessions of which three in a row begin at the same moment, and returns them as stored.
async fn fill(catalog: &Arc<dyn Catalog>, count: u64) -> crate::Result<Vec<UnifiedSession>> {
    let calls = (0..count).map(|seed| async move {
        let mut session = fixtures::session(seed)?;
        session.start_time = fixtures::at(i64::try_from(seed / 3).unwrap_or(0) * 1_000);
        session.collector = CollectorId::new(format!("collector-{}", seed % 2))?;
        // The other flag has the same variant, and the value names it: neither is what is asked for.
        for (flag, variant) in [("pipeline", ["plain", "strict"]), ("capture", ["strict", "strict"])] {
            let variant = variant[usize::from(seed % 4 == 0)].parse()?;
            session.flags.insert(flag.parse()?, Assignment { variant, value: "strict".into() });
        }
        let new = NewSession { session: Masked::from_store(session), ..fixtures::new_session(seed)? };
        catalog.create(new).await.map(Masked::into_inner)
    });
    join_all(calls).await.into_iter().collect()
}

fn newest_first(sessions: &[UnifiedSession]) -> Vec<SessionId> {
    let mut places: Vec<_> =
        sessions.iter().map(|session| (session.start_time, session.id.clone())).collect();
    places.sort();
    places.into_iter().rev().map(|(_, id)| id).collect()
}

/// Follows `next` to the end; gives up after `most` pages.
async fn follow(
    catalog: &Arc<dyn Catalog>,
    query: SessionQuery,
    most: usize,
) -> crate::Result<Vec<SessionId>> {
    let (tenant, mut query, mut ids) = (fixtures::tenant()?, query, Vec::new());
    for _ in 0..most {
        let page = catalog.query(&tenant, &query).await?;
        ids.extend(page.sessions.iter().map(|session| session.id.clone()));
        if page.next.is_none() {
            break;
        }
        query.after = page.next;
    }
    Ok(ids)
}

async fn order(catalog: Arc<dyn Catalog>) -> Verdict {
    let expected = newest_first(&fill(&catalog, 23).await?);
    for limit in [1, 2, 5, 23, 100] {
        let query = SessionQuery { limit, ..SessionQuery::default() };
        equal(&follow(&catalog, query, 30).await?, &expected, "all pages together")?;
    }
    Ok(())
}

async fn tenants(catalog: Arc<dyn Catalog>) -> Verdict {
    let tenant = fixtures::tenant()?;
    let nobody = catalog.query(&tenant, &SessionQuery::default()).await?;
    ensure(nobody.sessions.is_empty() && nobody.next.is_none(), "an empty page for an empty tenant")?;
    let other = TenantId::new("other-study")?;
    for (seed, tenant) in [(1, &tenant), (2, &other), (3, &tenant), (1, &other)] {
        let mut session = fixtures::session(seed)?;
        session.tenant = tenant.clone();
        let new = NewSession { session: Masked::from_store(session), ..fixtures::new_session(seed)? };
        catalog.create(new).await?;
    }
    for tenant in [tenant, other] {
        let page = catalog.query(&tenant, &SessionQuery::default()).await?;
        equal(&page.sessions.len(), &2, "sessions of one tenant")?;
        ensure(page.sessions.iter().all(|session| session.tenant == tenant), "only its own sessions")?;
    }
    Ok(())
}

async fn filters(catalog: Arc<dyn Catalog>) -> Verdict {
    fill(&catalog, 12).await?;
    for seed in 0..12 {
        let change = SessionChange {
            status: (seed % 3 == 0).then_some(SessionStatus::Processing),
            quality: Some((seed as f64 * 10.0, 1.0, 1.0)),
            ..SessionChange::default()
        };
        catalog.update(&fixtures::session_ref(seed)?, change).await?;
    }
    let tenant = fixtures::tenant()?;
    let all = catalog.query(&tenant, &SessionQuery::default()).await?.sessions;
    equal(&all.len(), &12, "all sessions")?;
    for mask in 0..128u32 {
        let on = |bit: u32| mask & (1 << bit) != 0;
        let query = SessionQuery {
            status: on(0).then_some(SessionStatus::Processing),
            collector: if on(1) { Some(CollectorId::new("collector-1")?) } else { None },
            subject: if on(5) { Some(SubjectId::new("subject-6")?) } else { None },
            started_from: on(2).then(|| fixtures::at(1_000)),
            started_before: on(3).then(|| fixtures::at(3_000)),
            min_quality: on(4).then_some(30.0),
            variant: if on(6) { Some(("pipeline".parse()?, "strict".parse()?)) } else { None },
            after: None,
            limit: 0,
        };
        let matching: Vec<_> =
            all.iter().filter(|session| query.matches(session)).map(|s| s.id.clone()).collect();
        equal(&follow(&catalog, query.clone(), 30).await?, &matching, "the sessions that match")?;
        let paged = SessionQuery { limit: 2, ..query };
        equal(&follow(&catalog, paged, 30).await?, &matching, "the same in pages of two")?;
    }
    Ok(())
}

async fn page_sizes(catalog: Arc<dyn Catalog>) -> Verdict {
    fill(&catalog, 503).await?;
    let tenant = fixtures::tenant()?;
    for (limit, expected) in [(0, 50), (7, 7), (500, 500), (501, 500), (usize::MAX, 500)] {
        let page = catalog.query(&tenant, &SessionQuery { limit, ..SessionQuery::default() }).await?;
        equal(&page.sessions.len(), &expected, "sessions on the page")?;
        ensure(page.next.is_some(), "a next page")?;
    }
    Ok(())
}

async fn last_page(catalog: Arc<dyn Catalog>) -> Verdict {
    fill(&catalog, 4).await?;
    let tenant = fixtures::tenant()?;
    let mut query = SessionQuery { limit: 2, ..SessionQuery::default() };
    query.after = catalog.query(&tenant, &query).await?.next;
    ensure(query.after.is_some(), "a second page")?;
    let last = catalog.query(&tenant, &query).await?;
    equal(&last.sessions.len(), &2, "sessions on the last page")?;
    ensure(last.next.is_none(), "no page after the last")
}
