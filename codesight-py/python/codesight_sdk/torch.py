# PyTorch is not installed where types are checked.
# pyright: reportMissingImports=false, reportUntypedBaseClass=false
"""Datasets for PyTorch. Needs the extra ``torch``."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

import torch.distributed
import torch.utils.data

from .dataset import Dataset
from .items import Item, item, stored_lines
from .session import Session

Transform = Callable[[Item], Any]


class SessionItems(torch.utils.data.Dataset[Any]):
    """Every stored line of every session, by position. Reads the lines of all archives once; pictures when asked.

    Args:
        dataset: the sessions.
        transform: what becomes of an :class:`codesight_sdk.items.Item`; the item itself unless given. Must be picklable
            for workers that are spawned.
    """

    def __init__(self, dataset: Dataset, *, transform: Transform | None = None) -> None:
        self._dataset = dataset
        self._transform = transform
        self._places = [
            (number, line)
            for number, session in enumerate(dataset)
            for line in range(len(stored_lines(session)))
        ]
        # The last session stays open: neighbours come from one archive. Its lines are kept with it.
        self._open: tuple[int, int, Session, list[dict[str, Any]]] | None = None

    def __len__(self) -> int:
        return len(self._places)

    def __getitem__(self, index: int) -> Any:
        number, line = self._places[index]
        session, lines = self._session(number)
        found = item(session, lines[line])
        return found if self._transform is None else self._transform(found)

    def _session(self, number: int) -> tuple[Session, list[dict[str, Any]]]:
        process = os.getpid()
        if self._open is None or self._open[:2] != (process, number):
            session = self._dataset[number]
            self._open = (process, number, session, stored_lines(session))
        return self._open[2], self._open[3]

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_open": None}


class SessionStream(torch.utils.data.IterableDataset[Any]):
    """The stored lines session by session. Each worker of each rank reads sessions of its own, together all of them, each
    exactly once.

    Args:
        dataset: the sessions.
        transform: as for :class:`SessionItems`.
    """

    def __init__(self, dataset: Dataset, *, transform: Transform | None = None) -> None:
        self._dataset = dataset
        self._transform = transform

    def __iter__(self) -> Iterator[Any]:
        first, step = _shard()
        for number in range(first, len(self._dataset), step):
            session = self._dataset[number]
            for line in stored_lines(session):
                found = item(session, line)
                yield found if self._transform is None else self._transform(found)


def _shard() -> tuple[int, int]:
    """The first session of this worker of this rank, and how many readers there are."""
    worker = torch.utils.data.get_worker_info()
    number, workers = (0, 1) if worker is None else (worker.id, worker.num_workers)
    rank, ranks = 0, 1
    if torch.distributed.is_available() and torch.distributed.is_initialized():
        rank, ranks = torch.distributed.get_rank(), torch.distributed.get_world_size()
    return rank * workers + number, ranks * workers
