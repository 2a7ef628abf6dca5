//! The suite of [`KeyStore`](crate::ports::KeyStore).

use std::sync::Arc;

use futures_util::future::join_all;

use super::check::{Verdict, ensure, equal, refused, shows_none_of};
use super::fixtures;
use super::suite::{Suite, scenarios};
use crate::error::ErrorKind;
use crate::id::TenantId;
use crate::ports::{KeyId, KeyStore, SecretKey, SessionRef};

/// Everything a key store must do.
pub fn keys_suite() -> Suite<dyn KeyStore> {
    Suite::new(
        "keys",
        scenarios![
            also "get: the key of that name and no other; `NotFound` when there is none" => get,
            behaviour "get_or_insert: of two calls at once both get the same key" => insert_race,
            behaviour "get_or_insert: a destroyed name stays destroyed: `Conflict`" => insert_destroyed,
            also "get_or_insert: names that differ in case or tenant alone are different" => similar_names,
            also "destroy: an unknown or destroyed key is fine, and the name cannot be used afterwards" => destroy,
            also "destroy: of calls to destroy and to insert at once, none brings the key back" => destroy_race,
            also "debug: shows nothing of a stored key" => debug,
        ],
    )
}

fn name(seed: u64) -> crate::Result<KeyId> {
    let SessionRef { tenant, session } = fixtures::session_ref(seed)?;
    Ok(KeyId::pseudonyms(&tenant, &session))
}

fn secret(seed: u8) -> SecretKey {
    SecretKey::from_bytes([seed; 32])
}

async fn get(keys: Arc<dyn KeyStore>) -> Verdict {
    refused(keys.get(&name(1)?).await, ErrorKind::NotFound, "an unknown name")?;
    for seed in [1, 2] {
        ensure(keys.get_or_insert(&name(seed.into())?, secret(seed)).await? == secret(seed), "the new key")?;
    }
    for seed in [1, 2] {
        ensure(keys.get(&name(seed.into())?).await? == secret(seed), "the stored key")?;
    }
    ensure(keys.get_or_insert(&name(1)?, secret(9)).await? == secret(1), "the key that was there")?;
    // All zeros is a key like any other.
    keys.get_or_insert(&name(3)?, secret(0)).await?;
    ensure(keys.get(&name(3)?).await? == secret(0), "a key of zeros")
}

async fn insert_race(keys: Arc<dyn KeyStore>) -> Verdict {
    let id = name(1)?;
    let calls = (1..=16).map(|seed| keys.get_or_insert(&id, secret(seed)));
    let found = join_all(calls).await.into_iter().collect::<crate::Result<Vec<_>>>()?;
    let stored = keys.get(&id).await?;
    ensure(found.iter().all(|key| *key == stored), "one key for all")
}

async fn insert_destroyed(keys: Arc<dyn KeyStore>) -> Verdict {
    let id = name(1)?;
    keys.get_or_insert(&id, secret(1)).await?;
    keys.destroy(&id).await?;
    refused(keys.get(&id).await, ErrorKind::NotFound, "a destroyed key")?;
    for candidate in [secret(1), secret(2)] {
        refused(keys.get_or_insert(&id, candidate).await, ErrorKind::Conflict, "a destroyed name")?;
    }
    refused(keys.get(&id).await, ErrorKind::NotFound, "a destroyed key afterwards")
}

async fn similar_names(keys: Arc<dyn KeyStore>) -> Verdict {
    let session = fixtures::session_ref(1)?.session;
    let tenants = ["study", "Study", "study-", "STUDY"];
    let ids = tenants
        .iter()
        .map(|tenant| Ok(KeyId::pseudonyms(&TenantId::new(*tenant)?, &session)))
        .collect::<crate::Result<Vec<_>>>()?;
    for (seed, id) in (1..).zip(&ids) {
        ensure(keys.get_or_insert(id, secret(seed)).await? == secret(seed), "a key of its own")?;
    }
    keys.destroy(&ids[0]).await?;
    for (seed, id) in (1..).zip(&ids).skip(1) {
        ensure(keys.get(id).await? == secret(seed), "the other keys as they were")?;
    }
    Ok(())
}

async fn destroy(keys: Arc<dyn KeyStore>) -> Verdict {
    let id = name(1)?;
    keys.destroy(&id).await?;
    keys.destroy(&id).await?;
    refused(
        keys.get_or_insert(&id, secret(1)).await,
        ErrorKind::Conflict,
        "a name destroyed before its key",
    )?;
    refused(keys.get(&id).await, ErrorKind::NotFound, "a destroyed key")
}

async fn destroy_race(keys: Arc<dyn KeyStore>) -> Verdict {
    let id = name(1)?;
    let calls = (0..16).map(|number| {
        let (keys, id) = (&keys, &id);
        async move {
            if number == 7 {
                keys.destroy(id).await.map(|()| None)
            } else {
                Some(keys.get_or_insert(id, secret(number)).await).transpose()
            }
        }
    });
    let mut found = Vec::new();
    for answer in join_all(calls).await {
        match answer {
            Ok(key) => found.extend(key),
            Err(error) => equal(&error.kind(), &ErrorKind::Conflict, "how a call was refused")?,
        }
    }
    ensure(found.windows(2).all(|pair| pair[0] == pair[1]), "never two keys of one name")?;
    refused(keys.get(&id).await, ErrorKind::NotFound, "the destroyed key")
}

async fn debug(keys: Arc<dyn KeyStore>) -> Verdict {
    keys.get_or_insert(&name(1)?, SecretKey::from_bytes(*b"AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHH")).await?;
    // As text, as numbers and as hexadecimal digits.
    shows_none_of(&*keys, &["AAAABBBB", "65, 65, 65", "65,\n", "41414141"])
}
