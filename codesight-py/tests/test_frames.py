"""Pixels."""

from __future__ import annotations

import gc
import io
import pickle

import codesight_sdk as cs
import pytest
from codesight_sdk import _native

np = pytest.importorskip("numpy")
Image = pytest.importorskip("PIL.Image")


def test_pillow_decodes_the_same_picture(session: cs.Session) -> None:
    for frame in list(session.frames)[:6]:
        expected = np.asarray(Image.open(io.BytesIO(frame.image)).convert("RGB")).astype(int)
        found = frame.to_numpy().astype(int)
        assert found.shape == (frame.height, frame.width, 3)
        # Two builds of libwebp may round differently when they turn YUV into RGB; a frame that is composed is stored
        # without further loss.
        assert np.abs(found - expected).max() <= 2
        assert np.array_equal(np.asarray(frame.to_pil()), frame.to_numpy())


def test_memory_is_shared_and_outlives_the_frame(session: cs.Session) -> None:
    pixels = session.frames[0].pixels()
    array, view = np.asarray(pixels), memoryview(pixels)
    again = np.asarray(pixels)
    assert np.shares_memory(array, again) and not array.flags.writeable and view.readonly
    assert array.shape == view.shape == (pixels.height, pixels.width, 3) and len(pixels) == pixels.height
    before = array.sum()
    del pixels, again
    gc.collect()
    assert array.sum() == before and view.nbytes == array.nbytes
    with pytest.raises(TypeError):
        view.cast("B")[0] = 1


def test_frames_are_found_by_hash(session: cs.Session) -> None:
    frame = session.frames[3]
    assert session.frames[frame.hash] == frame and frame.hash in session.frames
    assert pickle.loads(pickle.dumps(frame)).image == frame.image
    with pytest.raises(KeyError):
        session.frames["0" * 64]


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n" + bytes(20), b"RIFF\0\0\0\0WEBPVP8 "])
def test_what_is_no_image_is_refused(data: bytes) -> None:
    with pytest.raises(cs.CodeSightError):
        _native.decode_image(data)
