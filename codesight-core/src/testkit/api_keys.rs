//! The suite of [`ApiKeyRegister`](crate::ports::ApiKeyRegister).

use std::sync::Arc;

use super::check::{Verdict, ensure, equal, refused};
use super::fixtures;
use super::suite::{Suite, scenarios};
use crate::error::ErrorKind;
use crate::id::{ApiKeyId, CollectorId, ContentHash, TenantId};
use crate::ports::{ApiKey, ApiKeyKind, ApiKeyRegister, Role};

/// Everything a register of API keys must do.
pub fn api_keys_suite() -> Suite<dyn ApiKeyRegister> {
    Suite::new(
        "api_keys",
        scenarios![
            also "add_api_key: keys come back as they were" => as_added,
            behaviour "add_api_key: the same key again is fine" => again,
            behaviour "add_api_key: another key with an id or a digest that is taken is `AlreadyExists`, in whichever tenant" => taken,
            behaviour "api_key: an unknown key, or one of another tenant, is `NotFound`" => other_tenant,
            behaviour "api_key_of: an unknown digest is `NotFound`" => unknown_digest,
            behaviour "api_keys: sign-ins are not among them, nor keys of another tenant" => listed,
            also "api_keys: page by page, by id" => pages,
            behaviour "end_api_key: an earlier end stays" => earlier_end,
            behaviour "end_api_key: an unknown key, or one of another tenant, is `NotFound`" => end_other,
            behaviour "api_key_changes: a key that was ended comes again, with a greater number" => ended_again,
            behaviour "api_key_changes: a call that changed nothing is no change" => no_change,
            behaviour "drop_sign_ins: issued keys stay, for who looks into what was done with them" => dropped,
        ],
    )
}

fn key(number: u64) -> crate::Result<ApiKey> {
    Ok(ApiKey {
        id: ApiKeyId::new(format!("key-{number:03}"))?,
        tenant: fixtures::tenant()?,
        name: CollectorId::new(format!("robot-{number}"))?,
        roles: [Role::Collector, Role::Admin].into(),
        kind: ApiKeyKind::Issued,
        parent: None,
        digest: ContentHash::of(format!("secret {number}").as_bytes()),
        created_at: fixtures::at(0),
        ends_at: (number == 3).then(|| fixtures::at(1_000)),
    })
}

fn sign_in(number: u64, ends_at: i64) -> crate::Result<ApiKey> {
    Ok(ApiKey {
        kind: ApiKeyKind::SignIn,
        parent: Some(key(1)?.id),
        ends_at: Some(fixtures::at(ends_at)),
        ..key(number)?
    })
}

fn elsewhere() -> crate::Result<TenantId> {
    TenantId::new("elsewhere")
}

async fn as_added(register: Arc<dyn ApiKeyRegister>) -> Verdict {
    for number in 1..=3 {
        register.add_api_key(key(number)?).await?;
    }
    for number in 1..=3 {
        let added = key(number)?;
        equal(&register.api_key(&added.tenant, &added.id).await?, &added, "by id")?;
        equal(&register.api_key_of(&added.digest).await?, &added, "by digest")?;
    }
    Ok(())
}

async fn again(register: Arc<dyn ApiKeyRegister>) -> Verdict {
    for _ in 0..2 {
        register.add_api_key(key(1)?).await?;
    }
    equal(&register.api_keys(&fixtures::tenant()?, None, 10).await?, &vec![key(1)?], "the key, once")
}

async fn taken(register: Arc<dyn ApiKeyRegister>) -> Verdict {
    register.add_api_key(key(1)?).await?;
    for tenant in [fixtures::tenant()?, elsewhere()?] {
        let same_id = ApiKey { tenant: tenant.clone(), id: key(1)?.id, ..key(2)? };
        refused(register.add_api_key(same_id).await, ErrorKind::AlreadyExists, "the same id")?;
        let same_digest = ApiKey { tenant, digest: key(1)?.digest, ..key(2)? };
        refused(register.add_api_key(same_digest).await, ErrorKind::AlreadyExists, "the same digest")?;
    }
    equal(&register.api_key_of(&key(1)?.digest).await?, &key(1)?, "the first")
}

async fn other_tenant(register: Arc<dyn ApiKeyRegister>) -> Verdict {
    register.add_api_key(key(1)?).await?;
    refused(register.api_key(&elsewhere()?, &key(1)?.id).await, ErrorKind::NotFound, "of another tenant")?;
    refused(register.api_key(&fixtures::tenant()?, &key(2)?.id).await, ErrorKind::NotFound, "unknown")
}

async fn unknown_digest(register: Arc<dyn ApiKeyRegister>) -> Verdict {
    register.add_api_key(key(1)?).await?;
    refused(register.api_key_of(&key(2)?.digest).await, ErrorKind::NotFound, "unknown")
}

async fn listed(register: Arc<dyn ApiKeyRegister>) -> Verdict {
    register.add_api_key(key(1)?).await?;
    register.add_api_key(ApiKey { tenant: elsewhere()?, ..key(2)? }).await?;
    register.add_api_key(sign_in(4, 1_000)?).await?;
    equal(&register.api_keys(&fixtures::tenant()?, None, 10).await?, &vec![key(1)?], "the tenant's own")?;
    equal(&register.api_key_of(&key(4)?.digest).await?, &sign_in(4, 1_000)?, "the sign-in by its digest")
}

async fn pages(register: Arc<dyn ApiKeyRegister>) -> Verdict {
    for number in [3, 1, 2, 5, 4] {
        register.add_api_key(key(number)?).await?;
    }
    let (tenant, mut found, mut after) = (fixtures::tenant()?, Vec::new(), None);
    loop {
        let page = register.api_keys(&tenant, after.as_ref(), 2).await?;
        ensure(page.len() <= 2, "at most two")?;
        let Some(last) = page.last() else { break };
        after = Some(last.id.clone());
        found.extend(page);
    }
    equal(&found, &(1..=5).map(key).collect::<crate::Result<Vec<_>>>()?, "all of them, by id")
}

async fn earlier_end(register: Arc<dyn ApiKeyRegister>) -> Verdict {
    let (tenant, id) = (fixtures::tenant()?, key(1)?.id);
    register.add_api_key(key(1)?).await?;
    let ended = register.end_api_key(&tenant, &id, fixtures::at(500)).await?;
    equal(&ended.ends_at, &Some(fixtures::at(500)), "the end")?;
    ensure(ended.is_good_at(fixtures::at(499)) && !ended.is_good_at(fixtures::at(500)), "good until then")?;
    let later = register.end_api_key(&tenant, &id, fixtures::at(900)).await?;
    equal(&later, &ended, "as it was")?;
    let earlier = register.end_api_key(&tenant, &id, fixtures::at(100)).await?;
    equal(&earlier.ends_at, &Some(fixtures::at(100)), "brought forward")?;
    equal(&register.api_key(&tenant, &id).await?, &earlier, "stored")
}

async fn end_other(register: Arc<dyn ApiKeyRegister>) -> Verdict {
    register.add_api_key(key(1)?).await?;
    let at = fixtures::at(1);
    refused(register.end_api_key(&elsewhere()?, &key(1)?.id, at).await, ErrorKind::NotFound, "of another")?;
    refused(
        register.end_api_key(&fixtures::tenant()?, &key(2)?.id, at).await,
        ErrorKind::NotFound,
        "unknown",
    )?;
    equal(&register.api_key(&fixtures::tenant()?, &key(1)?.id).await?, &key(1)?, "as it was")
}

async fn ended_again(register: Arc<dyn ApiKeyRegister>) -> Verdict {
    for number in 1..=3 {
        register.add_api_key(key(number)?).await?;
    }
    let changes = register.api_key_changes(0, 2).await?;
    equal(&changes.len(), &2, "at most so many")?;
    let after = changes.last().map_or(0, |(number, _)| *number);
    let rest = register.api_key_changes(after, 10).await?;
    equal(&rest.iter().map(|(_, key)| key.clone()).collect::<Vec<_>>(), &vec![key(3)?], "the rest")?;
    let seen = rest.last().map_or(0, |(number, _)| *number);
    ensure(register.api_key_changes(seen, 10).await?.is_empty(), "nothing new")?;
    let ended = register.end_api_key(&fixtures::tenant()?, &key(1)?.id, fixtures::at(5)).await?;
    let news = register.api_key_changes(seen, 10).await?;
    equal(&news.iter().map(|(_, key)| key.clone()).collect::<Vec<_>>(), &vec![ended], "what was ended")?;
    ensure(news.iter().all(|(number, _)| *number > seen), "a greater number")
}

async fn no_change(register: Arc<dyn ApiKeyRegister>) -> Verdict {
    register.add_api_key(key(3)?).await?;
    let seen = register.api_key_changes(0, 10).await?.last().map_or(0, |(number, _)| *number);
    register.add_api_key(key(3)?).await?;
    register.end_api_key(&fixtures::tenant()?, &key(3)?.id, fixtures::at(9_000)).await?;
    ensure(register.api_key_changes(seen, 10).await?.is_empty(), "no change")
}

async fn dropped(register: Arc<dyn ApiKeyRegister>) -> Verdict {
    register.add_api_key(key(1)?).await?;
    register.end_api_key(&fixtures::tenant()?, &key(1)?.id, fixtures::at(1)).await?;
    register.add_api_key(sign_in(4, 100)?).await?;
    register.add_api_key(sign_in(5, 900)?).await?;
    equal(&register.drop_sign_ins(fixtures::at(500)).await?, &1, "dropped")?;
    refused(register.api_key_of(&key(4)?.digest).await, ErrorKind::NotFound, "the old sign-in")?;
    register.api_key_of(&key(5)?.digest).await?;
    register.api_key_of(&key(1)?.digest).await?;
    equal(&register.drop_sign_ins(fixtures::at(500)).await?, &0, "nothing more")
}
