//! Payloads as they lie in the journal: one byte that says how, then the bytes.
//!
//! What bounds a synchronised commit is how many bytes it has to write, twice: to the log and, later, to the file. An
//! interaction's JSON deflates to a third at the quickest level for some thirty microseconds, spent by the caller and
//! not by the one task that writes.

use std::io::{Read, Write};

use bytes::Bytes;
use codesight_core::ports::JournalRecord;
use codesight_core::privacy::Masked;
use codesight_core::{Error, ErrorKind, Result};
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

const PLAIN: u8 = 0;
const DEFLATED: u8 = 1;
/// Below this, compressing costs more than it saves.
const SHORTEST: usize = 256;
/// More than any payload the protocol lets through.
const MAX_BYTES: u64 = 64 << 20;

/// Records with their payloads in the stored form.
pub(super) fn packed(mut records: Vec<JournalRecord>) -> Vec<JournalRecord> {
    for record in &mut records {
        record.payload = Masked::from_store(pack(&record.payload));
    }
    records
}

/// The stored form of a payload.
fn pack(payload: &[u8]) -> Bytes {
    if payload.len() >= SHORTEST {
        let mut encoder = DeflateEncoder::new(vec![DEFLATED], Compression::fast());
        if let Some(packed) = encoder.write_all(payload).ok().and_then(|()| encoder.finish().ok())
            && packed.len() < payload.len()
        {
            return packed.into();
        }
    }
    let mut packed = Vec::with_capacity(payload.len() + 1);
    packed.push(PLAIN);
    packed.extend_from_slice(payload);
    packed.into()
}

/// The payload of a stored form.
pub(super) fn unpack(stored: Vec<u8>) -> Result<Bytes> {
    let damaged = || Error::new(ErrorKind::Corrupt, "journal.read", "a stored payload is damaged");
    match stored.first() {
        Some(&PLAIN) => Ok(Bytes::from(stored).slice(1..)),
        Some(&DEFLATED) => {
            let mut payload = Vec::with_capacity(stored.len() * 4);
            let mut decoder = DeflateDecoder::new(&stored[1..]).take(MAX_BYTES + 1);
            decoder.read_to_end(&mut payload).map_err(|_| damaged())?;
            if payload.len() as u64 > MAX_BYTES {
                return Err(damaged());
            }
            Ok(payload.into())
        }
        _ => Err(damaged()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_come_back_and_long_ones_are_smaller() {
        let long = br#"{"type":"click"}"#.repeat(200);
        for payload in [&b""[..], b"{}", &long, &[0; 300], &[1, 0, 255]] {
            assert_eq!(unpack(pack(payload).to_vec()).expect("own bytes"), payload);
        }
        assert!(pack(&long).len() < long.len() / 10);
    }

    #[test]
    fn damage_is_noticed() {
        for stored in [vec![], vec![7, 1], vec![DEFLATED, 0xff, 0xff]] {
            assert_eq!(unpack(stored).expect_err("damaged").kind(), ErrorKind::Corrupt);
        }
    }
}
