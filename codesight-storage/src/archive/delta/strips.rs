//! The hash of every strip of a frame: 16 pixels of one row.

use codesight_core::id::{ContentHash, SessionId, TenantId};
use sha2::{Digest, Sha256, Sha512};

use super::BLOCK;
use crate::image::Pixels;

/// 48 bytes of RGB are six words.
const WORDS: usize = 6;
const STRIP_BYTES: usize = BLOCK as usize * 3;

/// The secret of the hash. It follows from the session's names, so that the same input gives the same bytes, and a
/// recorded page cannot know it, so that it cannot show two pictures that look equal to the archive.
#[derive(Debug, Clone, Copy)]
pub(in crate::archive) struct StripKey([u64; WORDS]);

impl StripKey {
    pub(in crate::archive) fn new(tenant: &TenantId, session: &SessionId) -> Self {
        let digest = Sha512::digest(format!("strips {tenant}/{session}"));
        let mut key = [0; WORDS];
        for (word, bytes) in key.iter_mut().zip(digest.chunks_exact(8)) {
            *word = bytes.try_into().map(u64::from_le_bytes).unwrap_or_default();
        }
        Self(key)
    }

    /// NH, the universal hash of UMAC (RFC 4418), on 64-bit words: two different strips collide with a chance of about
    /// one in 2^64.
    fn hash(&self, strip: &[u8; STRIP_BYTES]) -> u64 {
        let word = |index: usize| {
            let mut bytes = [0; 8];
            bytes.copy_from_slice(&strip[index * 8..index * 8 + 8]);
            u128::from(u64::from_le_bytes(bytes).wrapping_add(self.0[index]))
        };
        let sum = (word(0) * word(1)).wrapping_add(word(2) * word(3)).wrapping_add(word(4) * word(5));
        (sum >> 64) as u64 ^ sum as u64
    }
}

/// The strips of a frame, row by row.
#[derive(Debug)]
pub(in crate::archive) struct Strips {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) columns: usize,
    hashes: Vec<u64>,
}

impl Strips {
    /// Of opaque pixels; frames with alpha have none and are always kept whole.
    pub(in crate::archive) fn of(pixels: &Pixels, key: &StripKey) -> Option<Self> {
        if pixels.has_alpha() {
            return None;
        }
        let columns = pixels.width().div_ceil(BLOCK) as usize;
        let mut hashes = Vec::with_capacity(columns * pixels.height() as usize);
        for row in pixels.samples().chunks_exact(pixels.width() as usize * 3) {
            let (strips, rest) = row.as_chunks::<STRIP_BYTES>();
            hashes.extend(strips.iter().map(|strip| key.hash(strip)));
            if !rest.is_empty() {
                let mut last = [0; STRIP_BYTES];
                last[..rest.len()].copy_from_slice(rest);
                hashes.push(key.hash(&last));
            }
        }
        Some(Self { width: pixels.width(), height: pixels.height(), columns, hashes })
    }

    /// The hash of the whole picture.
    pub(in crate::archive) fn digest(&self) -> ContentHash {
        let mut hasher = Sha256::new();
        hasher.update(self.width.to_le_bytes());
        hasher.update(self.height.to_le_bytes());
        for hashes in self.hashes.chunks(512) {
            let mut bytes = [0; 4096];
            for (place, hash) in bytes.chunks_exact_mut(8).zip(hashes) {
                place.copy_from_slice(&hash.to_le_bytes());
            }
            hasher.update(&bytes[..hashes.len() * 8]);
        }
        ContentHash::from_digest(hasher.finalize().into())
    }

    pub(super) fn block_rows(&self) -> usize {
        self.height.div_ceil(BLOCK) as usize
    }

    /// The rows of block row `row`.
    pub(super) fn rows(&self, row: usize) -> std::ops::Range<usize> {
        let start = row * BLOCK as usize;
        start..(start + BLOCK as usize).min(self.height as usize)
    }

    pub(super) fn at(&self, row: usize, column: usize) -> u64 {
        self.hashes[row * self.columns + column]
    }

    pub(super) fn row(&self, row: usize) -> &[u64] {
        &self.hashes[row * self.columns..(row + 1) * self.columns]
    }

    pub(super) fn same_sides(&self, other: &Self) -> bool {
        (self.width, self.height) == (other.width, other.height)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> StripKey {
        StripKey::new(&TenantId::new("t").expect("name"), &SessionId::new("s").expect("name"))
    }

    #[test]
    fn any_changed_sample_changes_exactly_its_strip() {
        let samples: Vec<u8> = (0..37 * 5 * 3).map(|place| (place * 7 % 251) as u8).collect();
        let strips = |samples: &[u8]| {
            Strips::of(&Pixels::new(37, 5, false, samples.to_vec()).expect("samples"), &key())
                .expect("opaque")
        };
        let before = strips(&samples);
        assert_eq!(before.columns, 3);
        for place in 0..samples.len() {
            let mut changed = samples.clone();
            changed[place] ^= 1;
            let after = strips(&changed);
            let differing: Vec<usize> =
                (0..before.hashes.len()).filter(|at| before.hashes[*at] != after.hashes[*at]).collect();
            let (row, column) = (place / (37 * 3), place % (37 * 3) / STRIP_BYTES);
            assert_eq!(differing, [row * 3 + column]);
            assert_ne!(before.digest(), after.digest());
        }
    }
}
