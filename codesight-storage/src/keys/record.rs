//! What a key file holds: nothing once the key was destroyed; the 32 bytes of the key and their SHA-256; or, under a master
//! key, a line that says which one, and an age file of the 32 bytes.

#[cfg(feature = "encryption")]
use std::sync::Arc;

use codesight_core::id::ContentHash;
use codesight_core::ports::SecretKey;

#[cfg(feature = "encryption")]
use super::MasterKeys;

const KEY: usize = 32;
/// A plain record.
const PLAIN: usize = KEY + 32;
/// More than any record: a line of 80 bytes, an age header of at most 600, the sealed key of 48.
pub(super) const LONGEST: usize = 4 << 10;
const WRAPPED: &[u8] = b"codesight-key/1 ";

/// What is in a file.
pub(super) enum Record {
    Destroyed,
    Key(SecretKey),
    /// Under a master key that is not here.
    Locked,
    Damaged,
}

/// How keys are written: plain, or under a master key.
#[derive(Clone, Default)]
pub(super) struct Wrapping {
    #[cfg(feature = "encryption")]
    pub(super) masters: Option<Arc<MasterKeys>>,
}

impl Wrapping {
    /// A record of a key; none when it cannot be wrapped.
    pub(super) fn write(&self, key: &SecretKey) -> Option<Vec<u8>> {
        #[cfg(feature = "encryption")]
        if let Some(masters) = &self.masters {
            let mut record = WRAPPED.to_vec();
            record.extend(masters.current().public().as_bytes());
            record.push(b'\n');
            record.extend(crate::encryption::seal(masters.current(), key.expose()).ok()?);
            return Some(record);
        }
        let mut record = key.expose().to_vec();
        record.extend(ContentHash::of(key.expose()).as_bytes());
        Some(record)
    }

    pub(super) fn read(&self, bytes: &[u8]) -> Record {
        if bytes.is_empty() {
            return Record::Destroyed;
        }
        match (plain(bytes), self.unwrap(bytes)) {
            (Some(key), _) => Record::Key(key),
            (None, wrapped) => wrapped,
        }
    }

    #[cfg(feature = "encryption")]
    fn unwrap(&self, bytes: &[u8]) -> Record {
        let Some((master, sealed)) = wrapped(bytes) else { return Record::Damaged };
        let found = self.masters.as_ref().and_then(|masters| masters.find(master));
        let Some(master) = found else { return Record::Locked };
        let opened = crate::encryption::open(master, sealed).ok();
        match opened.and_then(|bytes| <[u8; KEY]>::try_from(bytes).ok()) {
            Some(key) => Record::Key(SecretKey::from_bytes(key)),
            None => Record::Damaged,
        }
    }

    #[cfg(not(feature = "encryption"))]
    #[expect(clippy::unused_self, reason = "the same call with the feature")]
    fn unwrap(&self, bytes: &[u8]) -> Record {
        if wrapped(bytes).is_some() { Record::Locked } else { Record::Damaged }
    }
}

fn plain(bytes: &[u8]) -> Option<SecretKey> {
    let (key, sum) = bytes.split_first_chunk::<KEY>().filter(|_| bytes.len() == PLAIN)?;
    (ContentHash::of(key).as_bytes() == sum).then(|| SecretKey::from_bytes(*key))
}

/// The public half of the master key of a wrapped record, and what was wrapped.
pub(super) fn wrapped(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let rest = bytes.strip_prefix(WRAPPED)?;
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    Some((std::str::from_utf8(&rest[..end]).ok()?, &rest[end + 1..]))
}
