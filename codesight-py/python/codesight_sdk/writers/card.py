"""The dataset card: what is in it, how it was made, what may be done with it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..session import Session


def card(sessions: Sequence[Session], counts: Mapping[str, int]) -> str:
    """The card as Markdown with the hub's front matter. Holds numbers and names of rules, no recorded text but sites."""
    files = "".join(f"  - split: {side}\n    path: data/{side}-*.parquet\n" for side in counts)
    total = sum(counts.values())
    scores = sorted(session.quality.score for session in sessions)
    middle = f"{scores[len(scores) // 2]:.1f}" if scores else "none"
    masked: Counter[str] = Counter()
    consents: Counter[str] = Counter()
    for session in sessions:
        masked.update(session.masked)
        consent = session.manifest.get("consent", {})
        consents[f"text {consent.get('textVersion', '?')} for {', '.join(consent.get('purposes', ())) or 'nothing'}"] += 1
    sites = Counter(session.site or "not named" for session in sessions)
    return f"""---
configs:
- config_name: default
  data_files:
{files}task_categories:
- image-text-to-text
tags:
- agent
- computer-use
- trajectories
size_categories:
- {_size(total)}
---

# Recorded web sessions

{total} training items from {len(sessions)} sessions: {", ".join(f"{count} in {side}" for side, count in counts.items())}.

## What an item is

One action of a person on a web page: the goal, the earlier actions, the page and the screenshot they saw, and what they did.
`images` holds the screenshot, `messages` the conversation around it, `actions` the answer as JSON.

**Coordinates** are whole pixels of the screenshot as it is in `images`; (0, 0) is its top left pixel. Scroll distances are in the
same pixels.

## How good it is

Median quality of the sessions: {middle} of 100.

{_table(("finding", "sessions"), Counter(rule for one in sessions for rule in one.findings.counts))}

## Where it is from

{_table(("site", "sessions"), sites)}

## Privacy

Personal data was masked before anything was stored; stand-ins such as `<EMAIL_7KQ2M0>` are the same for the same value within a
session. Boxes of sensitive fields were painted over in the screenshots.

{_table(("masked", "times"), masked)}

People agreed to this before they were recorded:

{_table(("consent", "sessions"), consents)}
"""


def _size(items: int) -> str:
    for most, word in ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M")):
        if items < most:
            return word
    return "1M<n<10M" if items < 10_000_000 else "n>10M"


def _table(head: tuple[str, str], counts: Mapping[str, int]) -> str:
    rows = [f"| {_cell(name)} | {count} |" for name, count in Counter(counts).most_common(20) if count]
    return "\n".join([f"| {head[0]} | {head[1]} |", "|---|---|", *(rows or ["| none | 0 |"])])


def _cell(text: str) -> str:
    plain = "".join(letter if letter.isalnum() or letter in " .,:-_/" else " " for letter in text)
    return plain.strip()[:120] or "none"
