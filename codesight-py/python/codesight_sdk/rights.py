"""Erasing people from a server's data folder, when no server is asked to."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from . import _native
from ._errors import NotFoundError
from ._location import Store
from ._open import is_postgres

Law = Literal["gdpr", "ccpa"]


@dataclass(frozen=True)
class Erasure:
    """What became of an erasure.

    Attributes:
        request: its id.
        status: ``"settled"``, ``"open"`` when files at a service are still to be deleted, ``"held"`` under a legal hold.
        sessions: the sessions that were erased.
        certificates: signed, oldest first; the server's ``audit`` command and every JWS library verify them.
        details: everything, as the register's JSON.
    """

    request: str
    status: str
    sessions: tuple[str, ...]
    certificates: tuple[str, ...] = field(repr=False)
    details: Mapping[str, Any] = field(repr=False)

    @staticmethod
    def of(told: Mapping[str, Any]) -> Erasure:
        """From the register's JSON."""
        inventory: Mapping[str, Any] = (told.get("erasure") or {}).get("inventory") or {}
        return Erasure(
            told["id"],
            told["status"],
            tuple(inventory.get("sessions", ())),
            tuple(told.get("certificates", ())),
            told,
        )


def erase(
    data: str | os.PathLike[str],
    *,
    subject: str,
    tenant: str,
    session: str | None = None,
    law: Law = "gdpr",
    archives: str | os.PathLike[str] | None = None,
    options: Mapping[str, str] | None = None,
    keys: str | os.PathLike[str] | None = None,
) -> Erasure:
    """Erases everything of a person, or one of their sessions, for good: journals, frames, archives, lines, keys; and certifies
    it. An erasure that was interrupted is gone on with. A server may run on the same data.

    Args:
        data: a server's data folder, or the URL of a PostgreSQL catalog.
        subject: the pseudonym of the person.
        tenant: the project.
        session: this session of theirs alone.
        law: under which law they ask, which decides by when it must be done.
        archives: the folder or bucket of the archives; ``objects`` in the data folder unless given.
        options: settings of that store, as for :func:`codesight_sdk.open`.
        keys: the folder of the keys; ``keys`` in the data folder unless given.

    Raises:
        NotFoundError: nobody knows the person, or there is no such folder.
        InvalidError: the session is not about this person.
        ConflictError: somebody else is erasing the same at this moment.
    """
    text = os.fspath(data)
    if is_postgres(text):
        if archives is None or keys is None:
            raise NotFoundError("a PostgreSQL catalog needs archives=… and keys=…", operation="erase")
        catalog = text
    else:
        folder = Path(text)
        if not (folder / "catalog.sqlite").is_file():
            raise NotFoundError("no data folder of a server", operation="erase", context=[("path", text)])
        catalog = str(folder / "catalog.sqlite")
        archives = folder / "objects" if archives is None else archives
        keys = folder / "keys" if keys is None else keys
    opened = _native.Catalog(catalog)
    try:
        told = _native.erase_subject(
            opened,
            Store.of(archives, options).open(),
            keys,
            tenant=tenant,
            subject=subject,
            session=session,
            law=law,
        )
    finally:
        opened.close()
    return Erasure.of(json.loads(told))
