"""Making and checking archives."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from . import _native
from ._location import Location, Store
from .pipeline import Pipeline
from .session import Session

Level = Literal["full", "hybrid", "compact", "exact"]


@dataclass(frozen=True)
class Verification:
    """What a check of a whole archive found.

    Attributes:
        uri: the archive.
        files: how many files were checked, the manifest included.
        size: bytes of the ZIP.
        checksum: SHA-256 of the ZIP.
        problems: pairs of a stable code, such as ``"hash-mismatch"``, and the path of a file.
    """

    uri: str
    files: int
    size: int
    checksum: str
    problems: tuple[tuple[str, str], ...]

    @property
    def sound(self) -> bool:
        """Whether every byte is what the manifest says."""
        return not self.problems


def verify(archive: str | os.PathLike[str] | Session) -> Verification:
    """Reads every byte of an archive and compares it with what directory and manifest say.

    Raises:
        NotFoundError: there is no such file.
        CorruptError: the archive cannot even be opened; ``context["code"]`` says why.

    >>> cs.verify(archive).sound
    True
    """
    session = archive if isinstance(archive, Session) else Session(Location(path=os.fspath(archive)))
    files, size, checksum, problems = session._native(lambda opened: opened.verify())
    return Verification(session.uri, files, size, checksum, tuple(problems))


def archive_recording(
    recording: str | os.PathLike[str] | bytes,
    target: str | os.PathLike[str],
    *,
    tenant: str = "local",
    session: str | None = None,
    collector: str | None = None,
    key: bytes | None = None,
    pipeline: Pipeline | None = None,
    level: Level | None = None,
) -> Session:
    """Masks and processes a recording of wire messages, and archives it.

    Args:
        recording: a file, or its bytes.
        target: the folder for the archive; it is written under ``<tenant>/archives/<session>.zip``. One that is there
            is verified and returned as it is.
        tenant: the project.
        session: its id; made from the recording's bytes unless given, so that the same recording is the same session.
        collector: who recorded it. The archive has a stand-in made with ``key`` and never the name.
        key: 32 bytes that pseudonyms are made with. Random unless given: then nobody can make the same ones again, and
            the archive does not say whose it is. Give all recordings of a dataset the same key to split it by person.
        pipeline: the default pipeline unless given.
        level: how frames are kept; ``"hybrid"`` unless given.

    Raises:
        InvalidError: this is no recording, or a name or the key is not as it must be.
        CorruptError: the recording ends in the middle of a message.
    """
    data = recording if isinstance(recording, bytes) else Path(recording).read_bytes()
    folder = Path(target).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="codesight-") as scratch:
        archived = _native.archive_recording(
            data,
            Store.of(folder).open(),
            scratch,
            tenant=tenant,
            session=session,
            collector=collector,
            key=key,
            config=None if pipeline is None else pipeline.to_json(),
            level=level,
        )
    return Session(Location(path=str(folder / archived)))
