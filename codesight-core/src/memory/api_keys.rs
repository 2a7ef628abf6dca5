//! API keys in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;

use super::{MemoryAccounts, lock};
use crate::error::{Error, ErrorKind, Result};
use crate::id::{ApiKeyId, ContentHash, TenantId};
use crate::ports::{ApiKey, ApiKeyKind, ApiKeyRegister};
use crate::time::Timestamp;

/// Keys by id, each with the number of its last change.
#[derive(Default)]
pub(super) struct ApiKeyTable {
    keys: BTreeMap<ApiKeyId, (u64, ApiKey)>,
    changes: u64,
}

impl ApiKeyTable {
    fn change(&mut self, key: ApiKey) {
        self.changes += 1;
        self.keys.insert(key.id.clone(), (self.changes, key));
    }

    fn get(&self, operation: &'static str, tenant: &TenantId, id: &ApiKeyId) -> Result<ApiKey> {
        let found = self.keys.get(id).map(|(_, key)| key).filter(|key| &key.tenant == tenant);
        found.cloned().ok_or_else(|| unknown(operation))
    }
}

fn unknown(operation: &'static str) -> Error {
    Error::not_found(operation, "no such key")
}

#[async_trait]
impl ApiKeyRegister for MemoryAccounts {
    async fn add_api_key(&self, key: ApiKey) -> Result<()> {
        let mut table = lock(&self.api_keys);
        match table.keys.values().find(|(_, known)| known.id == key.id || known.digest == key.digest) {
            Some((_, known)) if *known == key => Ok(()),
            Some(_) => {
                Err(Error::new(ErrorKind::AlreadyExists, "api_keys.add", "the id or the secret is taken"))
            }
            None => {
                table.change(key);
                Ok(())
            }
        }
    }

    async fn api_key(&self, tenant: &TenantId, id: &ApiKeyId) -> Result<ApiKey> {
        lock(&self.api_keys).get("api_keys.get", tenant, id)
    }

    async fn api_key_of(&self, digest: &ContentHash) -> Result<ApiKey> {
        let table = lock(&self.api_keys);
        let found = table.keys.values().find(|(_, key)| &key.digest == digest);
        found.map(|(_, key)| key.clone()).ok_or_else(|| unknown("api_keys.of"))
    }

    async fn api_keys(
        &self,
        tenant: &TenantId,
        after: Option<&ApiKeyId>,
        limit: usize,
    ) -> Result<Vec<ApiKey>> {
        let table = lock(&self.api_keys);
        let keys = table.keys.values().map(|(_, key)| key);
        let wanted = keys.filter(|key| {
            &key.tenant == tenant
                && key.kind == ApiKeyKind::Issued
                && after.is_none_or(|after| after < &key.id)
        });
        Ok(wanted.take(limit).cloned().collect())
    }

    async fn end_api_key(&self, tenant: &TenantId, id: &ApiKeyId, at: Timestamp) -> Result<ApiKey> {
        let mut table = lock(&self.api_keys);
        let mut key = table.get("api_keys.end", tenant, id)?;
        if key.is_good_at(at) {
            key.ends_at = Some(at);
            table.change(key.clone());
        }
        Ok(key)
    }

    async fn api_key_changes(&self, after: u64, limit: usize) -> Result<Vec<(u64, ApiKey)>> {
        let table = lock(&self.api_keys);
        let mut changed: Vec<_> =
            table.keys.values().filter(|(number, _)| *number > after).cloned().collect();
        changed.sort_by_key(|(number, _)| *number);
        changed.truncate(limit);
        Ok(changed)
    }

    async fn drop_sign_ins(&self, before: Timestamp) -> Result<u64> {
        let mut table = lock(&self.api_keys);
        let count = table.keys.len();
        table.keys.retain(|_, (_, key)| key.kind == ApiKeyKind::Issued || key.is_good_at(before));
        Ok((count - table.keys.len()) as u64)
    }
}
