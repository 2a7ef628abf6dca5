"""Findings, scores and verdicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .markup import bar, card, chip, table, text

if TYPE_CHECKING:
    from ..lines import Verdict
    from ..quality import Finding, Findings, Quality

#: Findings listed; the rest is counted.
MOST = 40


def finding_rows(findings: Sequence[Finding]) -> str:
    """Findings as a table."""
    rows = [
        [
            chip(one.severity, one.severity),
            f"<code>{text(one.rule)}</code>",
            text("session" if one.seq is None else one.seq),
            text(one.message) + (f" <code>{text(one.field)}</code>" if one.field else ""),
        ]
        for one in findings[:MOST]
    ]
    more = f'<p class="m">and {len(findings) - MOST} more</p>' if len(findings) > MOST else ""
    return table(["severity", "rule", "place", "what"], rows, "findings") + more


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
        table(["severity", "code", "line", "what"], rows, "findings") if rows else "",
        label="verdict",
    )
