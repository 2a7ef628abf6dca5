"""``open``: from a URI to sessions."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

from . import _native
from ._errors import InvalidError, NotFoundError, UnsupportedError
from ._location import Location, Store
from .dataset import Dataset

_STORES = ("s3", "gs", "az", "memory")
_OPERATION = "open"


def open(  # noqa: A001 - the word people expect, always written with the package's name
    uri: str | os.PathLike[str],
    *,
    tenant: str | None = None,
    archives: str | os.PathLike[str] | None = None,
    options: Mapping[str, str] | None = None,
) -> Dataset:
    """Opens sessions.

    Args:
        uri: an archive (``session.zip``), a folder of archives, a server's data folder, the catalog in one
            (``sqlite:///data/catalog.sqlite``), a bucket (``s3://bucket/prefix``), or the catalog of several servers
            (``postgresql://user@host/database``), which needs ``tenant`` and ``archives``.
        tenant: only the archives of this project, where the place holds several.
        archives: the folder or bucket of the archives that a catalog names.
        options: settings of the store by their names in ``object_store``, such as ``aws_access_key_id``,
            ``aws_secret_access_key``, ``endpoint``. None is read from the environment.

    Returns:
        The sessions, ordered by the names of their archives. Nothing but names is read yet.

    Raises:
        NotFoundError: there is nothing at that place, or no archive in it.
        UnavailableError: the database or the bucket is away.
        InvalidError: the URI or an option is not understood.
        CorruptError: later, by what is read from an archive that is not sound.

    >>> len(cs.open(archive))
    1
    """
    text = os.fspath(uri)
    scheme = urlsplit(text).scheme if "://" in text else ""
    if scheme in _STORES:
        return _bucket(text, tenant, options)
    if scheme in ("http", "https"):
        raise UnsupportedError("a server is reached through Client(url, token=...)", operation=_OPERATION)
    if is_postgres(text):
        return _catalog(text, tenant, archives, options)
    if archives is not None:
        raise InvalidError("archives are given beside a PostgreSQL catalog", operation=_OPERATION)
    if scheme not in ("", "file", "sqlite"):
        raise InvalidError("the scheme of the URI is not known", operation=_OPERATION)
    if options:
        raise InvalidError("a folder takes no options", operation=_OPERATION)
    return _folder(_path(text, scheme), tenant)


def is_postgres(uri: str) -> bool:
    """Whether a URI names a PostgreSQL database."""
    return uri.startswith(("postgres://", "postgresql://"))


def _catalog(
    url: str,
    tenant: str | None,
    archives: str | os.PathLike[str] | None,
    options: Mapping[str, str] | None,
) -> Dataset:
    if tenant is None or archives is None:
        raise InvalidError("a PostgreSQL catalog needs tenant=… and archives=…", operation=_OPERATION)
    sessions = _native.Catalog(url).archived(tenant)
    if not sessions:
        raise NotFoundError("the catalog names no archived session", operation=_OPERATION)
    store = Store.of(archives, options)
    locations = [Location(store=store, key=f"{tenant}/archives/{session}.zip") for session in sessions]
    # The URL may hold a password, which a notebook would show.
    return Dataset(locations, uri=f"{store.url} by its catalog")


def _path(text: str, scheme: str) -> Path:
    if not scheme:
        return Path(text)
    path = unquote(urlsplit(text).path)
    # sqlite:///relative and sqlite:////absolute, as everywhere with SQLite URLs.
    return Path(path.removeprefix("/")) if scheme == "sqlite" else Path(path)


def _folder(path: Path, tenant: str | None) -> Dataset:
    if path.is_file() and path.name == "catalog.sqlite":
        path = path.parent
    if path.is_file():
        return Dataset([Location(path=str(path.absolute()))], uri=str(path))
    if not path.is_dir():
        raise NotFoundError("no such file or folder", operation=_OPERATION, context=[("path", str(path))])
    if (path / "catalog.sqlite").is_file():
        found = (path / "objects").glob(f"{tenant or '*'}/archives/*.zip")
    elif tenant is not None:
        found = path.glob(f"{tenant}/archives/*.zip")
    else:
        found = path.rglob("*.zip")
    locations = [Location(path=str(archive.absolute())) for archive in sorted(found)]
    if not locations:
        raise NotFoundError("no archive in the folder", operation=_OPERATION, context=[("path", str(path))])
    return Dataset(locations, uri=str(path))


def _bucket(url: str, tenant: str | None, options: Mapping[str, str] | None) -> Dataset:
    store = Store.of(url, options)
    keys = store.list("" if tenant is None else f"{tenant}/archives/")
    locations = [Location(store=store, key=key) for key, _ in keys if key.endswith(".zip")]
    if not locations:
        raise NotFoundError("no archive under the prefix", operation=_OPERATION, context=[("url", url)])
    return Dataset(locations, uri=url)
