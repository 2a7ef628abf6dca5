"""Findings and scores: what is known about how good a session is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, overload

Severity = Literal["info", "warning", "error"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a reader should know. Holds no content of the recording.

    Attributes:
        rule: the stable id of the rule, such as ``"frame-late"``.
        severity: ``"info"``, ``"warning"`` or ``"error"``.
        seq: the place in the session, from 1; ``None`` for the session as a whole.
        field: the field path, or the name of a file.
        message: a sentence for people.
    """

    rule: str
    severity: Severity
    seq: int | None
    field: str | None
    message: str

    @staticmethod
    def of(data: Mapping[str, Any]) -> Finding:
        """The finding of its JSON."""
        place: Mapping[str, Any] = data.get("place") or {}
        return Finding(data["rule"], data["severity"], place.get("seq"), place.get("field"), data["message"])

    def _repr_html_(self) -> str:
        from .display import finding_html

        return finding_html(self)


class Findings(Sequence[Finding]):
    """Findings by place and rule."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        self._findings = tuple(findings)

    @overload
    def __getitem__(self, index: int) -> Finding: ...
    @overload
    def __getitem__(self, index: slice) -> Findings: ...
    def __getitem__(self, index: int | slice) -> Finding | Findings:
        if isinstance(index, slice):
            return Findings(self._findings[index])
        return self._findings[index]

    def __len__(self) -> int:
        return len(self._findings)

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._findings)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Findings) and self._findings == other._findings

    def __hash__(self) -> int:
        return hash(self._findings)

    def at(self, seq: int | None) -> Findings:
        """Those about one place; ``None`` for the session as a whole."""
        return Findings([finding for finding in self._findings if finding.seq == seq])

    def of(self, *, severity: Severity | None = None, rule: str | None = None) -> Findings:
        """Those of a severity, a rule, or both."""
        return Findings(
            [
                finding
                for finding in self._findings
                if severity in (None, finding.severity) and rule in (None, finding.rule)
            ]
        )

    @property
    def counts(self) -> dict[str, int]:
        """How often each rule was broken, most often first."""
        counts: dict[str, int] = {}
        for finding in self._findings:
            counts[finding.rule] = counts.get(finding.rule, 0) + 1
        return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))

    def __repr__(self) -> str:
        return f"Findings({len(self)}: {', '.join(f'{rule} x{n}' for rule, n in self.counts.items())})"

    def _repr_html_(self) -> str:
        from .display import findings_html

        return findings_html(self)


@dataclass(frozen=True, slots=True)
class QualityPart:
    """One part of a score.

    Attributes:
        name: what is measured.
        weight: its share of the whole; all weights add up to 1.
        score: 0 to 1.
        checked: how many places were looked at.
        lost: pairs of a rule and how many places fell short by it.
    """

    name: str
    weight: float
    score: float
    checked: int
    lost: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Quality:
    """The quality of a session, each point traceable to findings.

    Attributes:
        score: 0 to 100.
        completeness: 0 to 1, how much of what happened was captured.
        reliability: 0 to 1, how well the acted elements can be found again.
        parts: what the score is made of.
        improvements: sentences on what to do better, most worthwhile first.
    """

    score: float
    completeness: float
    reliability: float
    parts: tuple[QualityPart, ...]
    improvements: tuple[str, ...]

    @staticmethod
    def of(report: Mapping[str, Any]) -> Quality:
        """The quality in a quality report."""
        score: Mapping[str, Any] = report["score"]
        parts = tuple(
            QualityPart(
                part["name"],
                part["weight"],
                part["score"],
                part["checked"],
                tuple((rule, count) for rule, count in part["lost"]),
            )
            for part in score["parts"]
        )
        improvements = tuple(str(one["advice"]) for one in report.get("improvements", ()))
        return Quality(score["overall"], score["completeness"], score["reliability"], parts, improvements)

    def _repr_html_(self) -> str:
        from .display import quality_html

        return quality_html(self)
