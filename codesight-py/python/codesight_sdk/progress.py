"""Progress of what takes long: a bar, a function, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias, TypeVar

from ._errors import missing_extra

T = TypeVar("T")

#: ``None`` or ``False`` for nothing, ``True`` for a bar of tqdm, or a function of what is done and the total.
Progress: TypeAlias = bool | Callable[[int, int], object] | None


def tracked(items: Sequence[T], *, progress: Progress, words: str) -> Iterator[T]:
    """The items, telling how far one is.

    Raises:
        MissingExtraError: a bar is asked for and tqdm is not installed.
    """
    if not progress:
        yield from items
    elif callable(progress):
        for done, item in enumerate(items):
            progress(done, len(items))
            yield item
        progress(len(items), len(items))
    else:
        yield from _tqdm()(items, desc=words, unit="session")


@contextmanager
def telling(
    progress: Progress, *, words: str, unit: str
) -> Generator[Callable[[int, int], object] | None]:
    """A function that is told what is done and the total, for work that something else does.

    Raises:
        MissingExtraError: a bar is asked for and tqdm is not installed.
    """
    if not progress:
        yield None
    elif callable(progress):
        yield progress
    else:
        with _tqdm()(desc=words, unit=unit, unit_scale=unit == "B") as bar:

            def show(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            yield show


def _tqdm() -> Any:
    try:
        from tqdm.auto import tqdm
    except ImportError:
        raise missing_extra("tqdm", "notebook") from None
    return tqdm
