//! Pages of keys in order, whatever order the store lists in.

use std::collections::BTreeMap;

use codesight_core::error::{Error, Result};
use codesight_core::ports::{BlobInfo, BlobKey};
use futures_util::TryStreamExt;
use object_store::ObjectStore as _;
use object_store::path::Path;

use super::ObjectBlobStore;
use super::convert::store_error;
use super::store::path_of;

/// See [`BlobStore::list`](codesight_core::ports::BlobStore::list). Names outside the grammar of keys are not ours
/// (temporary uploads among them) and are passed over.
pub(super) async fn list(
    store: &ObjectBlobStore,
    prefix: &str,
    after: Option<&BlobKey>,
    limit: usize,
) -> Result<Vec<BlobInfo>> {
    let folder = match prefix.strip_suffix('/') {
        Some(folder) => Some(path_of(&BlobKey::new(folder)?)),
        None if prefix.is_empty() => None,
        None => return Err(Error::invalid("blob.list", "a prefix is empty or ends in /")),
    };
    if limit == 0 {
        return Ok(Vec::new());
    }
    let offset: Option<Path> = after.map(path_of);
    let mut found = match &offset {
        Some(offset) => store.inner.list_with_offset(folder.as_ref(), offset),
        None => store.inner.list(folder.as_ref()),
    };
    // The smallest `limit` keys so far: memory is bounded by the page, not by the store.
    let mut page = BTreeMap::new();
    while let Some(meta) = found.try_next().await.map_err(|error| store_error("blob.list", error))? {
        let Ok(key) = BlobKey::new(meta.location.as_ref()) else { continue };
        if after.is_some_and(|after| key <= *after) {
            continue;
        }
        page.insert(key, meta.size);
        if page.len() > limit {
            page.pop_last();
        }
        if store.lists_in_order && page.len() == limit {
            break;
        }
    }
    Ok(page.into_iter().map(|(key, size)| BlobInfo { key, size }).collect())
}
