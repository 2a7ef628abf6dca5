"""What notebooks show: whole, and harmless whatever a page said."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import codesight_sdk as cs
import pytest
from codesight_sdk import display
from codesight_sdk.display.markup import text

HOSTILE = (
    "</style></svg></title><script>alert(1)</script><img src=x onerror=alert(2)>\"' onload=alert(3) "
    "javascript:alert(4) <iframe src=//evil.example> \u202egnp.exe &lt;b&gt; ${7*7} {{7*7}} url(//evil.example)"
)
ALLOWED = set(
    "style section div span h3 h4 p code b i img svg rect circle line text title polyline table thead tbody tr th td ol ul li br".split()
)


class Parts(HTMLParser):
    """The elements and attributes of a fragment, and whether they are closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert not self._open, self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]
        if tag not in ("img", "br"):
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag: str) -> None:
        assert self._open and self._open.pop() == tag, tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def harmless(html: str) -> Parts:
    """No script, no handler, nothing fetched, every element known and closed."""
    parts = Parts(html)
    assert parts.tags <= ALLOWED, parts.tags - ALLOWED
    for tag, name, value in parts.attributes:
        assert not name.startswith("on"), (tag, name)
        if name in ("src", "href", "xlink:href", "action", "data", "srcset"):
            assert tag == "img" and value.startswith("data:image/webp;base64,"), (tag, name)
        if name == "style":
            assert "url(" not in value or "url(data:image/webp;base64," in value, value[:200]
            assert value.count("url(") <= 1
    return parts


def test_everything_is_shown_and_harmless(session: cs.Session, archives: Path) -> None:
    shown = [
        session,
        session.interactions[3],
        session.frames[0],
        session.findings,
        session.findings[0],
        session.quality,
        session.process(),
        session.process().lines().validate(),
        cs.open(archives),
    ]
    for one in shown:
        parts = harmless(one._repr_html_())
        assert len("".join(parts.words)) > 20, one
    html = session._repr_html_()
    assert session.goal in "".join(Parts(html).words) and html.count("data:image/webp") >= 6


def test_the_action_is_drawn_where_it_was_done(session: cs.Session) -> None:
    click = next(one for one in session.interactions if one.type == "click")
    assert click.point is not None and click.viewport is not None
    parts = harmless(click._repr_html_())
    assert ("circle", "cx", f"{click.point[0]:.1f}") in parts.attributes
    # The parser lowers the case of names.
    assert ("svg", "viewbox", f"0 0 {click.viewport[0]:.1f} {click.viewport[1]:.1f}") in parts.attributes


def poisoned(value: object) -> object:
    """The same value with hostile text in place of every text that does not decide what kind of thing it is."""
    kept = {"type", "relation", "hash", "kind", "timestamp"}
    if isinstance(value, dict):
        return {key: one if key in kept else poisoned(one) for key, one in value.items()}
    if isinstance(value, list):
        return [poisoned(one) for one in value]
    return HOSTILE if isinstance(value, str) else value


def test_hostile_pages_stay_text(session: cs.Session) -> None:
    data = poisoned(session.interactions[3].data)
    assert isinstance(data, dict)
    for hostile in (data, data | {"type": HOSTILE}):
        html = cs.Interaction(session, hostile)._repr_html_()
        assert "alert(1)" in "".join(harmless(html).words)
        assert "\u202e" not in html
    finding = cs.Finding(HOSTILE, "error", 1, HOSTILE, HOSTILE)
    harmless(finding._repr_html_())
    harmless(cs.Findings([finding])._repr_html_())
    part = cs.QualityPart(HOSTILE, 1.0, 0.5, 3, ())
    harmless(cs.Quality(50.0, 0.5, 0.5, (part,), (HOSTILE,))._repr_html_())


def test_a_hostile_session_stays_text(session: cs.Session) -> None:
    session.manifest["session"]["goal"]["text"] = HOSTILE
    session.manifest["sessionId"] = HOSTILE
    session.manifest["session"]["outcome"] = HOSTILE
    for interaction in session.interactions:
        changed = poisoned(interaction.data)
        assert isinstance(changed, dict)
        interaction.data = changed
    assert "alert(1)" in "".join(harmless(session._repr_html_()).words)


def test_numbers_that_are_none_do_not_break_the_drawing(session: cs.Session) -> None:
    data = {
        "seq": 1,
        "type": "scroll",
        "timestamp": 1,
        "action": {"scrollY": 900},
        "pageContext": {"viewport": {"width": 100, "height": 0}},
    }
    harmless(cs.Interaction(session, data)._repr_html_())
    data["pageContext"] = {"viewport": {"width": 100, "height": 50}}
    assert "polyline" in harmless(cs.Interaction(session, data)._repr_html_() + display.frame.overlay(cs.Interaction(session, data))).tags


def test_what_cannot_be_read_is_said(mixed: Path) -> None:
    broken = cs.open(mixed / "3.zip")[0]
    assert "corrupt" in "".join(harmless(broken._repr_html_()).words)
    assert "1 that cannot be read" in "".join(harmless(cs.open(mixed)._repr_html_()).words)


def test_text_is_cut_and_escaped() -> None:
    assert text("<" * 500, 10) == "&lt;" * 9 + "…"
    assert text("a\u202eb\0c") == "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}c"


@pytest.mark.parametrize("count", [0, 1])
def test_empty_findings(count: int) -> None:
    findings = cs.Findings([cs.Finding("r", "info", None, None, "m")] * count)
    harmless(findings._repr_html_())
