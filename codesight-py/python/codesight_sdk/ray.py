"""A :class:`codesight_sdk.fleet.Plan` on Ray Data. Needs the extra ``ray``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module
from typing import Any

from ._errors import missing_extra
from .fleet import OnResult, PartResult, Plan, Step, Summary, finish
from .progress import Progress

#: A worker fetches and computes in turn, and Ray needs room for its own tasks beside the actors: actors that take every
#: processor leave none for it and the run stands still.
WORKER_CPUS = 0.5


class _Worker:
    """The step as Ray calls it: made once in each worker, then given rows."""

    def __init__(self, plan: Plan) -> None:
        self.step = Step(plan)

    def __call__(self, row: dict[str, Any]) -> dict[str, Any]:
        return asdict(self.step(int(row["item"])))


def run(
    plan: Plan, *, workers: int = 2, progress: Progress = None, on_result: OnResult | None = None
) -> Summary:
    """Runs a plan. Ray schedules the parts, tries a part again whose worker died, and adds workers where it may.

    Args:
        workers: most workers at once.
        progress: a function of the parts that are done and of all that were to do; Ray shows a bar of its own.
        on_result: is told of each part that is done, in the order they end.

    Raises:
        MissingExtraError: Ray is not installed.
    """
    parts = list(plan.begin())
    for done, result in enumerate(_results(plan, parts, workers), start=1):
        if callable(progress):
            progress(done, len(parts))
        if on_result is not None:
            on_result(result)
    return finish(plan)


def _at_once(ray: Any, workers: int, parts: int) -> int:
    """Workers that the cluster has room for as it is, beside Ray's own tasks; the others come as it grows."""
    if not ray.is_initialized():
        ray.init()
    room = int(ray.cluster_resources().get("CPU", 1) / WORKER_CPUS) - 1
    return max(1, min(workers, parts, room))


def _results(plan: Plan, parts: list[int], workers: int) -> Iterator[PartResult]:
    try:
        ray: Any = import_module("ray")
        _ = import_module("ray.data")
    except ImportError:
        raise missing_extra("Ray", "ray") from None
    if not parts:
        return
    # One block for each part: a block is what Ray gives to a worker and tries again.
    numbers = ray.data.from_items(parts, override_num_blocks=len(parts))
    done = numbers.map(
        _Worker,
        fn_constructor_args=(plan,),
        compute=ray.data.ActorPoolStrategy(min_size=_at_once(ray, workers, len(parts)), max_size=workers),
        num_cpus=WORKER_CPUS,
        max_restarts=-1,
        max_task_retries=-1,
    )
    for row in done.iter_rows():
        yield PartResult(**row)
