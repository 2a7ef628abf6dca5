"""A :class:`codesight_sdk.fleet.Plan` on Daft. Needs the extra ``daft``."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib import import_module
from typing import Any

from ._errors import missing_extra
from .fleet import Plan, Step, Summary, finish


def run(plan: Plan, *, workers: int = 2) -> Summary:
    """Runs a plan on Daft's runner: threads of this machine, or Ray where Daft is set to it.

    Args:
        workers: most parts at once, each in a process of its own.

    Raises:
        MissingExtraError: Daft is not installed.
    """
    try:
        daft: Any = import_module("daft")
    except ImportError:
        raise missing_extra("Daft", "daft") from None
    parts = list(plan.begin())
    if parts:
        step = daft.func(_Step(plan), return_dtype=daft.DataType.string())
        numbers = daft.from_pydict({"part": parts})
        numbers.select(step(daft.col("part")).alias("result")).collect()
    return finish(plan)


class _Step:
    """The step as Daft calls it."""

    def __init__(self, plan: Plan) -> None:
        self.step = Step(plan)
        self.__name__ = "codesight_step"

    def __call__(self, part: int) -> str:
        return json.dumps(asdict(self.step(part)))
