//! The suite of [`RightsRegister`](crate::ports::RightsRegister).

use std::sync::Arc;

use futures_util::future::join_all;

use super::check::{Verdict, ensure, equal, refused, shows_none_of};
use super::fixtures;
use super::rights_fixtures::{legal_hold, rights_request};
use super::suite::{Suite, scenarios};
use crate::error::ErrorKind;
use crate::id::{ContentHash, RequestId, SubjectId, TenantId};
use crate::ports::RightsRegister;
use crate::rights::{LegalHold, RequestScope, RequestStatus, RightsRequest};

/// Everything a register of subject rights must do.
pub fn register_suite() -> Suite<dyn RightsRegister> {
    Suite::new(
        "register",
        scenarios![
            behaviour "open_request: a known id returns the stored request unchanged, whatever is in `request`" => open_twice,
            behaviour "request: an unknown request, or one of another tenant, is `NotFound`" => request_unknown,
            behaviour "save_request: a request that was stored by somebody else in the meantime is `Conflict`, and nothing is changed"
                => save_race,
            behaviour "save_request: an unknown request is `NotFound`" => save_unknown,
            behaviour "unsettled: a settled request is not among them" => unsettled,
            also "unsettled: by due date, of one tenant or of all, at most `limit`" => unsettled_order,
            behaviour "requests_of: never a request of another tenant" => requests_of,
            behaviour "place_hold: a second hold on the same subject leaves the first as it is" => hold_twice,
            behaviour "release_hold: twice, or without a hold, is fine" => release,
            also "holds: of this tenant alone, by subject" => holds,
            behaviour "bury: all or none of them are stored" => bury_all,
            behaviour "bury: what is buried stays so: twice is fine, and nothing digs it up" => bury_twice,
            behaviour "is_buried: no digests, unknown ones, and those of another tenant are not" => not_buried,
            behaviour "forget_subject: a hold in force is `Conflict`, and nothing is changed" => forget_held,
            behaviour "forget_subject: it is a change of the request: who read it before cannot bring the name back by storing it"
                => forget_stale,
            behaviour "forget_subject: twice, or for an unknown subject, is fine" => forget_twice,
            also "debug: shows nothing of a request or a hold" => debug,
        ],
    )
}

fn subject(seed: u64) -> crate::Result<SubjectId> {
    SubjectId::new(format!("subject-{seed}"))
}

fn digest(number: u64) -> ContentHash {
    ContentHash::of(&number.to_be_bytes())
}

async fn open_twice(register: Arc<dyn RightsRegister>) -> Verdict {
    let request = rights_request(1, 0)?;
    equal(&register.open_request(request.clone()).await?, &request, "the answer")?;
    let other = RightsRequest { taken_by: "somebody-else".to_owned(), ..request.clone() };
    equal(&register.open_request(other).await?, &request, "the stored one")?;
    equal(&register.request(&request.tenant, &request.id).await?, &request, "what is stored")
}

async fn request_unknown(register: Arc<dyn RightsRegister>) -> Verdict {
    let request = register.open_request(rights_request(1, 0)?).await?;
    let other = RequestId::new("never-opened")?;
    refused(register.request(&request.tenant, &other).await, ErrorKind::NotFound, "an unknown request")?;
    let elsewhere = TenantId::new("elsewhere")?;
    let foreign = register.request(&elsewhere, &request.id).await;
    refused(foreign, ErrorKind::NotFound, "a request of another tenant")
}

async fn save_race(register: Arc<dyn RightsRegister>) -> Verdict {
    let mut request = register.open_request(rights_request(1, 0)?).await?;
    let stale = request.clone();
    request.status = RequestStatus::Held;
    request.certificates.push("signed".to_owned());
    let saved = register.save_request(request.clone()).await?;
    equal(&saved, &RightsRequest { revision: 1, ..request }, "the answer")?;
    refused(register.save_request(stale).await, ErrorKind::Conflict, "an older revision")?;
    equal(&register.request(&saved.tenant, &saved.id).await?, &saved, "what is stored")?;
    let calls = (0..8).map(|_| register.save_request(saved.clone()));
    let outcomes = join_all(calls).await;
    equal(&outcomes.iter().filter(|outcome| outcome.is_ok()).count(), &1, "calls at once that got through")
}

async fn save_unknown(register: Arc<dyn RightsRegister>) -> Verdict {
    refused(register.save_request(rights_request(1, 0)?).await, ErrorKind::NotFound, "an unknown request")
}

async fn unsettled(register: Arc<dyn RightsRegister>) -> Verdict {
    for (number, status) in [(0, RequestStatus::Open), (1, RequestStatus::Held), (2, RequestStatus::Settled)]
    {
        let request = register.open_request(rights_request(1, number)?).await?;
        register.save_request(RightsRequest { status, ..request }).await?;
    }
    let open = register.unsettled(None, 10).await?;
    let statuses: Vec<_> = open.iter().map(|request| request.status).collect();
    equal(&statuses, &vec![RequestStatus::Open, RequestStatus::Held], "what is not settled")
}

async fn unsettled_order(register: Arc<dyn RightsRegister>) -> Verdict {
    for (number, days) in [(1, 3), (2, 1), (3, 2)] {
        let due_at = fixtures::at(days * 86_400_000);
        register.open_request(RightsRequest { due_at, ..rights_request(1, number)? }).await?;
    }
    let elsewhere = TenantId::new("elsewhere")?;
    let foreign = RightsRequest {
        tenant: elsewhere.clone(),
        due_at: fixtures::at(4 * 86_400_000),
        ..rights_request(1, 4)?
    };
    register.open_request(foreign).await?;
    let ids = |found: Vec<RightsRequest>| -> Vec<String> {
        found.into_iter().map(|request| request.id.to_string()).collect()
    };
    let tenant = fixtures::tenant()?;
    let own = ["request-1-2", "request-1-3", "request-1-1"];
    equal(&ids(register.unsettled(Some(&tenant), 10).await?), &own.to_vec(), "the tenant's")?;
    equal(&ids(register.unsettled(Some(&tenant), 2).await?), &own[..2].to_vec(), "the first two")?;
    equal(&ids(register.unsettled(Some(&elsewhere), 10).await?), &vec!["request-1-4"], "another's")?;
    equal(&register.unsettled(None, 10).await?.len(), &4, "everybody's")
}

async fn requests_of(register: Arc<dyn RightsRegister>) -> Verdict {
    for number in [2, 0, 1] {
        register.open_request(rights_request(1, number)?).await?;
        register.open_request(rights_request(2, number)?).await?;
    }
    let session = RequestScope::Session { session: fixtures::session_ref(1)?.session, subject: subject(1)? };
    register.open_request(RightsRequest { scope: session, ..rights_request(1, 3)? }).await?;
    let elsewhere = TenantId::new("elsewhere")?;
    register.open_request(RightsRequest { tenant: elsewhere.clone(), ..rights_request(1, 9)? }).await?;
    let ids: Vec<_> = register
        .requests_of(&fixtures::tenant()?, &subject(1)?)
        .await?
        .iter()
        .map(|request| request.id.to_string())
        .collect();
    equal(&ids, &vec!["request-1-0", "request-1-1", "request-1-2", "request-1-3"], "oldest first")?;
    equal(&register.requests_of(&elsewhere, &subject(1)?).await?.len(), &1, "the other tenant's")
}

async fn hold_twice(register: Arc<dyn RightsRegister>) -> Verdict {
    register.place_hold(legal_hold(1)?).await?;
    register.place_hold(LegalHold { reference: "another-matter".to_owned(), ..legal_hold(1)? }).await?;
    equal(&register.holds(&fixtures::tenant()?).await?, &vec![legal_hold(1)?], "the first")
}

async fn release(register: Arc<dyn RightsRegister>) -> Verdict {
    let tenant = fixtures::tenant()?;
    ensure(!register.release_hold(&tenant, &subject(1)?).await?, "no hold to release")?;
    register.place_hold(legal_hold(1)?).await?;
    ensure(!register.release_hold(&TenantId::new("elsewhere")?, &subject(1)?).await?, "not another's")?;
    ensure(register.release_hold(&tenant, &subject(1)?).await?, "a hold to release")?;
    ensure(!register.release_hold(&tenant, &subject(1)?).await?, "no second one")?;
    ensure(register.holds(&tenant).await?.is_empty(), "no holds")
}

async fn holds(register: Arc<dyn RightsRegister>) -> Verdict {
    for seed in [2, 1] {
        register.place_hold(legal_hold(seed)?).await?;
    }
    register.place_hold(LegalHold { tenant: TenantId::new("elsewhere")?, ..legal_hold(3)? }).await?;
    equal(&register.holds(&fixtures::tenant()?).await?, &vec![legal_hold(1)?, legal_hold(2)?], "holds")
}

async fn bury_all(register: Arc<dyn RightsRegister>) -> Verdict {
    let tenant = fixtures::tenant()?;
    let digests: Vec<_> = (0..300).map(digest).collect();
    register.bury(&tenant, &digests, fixtures::at(0)).await?;
    for one in digests {
        ensure(register.is_buried(&tenant, &[one]).await?, "buried")?;
    }
    Ok(())
}

async fn bury_twice(register: Arc<dyn RightsRegister>) -> Verdict {
    let tenant = fixtures::tenant()?;
    register.bury(&tenant, &[digest(1)], fixtures::at(0)).await?;
    register.bury(&tenant, &[digest(1), digest(2)], fixtures::at(9)).await?;
    register.bury(&tenant, &[], fixtures::at(9)).await?;
    for number in [1, 2] {
        ensure(register.is_buried(&tenant, &[digest(9), digest(number)]).await?, "buried")?;
    }
    Ok(())
}

async fn not_buried(register: Arc<dyn RightsRegister>) -> Verdict {
    let tenant = fixtures::tenant()?;
    register.bury(&tenant, &[digest(1)], fixtures::at(0)).await?;
    ensure(!register.is_buried(&tenant, &[]).await?, "nothing asked, nothing buried")?;
    ensure(!register.is_buried(&tenant, &[digest(2)]).await?, "an unknown one")?;
    let elsewhere = TenantId::new("elsewhere")?;
    ensure(!register.is_buried(&elsewhere, &[digest(1)]).await?, "not in another tenant")
}

async fn forget_held(register: Arc<dyn RightsRegister>) -> Verdict {
    let (tenant, stand_in) = (fixtures::tenant()?, SubjectId::new("erased-1")?);
    register.open_request(rights_request(1, 0)?).await?;
    register.place_hold(legal_hold(1)?).await?;
    let held = register.forget_subject(&tenant, &subject(1)?, &stand_in).await;
    refused(held, ErrorKind::Conflict, "a held subject")?;
    equal(&register.requests_of(&tenant, &subject(1)?).await?.len(), &1, "the subject's requests")?;
    equal(&register.holds(&tenant).await?, &vec![legal_hold(1)?], "the hold")
}

async fn forget_twice(register: Arc<dyn RightsRegister>) -> Verdict {
    let (tenant, stand_in) = (fixtures::tenant()?, SubjectId::new("erased-1")?);
    register.forget_subject(&tenant, &subject(1)?, &stand_in).await?;
    let stored = register.open_request(rights_request(1, 0)?).await?;
    let session = RequestScope::Session { session: fixtures::session_ref(1)?.session, subject: subject(1)? };
    register.open_request(RightsRequest { scope: session, ..rights_request(1, 1)? }).await?;
    register.open_request(rights_request(2, 0)?).await?;
    for _ in 0..2 {
        register.forget_subject(&tenant, &subject(1)?, &stand_in).await?;
    }
    ensure(register.requests_of(&tenant, &subject(1)?).await?.is_empty(), "none under the name")?;
    let renamed = register.requests_of(&tenant, &stand_in).await?;
    equal(&renamed.len(), &2, "requests under the stand-in")?;
    ensure(renamed.iter().all(|request| request.scope.subject() == &stand_in), "the scope says so, too")?;
    equal(&register.requests_of(&tenant, &subject(2)?).await?.len(), &1, "somebody else's")?;
    let read = register.request(&tenant, &stored.id).await?;
    register.save_request(read).await.map(|_| ()).map_err(Into::into)
}

async fn forget_stale(register: Arc<dyn RightsRegister>) -> Verdict {
    let stale = register.open_request(rights_request(1, 0)?).await?;
    register.forget_subject(&stale.tenant, &subject(1)?, &SubjectId::new("erased-1")?).await?;
    refused(register.save_request(stale).await, ErrorKind::Conflict, "a request with the name in it")
}

async fn debug(register: Arc<dyn RightsRegister>) -> Verdict {
    register.open_request(rights_request(77_001, 0)?).await?;
    register.place_hold(legal_hold(77_002)?).await?;
    shows_none_of(&*register, &["77001", "77002", "77_00"])
}
