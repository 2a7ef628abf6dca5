//! Entries of a tar file in the POSIX form: whole blocks of 512 bytes, without times and owners.

use crate::error::{Error, Result};

const BLOCK: usize = 512;
/// Two empty blocks end a file.
pub(super) const END: &[u8] = &[0; 2 * BLOCK];

/// A file of a tar archive: header, bytes, and zeros up to the next block. The same input gives the same bytes.
///
/// # Errors
/// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for a name longer than 100 bytes or a file past 8 GiB.
pub(super) fn entry(name: &str, bytes: &[u8]) -> Result<Vec<u8>> {
    let size = format!("{:011o}", bytes.len());
    if name.len() > 100 || size.len() > 11 {
        return Err(Error::invalid("format.tar", "the name or the file is too long"));
    }
    let mut header = [0_u8; BLOCK];
    let mut put = |at: usize, text: &[u8]| header[at..at + text.len()].copy_from_slice(text);
    put(0, name.as_bytes());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, size.as_bytes());
    put(136, b"00000000000\0");
    // The checksum counts its own field as spaces.
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
    header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    let mut entry = header.to_vec();
    entry.extend_from_slice(bytes);
    entry.resize(entry.len().next_multiple_of(BLOCK), 0);
    Ok(entry)
}
