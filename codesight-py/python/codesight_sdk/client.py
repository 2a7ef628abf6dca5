"""A server's client, for scripts and for asyncio. Needs nothing that Python does not bring."""

from __future__ import annotations

import asyncio
import json
import os
import threading
import time
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator, Mapping
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from . import _native
from ._errors import KINDS, InvalidError, UnavailableError, UnexpectedError, make
from ._location import Location
from .progress import Progress, telling
from .rights import Erasure, Law
from .session import Session

#: Bytes of an answer that is read whole.
MOST_JSON = 256 << 20
_CHUNK = 1 << 20
_CODES = {401: "unauthenticated", 403: "forbidden", 404: "not-found", 409: "conflict", 413: "limit-exceeded"}


class Client:
    """A server's sessions. Safe to share between threads.

    Args:
        url: the server, such as ``https://codesight.example``.
        token: proves who is asking. Sent in a header, never in an address, and never shown.
        timeout: seconds without an answer after which a call fails.
    """

    def __init__(self, url: str, *, token: str, timeout: float = 30.0) -> None:
        if not url.startswith(("http://", "https://")):
            raise InvalidError("the URL of a server begins with http:// or https://", operation="client.open")
        self.url = url.rstrip("/")
        self._token = token
        self._timeout = timeout
        # No proxy and no credentials from elsewhere, and no redirect: the token goes to this server alone.
        self._opener = urllib.request.build_opener(_NoRedirect())

    def sessions(
        self,
        *,
        status: str | None = None,
        collector: str | None = None,
        min_quality: float | None = None,
        page: int = 100,
    ) -> Iterator[dict[str, Any]]:
        """The metadata of the sessions, newest first, fetched page by page.

        Args:
            status: ``"active"``, ``"processing"``, ``"completed"`` or ``"failed"``.
            min_quality: 0 to 100.
        """
        wanted = {"status": status, "collector": collector, "minQuality": min_quality, "limit": page}
        query = {name: value for name, value in wanted.items() if value is not None}
        while True:
            answer = self._json("/v1/sessions", query)
            yield from answer["sessions"]
            if answer.get("next") is None:
                return
            query["after"] = answer["next"]

    def session(self, session: str) -> dict[str, Any]:
        """One session's metadata.

        Raises:
            NotFoundError: there is none, or it is not yours.
        """
        return self._json(f"/v1/sessions/{quote(session, safe='')}")

    def interactions(self, session: str) -> Iterator[dict[str, Any]]:
        """The places of a session in order, also while it is recorded."""
        after = 0
        while True:
            places = self._json(f"/v1/sessions/{quote(session, safe='')}/interactions", {"after": after})
            if not places:
                return
            yield from places
            after = places[-1]["seq"]

    def report(self, session: str) -> dict[str, Any]:
        """The quality report; what is known so far while the session is recorded."""
        return self._json(f"/v1/sessions/{quote(session, safe='')}/findings")

    def watch(self, session: str) -> Iterator[dict[str, Any]]:
        """Live updates of a session, until it is processed or the server ends the stream. An update
        ``{"type": "lagged", "missed": n}`` says that this reader was too slow for ``n`` of them."""
        with self._open(f"/v1/sessions/{quote(session, safe='')}/events") as answer:
            event = "message"
            if self._is_over(session):
                return
            for raw in answer:
                line = raw.decode("utf-8", "replace").rstrip("\r\n")
                # The server keeps the stream open; a comment says that there is no news, so it may be over.
                if line.startswith(":") and self._is_over(session):
                    return
                if line.startswith("event:"):
                    event = line.removeprefix("event:").strip()
                elif line.startswith("data:"):
                    data = line.removeprefix("data:").strip()
                    yield {"type": "lagged", "missed": int(data)} if event == "lagged" else json.loads(data)
                elif not line:
                    event = "message"

    def _is_over(self, session: str) -> bool:
        return self.session(session)["status"] in ("completed", "failed")

    def wait(self, session: str, *, timeout: float = 600.0, every: float = 0.5) -> dict[str, Any]:
        """Waits until a session is processed, and returns its metadata.

        Raises:
            UnavailableError: it was not within ``timeout`` seconds.
            UnexpectedError: processing failed; the metadata says why.
        """
        end = time.monotonic() + timeout
        while True:
            found = self.session(session)
            if found["status"] == "completed":
                return found
            if found["status"] == "failed":
                codes = [(error["step"], error["code"]) for error in found.get("errors", ())]
                raise UnexpectedError("processing failed", operation="client.wait", context=codes)
            if time.monotonic() + every > end:
                raise UnavailableError("it takes longer", operation="client.wait", retry_after=every)
            time.sleep(every)

    def start(
        self,
        recording: str | os.PathLike[str] | bytes,
        *,
        key: str | None = None,
        progress: Progress = None,
        tries: int = 5,
    ) -> str:
        """Starts a session and streams a recording of wire messages into it, over a WebSocket, until the server has
        sealed it; a connection that is lost is made again, and nothing is stored twice. Returns the session's id.

        Args:
            recording: a file, or its bytes.
            key: names the session for its collector: the same key is the same session. The recording's own unless given.
            progress: is told how many places of the session are durable, and how many there are.
            tries: how many connections are made at most without news in between.

        Raises:
            MissingExtraError: the package ``websockets`` is not installed.
            UnauthenticatedError: the server does not know who is asking.
            ForbiddenError: the person does not consent, or was erased.
            UnavailableError: no connection held.
        """
        from .stream import send

        data = recording if isinstance(recording, bytes) else Path(recording).read_bytes()
        uplink = _native.Uplink(data, self._token, key)
        return send(self.url, uplink, progress=progress, tries=tries, timeout=self._timeout)

    def erase(self, subject: str, *, law: Law = "gdpr") -> Erasure:
        """Erases everything of a person for good. Needs the token of an officer.

        Raises:
            NotFoundError: nobody knows the person.
            ForbiddenError: the token is not an officer's.
        """
        path = f"/v1/subjects/{quote(subject, safe='')}?{urlencode({'law': law})}"
        with self._open(path, method="DELETE") as answer:
            return Erasure.of(json.loads(_read(answer, MOST_JSON)))

    def fetch(self, session: str, target: str | os.PathLike[str], *, progress: Progress = None) -> Session:
        """Downloads a session's archive and opens it. The file appears whole or not at all.

        Args:
            target: the file, or a folder for ``<session>.zip``.
        """
        path = self._download(session, "archive", "zip", target, progress)
        return Session(Location(path=str(path.absolute())))

    def fetch_lines(
        self, session: str, target: str | os.PathLike[str], *, progress: Progress = None
    ) -> Path:
        """Downloads a session's training lines, images included, to a file or into a folder."""
        return self._download(session, "training", "jsonl", target, progress)

    def ready(self) -> bool:
        """Whether the server takes recordings."""
        try:
            self._json("/readyz", raw=True)
        except UnavailableError:
            return False
        return True

    def _download(
        self, session: str, what: str, ending: str, target: str | os.PathLike[str], progress: Progress
    ) -> Path:
        path = Path(target)
        if path.is_dir():
            path = path / f"{session}.{ending}"
        unfinished = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.unfinished")
        try:
            with (
                self._open(f"/v1/sessions/{quote(session, safe='')}/{what}") as answer,
                telling(progress, words=what, unit="B") as told,
            ):
                total, done = int(answer.headers.get("Content-Length") or 0), 0
                with unfinished.open("wb") as file:
                    while chunk := _read(answer, _CHUNK):
                        file.write(chunk)
                        done += len(chunk)
                        if told is not None:
                            told(done, total)
            if total and done != total:
                raise UnavailableError("the download broke off", operation="client.fetch", retry_after=0.0)
            return unfinished.replace(path)
        finally:
            unfinished.unlink(missing_ok=True)

    def _json(self, path: str, query: Mapping[str, Any] | None = None, *, raw: bool = False) -> Any:
        with self._open(f"{path}?{urlencode(query)}" if query else path) as answer:
            body = _read(answer, MOST_JSON + 1)
        if len(body) > MOST_JSON:
            raise make("limit-exceeded", "client.read", "the answer is too large")
        if raw:
            return body
        try:
            return json.loads(body)
        except ValueError:
            raise UnexpectedError("the answer is no JSON: is this the server?", operation="client.read") from None

    def _open(self, path: str, *, method: str = "GET") -> HTTPResponse:
        request = urllib.request.Request(  # noqa: S310 - the scheme was checked
            self.url + path, method=method, headers={"Authorization": f"Bearer {self._token}", "Accept": "*/*"}
        )
        try:
            return self._opener.open(request, timeout=self._timeout)
        except urllib.error.HTTPError as error:
            with error:
                raise _problem(error) from None
        except (OSError, HTTPException) as error:
            reason = getattr(error, "reason", error)
            raise UnavailableError(
                f"the server cannot be reached ({type(reason).__name__})", operation="client.open", retry_after=0.0
            ) from None

    def __repr__(self) -> str:
        return f"Client({self.url!r})"


class AsyncClient:
    """The same for asyncio: every call runs on a thread, so any number of event loops may use one client."""

    def __init__(self, url: str, *, token: str, timeout: float = 30.0) -> None:
        self._client = Client(url, token=token, timeout=timeout)

    async def sessions(
        self,
        *,
        status: str | None = None,
        collector: str | None = None,
        min_quality: float | None = None,
        page: int = 100,
    ) -> AsyncIterator[dict[str, Any]]:
        """See :meth:`Client.sessions`."""
        found = self._client.sessions(
            status=status, collector=collector, min_quality=min_quality, page=page
        )
        async for session in _each(found):
            yield session

    async def session(self, session: str) -> dict[str, Any]:
        """See :meth:`Client.session`."""
        return await asyncio.to_thread(self._client.session, session)

    async def interactions(self, session: str) -> AsyncIterator[dict[str, Any]]:
        """See :meth:`Client.interactions`."""
        async for place in _each(self._client.interactions(session)):
            yield place

    async def report(self, session: str) -> dict[str, Any]:
        """See :meth:`Client.report`."""
        return await asyncio.to_thread(self._client.report, session)

    async def watch(self, session: str) -> AsyncIterator[dict[str, Any]]:
        """See :meth:`Client.watch`."""
        async for update in _each(self._client.watch(session)):
            yield update

    async def wait(self, session: str, *, timeout: float = 600.0, every: float = 0.5) -> dict[str, Any]:
        """See :meth:`Client.wait`."""
        return await asyncio.to_thread(self._client.wait, session, timeout=timeout, every=every)

    async def start(
        self,
        recording: str | os.PathLike[str] | bytes,
        *,
        key: str | None = None,
        progress: Progress = None,
        tries: int = 5,
    ) -> str:
        """See :meth:`Client.start`."""
        return await asyncio.to_thread(self._client.start, recording, key=key, progress=progress, tries=tries)

    async def erase(self, subject: str, *, law: Law = "gdpr") -> Erasure:
        """See :meth:`Client.erase`."""
        return await asyncio.to_thread(self._client.erase, subject, law=law)

    async def fetch(
        self, session: str, target: str | os.PathLike[str], *, progress: Progress = None
    ) -> Session:
        """See :meth:`Client.fetch`."""
        return await asyncio.to_thread(self._client.fetch, session, target, progress=progress)

    async def fetch_lines(
        self, session: str, target: str | os.PathLike[str], *, progress: Progress = None
    ) -> Path:
        """See :meth:`Client.fetch_lines`."""
        return await asyncio.to_thread(self._client.fetch_lines, session, target, progress=progress)

    async def ready(self) -> bool:
        """See :meth:`Client.ready`."""
        return await asyncio.to_thread(self._client.ready)

    def __repr__(self) -> str:
        return f"Async{self._client!r}"


async def _each(items: Iterator[dict[str, Any]]) -> AsyncIterator[dict[str, Any]]:
    while True:
        item = await asyncio.to_thread(next, items, None)
        if item is None:
            return
        yield item


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: object, **_more: object) -> None:
        return None


def _read(answer: HTTPResponse, most: int) -> bytes:
    try:
        return answer.read(most)
    except (OSError, HTTPException):
        raise UnavailableError("the connection broke off", operation="client.read", retry_after=0.0) from None


def _problem(error: urllib.error.HTTPError) -> Exception:
    try:
        body: Mapping[str, Any] = json.loads(error.read(1 << 16))
        code, message = str(body.get("code")), str(body.get("detail"))
    except (ValueError, OSError, AttributeError):
        code, message = "", f"the server answered {error.code}"
    if error.code >= 500 or error.code == 429:
        code = "unavailable"
    pause = error.headers.get("Retry-After", "")
    retry = float(pause) if pause.isdigit() else 0.0 if code == "unavailable" else None
    # The server's own codes, such as that of a missing role, are finer than the kinds of exceptions.
    kind = code if code in KINDS else _CODES.get(error.code, "unexpected")
    return make(kind, "client.call", message, (), retry)
