"""The pipeline: from masked interactions to scores, findings and training examples."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from . import _native
from ._errors import InvalidError
from .lines import Lines
from .quality import Finding, Findings, Quality


class Pipeline:
    """Which stages run, in which order, with which options. The same configuration drives Rust, the server and batches.

    Args:
        config: the configuration as JSON or as its value; the default one unless given.

    Raises:
        InvalidError: a stage or an option is not known; the context says where.

    >>> pipeline = cs.Pipeline.of("validate", "lint", score={})
    >>> pipeline.stages
    ('validate', 'lint', 'score')
    """

    def __init__(self, config: str | Mapping[str, Any] | None = None) -> None:
        if config is None:
            config = _native.default_pipeline().decode()
        self._json = config if isinstance(config, str) else json.dumps(config)
        self.stages: tuple[str, ...] = tuple(_native.pipeline_stages(self._json))

    @staticmethod
    def of(*stages: str, **options: Mapping[str, Any]) -> Pipeline:
        """A pipeline of these stages; a keyword is a stage with its options."""
        listed: list[Mapping[str, Any]] = [{"name": stage} for stage in stages]
        listed += [{"name": name, "options": dict(given)} for name, given in options.items()]
        return Pipeline({"stages": listed})

    def to_json(self) -> str:
        """The configuration as JSON."""
        return self._json

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pipeline) and json.loads(self._json) == json.loads(other._json)

    def __hash__(self) -> int:
        return hash(self.stages)

    def __reduce__(self) -> tuple[object, ...]:
        return Pipeline, (self._json,)

    def __repr__(self) -> str:
        return f"Pipeline({', '.join(self.stages)})"


class Processed:
    """What the pipeline made of one session. Made by :meth:`codesight_sdk.Session.process`."""

    def __init__(self, native: _native.Processed) -> None:
        self._processed = native

    @cached_property
    def report(self) -> dict[str, Any]:
        """The quality report: score, findings, gaps, improvements."""
        return json.loads(self._processed.report())

    @cached_property
    def quality(self) -> Quality:
        """The score and what it is made of."""
        return Quality.of(self.report)

    @cached_property
    def findings(self) -> Findings:
        """By place and rule."""
        return Findings([Finding.of(one) for one in self.report["findings"]])

    @cached_property
    def training(self) -> dict[str, Any]:
        """Everything the session gives to training."""
        return json.loads(self._processed.training())

    @property
    def examples(self) -> list[dict[str, Any]]:
        """Training items, neutral to providers: goal, history, frame, observation, actions, values."""
        return self.training["examples"]

    @cached_property
    def interactions(self) -> list[dict[str, Any]]:
        """The interactions with what was derived about each."""
        return json.loads(self._processed.interactions())

    @cached_property
    def understanding(self) -> dict[str, Any]:
        """Page views, intents, navigation, psychology and steps."""
        return json.loads(self._processed.understanding())

    def lines(
        self,
        *,
        images: str = "inline",
        detail: str = "high",
        history: int | None = None,
        rationale: bool | None = None,
    ) -> Lines:
        """The examples as lines in OpenAI's chat format, which most services and trainers read.

        Args:
            images: ``"inline"`` for lines that stand alone, ``"path"`` for lines beside their archive.
            detail: ``"high"``, ``"auto"`` or ``"low"``.
            history: how many earlier actions are told; the format's default unless given.
            rationale: whether the assistant says why before it acts, where that is known.

        >>> lines = session.process().lines(images="path")
        >>> len(lines) > 10, lines.skipped
        (True, 0)
        """
        settings: dict[str, Any] = {"images": images, "detail": detail}
        if history is not None:
            settings["history"] = history
        if rationale is not None:
            settings["rationale"] = rationale
        data, report = self._processed.chat_lines(json.dumps(settings))
        return Lines.written(data, json.loads(report))

    def __reduce__(self) -> tuple[object, ...]:
        raise InvalidError("pickle the session and process it again", operation="processed.pickle")

    def __repr__(self) -> str:
        findings: Sequence[Finding] = self.findings
        return f"<Processed: quality {self.quality.score:.0f}, {len(findings)} findings, {len(self.examples)} examples>"

    def _repr_html_(self) -> str:
        from .display import quality_html

        return quality_html(self.quality)
