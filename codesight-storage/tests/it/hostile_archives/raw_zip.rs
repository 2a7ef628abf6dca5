//! ZIP files put together by hand, so that every field can be a lie.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::DeflateEncoder;

/// An entry whose every field can be a lie.
#[derive(Clone)]
pub(super) struct RawEntry {
    pub(super) name: Vec<u8>,
    pub(super) local_name: Option<Vec<u8>>,
    pub(super) method: u16,
    pub(super) flags: u16,
    pub(super) data: Vec<u8>,
    pub(super) crc: u32,
    pub(super) size: u32,
    pub(super) attributes: u32,
    pub(super) start: Option<u32>,
    pub(super) extra: Vec<u8>,
    /// Bytes that belong to nobody, before the entry.
    pub(super) gap: usize,
}

impl RawEntry {
    pub(super) fn stored(name: &str, content: &[u8]) -> Self {
        let mut crc = flate2::Crc::new();
        crc.update(content);
        Self {
            name: name.into(),
            local_name: None,
            method: 0,
            flags: 0,
            data: content.to_vec(),
            crc: crc.sum(),
            size: content.len() as u32,
            attributes: 0o100_644 << 16,
            start: None,
            extra: Vec::new(),
            gap: 0,
        }
    }

    pub(super) fn deflated(name: &str, content: &[u8]) -> Self {
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(9));
        encoder.write_all(content).expect("memory");
        Self { method: 8, data: encoder.finish().expect("memory"), ..Self::stored(name, content) }
    }
}

pub(super) fn raw_zip(entries: &[RawEntry]) -> Bytes {
    let (mut zip, mut directory) = (Vec::new(), Vec::new());
    for entry in entries {
        zip.resize(zip.len() + entry.gap, b'?');
        let start = entry.start.unwrap_or(zip.len() as u32);
        let common = |flags: u16, name: &[u8], extra: &[u8]| {
            let mut fields = 20_u16.to_le_bytes().to_vec();
            for short in [flags, entry.method, 0, 0x21] {
                fields.extend(short.to_le_bytes());
            }
            for long in [entry.crc, entry.data.len() as u32, entry.size] {
                fields.extend(long.to_le_bytes());
            }
            fields.extend((name.len() as u16).to_le_bytes());
            fields.extend((extra.len() as u16).to_le_bytes());
            fields
        };
        let local_name = entry.local_name.as_ref().unwrap_or(&entry.name);
        zip.extend(b"PK\x03\x04");
        zip.extend(common(entry.flags, local_name, &[]));
        zip.extend(local_name);
        zip.extend(&entry.data);
        directory.extend(b"PK\x01\x02\x14\x03");
        directory.extend(common(entry.flags, &entry.name, &entry.extra));
        directory.extend([0; 6]);
        directory.extend(entry.attributes.to_le_bytes());
        directory.extend(start.to_le_bytes());
        directory.extend(&entry.name);
        directory.extend(&entry.extra);
    }
    let start = zip.len() as u32;
    zip.extend(&directory);
    zip.extend(b"PK\x05\x06\0\0\0\0");
    zip.extend((entries.len() as u16).to_le_bytes());
    zip.extend((entries.len() as u16).to_le_bytes());
    zip.extend((directory.len() as u32).to_le_bytes());
    zip.extend(start.to_le_bytes());
    zip.extend([0, 0]);
    zip.into()
}
