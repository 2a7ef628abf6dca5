"""Findings, scores and verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .markup import bar, card, chip, table, text

if TYPE_CHECKING:
    from ..lines import Verdict
    from ..quality import Finding, Findings, Quality

#: Rows listed, and places in a row; the rest is counted.
MOST = 40
MOST_PLACES = 8
_SEVERITIES = {"error": 0, "warning": 1, "info": 2}


def finding_rows(findings: Sequence[Finding]) -> str:
    """Findings as a table, the worst first; those that say the same stand in one row with all their places."""
    alike: dict[tuple[str, str, str], list[Finding]] = {}
    for one in sorted(findings, key=lambda one: _SEVERITIES.get(one.severity, len(_SEVERITIES))):
        alike.setdefault((one.severity, one.rule, one.message), []).append(one)
    rows = [
        [
            chip(severity, severity),
            f"<code>{text(rule)}</code>",
            text(message) + "".join(f" <code>{text(field)}</code>" for field in _fields(same)),
            _places(same),
        ]
        for (severity, rule, message), same in list(alike.items())[:MOST]
    ]
    more = f'<p class="m">and {len(alike) - MOST} more</p>' if len(alike) > MOST else ""
    return table(["severity", "rule", "what", "where"], rows, "findings", widest=2) + more


def _fields(findings: Sequence[Finding]) -> list[str]:
    return sorted({one.field for one in findings if one.field})[:MOST_PLACES]


def _places(findings: Sequence[Finding]) -> str:
    places = ["session" if one.seq is None else str(one.seq) for one in findings]
    shown = ", ".join(places[:MOST_PLACES])
    return text(shown if len(places) <= MOST_PLACES else f"{shown} and {len(places) - MOST_PLACES} more")


def finding_html(finding: Finding) -> str:
    """One finding."""
    place = "the session" if finding.seq is None else f"interaction {finding.seq}"
    return card(
        f"<h3>{chip(finding.severity, finding.severity)}<code>{text(finding.rule)}</code> at {text(place)}</h3>",
        f"<p>{text(finding.message)}</p>",
        f"<p><code>{text(finding.field)}</code></p>" if finding.field else "",
        label=f"finding {finding.rule}",
    )


def findings_html(findings: Findings) -> str:
    """Findings with their counts."""
    if not len(findings):
        return card(f"<p>{chip('no findings', 'good')}</p>", label="findings")
    counts = "".join(chip(f"{rule} × {count}") for rule, count in findings.counts.items())
    return card(f"<p>{counts}</p>", finding_rows(findings), label="findings")


def quality_bars(quality: Quality) -> str:
    """A score and its parts as bars."""
    bars = [
        bar("quality", quality.score / 100, f"{quality.score:.1f}"),
        bar("completeness", quality.completeness, f"{quality.completeness:.2f}"),
        bar("reliability", quality.reliability, f"{quality.reliability:.2f}"),
    ]
    parts = [bar(f"{one.name} ({one.weight:.0%})", one.score, f"{one.score:.2f}") for one in quality.parts]
    return f"{''.join(bars)}<h4>What the score is made of</h4>{''.join(parts)}"


def quality_html(quality: Quality) -> str:
    """A score on its own."""
    advice = "".join(f"<li>{text(sentence)}</li>" for sentence in quality.improvements)
    return card(
        quality_bars(quality),
        f"<h4>What to do better</h4><ol>{advice}</ol>" if advice else "",
        label="quality",
    )


def verdict_html(verdict: Verdict) -> str:
    """The verdict on a file of lines."""
    report = verdict.report
    word = chip("accepted", "good") if verdict.accepted else chip("refused", "error")
    rows = [
        [
            chip(one["severity"], one["severity"]),
            f"<code>{text(one['code'])}</code>",
            text(one.get("line", "file")),
            f"{text(one['message'])} <span class=\"m\">{text(one['fix'])}</span>",
        ]
        for one in verdict.findings[:MOST]
    ]
    return card(
        f"<h3>{word} by the rules of {text(report['provider'])} as of {text(report['limitsAsOf'])}</h3>",
        f"<p class=\"m\">{report['examples']} examples, {report['goodExamples']} good, "
        f"{report['imageExamples']} with images, {report['bytes']:,} bytes, "
        f"{'about' if report['tokens']['exact'] else 'at most'} {verdict.tokens:,} tokens a pass</p>",
        table(["severity", "code", "line", "what"], rows, "findings", widest=3) if rows else "",
        label="verdict",
    )
