//! A blob that is encrypted while it is written.

use async_trait::async_trait;
use bytes::Bytes;
use codesight_core::error::{Error, ErrorKind, Result};
use codesight_core::ports::{BlobUpload, PutOutcome};

use super::AgeKey;
use super::seal::Sealer;
use crate::archive::blocking;

pub(super) struct EncryptedUpload {
    inner: Box<dyn BlobUpload>,
    /// Away while it encrypts; gone for good when that failed.
    sealer: Option<Sealer>,
}

impl EncryptedUpload {
    pub(super) fn new(inner: Box<dyn BlobUpload>, key: &AgeKey) -> Result<Self> {
        Ok(Self { inner, sealer: Some(Sealer::new(key)?) })
    }

    fn sealer(&mut self) -> Result<Sealer> {
        self.sealer.take().ok_or_else(|| {
            Error::new(ErrorKind::Unexpected, "blob.upload", "a piece before this one was not written")
        })
    }
}

#[async_trait]
impl BlobUpload for EncryptedUpload {
    async fn write(&mut self, bytes: Bytes) -> Result<()> {
        let mut sealer = self.sealer()?;
        let (sealer, ready) = blocking(move || {
            sealer.write(&bytes)?;
            let ready = sealer.take();
            Ok((sealer, ready))
        })
        .await?;
        if !ready.is_empty() {
            self.inner.write(ready.into()).await?;
        }
        self.sealer = Some(sealer);
        Ok(())
    }

    async fn finish(mut self: Box<Self>) -> Result<PutOutcome> {
        let rest = self.sealer()?.finish()?;
        self.inner.write(rest.into()).await?;
        self.inner.finish().await
    }

    async fn abort(self: Box<Self>) -> Result<()> {
        self.inner.abort().await
    }
}
