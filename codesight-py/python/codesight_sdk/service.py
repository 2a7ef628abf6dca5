"""Services that train models and answer questions, in the dialect of OpenAI: train, monitor, evaluate."""

from __future__ import annotations

import asyncio
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TypeAlias

from . import _native
from ._errors import InvalidError
from .dataset import Dataset
from .evaluation import Evaluation
from .interaction import moment
from .lines import Lines, Verdict, providers, validate
from .progress import Progress, telling
from .session import Session

#: What a service is given: lines, what lines are made of, or a file of them.
LinesSource: TypeAlias = Lines | Session | Dataset | str | os.PathLike[str]


@dataclass(frozen=True)
class TrainingJob:
    """A training job.

    Attributes:
        id: the service's id.
        run: your own id of the run; at most one job is ever made for it.
        status: ``"validating"``, ``"queued"``, ``"running"``, ``"paused"``, ``"succeeded"``, ``"failed"``,
            ``"cancelled"``, or a word of the service that is not known here.
        ended: whether it will not change any more.
        model: the new model, once there is one.
        metrics: ``steps``, ``trainedTokens``, and the losses and accuracies the service tells.
        error: why it failed: the service's code and sentence.
    """

    id: str
    run: str
    status: str
    ended: bool
    model: str | None
    metrics: Mapping[str, Any] = field(repr=False)
    error: tuple[str, str] | None

    @staticmethod
    def _of(told: bytes) -> TrainingJob:
        job = json.loads(told)
        error = job["error"]
        return TrainingJob(
            job["id"],
            job["run"],
            job["status"],
            job["isFinal"],
            job["model"],
            job["metrics"],
            None if error is None else (str(error[0]), str(error[1])),
        )


@dataclass(frozen=True)
class TrainingEvent:
    """Something a job reported: when, and what."""

    id: str
    at: datetime
    message: str


class Service:
    """A service that trains models and answers questions.

    Nothing is sent until a method is called, and nothing but masked lines ever is. Safe to share between threads, and to
    use after a ``fork``.

    Args:
        provider: one of :func:`codesight_sdk.services`, such as ``"openai"``, ``"together"`` or ``"vllm"``.
        key: proves who is asking; never shown, and read from nowhere else.
        base_url: the service's address in place of the known one.
        profile: fields that replace what is known about the service, such as ``{"limits": {…}}``.
        folder: where uploads under way and the place in a job's events are remembered, so that a program that was
            interrupted goes on; they end with the process unless given.

    Raises:
        InvalidError: the service is not known, or a field of the profile is not one.

    >>> cs.Service("vllm", base_url="http://127.0.0.1:8000/v1")
    Service('vllm')
    """

    def __init__(
        self,
        provider: str = "openai",
        *,
        key: str | None = None,
        base_url: str | None = None,
        profile: Mapping[str, Any] | None = None,
        folder: str | os.PathLike[str] | None = None,
    ) -> None:
        self.provider = provider
        self._means = (base_url, key, None if profile is None else json.dumps(profile), folder)
        self._opened = (os.getpid(), self._open())

    def _open(self) -> _native.Service:
        base_url, key, profile, folder = self._means
        return _native.Service(self.provider, base_url=base_url, key=key, with_=profile, records=folder)

    @property
    def _native(self) -> _native.Service:
        if self._opened[0] != os.getpid():
            self._opened = (os.getpid(), self._open())
        return self._opened[1]

    def upload(self, lines: LinesSource, *, progress: Progress = None) -> str:
        """Uploads training lines, unless the service has the same ones already, and returns the file's id.

        Raises:
            LimitExceededError: the service takes no file of that size.
        """
        with _file(lines) as path, telling(progress, words="upload", unit="B") as told:
            return self._native.upload(path, told)

    def start(
        self,
        file: str,
        *,
        model: str,
        run: str | None = None,
        validation_file: str | None = None,
        epochs: int | None = None,
        suffix: str | None = None,
    ) -> TrainingJob:
        """Starts a job, or finds the one of the same run, also after a crash or a lost reply.

        Args:
            file: from :meth:`upload`.
            model: the model to start from.
            run: your own id of the run; made of the file and the model unless given.
            epochs: passes over the data; the service decides unless given.
            suffix: part of the new model's name.

        Raises:
            NotFoundError: the service has no such file.
        """
        told = self._native.start(
            run=run or f"{file}-{model}",
            model=model,
            training_file=file,
            validation_file=validation_file,
            epochs=epochs,
            suffix=suffix,
        )
        return TrainingJob._of(told)

    def job(self, job: str | TrainingJob) -> TrainingJob:
        """Where a job stands.

        Raises:
            NotFoundError: there is none.
        """
        return TrainingJob._of(self._native.job(_id(job)))

    def cancel(self, job: str | TrainingJob) -> TrainingJob:
        """Cancels a job; one that has ended is returned as it is."""
        return TrainingJob._of(self._native.cancel(_id(job)))

    def monitor(
        self,
        job: str | TrainingJob,
        *,
        on_event: Callable[[TrainingEvent], object] | None = None,
        on_status: Callable[[str], object] | None = None,
        timeout: float = 72 * 3_600,
        every: tuple[float, float] = (5.0, 60.0),
    ) -> TrainingJob:
        """Follows a job until it ends. Failures that may pass are waited out.

        Args:
            on_event: is told each event once, in order, also over restarts of the program when there is a ``folder``.
            on_status: is told each new status.
            timeout: seconds to follow it in all.
            every: seconds between two looks: after news, and at most.

        Raises:
            UnavailableError: it did not end in time.
        """
        event = None if on_event is None else lambda id, at, said: on_event(TrainingEvent(id, moment(at), said))
        told = _native.follow_job(
            self._native,
            _id(job),
            first_pause=every[0],
            longest_pause=every[1],
            deadline=timeout,
            on_event=event,
            on_status=on_status,
        )
        return TrainingJob._of(told)

    def train(
        self,
        lines: LinesSource,
        *,
        model: str,
        validation: LinesSource | None = None,
        run: str | None = None,
        epochs: int | None = None,
        suffix: str | None = None,
        on_event: Callable[[TrainingEvent], object] | None = None,
        on_status: Callable[[str], object] | None = None,
        every: tuple[float, float] = (5.0, 60.0),
        progress: Progress = None,
    ) -> TrainingJob:
        """Validates, uploads, starts one job and follows it to its end. The same run twice is one job.

        Raises:
            InvalidError: the service would refuse the lines; nothing was sent. The context says what was wrong.
        """
        with _file(lines) as path:
            self._check(path, model)
            file = self.upload(path, progress=progress)
        other = None
        if validation is not None:
            with _file(validation) as path:
                self._check(path, model)
                other = self.upload(path, progress=progress)
        job = self.start(file, model=model, run=run, validation_file=other, epochs=epochs, suffix=suffix)
        return self.monitor(job, on_event=on_event, on_status=on_status, every=every)

    def _check(self, path: Path, model: str) -> None:
        if self.provider not in providers():
            return
        verdict: Verdict = validate(path, provider=self.provider, model=model)
        if not verdict.accepted:
            counts = [(rule, str(count)) for rule, count in verdict.counts.items()]
            raise InvalidError("the service would refuse the lines", operation="service.train", context=counts)

    def evaluate(
        self,
        lines: LinesSource,
        *,
        models: Sequence[str],
        steps: int | None = None,
        parallel: int = 2,
        progress: Progress = None,
    ) -> Evaluation:
        """Asks models recorded steps and compares what they do with what the person did.

        Args:
            lines: steps that no asked model was trained on.
            models: the first is what the others are compared with.
            steps: at most so many.
            parallel: questions under way at once; more make latencies longer.

        Raises:
            InvalidError: there is no step to ask, or no model.
        """
        if not models:
            raise InvalidError("name a model", operation="service.evaluate")
        with telling(progress, words="answers", unit="step") as told:
            return Evaluation(
                _native.evaluate_models(
                    self._native,
                    list(_tasks(lines)),
                    models=list(models),
                    steps=steps,
                    parallel=parallel,
                    told=told,
                )
            )

    def __repr__(self) -> str:
        return f"Service({self.provider!r})"

    def __reduce__(self) -> tuple[object, ...]:
        raise InvalidError("a service holds a key and is not pickled; make it where it is used", operation="service")


class AsyncService:
    """The same for asyncio: every call runs on a thread, so any number of event loops may use one service. Functions that are
    told something are called on that thread."""

    def __init__(self, provider: str = "openai", **means: Any) -> None:
        self._service = Service(provider, **means)

    async def upload(self, lines: LinesSource, **options: Any) -> str:
        """See :meth:`Service.upload`."""
        return await asyncio.to_thread(self._service.upload, lines, **options)

    async def start(self, file: str, **options: Any) -> TrainingJob:
        """See :meth:`Service.start`."""
        return await asyncio.to_thread(self._service.start, file, **options)

    async def job(self, job: str | TrainingJob) -> TrainingJob:
        """See :meth:`Service.job`."""
        return await asyncio.to_thread(self._service.job, job)

    async def cancel(self, job: str | TrainingJob) -> TrainingJob:
        """See :meth:`Service.cancel`."""
        return await asyncio.to_thread(self._service.cancel, job)

    async def monitor(self, job: str | TrainingJob, **options: Any) -> TrainingJob:
        """See :meth:`Service.monitor`."""
        return await asyncio.to_thread(self._service.monitor, job, **options)

    async def train(self, lines: LinesSource, **options: Any) -> TrainingJob:
        """See :meth:`Service.train`."""
        return await asyncio.to_thread(self._service.train, lines, **options)

    async def evaluate(self, lines: LinesSource, **options: Any) -> Evaluation:
        """See :meth:`Service.evaluate`."""
        return await asyncio.to_thread(self._service.evaluate, lines, **options)

    def __repr__(self) -> str:
        return f"Async{self._service!r}"


def services() -> list[str]:
    """The services whose ways are known.

    >>> {"openai", "vllm"} <= set(cs.services())
    True
    """
    return _native.services()


def _id(job: str | TrainingJob) -> str:
    return job if isinstance(job, str) else job.id


class _file:
    """The lines of a source as a file: the file itself, or one that is there as long as it is needed."""

    def __init__(self, source: LinesSource) -> None:
        self._source = source
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Path:
        if isinstance(self._source, (str, os.PathLike)):
            path = Path(self._source)
            path.stat()  # a missing file is Python's own error
            return path
        self._folder = tempfile.TemporaryDirectory(prefix="codesight-")
        path = Path(self._folder.name) / "lines.jsonl"
        with path.open("wb") as file:
            for _, line in _tasks(self._source):
                file.write(line)
        return path

    def __exit__(self, *_: object) -> None:
        if self._folder is not None:
            self._folder.cleanup()


def _tasks(source: LinesSource) -> Iterator[tuple[str, bytes]]:
    """Each line with its task: the session, or the name of the file."""
    if isinstance(source, Lines):
        yield from (("lines", line) for line in source)
    elif isinstance(source, Session):
        yield from ((source.id, line) for line in source.process().lines())
    elif isinstance(source, Dataset):
        for session in source:
            yield from _tasks(session)
    else:
        path = Path(source)
        with path.open("rb") as file:
            yield from ((path.stem, line) for line in file if line.strip())
