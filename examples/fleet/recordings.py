"""Short recordings cut out of a long one, and archives of them under many names: work for a trial of the fleet."""

from __future__ import annotations

import hashlib
import json
import struct
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import codesight_sdk as cs

MAGIC = b"codesight.v1 recording\n"
_TEXT, _BINARY = 0, 1
#: The one date of all files in an archive.
_DATE = (1980, 1, 1, 0, 0, 0)


def messages(recording: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and content of each message."""
    at = len(MAGIC)
    while at < len(recording):
        kind, length = struct.unpack_from(">BI", recording, at)
        yield kind, recording[at + 5 : at + 5 + length]
        at += 5 + length


def cut(recording: bytes, first: int, count: int) -> bytes:
    """The recording of ``count`` interactions from the one at ``first`` on, with their frames."""
    start: dict[str, Any] = {}
    batch: dict[str, Any] = {}
    interactions: list[dict[str, Any]] = []
    blobs: dict[str, bytes] = {}
    for kind, content in messages(recording):
        if kind == _BINARY:
            length = struct.unpack_from(">I", content, 1)[0]
            blobs[json.loads(content[5 : 5 + length])["hash"]] = content
            continue
        message = json.loads(content)
        if message["type"] == "session.start":
            start = message
        elif message["type"] == "batch":
            batch = message
            interactions += message["interactions"]
    chosen = interactions[first : first + count]
    hashes = {shot["hash"] for one in chosen for shot in one.get("screenshots", ())}
    texts = [start, batch | {"firstSeq": 1, "interactions": chosen}]
    parts = [MAGIC]
    parts += [_framed(_TEXT, json.dumps(text).encode()) for text in texts]
    parts += [_framed(_BINARY, blobs[name]) for name in sorted(hashes & blobs.keys())]
    return b"".join(parts)


def _framed(kind: int, content: bytes) -> bytes:
    return struct.pack(">BI", kind, len(content)) + content


def renamed(archive: bytes, session: str, target: Path) -> None:
    """The same archive as that of another session: a new name, new checksums, the same pictures."""
    import io

    with zipfile.ZipFile(io.BytesIO(archive)) as source:
        files = {name: source.read(name) for name in source.namelist()}
        methods = {info.filename: info.compress_type for info in source.infolist()}
    manifest = json.loads(files.pop("manifest.json"))
    interactions = json.loads(files["interactions.json"])
    manifest["sessionId"] = session
    for interaction in interactions:
        interaction["sessionId"] = session
    files["interactions.json"] = json.dumps(interactions).encode()
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w") as written:
        for name, content in files.items():
            _add(written, name, content, methods[name])
            manifest["checksums"][name] = hashlib.sha256(content).hexdigest()
        sizes = {info.filename: info for info in written.infolist()}
        for file in manifest["files"]:
            info = sizes[file["path"]]
            file["size"], file["compressedSize"] = info.file_size, info.compress_size
        _add(written, "manifest.json", json.dumps(manifest).encode(), zipfile.ZIP_DEFLATED)


def _add(target: zipfile.ZipFile, name: str, content: bytes, method: int) -> None:
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type = method
    info.external_attr = 0o100644 << 16
    target.writestr(info, content)


def generate(recording: Path, folder: Path, count: int, *, kinds: int = 8, length: int = 5) -> list[Path]:
    """``count`` archives of ``kinds`` short sessions, each under a name of its own; every 500th, from the 250th on, is damaged.

    Returns:
        The damaged ones.
    """
    whole = recording.read_bytes()
    bases = [
        Path(
            cs.archive_recording(
                cut(whole, kind * 4, length), folder / "bases", session=f"base-{kind}", key=bytes(32)
            ).uri
        ).read_bytes()
        for kind in range(kinds)
    ]
    damaged: list[Path] = []
    for number in range(count):
        target = folder / f"archives/fleet/archives/session-{number:06d}.zip"
        renamed(bases[number % kinds], f"session-{number:06d}", target)
        if number % 500 == 250 or (count < 500 and number == count // 2):
            content = bytearray(target.read_bytes())
            content[content.index(b"interactions.json") + 1_000] ^= 0xFF
            target.write_bytes(content)
            damaged.append(target)
    return damaged
