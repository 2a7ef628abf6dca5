"""Masking: personal data out of texts and records, with stand-ins that stay the same under one key."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from . import _native

Surface = Literal["text", "title", "url", "selector", "attribute", "field-value", "unknown"]


@dataclass(frozen=True, slots=True)
class Span:
    """Where personal data is in a text.

    Attributes:
        start: the first character.
        end: the character after the last.
        type: such as ``"email"`` or ``"card"``.
        score: 0 to 1, how sure the detector is.
    """

    start: int
    end: int
    type: str
    score: float


class Masker:
    """Masks the records of one session: a value that was masked once is masked wherever it shows up again. Masking twice
    changes nothing. Safe to share between threads.

    Args:
        key: 32 bytes that stand-ins are made with; random unless given.

    >>> masker = cs.Masker(key=bytes(32))
    >>> masker.text("Write to jane@shop.example")[:16]
    'Write to <EMAIL_'
    >>> masker.report
    {('email', 'text'): 1}
    """

    def __init__(self, *, key: bytes | None = None) -> None:
        self._masker = _native.Masker(secrets.token_bytes(32) if key is None else key)

    def text(self, text: str, *, surface: Surface = "text") -> str:
        """A text without personal data.

        Args:
            surface: where it was found; the same digits are judged differently in a URL and in a form.
        """
        return self._masker.text(text, surface)

    def interaction(self, interaction: Mapping[str, Any]) -> dict[str, Any]:
        """A raw interaction, in the JSON of the wire protocol, without personal data.

        Raises:
            InvalidError: this is no interaction. The error holds nothing of it.
        """
        return json.loads(self._masker.interaction(json.dumps(interaction).encode()))

    @property
    def report(self) -> dict[tuple[str, str], int]:
        """How often something was masked, by type and surface. Never what."""
        return {(kind, surface): count for kind, surface, count in self._masker.report()}

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a masker holds a key: make one where it is used")


def mask(text: str, *, key: bytes | None = None, surface: Surface = "text") -> str:
    """A text without personal data; see :class:`Masker` for more than one."""
    return Masker(key=key).text(text, surface=surface)


def detect(text: str, *, surface: Surface = "text", cue: str = "") -> list[Span]:
    """Where personal data is in a text.

    Args:
        cue: what the text is about, such as the label of its field.

    >>> [(span.type, span.start, span.end) for span in cs.detect("Write to jane@shop.example")]
    [('email', 9, 26)]
    """
    found = _native.Masker(bytes(32)).detect(text, surface, cue)
    return [Span(start, end, kind, round(score, 3)) for start, end, kind, score in found]
