"""A recording on its way to a server. The protocol's own half decides what is sent; this brings the connection."""

from __future__ import annotations

import time
from typing import Any

from . import _native
from ._errors import CodeSightError, UnavailableError, make, missing_extra
from .progress import Progress, telling

_POLL = 0.2
_PING_EVERY = 20.0
_MOST_MESSAGE = 4 << 20
_KINDS = {"unauthenticated": "unauthenticated", "consent-missing": "forbidden", "stale-epoch": "conflict"}


def send(url: str, uplink: _native.Uplink, *, progress: Progress, tries: int, timeout: float) -> str:
    """Sends everything; see :meth:`codesight_sdk.Client.start`."""
    try:
        from websockets.exceptions import WebSocketException
        from websockets.sync.client import connect
    except ImportError:
        raise missing_extra("websockets", "client") from None
    left, last = tries, ""
    with telling(progress, words="places", unit="place") as told:
        while left > 0:
            before = uplink.progress[0]
            try:
                # No proxy from the environment, as for every call of the client; frames are compressed already.
                with connect(
                    f"ws{url.removeprefix('http')}/v1/stream",
                    subprotocols=[_native.Uplink.PROTOCOL],  # type: ignore[list-item]
                    open_timeout=timeout,
                    max_size=_MOST_MESSAGE,
                    compression=None,
                    proxy=None,
                ) as socket:
                    _converse(socket, uplink, told, timeout)
                    return uplink.session or ""
            except (OSError, TimeoutError, WebSocketException, _Lost) as error:
                if isinstance(error, CodeSightError):
                    raise
                last = str(error) if isinstance(error, _Lost) else type(error).__name__
            finally:
                uplink.disconnected()
            left = tries if uplink.progress[0] > before else left - 1
            time.sleep(_POLL * (tries - left))
    raise UnavailableError(f"no connection held ({last})", operation="client.start", retry_after=0.0)


class _Lost(Exception):
    """The connection is gone, and another may do better."""


def _converse(socket: Any, uplink: _native.Uplink, told: Any, timeout: float) -> None:
    socket.send(uplink.connected())
    heard = pinged = time.monotonic()
    while not uplink.sealed:
        try:
            message = socket.recv(timeout=_POLL)
        except TimeoutError:
            message = None
        now = time.monotonic()
        if isinstance(message, str):
            heard = now
            answers, closed = uplink.receive(message)
            for answer in answers:
                socket.send(answer)
            if closed is not None:
                _end(*closed)
        elif now - heard > timeout + _PING_EVERY:
            raise _Lost("the server is silent")
        if now - pinged > _PING_EVERY:
            socket.send(uplink.ping())
            pinged = now
        for outgoing in uplink.poll():
            socket.send(outgoing)
        if told is not None:
            told(*uplink.progress)


def _end(code: str, worth_reconnecting: bool) -> None:
    if worth_reconnecting:
        raise _Lost(code)
    raise make(_KINDS.get(code, "invalid"), "client.start", "the server closed the connection", [("code", code)])
