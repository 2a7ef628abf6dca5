"""A batch over many archives, for any engine: keys are distributed, workers fetch.

A :class:`Plan` cuts the archives of a store into *parts* of equal numbers, in the order of their keys. A :class:`Step` works on
one part: it fetches, runs the pipeline, and writes ``parts/000017.jsonl`` and then ``parts/000017.json``, the part's report,
each only if none is there. :func:`finish` checks that no part is missing and writes ``manifest.json``. Which worker does which
part, how often it is tried, and in which order, changes no byte of the result; a run that was interrupted goes on where it was.

>>> import tempfile
>>> target = tempfile.mkdtemp()
>>> plan = Plan.make(archives, target, archives_per_part=2)
>>> run(plan).archives
1
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias

from . import _native
from ._errors import ConflictError, CorruptError, InvalidError, NotFoundError
from ._location import Store
from .pipeline import Pipeline
from .progress import Progress, tracked

_VERSION = 1


@dataclass(frozen=True)
class Plan:
    """What a run does. Small, picklable, and the same for the same archives and settings.

    Attributes:
        source: where the archives are.
        target: where the results go.
        parts: the keys of each part.
        pipeline: the pipeline's configuration as JSON; ``None`` for the default one.
        format: the settings of the lines as JSON.
    """

    source: Store
    target: Store
    parts: tuple[tuple[str, ...], ...] = field(repr=False)
    pipeline: str | None = None
    format: str = "{}"

    @staticmethod
    def make(
        source: str | os.PathLike[str],
        target: str | os.PathLike[str],
        *,
        source_options: Mapping[str, str] | None = None,
        target_options: Mapping[str, str] | None = None,
        prefix: str = "",
        keys: Iterable[str] | None = None,
        archives_per_part: int = 64,
        pipeline: Pipeline | None = None,
        images: str = "path",
    ) -> Plan:
        """Lists the archives and cuts them into parts.

        Args:
            source: a folder or a bucket.
            target: a folder or a bucket; not within the source.
            prefix: only archives under this prefix, ending in ``/``.
            keys: the archives, when something else knows them already, such as an inventory; listed unless given.
            archives_per_part: what one task of the engine works on. Tens of seconds of work are a good size.
            images: ``"path"`` for lines beside their archives, ``"inline"`` for lines that stand alone.

        Raises:
            NotFoundError: there is no archive.
            InvalidError: a part would hold less than one archive.
        """
        if archives_per_part < 1:
            raise InvalidError("a part holds at least one archive", operation="fleet.plan")
        store = Store.of(source, source_options)
        listed = (key for key, _ in store.list(prefix)) if keys is None else keys
        archives = sorted({key for key in listed if key.endswith(".zip")})
        if not archives:
            raise NotFoundError("there is no archive", operation="fleet.plan")
        cuts = range(0, len(archives), archives_per_part)
        return Plan(
            source=store,
            target=Store.of(target, target_options),
            parts=tuple(tuple(archives[at : at + archives_per_part]) for at in cuts),
            pipeline=None if pipeline is None else pipeline.to_json(),
            format=json.dumps({"images": images}),
        )

    @property
    def archives(self) -> int:
        """How many archives there are."""
        return sum(len(keys) for keys in self.parts)

    def describe(self) -> bytes:
        """The plan as it is written beside the results, without credentials."""
        digest = hashlib.sha256("\n".join(key for keys in self.parts for key in keys).encode()).hexdigest()
        text = {
            "version": _VERSION,
            "archives": self.archives,
            "parts": len(self.parts),
            "keysSha256": digest,
            "pipeline": json.loads(self.pipeline or _native.default_pipeline()),
            "format": json.loads(self.format),
        }
        return json.dumps(text, indent=2, sort_keys=True).encode()

    def begin(self) -> Sequence[int]:
        """Writes the plan, or finds the same one, and returns the parts that are still to do.

        Raises:
            ConflictError: the target holds the results of another plan.
        """
        _put_same(self.target.open(), "plan.json", self.describe(), "the target holds another plan")
        done = {key for key, _ in self.target.list("parts/")}
        return [number for number in range(len(self.parts)) if _report_key(number) not in done]


@dataclass(frozen=True)
class PartResult:
    """What became of a part.

    Attributes:
        part: its number, from 0.
        archives: how many archives it has.
        failed: how many of them could not be used; the report says why.
        lines: how many lines were written.
        bytes: of the lines.
        seconds: of work after fetching. Not part of what is stored.
        processor: seconds of processor that the worker's process used meanwhile, fetching included. Not part of what is
            stored.
        worker: the process that did it. Not part of what is stored.
    """

    part: int
    archives: int
    failed: int
    lines: int
    bytes: int
    seconds: float
    processor: float
    worker: int


#: Is told of each part that is done.
OnResult: TypeAlias = Callable[[PartResult], object]


class Step:
    """The map step: a part's number in, what became of it out. Can be pickled; holds no connection."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def __call__(self, part: int) -> PartResult:
        """Works on one part.

        Raises:
            UnavailableError: a store is away; the engine may try the part again.
        """
        plan = self.plan
        keys = plan.parts[part]
        begin = time.process_time()
        lines, told, seconds = _native.process_part(plan.source.open(), keys, plan.pipeline, plan.format)
        outcomes: list[dict[str, Any]] = json.loads(told)
        written = sum(int(outcome["lines"]) for outcome in outcomes)
        report = {
            "part": part,
            "archives": outcomes,
            "lines": written,
            "bytes": len(lines),
            "sha256": hashlib.sha256(lines).hexdigest(),
        }
        target = plan.target.open()
        # The report comes last: a part is done when it is there.
        _put_same(target, _lines_key(part), lines, "the target holds other lines for the part")
        text = json.dumps(report, indent=2, sort_keys=True).encode()
        _put_same(target, _report_key(part), text, "the target holds another report for the part")
        failed = sum("error" in outcome for outcome in outcomes)
        return PartResult(
            part, len(keys), failed, written, len(lines), sum(seconds), time.process_time() - begin, os.getpid()
        )


@dataclass(frozen=True)
class Summary:
    """What became of a run.

    Attributes:
        archives: how many there were.
        lines: how many lines were written, in ``parts/*.jsonl``.
        bytes: of the lines.
        failures: the archives that could not be used, each with ``key``, ``error`` and ``message``.
    """

    archives: int
    lines: int
    bytes: int
    failures: tuple[dict[str, str], ...]


def finish(plan: Plan) -> Summary:
    """Reads every report and writes ``manifest.json``.

    Raises:
        NotFoundError: a part is not done yet.
        CorruptError: a report is not one.
    """
    target = plan.target.open()
    parts: list[dict[str, Any]] = []
    failures: list[dict[str, str]] = []
    for number, keys in enumerate(plan.parts):
        try:
            report = json.loads(target.get(_report_key(number)))
            archives: list[dict[str, Any]] = report.pop("archives")
        except (ValueError, KeyError) as error:
            if isinstance(error, NotFoundError):
                raise
            raise CorruptError("a part's report cannot be read", operation="fleet.finish") from error
        if [archive["key"] for archive in archives] != list(keys):
            raise CorruptError("a part's report is about other archives", operation="fleet.finish")
        parts.append(report | {"file": _lines_key(number)})
        failures += [
            {name: archive[name] for name in ("key", "error", "message")}
            for archive in archives
            if "error" in archive
        ]
    summary = Summary(
        archives=plan.archives,
        lines=sum(part["lines"] for part in parts),
        bytes=sum(part["bytes"] for part in parts),
        failures=tuple(failures),
    )
    manifest = {"version": _VERSION, "parts": parts, **asdict(summary)}
    text = json.dumps(manifest, indent=2, sort_keys=True).encode()
    _put_same(target, "manifest.json", text, "the target holds another manifest")
    return summary


def run(plan: Plan, *, progress: Progress = None, on_result: OnResult | None = None) -> Summary:
    """The whole run in this process: what every engine's result is compared with."""
    step = Step(plan)
    for part in tracked(plan.begin(), progress=progress, words="parts"):
        result = step(part)
        if on_result is not None:
            on_result(result)
    return finish(plan)


def _put_same(target: _native.Blobs, key: str, content: bytes, otherwise: str) -> None:
    if not target.put(key, content) and target.get(key) != content:
        raise ConflictError(otherwise, operation="fleet.put", context=[("key", key)])


def _lines_key(part: int) -> str:
    return f"parts/{part:06d}.jsonl"


def _report_key(part: int) -> str:
    return f"parts/{part:06d}.json"
