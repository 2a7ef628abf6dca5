//! Archive files, encrypted or not.

use std::io::Write as _;
use std::path::Path;

use codesight_storage::archive::{ArchiveLimits, ArchiveReader, RandomAccess, file_source};
use codesight_storage::encryption::{AgeKey, DecryptedSource, EncryptionRefusal, is_encrypted};

use crate::commands::terminal::text;

/// Bytes decrypted at a time.
const PIECE: u64 = 1 << 20;

/// Opens archive files with the keys there are.
pub(super) struct Files {
    keys: Vec<AgeKey>,
}

impl Files {
    pub(super) fn new(identity: Option<&Path>) -> Result<Self, String> {
        let Some(file) = identity else { return Ok(Self { keys: Vec::new() }) };
        let named = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let lines = std::fs::read_to_string(file).map_err(|error| named(&error))?;
        Ok(Self { keys: AgeKey::parse_all(&lines).map_err(|error| named(&error))? })
    }

    /// The bytes of the plain archive.
    pub(super) async fn source(&self, file: &Path) -> Result<Box<dyn RandomAccess>, String> {
        let named = |error| format!("{}: {}", file.display(), text(error));
        let source = file_source(file).await.map_err(named)?;
        if !is_encrypted(source.as_ref()).await.map_err(named)? {
            return Ok(source);
        }
        let mut refused = format!("{}: is encrypted; name its key with --identity", file.display());
        for key in &self.keys {
            let source = file_source(file).await.map_err(named)?;
            match DecryptedSource::open(source, key.clone()).await {
                Ok(opened) => return Ok(Box::new(opened)),
                Err(error) => {
                    let is_wrong_key = EncryptionRefusal::of(&error) == Some(EncryptionRefusal::WrongKey);
                    refused = named(error);
                    if !is_wrong_key {
                        break;
                    }
                }
            }
        }
        Err(refused)
    }

    pub(super) async fn archive(&self, file: &Path) -> Result<ArchiveReader<'static>, String> {
        let source = self.source(file).await?;
        let opened = ArchiveReader::open(source, &ArchiveLimits::default()).await;
        opened.map_err(|error| format!("{}: {}", file.display(), text(error)))
    }

    /// Writes the bytes of the plain archive into a new file, and says how many they are.
    pub(super) async fn copy(&self, file: &Path, output: &Path) -> Result<u64, String> {
        let source = self.source(file).await?;
        let failed = |error: std::io::Error| format!("{}: {error}", output.display());
        let mut out = std::fs::File::create_new(output).map_err(failed)?;
        let mut at = 0;
        while at < source.size() {
            let until = source.size().min(at + PIECE);
            out.write_all(&source.read(at..until).await.map_err(text)?).map_err(failed)?;
            at = until;
        }
        out.sync_all().map_err(failed)?;
        Ok(at)
    }
}
