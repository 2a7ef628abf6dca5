"""What models did at recorded steps, beside what the person did."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from . import _native
from ._errors import InvalidError


@dataclass(frozen=True)
class Interval:
    """A figure with its 95 % interval, shares from 0 to 1."""

    value: float
    low: float
    high: float

    @staticmethod
    def of(told: Mapping[str, float]) -> Interval:
        """From the report's JSON."""
        return Interval(told["value"], told["low"], told["high"])

    def __str__(self) -> str:
        return f"{self.value:.0%} ({self.low:.0%} to {self.high:.0%})"


@dataclass(frozen=True)
class ModelScore:
    """One model on all steps.

    Attributes:
        model: its name.
        steps: how many it was asked.
        success: steps that are right: the type of the action, its place, and what it says.
        type_accuracy: steps with the right type of action.
        place_accuracy: of the steps with a place, those that hit it.
        tasks: tasks of which every step is right.
        valid: answers that could be read.
        cost_usd: what the answers cost, where the price is known.
    """

    model: str
    steps: int
    success: Interval
    type_accuracy: Interval
    place_accuracy: Interval
    tasks: Interval
    valid: Interval
    cost_usd: float | None

    @staticmethod
    def of(told: Mapping[str, Any]) -> ModelScore:
        """From the report's JSON."""
        return ModelScore(
            told["model"],
            len(told["steps"]),
            Interval.of(told["stepSuccess"]),
            Interval.of(told["typeAccuracy"]),
            Interval.of(told["placeAccuracy"]),
            Interval.of(told["taskSuccess"]),
            Interval.of(told["validAnswers"]),
            told["costUsd"],
        )


class Evaluation:
    """What models did at recorded steps. Made by :meth:`codesight_sdk.Service.evaluate`."""

    def __init__(self, native: _native.Evaluation) -> None:
        self._evaluation = native

    @cached_property
    def report(self) -> dict[str, Any]:
        """Everything: the models with every step, its score, latency and tokens; and the comparisons."""
        return json.loads(self._evaluation.report())

    @property
    def models(self) -> list[ModelScore]:
        """The models in the order asked."""
        return [ModelScore.of(told) for told in self.report["models"]]

    @property
    def comparisons(self) -> list[dict[str, Any]]:
        """Each model but the first beside the first, step by step, with the p-value of McNemar's test."""
        return self.report["comparisons"]

    @property
    def left_out(self) -> list[int]:
        """The lines that hold no step that can be asked, counted from 1."""
        return self._evaluation.left_out

    @cached_property
    def pictures(self) -> dict[str, bytes | None]:
        """What the models were shown at each step, encoded."""
        return dict(self._evaluation.pictures())

    def page(self) -> str:
        """The report as a page that stands alone, without scripts."""
        return self._evaluation.page()

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Writes ``report.html`` and ``report.json``, and returns the folder."""
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        (target / "report.json").write_text(json.dumps(self.report, indent=2, sort_keys=True), encoding="utf-8")
        (target / "report.html").write_text(self.page(), encoding="utf-8")
        return target

    def golden(self) -> bytes:
        """The answers of the first model, to keep and compare a later evaluation with; JSON."""
        return self._evaluation.golden()

    def changes(self, golden: bytes) -> dict[str, bool]:
        """The steps the first model answers otherwise than then, each with whether that is for the worse.

        Raises:
            InvalidError: that is no set of golden answers.
        """
        return dict(self._evaluation.changes(golden))

    def __reduce__(self) -> tuple[object, ...]:
        raise InvalidError("save the evaluation, or pickle its report", operation="evaluation.pickle")

    def __repr__(self) -> str:
        return f"<Evaluation: {', '.join(f'{one.model} {one.success.value:.0%}' for one in self.models)}>"

    def _repr_html_(self) -> str:
        from .display import evaluation_html

        return evaluation_html(self)
