"""One session: what it is, how good it is, and the trajectory with its pictures."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .._errors import CodeSightError
from .findings import finding_rows, quality_bars
from .frame import picture
from .markup import card, chip, text

if TYPE_CHECKING:
    from ..interaction import Interaction
    from ..session import Session

#: Interactions shown with their pictures: a notebook keeps every one of them in its file.
MOST_PICTURES = 12


def session_html(session: Session) -> str:
    """A session on its own. What cannot be read is said; the rest is shown."""
    try:
        return _whole(session)
    except CodeSightError as error:
        what = f"{chip(error.code, 'error')} {text(error)}"
        return card(f"<h3>Session {text(session.uri)}</h3><p>{what}</p>", label="session that cannot be read")


def _whole(session: Session) -> str:
    interactions = session.interactions
    worst = "".join(
        chip(f"{len(session.findings.of(severity=severity))} {severity}", severity)
        for severity in ("error", "warning", "info")
        if len(session.findings.of(severity=severity))
    )
    masked = ", ".join(f"{count} {kind}" for kind, count in session.masked.items() if count) or "nothing"
    about = " · ".join(
        [
            f"{len(interactions)} interactions",
            f"{len(session.frames)} frames",
            f"{session.started_at:%Y-%m-%d %H:%M} UTC",
            f"outcome as told: {session.outcome or 'unknown'}",
            f"masked: {masked}",
        ]
    )
    shown = _chosen(interactions)
    has_frames = len(session.frames) > 0
    film = "".join(f'<div role="listitem">{_still(interaction, has_frames)}</div>' for interaction in shown)
    rest = len(interactions) - len(shown)
    more = f'<p class="m">{len(shown)} of {len(interactions)} interactions are shown</p>' if rest > 0 else ""
    return card(
        f"<h3>{text(session.goal or 'Session without a goal')}</h3>",
        f'<p class="m"><code>{text(session.id)}</code> · {text(about)}</p><p>{worst}</p>',
        f'<div class="two"><div>{quality_bars(session.quality)}</div><div>{timeline(session)}</div></div>',
        f'<h4>Trajectory</h4><div class="film" role="list" tabindex="0">{film}</div>{more}',
        f"<h4>Findings</h4>{finding_rows(session.findings)}" if len(session.findings) else "",
        label=f"session {session.id}",
    )


def _chosen(interactions: Sequence[Interaction]) -> list[Interaction]:
    """As many as are shown, evenly over the session, the first and the last among them."""
    if len(interactions) <= MOST_PICTURES:
        return list(interactions)
    last = len(interactions) - 1
    return [interactions[round(at * last / (MOST_PICTURES - 1))] for at in range(MOST_PICTURES)]


def _still(interaction: Interaction, has_frames: bool) -> str:
    findings = interaction.findings
    marks = "".join(chip(one.rule, one.severity) for one in findings[:3])
    shot = picture(interaction.before, interaction, label=f"interaction {interaction.seq}") if has_frames else ""
    return (
        shot
        + f"<p><b>{interaction.seq}.</b> {text(interaction.describe(), 120)}<br>{marks}</p>"
    )


def timeline(session: Session) -> str:
    """The interactions over time, those with errors and warnings in their colours."""
    interactions = session.interactions
    if not len(interactions):
        return '<p class="m">no interactions</p>'
    times = [interaction.timestamp.timestamp() for interaction in interactions]
    begin, span = min(times), max(max(times) - min(times), 0.001)
    severity = {finding.seq: finding.severity for finding in session.findings.of(severity="warning")}
    severity |= {finding.seq: finding.severity for finding in session.findings.of(severity="error")}
    colours = {"error": "#c8382e", "warning": "#d08a12"}
    kinds = sorted({interaction.type for interaction in interactions})
    height = 24 * len(kinds) + 22
    parts: list[str] = []
    for row, kind in enumerate(kinds):
        y = 24 * row + 14
        parts.append(f'<text x="0" y="{y + 4}" font-size="11" fill="currentColor">{text(kind, 14)}</text>')
        parts.append(f'<line x1="84" x2="396" y1="{y}" y2="{y}" stroke="currentColor" stroke-opacity=".18"/>')
    for interaction, at in zip(interactions, times, strict=True):
        x = 88 + (at - begin) / span * 304
        y = 24 * kinds.index(interaction.type) + 14
        colour = colours.get(severity.get(interaction.seq, ""), "#2f6fdb")
        parts.append(
            f'<circle cx="{x:.1f}" cy="{y}" r="5" fill="{colour}" fill-opacity=".85">'
            f"<title>{interaction.seq}. {text(interaction.describe(), 100)}</title></circle>"
        )
    parts.append(f'<text x="88" y="{height - 4}" font-size="11" fill="currentColor">0 s</text>')
    parts.append(
        f'<text x="396" y="{height - 4}" font-size="11" fill="currentColor" text-anchor="end">{span:.0f} s</text>'
    )
    return (
        f'<h4 style="margin-top:0">Timeline</h4><svg viewBox="0 0 400 {height}" width="100%" role="img" '
        f'aria-label="{len(interactions)} interactions in {span:.0f} seconds">{"".join(parts)}</svg>'
    )
