"""Datasets: many sessions, opened when they are needed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, overload

from . import _native
from ._errors import CodeSightError, InvalidError, NotFoundError
from ._location import Location
from .progress import Progress, tracked
from .session import Session, Table

OnError = Literal["raise", "skip"]


@dataclass(frozen=True)
class Failure:
    """A session that could not be used.

    Attributes:
        uri: where its archive is.
        error: what happened.
    """

    uri: str
    error: CodeSightError


class Dataset(Sequence[Session]):
    """Sessions in a fixed order: by position, by slice, by id. A session is opened when it is asked for.

    Attributes:
        failures: what could not be used by the calls so far that were told to skip.
    """

    def __init__(self, locations: Sequence[Location], *, uri: str = "") -> None:
        self._locations = tuple(locations)
        self.uri = uri
        self.failures: list[Failure] = []

    @overload
    def __getitem__(self, index: int | str) -> Session: ...
    @overload
    def __getitem__(self, index: slice) -> Dataset: ...
    def __getitem__(self, index: int | str | slice) -> Session | Dataset:
        if isinstance(index, slice):
            return Dataset(self._locations[index], uri=self.uri)
        if isinstance(index, str):
            return self._named(index)
        return Session(self._locations[index])

    def _named(self, session: str) -> Session:
        # Archives are named after their sessions, so the likely one is tried first.
        likely = sorted(self._locations, key=lambda location: session not in str(location))
        for location in likely:
            opened = Session(location)
            if opened.id == session:
                return opened
        raise NotFoundError("no such session in the dataset", operation="dataset.get")

    def __len__(self) -> int:
        return len(self._locations)

    def __iter__(self) -> Iterator[Session]:
        return (Session(location) for location in self._locations)

    def __contains__(self, value: object) -> bool:
        if isinstance(value, Session):
            return value._location in self._locations
        return isinstance(value, str) and any(session.id == value for session in self)

    def sessions(self, *, on_error: OnError = "raise", progress: Progress = None) -> Iterator[Session]:
        """The sessions one after the other.

        Args:
            on_error: ``"skip"`` passes archives by that cannot be opened and notes them in ``failures``.
            progress: ``True`` for a bar of tqdm, or a function that is called with what is done and the total.
        """
        for location in tracked(self._locations, progress=progress, words="sessions"):
            try:
                session = Session(location)
            except CodeSightError as error:
                if on_error == "raise":
                    raise
                self.failures.append(Failure(str(location), error))
                continue
            yield session

    def filter(
        self,
        keep: Callable[[Session], bool] | None = None,
        *,
        min_quality: float | None = None,
        site: str | None = None,
        on_error: OnError = "raise",
        progress: Progress = None,
    ) -> Dataset:
        """The sessions that pass every condition. Reads the quality report of each.

        Args:
            keep: a function of a session.
            min_quality: 0 to 100.
            site: the site of the task.
        """
        kept = [
            session._location
            for session in self.sessions(on_error=on_error, progress=progress)
            if (min_quality is None or session.quality.score >= min_quality)
            and (site is None or session.site == site)
            and (keep is None or keep(session))
        ]
        return Dataset(kept, uri=self.uri)

    def to_arrow(
        self,
        table: Table = "interactions",
        *,
        images: bool = False,
        on_error: OnError = "raise",
        progress: Progress = None,
    ) -> _native.ArrowTable:
        """One table of all sessions; see :meth:`Session.to_arrow`. Memory grows with the columns, not with the archives.

        >>> dataset.to_arrow("findings").column_names
        ['session_id', 'rule', 'severity', 'seq', 'field', 'message']
        """
        tables: list[_native.ArrowTable] = []
        for session in self.sessions(on_error=on_error, progress=progress):
            try:
                tables.append(session.to_arrow(table, images=images))
            except CodeSightError as error:
                if on_error == "raise":
                    raise
                self.failures.append(Failure(session.uri, error))
        if not tables:
            raise InvalidError("there is no session to make a table of", operation="dataset.to_arrow")
        return _native.ArrowTable.concat(tables)

    def __repr__(self) -> str:
        return f"<Dataset of {len(self)} session{'s' if len(self) != 1 else ''} at {self.uri}>"

    def __reduce__(self) -> tuple[object, ...]:
        return _restored, (self._locations, self.uri)

    def _repr_html_(self) -> str:
        from .display import dataset_html

        return dataset_html(self)


def _restored(locations: Sequence[Location], uri: str) -> Dataset:
    return Dataset(locations, uri=uri)
