//! What the other crates are handed rather than take: the time, and random numbers.

use codesight_core::ports::SecretKey;
use codesight_core::time::{Clock, Timestamp};
use codesight_core::{Error, ErrorKind, Result};

/// The machine's clock.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the clock that is handed to everything else")]
    fn now(&self) -> Timestamp {
        let since_epoch =
            std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
    }
}

/// A random key.
pub(crate) fn random_key() -> Result<SecretKey> {
    random().map(SecretKey::from_bytes)
}

/// A random id of 32 hexadecimal digits.
pub(crate) fn random_id() -> Result<String> {
    Ok(format!("{:032x}", u128::from_le_bytes(random()?)))
}

/// Bytes nobody could guess.
pub(crate) fn random<const N: usize>() -> Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes)
        .map_err(|_| Error::new(ErrorKind::Unexpected, "python.random", "no random numbers"))?;
    Ok(bytes)
}
