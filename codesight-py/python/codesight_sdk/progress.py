"""Progress of what takes long: a bar, a function, or nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias, TypeVar

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
        try:
            from tqdm.auto import tqdm
        except ImportError:
            raise missing_extra("tqdm", "notebook") from None
        yield from tqdm(items, desc=words, unit="session")
