"""Exports: a dataset in the form a trainer loads as it is."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

from ._errors import AlreadyExistsError, CodeSightError, InvalidError
from .dataset import Dataset, Failure
from .items import Item, items
from .pipeline import Pipeline
from .progress import Progress
from .session import Session

Format = Literal["openai", "huggingface", "trl", "llama-factory"]
T = TypeVar("T")
By = Literal["session", "site", "goal", "person"]


@dataclass(frozen=True)
class Export:
    """What was written.

    Attributes:
        folder: where.
        format: in which form.
        files: the files, relative to the folder.
        items: how many training items, by the name of the split.
        failures: the sessions that could not be used.
    """

    folder: Path
    format: str
    files: tuple[str, ...]
    items: Mapping[str, int]
    failures: tuple[Failure, ...]


@dataclass(frozen=True)
class Split:
    """Parts of a dataset that share nothing of what they were split by."""

    train: Dataset
    validation: Dataset


def split(
    dataset: Dataset, *, validation: float = 0.1, by: By = "session", seed: int = 0, progress: Progress = None
) -> Split:
    """Divides a dataset without leakage: everything of one session, site, goal or person is on one side.

    The side is drawn from the name alone, so a session that is added later moves no other one.

    Args:
        validation: the share of names on the validation side, 0 to 1.
        by: what may not be on both sides.

    Raises:
        InvalidError: by person, and an archive does not say whose it is; it could be of somebody on the other side.

    >>> parts = cs.split(cs.open(archive), validation=0.5)
    >>> len(parts.train) + len(parts.validation)
    1
    """
    if not 0 <= validation <= 1:
        raise InvalidError("validation is a share from 0 to 1", operation="split")
    names: dict[By, Callable[[Session], str]] = {
        "session": lambda session: session.id,
        "site": lambda session: session.site or session.id,
        "goal": lambda session: session.goal or session.id,
        "person": lambda session: _known(session, session.subject, "split"),
    }
    sides: tuple[list[Session], list[Session]] = ([], [])
    for session in dataset.sessions(progress=progress):
        digest = hashlib.sha256(f"{seed}\0{names[by](session)}".encode()).digest()
        share = int.from_bytes(digest[:8], "big") / 2**64
        sides[share < validation].append(session)
    train, held = (Dataset([one._location for one in side], uri=dataset.uri) for side in sides)
    return Split(train=train, validation=held)


def export(
    dataset: Dataset | Split,
    target: str | os.PathLike[str],
    *,
    format: Format = "openai",  # noqa: A002 - the word people expect
    pipeline: Pipeline | None = None,
    min_value: float = 0.0,
    per_collector: int | None = None,
    progress: Progress = None,
) -> Export:
    """Writes a dataset as a folder that a trainer loads as it is. The folder appears whole or not at all; a session that
    cannot be used is a failure in the result and never ends the export.

    ``openai``
        ``train.jsonl`` in OpenAI's chat format, images inside; Azure, Together and ms-swift read the same.
    ``huggingface``
        Parquet with ``Image`` features for ``datasets.load_dataset``, and a dataset card. Needs the extra ``huggingface``.
    ``trl``
        The same with the columns ``messages`` and ``images`` alone, as TRL's vision trainers take them.
    ``llama-factory``
        ``train.json``, pictures, and the ``dataset_info.json`` that makes them known.

    Args:
        dataset: sessions, or the two sides of a :class:`Split`.
        target: a folder that is not there yet.
        pipeline: the default pipeline unless given.
        min_value: 0 to 1; items of less training value are left out.
        per_collector: at most so many items of one collector; the first ones are kept.

    Raises:
        AlreadyExistsError: the folder is there.
        InvalidError: ``per_collector``, and an archive does not say who recorded it.
        MissingExtraError: the format needs a package that is not installed.
    """
    folder = Path(target)
    if folder.exists():
        raise AlreadyExistsError("the folder is there already", operation="export", context=[("path", str(folder))])
    sides = {"train": dataset} if isinstance(dataset, Dataset) else vars(dataset)
    source = Source(pipeline=pipeline, min_value=min_value, per_collector=per_collector, progress=progress)
    unfinished = folder.with_name(f"{folder.name}.{os.getpid()}.unfinished")
    unfinished.mkdir(parents=True)
    try:
        counts = _writer(format)(sides, source, unfinished)
        unfinished.rename(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    files = tuple(sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()))
    return Export(folder, format, files, counts, tuple(source.failures))


class Source:
    """Items for a writer, session by session, and what went wrong on the way."""

    def __init__(
        self, *, pipeline: Pipeline | None, min_value: float, per_collector: int | None, progress: Progress
    ) -> None:
        self.pipeline = pipeline
        self.min_value = min_value
        self.per_collector = per_collector
        self.taken: Counter[str] = Counter()
        self.progress = progress
        self.failures: list[Failure] = []
        #: Sessions that gave items, for the dataset card.
        self.used: list[Session] = []

    def sessions(self, dataset: Dataset) -> Iterator[tuple[Session, list[Item]]]:
        """Each session with all of its items: a session that breaks in the middle gives none."""
        failures = len(dataset.failures)
        for session in dataset.sessions(on_error="skip", progress=self.progress):
            try:
                found = list(items(session, pipeline=self.pipeline, min_value=self.min_value))
            except CodeSightError as error:
                self.failures.append(Failure(session.uri, error))
                continue
            found = self.within_share(session, found)
            self.used.append(session)
            yield session, found
        self.failures.extend(dataset.failures[failures:])

    def within_share(self, session: Session, found: list[T]) -> list[T]:
        """As many of a session's items as its collector may still have."""
        if self.per_collector is None:
            return found
        collector = _known(session, session.collector, "export")
        kept = found[: max(0, self.per_collector - self.taken[collector])]
        self.taken[collector] += len(kept)
        return kept

    def items(self, dataset: Dataset) -> Iterator[Item]:
        """The items of all sessions."""
        for _, found in self.sessions(dataset):
            yield from found


def _known(session: Session, person: str | None, operation: str) -> str:
    if person is None:
        raise InvalidError(
            "an archive does not say whose it is", operation=operation, context=[("archive", session.uri)]
        )
    return person


Writer = Callable[[Mapping[str, Dataset], Source, Path], dict[str, int]]


def _writer(name: str) -> Writer:
    from . import writers

    try:
        return writers.WRITERS[name]
    except KeyError:
        known = ", ".join(writers.WRITERS)
        raise InvalidError(f"a format is one of {known}", operation="export") from None
