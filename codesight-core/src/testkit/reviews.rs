//! The suite of [`ReviewLedger`](crate::ports::ReviewLedger).

use std::sync::Arc;

use super::check::{Verdict, ensure, equal, refused};
use super::fixtures;
use super::suite::{Suite, scenarios};
use crate::error::ErrorKind;
use crate::id::{CollectorId, ReviewId, TenantId};
use crate::model::UserIntentKind;
use crate::ports::{Catalog, SessionRef};
use crate::review::{RejectReason, Review, ReviewDecision, StepMark, Verdict as ReviewVerdict};

/// Everything a ledger of reviews must do.
pub fn reviews_suite() -> Suite<dyn Catalog> {
    Suite::new(
        "reviews",
        scenarios![
            also "add_review: decisions of every kind come back as they were" => as_added,
            behaviour "add_review: a known id returns the stored decision unchanged, whatever is in `review`" => twice,
            behaviour "add_review: an unknown session, or one of another tenant, is `NotFound`, and nothing is stored" => unknown,
            behaviour "reviews_of: an unknown session, or one of another tenant, has none" => of_unknown,
            behaviour "reviews_of: a deleted session has none, also when its id is used again" => deleted,
            behaviour "reviews: in the order in which they were added; going on after the last position visits each once" => paged,
            behaviour "reviews: never a decision of another tenant" => other_tenant,
        ],
    )
}

/// A decision about the session of that seed; the number makes its id, its reviewer and what is decided.
pub(super) fn review(seed: u64, number: u64) -> crate::Result<Review> {
    let SessionRef { tenant, session } = fixtures::session_ref(seed)?;
    let decision = match number % 4 {
        0 => ReviewDecision::Verdict { verdict: ReviewVerdict::Accepted, reasons: Vec::new() },
        1 => ReviewDecision::Verdict {
            verdict: ReviewVerdict::Rejected,
            reasons: vec![RejectReason::BadFrames, RejectReason::Other],
        },
        2 => ReviewDecision::Intent { first_seq: 2, last_seq: 5, intent: Some(UserIntentKind::Compare) },
        _ => ReviewDecision::Step { seq: 3, mark: StepMark::LeaveOut },
    };
    Ok(Review {
        id: ReviewId::new(format!("review-{seed}-{number}"))?,
        tenant,
        session,
        reviewer: CollectorId::new(format!("reviewer-{}", number % 2))?,
        at: fixtures::at(i64::try_from(number).unwrap_or_default()),
        decision,
    })
}

async fn with_sessions(catalog: &Arc<dyn Catalog>, seeds: &[u64]) -> Verdict {
    for seed in seeds {
        catalog.create(fixtures::new_session(*seed)?).await?;
    }
    Ok(())
}

async fn as_added(catalog: Arc<dyn Catalog>) -> Verdict {
    with_sessions(&catalog, &[1]).await?;
    let all = (0..8).map(|number| review(1, number)).collect::<crate::Result<Vec<_>>>()?;
    for one in &all {
        equal(&catalog.add_review(one.clone()).await?, one, "the decision as stored")?;
    }
    equal(&catalog.reviews_of(&fixtures::session_ref(1)?).await?, &all, "the session's decisions")
}

async fn twice(catalog: Arc<dyn Catalog>) -> Verdict {
    with_sessions(&catalog, &[1, 2]).await?;
    let first = review(1, 0)?;
    catalog.add_review(first.clone()).await?;
    let other = Review { id: first.id.clone(), ..review(2, 1)? };
    equal(&catalog.add_review(other).await?, &first, "the first")?;
    equal(&catalog.reviews_of(&fixtures::session_ref(1)?).await?, &vec![first], "the session's decisions")?;
    ensure(catalog.reviews_of(&fixtures::session_ref(2)?).await?.is_empty(), "the other session has none")
}

async fn unknown(catalog: Arc<dyn Catalog>) -> Verdict {
    with_sessions(&catalog, &[1]).await?;
    refused(catalog.add_review(review(2, 0)?).await, ErrorKind::NotFound, "an unknown session")?;
    let foreign = Review { tenant: TenantId::new("elsewhere")?, ..review(1, 0)? };
    refused(catalog.add_review(foreign).await, ErrorKind::NotFound, "another tenant's session")?;
    with_sessions(&catalog, &[2]).await?;
    for seed in [1, 2] {
        ensure(catalog.reviews_of(&fixtures::session_ref(seed)?).await?.is_empty(), "nothing was stored")?;
    }
    Ok(())
}

async fn of_unknown(catalog: Arc<dyn Catalog>) -> Verdict {
    with_sessions(&catalog, &[1]).await?;
    catalog.add_review(review(1, 0)?).await?;
    ensure(catalog.reviews_of(&fixtures::session_ref(9)?).await?.is_empty(), "an unknown session has none")?;
    let foreign = SessionRef { tenant: TenantId::new("elsewhere")?, ..fixtures::session_ref(1)? };
    ensure(catalog.reviews_of(&foreign).await?.is_empty(), "another tenant's has none")
}

async fn deleted(catalog: Arc<dyn Catalog>) -> Verdict {
    with_sessions(&catalog, &[1, 2]).await?;
    for seed in [1, 2] {
        catalog.add_review(review(seed, 0)?).await?;
    }
    let session = fixtures::session_ref(1)?;
    catalog.delete(&session).await?;
    ensure(catalog.reviews_of(&session).await?.is_empty(), "it has none")?;
    with_sessions(&catalog, &[1]).await?;
    ensure(catalog.reviews_of(&session).await?.is_empty(), "nor has the next one of that name")?;
    let left = catalog.reviews(&session.tenant, 0, 10).await?;
    equal(
        &left.into_iter().map(|(_, review)| review).collect::<Vec<_>>(),
        &vec![review(2, 0)?],
        "those of the other",
    )
}

async fn paged(catalog: Arc<dyn Catalog>) -> Verdict {
    with_sessions(&catalog, &[1, 2]).await?;
    let mut added = Vec::new();
    for number in 0..9 {
        let one = review(1 + number % 2, number)?;
        added.push(catalog.add_review(one).await?);
    }
    let (tenant, mut found, mut after) = (fixtures::tenant()?, Vec::new(), 0);
    loop {
        let page = catalog.reviews(&tenant, after, 4).await?;
        ensure(page.len() <= 4, "no more than asked for")?;
        let Some((last, _)) = page.last() else { break };
        ensure(*last > after, "positions grow")?;
        after = *last;
        found.extend(page.into_iter().map(|(_, review)| review));
    }
    equal(&found, &added, "all, once each")
}

async fn other_tenant(catalog: Arc<dyn Catalog>) -> Verdict {
    with_sessions(&catalog, &[1]).await?;
    catalog.add_review(review(1, 0)?).await?;
    ensure(
        catalog.reviews(&TenantId::new("elsewhere")?, 0, 10).await?.is_empty(),
        "nothing of another tenant",
    )?;
    equal(&catalog.reviews(&fixtures::tenant()?, 0, 10).await?.len(), &1, "the tenant's own")
}
