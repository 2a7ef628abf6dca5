//! Encrypting: whole, or piece by piece.

use std::io::Write;
use std::iter;
use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use age::stream::StreamWriter;
use age::{Encryptor, Recipient};
use codesight_core::error::{Error, ErrorKind, Result};

use super::AgeKey;

/// Encrypts bytes as one age file.
///
/// # Errors
/// None that can be named: memory does not fail.
pub fn seal(key: &AgeKey, bytes: &[u8]) -> Result<Vec<u8>> {
    let mut sealer = Sealer::new(key)?;
    sealer.write(bytes)?;
    sealer.finish()
}

/// Encrypts piece by piece. What is ready is taken out between the pieces, so that memory holds a piece and no more.
pub(super) struct Sealer {
    writer: StreamWriter<Ready>,
    ready: Ready,
}

impl Sealer {
    pub(super) fn new(key: &AgeKey) -> Result<Self> {
        let recipient = key.0.to_public();
        let encryptor = Encryptor::with_recipients(iter::once(&recipient as &dyn Recipient))
            .map_err(|error| failed().caused_by(error))?;
        let ready = Ready::default();
        let writer = encryptor.wrap_output(ready.clone()).map_err(|error| failed().caused_by(error))?;
        Ok(Self { writer, ready })
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.writer.write_all(bytes).map_err(|error| failed().caused_by(error))
    }

    /// What is encrypted by now and was not taken yet.
    pub(super) fn take(&self) -> Vec<u8> {
        self.ready.take()
    }

    /// The rest. Without it nothing can be decrypted to its end.
    pub(super) fn finish(self) -> Result<Vec<u8>> {
        let ready = self.writer.finish().map_err(|error| failed().caused_by(error))?;
        Ok(ready.take())
    }
}

fn failed() -> Error {
    Error::new(ErrorKind::Unexpected, "encryption.seal", "the bytes could not be encrypted")
}

/// Bytes that age has written. It keeps its writer to itself, so the buffer is shared.
#[derive(Clone, Default)]
struct Ready(Arc<Mutex<Vec<u8>>>);

impl Ready {
    fn take(&self) -> Vec<u8> {
        mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Write for Ready {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
