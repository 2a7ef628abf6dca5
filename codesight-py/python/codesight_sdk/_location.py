"""Where an archive is, in a form that can be pickled and opened again in any process."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from . import _native


@dataclass(frozen=True)
class Store:
    """A folder or a bucket, by URL. ``options`` may hold credentials: they are pickled, and never shown."""

    url: str
    options: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @staticmethod
    def of(url: str | os.PathLike[str], options: Mapping[str, str] | None = None) -> Store:
        """The store of a URL or a folder."""
        text = os.fspath(url)
        if "://" not in text:
            text = Path(text).absolute().as_uri()
        return Store(text, tuple(sorted((options or {}).items())))

    def open(self) -> _native.Blobs:
        """The store, open in this process."""
        key = (os.getpid(), self)
        blobs = _OPEN.get(key)
        if blobs is None:
            blobs = _native.Blobs(self.url, list(self.options))
            _OPEN[key] = blobs
        return blobs

    def list(self, prefix: str = "") -> list[tuple[str, int]]:
        """All keys under a prefix, in order, with their sizes in bytes."""
        blobs = self.open()
        found: list[tuple[str, int]] = []
        while True:
            page = blobs.list(prefix, found[-1][0] if found else None)
            if not page:
                return found
            found.extend(page)


# One connection pool for each store and process, however many sessions are read from it.
_OPEN: dict[tuple[int, Store], _native.Blobs] = {}


@dataclass(frozen=True)
class Location:
    """One archive: a file, or a blob of a store."""

    path: str | None = None
    store: Store | None = None
    key: str = ""

    def open(self) -> _native.Archive:
        """The archive, open in this process."""
        if self.store is None:
            return _native.Archive.open_file(self.path or "")
        return _native.Archive.open_blob(self.store.open(), self.key)

    def __str__(self) -> str:
        if self.store is None:
            return self.path or ""
        return f"{self.store.url.rstrip('/')}/{self.key}"
