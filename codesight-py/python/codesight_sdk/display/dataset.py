"""A dataset: how many, how long, how good, of which sites, with which gaps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .._errors import CodeSightError
from .markup import bar, card, chip, table, text

if TYPE_CHECKING:
    from ..dataset import Dataset
    from ..session import Session

#: Sessions that are read for a plot; a dataset of more is told from so many, evenly spread.
MOST_READ = 200
MOST_LISTED = 12
#: Fewer sessions are a list; a histogram of them says nothing.
FEWEST_PLOTTED = 4


def dataset_html(dataset: Dataset) -> str:
    """A dataset on its own. What cannot be read is counted and listed."""
    total = len(dataset)
    sessions, failures = _read(dataset)
    title = f"{total} session{'s' if total != 1 else ''}"
    partly = f' <span class="m">told from {len(sessions) + len(failures)} of them</span>' if total > MOST_READ else ""
    broken = "".join(f"<li><code>{text(uri)}</code> {text(error)}</li>" for uri, error in failures[:MOST_LISTED])
    return card(
        f"<h3>{text(title)}{partly}</h3><p class=\"m\">{text(dataset.uri)}</p>",
        plots(sessions) if len(sessions) >= FEWEST_PLOTTED else "",
        _listing(sessions) if sessions else "",
        f"<h4>{chip(f'{len(failures)} that cannot be read', 'error')}</h4><ul>{broken}</ul>" if failures else "",
        label=title,
    )


def _read(dataset: Dataset) -> tuple[list[Session], list[tuple[str, CodeSightError]]]:
    total = len(dataset)
    count = min(total, MOST_READ)
    sessions: list[Session] = []
    failures: list[tuple[str, CodeSightError]] = []
    for place in range(count):
        location = dataset._locations[place * total // count]
        try:
            session = dataset[place * total // count]
            _ = session.quality
            sessions.append(session)
        except CodeSightError as error:
            failures.append((str(location), error))
    return sessions, failures


def plots(sessions: Sequence[Session]) -> str:
    """Sites, lengths, quality and findings."""
    sites = Counter(session.site or "unknown" for session in sessions)
    rules = Counter(rule for session in sessions for rule in session.findings.counts)
    return (
        '<div class="two"><div><h4>Quality</h4>'
        + histogram([session.quality.score for session in sessions], 0, 100, "quality, 0 to 100")
        + "<h4>Length</h4>"
        + lengths(sessions)
        + "</div><div><h4>Sites</h4>"
        + shares(sites, len(sessions))
        + "<h4>Sessions with a finding</h4>"
        + shares(rules, len(sessions))
        + "</div></div>"
    )


def lengths(sessions: Sequence[Session]) -> str:
    """How many interactions the sessions have."""
    counts = [float(_places(session)) for session in sessions]
    return histogram(counts, 0, max(counts, default=1) + 1, "interactions a session")


def _places(session: Session) -> int:
    parts = session.quality.parts
    return max((part.checked for part in parts), default=0)


def shares(counts: Counter[str], whole: int) -> str:
    """The most frequent words, as shares of all sessions."""
    if not counts:
        return '<p class="m">none</p>'
    return "".join(bar(word, count / whole, str(count), judged=False) for word, count in counts.most_common(8))


def histogram(values: Sequence[float], low: float, high: float, label: str, bins: int = 20) -> str:
    """A histogram as a drawing."""
    counts = [0] * bins
    for value in values:
        place = int((value - low) / (high - low) * bins)
        counts[min(max(place, 0), bins - 1)] += 1
    most = max(counts, default=0) or 1
    bars = "".join(
        f'<rect x="{at * 20 + 1}" y="{90 - count / most * 80:.1f}" width="18" height="{count / most * 80:.1f}" '
        f'fill="#2f6fdb"><title>{count}</title></rect>'
        for at, count in enumerate(counts)
    )
    return (
        f'<svg viewBox="0 0 400 108" width="100%" role="img" aria-label="{text(label)}">{bars}'
        '<line x1="0" x2="400" y1="90" y2="90" stroke="currentColor" stroke-opacity=".4"/>'
        f'<text x="0" y="104" font-size="11" fill="currentColor">{low:g}</text>'
        f'<text x="200" y="104" font-size="11" fill="currentColor" text-anchor="middle">{text(label)}</text>'
        f'<text x="400" y="104" font-size="11" fill="currentColor" text-anchor="end">{high:g}</text></svg>'
    )


def _listing(sessions: Sequence[Session]) -> str:
    rows = [
        [
            f"<code>{text(session.id, 40)}</code>",
            text(session.goal, 90),
            text(session.site or ""),
            f"{session.quality.score:.1f}",
            str(len(session.findings)),
        ]
        for session in sessions[:MOST_LISTED]
    ]
    more = f'<p class="m">and {len(sessions) - MOST_LISTED} more</p>' if len(sessions) > MOST_LISTED else ""
    return "<h4>Sessions</h4>" + table(["session", "goal", "site", "quality", "findings"], rows, "sessions", widest=1) + more
