//! Stores of the large providers, opened by URL and options.

use std::str::FromStr;
use std::sync::Arc;

use codesight_core::error::{Error, Result};
use object_store::ObjectStore;
use object_store::path::Path;
use object_store::prefix::PrefixStore;
use url::Url;

use super::ObjectBlobStore;
use super::convert::{store_error, unknown_scheme};

/// Opens the bucket or container a URL names; its path becomes a prefix of every key.
pub(super) fn open(url: &Url, options: &[(String, String)]) -> Result<ObjectBlobStore> {
    let bucket = bucket(url, options)?;
    let prefix = Path::from_url_path(url.path()).map_err(|error| {
        Error::invalid("blob.open", "the path of the URL is not a prefix").caused_by(error)
    })?;
    let inner: Arc<dyn ObjectStore> =
        if prefix.as_ref().is_empty() { bucket } else { Arc::new(PrefixStore::new(bucket, prefix)) };
    Ok(ObjectBlobStore { inner, root: None, lists_in_order: true })
}

fn bucket(url: &Url, options: &[(String, String)]) -> Result<Arc<dyn ObjectStore>> {
    match url.scheme() {
        #[cfg(feature = "s3")]
        "s3" | "s3a" => {
            // S3 has no conditional copy of its own; a multipart upload of one copied part has a conditional end.
            let start = object_store::aws::AmazonS3Builder::new()
                .with_url(url.as_str())
                .with_copy_if_not_exists(object_store::aws::S3CopyIfNotExists::Multipart);
            let builder = options.iter().try_fold(start, |builder, (name, value)| {
                key(name).map(|key| builder.with_config(key, value))
            })?;
            shared(builder.build())
        }
        #[cfg(feature = "gcs")]
        "gs" => {
            let start = object_store::gcp::GoogleCloudStorageBuilder::new().with_url(url.as_str());
            let builder = options.iter().try_fold(start, |builder, (name, value)| {
                key(name).map(|key| builder.with_config(key, value))
            })?;
            shared(builder.build())
        }
        #[cfg(feature = "azure")]
        "az" | "azure" | "abfs" | "abfss" => {
            let start = object_store::azure::MicrosoftAzureBuilder::new().with_url(url.as_str());
            let builder = options.iter().try_fold(start, |builder, (name, value)| {
                key(name).map(|key| builder.with_config(key, value))
            })?;
            shared(builder.build())
        }
        other => Err(unknown_scheme(other)),
    }
}

/// The provider's setting of that name.
fn key<K: FromStr<Err = object_store::Error>>(name: &str) -> Result<K> {
    name.to_ascii_lowercase().parse().map_err(|error| store_error("blob.open", error).with("option", name))
}

fn shared<S: ObjectStore>(built: object_store::Result<S>) -> Result<Arc<dyn ObjectStore>> {
    match built {
        Ok(store) => Ok(Arc::new(store)),
        Err(error) => Err(Error::invalid("blob.open", "the store cannot be set up").caused_by(error)),
    }
}
