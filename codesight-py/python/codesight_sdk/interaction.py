"""Interactions: what the person did, in order, with everything known at that moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .quality import Findings
    from .session import Frame, Session


@dataclass(frozen=True, slots=True)
class Selector:
    """One way to find the element again.

    Attributes:
        kind: its language, such as ``"test-id"``, ``"role"``, ``"css-path"``; ``"primary"`` where no kind was recorded.
        value: the expression.
        score: 0 to 1, how far it can be trusted; ``None`` when that was not measured.
        reasons: why the score is not higher, as stable words.
        later: on how many later states of its page it found the element, and on how many it was tried; ``None`` where none
            are stored.
    """

    kind: str
    value: str
    score: float | None
    reasons: tuple[str, ...] = ()
    later: tuple[int, int] | None = None


def moment(millis: int) -> datetime:
    """A time in milliseconds since 1970 as a ``datetime`` in UTC."""
    return datetime.fromtimestamp(millis / 1000, UTC)


class Interaction:
    """One thing the person did. ``data`` holds the whole record as it is stored, in camelCase.

    >>> interaction = next(one for one in session.interactions if one.type == "click")
    >>> interaction.selectors[0].score > 0.5
    True
    >>> interaction.describe()
    'click at (1074, 70) on button "Sign in"'
    """

    __slots__ = ("_session", "data")

    def __init__(self, session: Session, data: dict[str, Any]) -> None:
        self._session = session
        self.data = data

    @property
    def session(self) -> Session:
        """The session it belongs to."""
        return self._session

    @property
    def seq(self) -> int:
        """Its place in the session, from 1."""
        return int(self.data["seq"])

    @property
    def type(self) -> str:
        """What was done: ``"click"``, ``"input"``, ``"scroll"``, …"""
        return str(self.data["type"])

    @property
    def timestamp(self) -> datetime:
        """When, by the collector's clock."""
        return moment(self.data["timestamp"])

    @property
    def url(self) -> str:
        """The page's address, masked."""
        return str(self._page.get("url", ""))

    @property
    def title(self) -> str:
        """The page's title, masked."""
        return str(self._page.get("title", ""))

    @property
    def point(self) -> tuple[float, float] | None:
        """Where, in CSS pixels of the viewport; ``None`` for what has no place."""
        place: Mapping[str, float] | None = self.data.get("coordinates")
        return None if place is None else (place["x"], place["y"])

    @property
    def box(self) -> tuple[float, float, float, float] | None:
        """The element's box: left, top, width, height in CSS pixels of the viewport."""
        box: Mapping[str, float] | None = self._element.get("box")
        return None if box is None else (box["x"], box["y"], box["width"], box["height"])

    @property
    def viewport(self) -> tuple[float, float] | None:
        """Width and height of the visible part of the page, in CSS pixels."""
        sides: Mapping[str, float] | None = self._page.get("viewport")
        return None if sides is None else (sides["width"], sides["height"])

    @property
    def text(self) -> str | None:
        """Text that was typed, pasted or selected, masked."""
        return self._action.get("text")

    @property
    def role(self) -> str:
        """The element's ARIA role, or its tag."""
        return str(self._element.get("role") or self._element.get("tag") or "")

    @property
    def name(self) -> str:
        """The element's accessible name, or its text."""
        return str(self._element.get("name") or self._element.get("text") or "")

    @property
    def intent(self) -> str | None:
        """What the person was after, as the pipeline takes it."""
        return self._derived.get("intent")

    @property
    def page_kind(self) -> str | None:
        """What kind of page it happened on."""
        return self._derived.get("pageKind")

    @property
    def reliability(self) -> float | None:
        """0 to 1: how well the element can be found again; ``None`` where there is no element."""
        return self._derived.get("reliability")

    @property
    def selectors(self) -> tuple[Selector, ...]:
        """The ways to find the element again, most reliable first."""
        found: Mapping[str, Any] = self.data.get("selectors") or {}
        measured: dict[str, Mapping[str, Any]] = {one["selector"]: one for one in found.get("reliability", ())}
        named: dict[str, str] = {}
        if found.get("primary"):
            named[found["primary"]] = "primary"
        for one in found.get("alternatives", ()):
            named.setdefault(one["value"], one["kind"])
        for field, kind in (("cssPath", "css-path"), ("xpath", "xpath")):
            if found.get(field):
                named.setdefault(found[field], kind)
        selectors: list[Selector] = []
        for value, kind in named.items():
            known = measured.get(value, {})
            reasons, later = tuple(known.get("reasons", ())), known.get("later")
            selectors.append(
                Selector(
                    str(known.get("kind", kind)),
                    value,
                    # Importers count matches and leave the score at nothing, for no reason.
                    known.get("score") if known.get("score") or reasons else None,
                    reasons,
                    (later["found"], later["pages"]) if later else None,
                )
            )
        return tuple(sorted(selectors, key=lambda one: -(one.score if one.score is not None else -1.0)))

    @property
    def before(self) -> Frame | None:
        """What the person saw when they acted."""
        return self._frame("before")

    @property
    def after(self) -> Frame | None:
        """What they saw once the page had settled."""
        return self._frame("after")

    @property
    def findings(self) -> Findings:
        """The findings about this place."""
        return self._session.findings.at(self.seq)

    def describe(self) -> str:
        """The interaction in a few words."""
        words = [self.type]
        if self.point is not None:
            words.append(f"at ({self.point[0]:.0f}, {self.point[1]:.0f})")
        if self.text:
            words.append(f'"{_short(self.text)}"')
        if self.role or self.name:
            words.append(f'on {self.role} "{_short(self.name)}"' if self.name else f"on {self.role}")
        return " ".join(words)

    def __repr__(self) -> str:
        return f"<Interaction {self.seq} of {self._session.id}: {self.describe()}>"

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Interaction)
            and self.data == other.data
            and self._session.id == other._session.id
        )

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[object, ...]:
        return Interaction, (self._session, self.data)

    def _repr_html_(self) -> str:
        from .display import interaction_html

        return interaction_html(self)

    @property
    def _page(self) -> Mapping[str, Any]:
        return self.data.get("pageContext") or {}

    @property
    def _element(self) -> Mapping[str, Any]:
        return self.data.get("element") or {}

    @property
    def _action(self) -> Mapping[str, Any]:
        return self.data.get("action") or {}

    @property
    def _derived(self) -> Mapping[str, Any]:
        return self.data.get("derived") or {}

    def _frame(self, relation: str) -> Frame | None:
        for shot in self.data.get("screenshots", ()):
            if shot["relation"] == relation and shot["hash"] in self._session.frames:
                return self._session.frames[shot["hash"]]
        return None


def _short(text: str, most: int = 60) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
