"""OpenAI's chat lines: written by the native half, byte for byte as the server writes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from .._errors import CodeSightError
from ..dataset import Dataset, Failure
from ..items import seq_of

if TYPE_CHECKING:
    from ..exporting import Source
    from ..pipeline import Processed


def write_openai(sides: Mapping[str, Dataset], source: Source, folder: Path) -> dict[str, int]:
    """``train.jsonl`` and, for a split, ``validation.jsonl``."""
    counts: dict[str, int] = {}
    for side, dataset in sides.items():
        counts[side] = 0
        known = len(dataset.failures)
        with (folder / f"{side}.jsonl").open("wb") as file:
            for session in dataset.sessions(on_error="skip", progress=source.progress):
                try:
                    written = _lines(session.process(source.pipeline), source.min_value)
                except CodeSightError as error:
                    source.failures.append(Failure(session.uri, error))
                    continue
                written = source.within_share(session, written)
                source.used.append(session)
                file.writelines(written)
                counts[side] += len(written)
        source.failures.extend(dataset.failures[known:])
    return counts


def _lines(processed: Processed, min_value: float) -> list[bytes]:
    lines = processed.lines()
    if min_value <= 0:
        return list(lines)
    values = {example["seq"]: example["trainingValue"] for example in processed.examples}
    pairs = zip(lines, lines.parsed(), strict=True)
    return [line for line, parsed in pairs if values[seq_of(parsed)] >= min_value]
