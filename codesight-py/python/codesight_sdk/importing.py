"""Recordings made by other tools, imported as sessions."""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from . import _native
from ._errors import InvalidError, LimitExceededError, NotFoundError
from ._location import Location, Store
from .archives import Level
from .dataset import Dataset
from .pipeline import Pipeline
from .quality import Finding, Findings

#: Bytes of a source that is read: its files are held in memory, unpacked.
MOST_BYTES = 2 << 30
_OPERATION = "import"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Imported:
    """What an import gave.

    Attributes:
        format: the importer that read the source.
        sessions: the sessions, archived.
        findings: what a reader should know about the source; findings about a session are in its report.
    """

    format: str
    sessions: Dataset
    findings: Findings


def importers() -> list[str]:
    """The importers, by the tools they read.

    >>> "rrweb" in cs.importers()
    True
    """
    return _native.importers()


def import_recordings(
    source: str | os.PathLike[str],
    target: str | os.PathLike[str],
    *,
    purposes: Sequence[str],
    consent: str,
    format: str | None = None,  # noqa: A002 - the word people expect
    tenant: str = "local",
    collector: str | None = None,
    subject: str | None = None,
    begin: datetime = _EPOCH,
    key: bytes | None = None,
    pipeline: Pipeline | None = None,
    level: Level | None = None,
) -> Imported:
    """Reads the recordings of another tool, masks and processes them, and archives each session. The same source gives the
    same session ids, so importing twice changes nothing.

    Args:
        source: a file, a folder, or a ZIP of one, such as a Playwright trace.
        target: the folder for the archives, as for :func:`codesight_sdk.archive_recording`.
        purposes: what the people in the recordings agreed to, such as ``["training"]``. An importer cannot know.
        consent: the version of the text they agreed to.
        format: one of :func:`codesight_sdk.importers`; recognised from the source unless given.
        collector: who recorded, as far as it is known.
        subject: a pseudonym for the person, as far as it is known. Archives have stand-ins of both, made with ``key``.
        begin: the moment from which entries are counted where the source has no times.
        key: 32 bytes that pseudonyms are made with; random unless given, and then an archive does not say whose it is.

    Raises:
        NotFoundError: there is no such file or folder.
        UnsupportedError: no importer recognises the source, or it is of a version that is not known.
        InvalidError: the source is not what the importer reads.
        LimitExceededError: the source is larger than is read.
    """
    files = list(_files(Path(source)))
    folder = Path(target).absolute()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="codesight-") as scratch:
        name, keys, findings = _native.import_sessions(
            files,
            Store.of(folder).open(),
            scratch,
            format=format,
            tenant=tenant,
            collector=collector,
            subject=subject,
            text_version=consent,
            purposes=list(purposes),
            begin=round(begin.timestamp() * 1000),
            key=key,
            config=None if pipeline is None else pipeline.to_json(),
            level=level,
        )
    sessions = Dataset([Location(path=str(folder / archived)) for archived in keys], uri=str(folder))
    return Imported(name, sessions, Findings([Finding.of(one) for one in json.loads(findings)]))


def _files(source: Path) -> Iterator[tuple[str, bytes]]:
    """The files of a source by their paths within it."""
    if source.is_dir():
        paths = sorted(path for path in source.rglob("*") if path.is_file())
        _check(sum(path.stat().st_size for path in paths))
        yield from ((path.relative_to(source).as_posix(), path.read_bytes()) for path in paths)
    elif not source.is_file():
        raise NotFoundError("no such file or folder", operation=_OPERATION, context=[("path", str(source))])
    elif zipfile.is_zipfile(source):
        yield from _unpacked(source)
    else:
        _check(source.stat().st_size)
        yield source.name, source.read_bytes()


def _unpacked(source: Path) -> Iterator[tuple[str, bytes]]:
    # Names are only compared, never used as paths; sizes are checked before and after, for headers may lie.
    left = MOST_BYTES
    try:
        with zipfile.ZipFile(source) as archive:
            _check(sum(info.file_size for info in archive.infolist()))
            for info in archive.infolist():
                if info.is_dir():
                    continue
                with archive.open(info) as file:
                    content = file.read(left + 1)
                left -= len(content)
                _check(MOST_BYTES - left)
                yield info.filename, content
    except (zipfile.BadZipFile, NotImplementedError, EOFError, RuntimeError) as error:
        raise InvalidError("the ZIP cannot be unpacked", operation=_OPERATION) from error


def _check(size: int) -> None:
    if size > MOST_BYTES:
        raise LimitExceededError(
            "the source is too large", operation=_OPERATION, context=[("limit", str(MOST_BYTES))]
        )
