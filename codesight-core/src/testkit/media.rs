//! The smallest valid files that a model can be given.

use std::io::Write;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

use crate::error::{Error, ErrorKind, Result};

/// A square PNG of `side` pixels in the colour of the first three bytes of `colour`.
pub(super) fn png(side: u32, colour: [u8; 8]) -> Result<Vec<u8>> {
    let [red, green, blue, ..] = colour;
    let mut row = vec![0];
    (0..side).for_each(|_| row.extend([red, green, blue]));
    let mut pixels = ZlibEncoder::new(Vec::new(), Compression::default());
    let pixels = (0..side).try_for_each(|_| pixels.write_all(&row)).and_then(|()| pixels.finish()).map_err(
        |error| Error::new(ErrorKind::Unexpected, "fixtures.png", "not compressed").caused_by(error),
    )?;

    let mut header = Vec::from(side.to_be_bytes());
    header.extend(side.to_be_bytes());
    // 8 bits a channel, RGB, the only compression and filter method there is, not interlaced.
    header.extend([8, 2, 0, 0, 0]);
    let mut png = Vec::from(*b"\x89PNG\r\n\x1a\n");
    for (kind, data) in [(b"IHDR", header.as_slice()), (b"IDAT", &pixels), (b"IEND", &[])] {
        chunk(&mut png, kind, data);
    }
    Ok(png)
}

fn chunk(png: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    let mut sum = Crc::new();
    sum.update(kind);
    sum.update(data);
    png.extend((data.len() as u32).to_be_bytes());
    png.extend(kind);
    png.extend(data);
    png.extend(sum.sum().to_be_bytes());
}

/// A WAV file of `samples` silent samples at 8 kHz.
pub(super) fn wav(samples: usize) -> Vec<u8> {
    let length = samples as u32;
    let mut wav = Vec::from(*b"RIFF");
    wav.extend((length + 36).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16u32.to_le_bytes());
    // PCM, one channel.
    wav.extend([1, 0, 1, 0]);
    // Samples and bytes a second.
    wav.extend(8_000u32.to_le_bytes());
    wav.extend(8_000u32.to_le_bytes());
    // One byte a sample, 8 bits.
    wav.extend([1, 0, 8, 0]);
    wav.extend(b"data");
    wav.extend(length.to_le_bytes());
    // The middle of the range is silence.
    wav.resize(wav.len() + samples, 0x80);
    wav
}
