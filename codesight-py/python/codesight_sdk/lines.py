"""Training lines and the verdict on them, before a service gives it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, overload

from . import _native
from .quality import Finding, Findings


class Lines(Sequence[bytes]):
    """Lines of JSON, each with its line feed.

    Attributes:
        data: the lines as one file.
        skipped: how many examples gave no line; the findings say why.
        findings: what a reader should know.
    """

    def __init__(self, data: bytes, *, skipped: int = 0, findings: Findings | None = None) -> None:
        self.data = data
        self.skipped = skipped
        self.findings = Findings([]) if findings is None else findings
        self._ends = [0] + [at + 1 for at, byte in enumerate(data) if byte == 10]

    @staticmethod
    def written(data: bytes, report: Mapping[str, Any]) -> Lines:
        """Lines with the report of what wrote them."""
        findings = Findings([Finding.of(one) for one in report["findings"]])
        return Lines(data, skipped=report["skipped"], findings=findings)

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> list[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | list[bytes]:
        if isinstance(index, slice):
            return [self[at] for at in range(*index.indices(len(self)))]
        at = range(len(self))[index]
        return self.data[self._ends[at] : self._ends[at + 1]]

    def __len__(self) -> int:
        return len(self._ends) - 1

    def parsed(self) -> Iterator[dict[str, Any]]:
        """The lines as values."""
        return (json.loads(line) for line in self)

    def validate(self, *, provider: str = "openai", model: str | None = None) -> Verdict:
        """The verdict on these lines; see :func:`codesight_sdk.validate`."""
        return validate(self, provider=provider, model=model)

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Writes the lines to a file, whole or not at all."""
        target = Path(path)
        unfinished = target.with_name(f"{target.name}.unfinished")
        unfinished.write_bytes(self.data)
        return unfinished.replace(target)

    def __repr__(self) -> str:
        return f"<Lines: {len(self)}, {len(self.data)} bytes, {self.skipped} skipped>"


@dataclass(frozen=True)
class Verdict:
    """What a service would say of a training file.

    Attributes:
        accepted: whether it would take the file: there is no error.
        report: everything, as the validator's JSON: counts by rule, findings with line, column, path and fix, tokens,
            price, the way to upload.
    """

    accepted: bool
    report: dict[str, Any] = field(repr=False)
    text: str = field(repr=False)

    @property
    def counts(self) -> dict[str, int]:
        """How often each rule was broken."""
        return self.report["counts"]

    @property
    def findings(self) -> list[dict[str, Any]]:
        """The first findings in the order of the file, each with code, severity, line, column, path and fix."""
        return self.report["findings"]

    @property
    def tokens(self) -> int:
        """Tokens of one pass over the file; exact where they were counted, an upper estimate otherwise."""
        return int(self.report["tokens"]["billed"])

    def __bool__(self) -> bool:
        return self.accepted

    def __str__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        from .display import verdict_html

        return verdict_html(self)


def validate(
    lines: str | os.PathLike[str] | bytes | Lines,
    *,
    provider: str = "openai",
    model: str | None = None,
    count_tokens: bool = False,
    archive_paths: bool = False,
) -> Verdict:
    """Judges training lines by the rules of a service, without a network.

    Args:
        lines: a file, the bytes of one, or lines.
        provider: one of :func:`codesight_sdk.providers`.
        model: the model that tokens are counted for; the provider's usual one unless given.
        count_tokens: counts every text with the model's encoding. Otherwise texts count a token a byte, and only lines
            that could be too long are counted exactly: much faster, and the same verdict.
        archive_paths: whether images may be named by a path, as in the ``training.jsonl`` of an archive.

    Raises:
        NotFoundError: there is no such file.
        InvalidError: the provider's rules are not known.

    >>> verdict = cs.validate(b'{"messages": []}' + bytes([10]))
    >>> verdict.accepted, sorted(verdict.counts)[:2]
    (False, ['messages-not-a-list', 'too-few-examples'])
    """
    if isinstance(lines, Lines):
        lines = lines.data
    if isinstance(lines, bytes):
        judged = _native.validate_bytes(
            lines, provider=provider, model=model, count_tokens=count_tokens, archive_paths=archive_paths
        )
    else:
        judged = _native.validate_file(
            lines, provider=provider, model=model, count_tokens=count_tokens, archive_paths=archive_paths
        )
    accepted, report, text = judged
    return Verdict(accepted, json.loads(report), text)


def providers() -> list[str]:
    """The services whose rules are known.

    >>> "openai" in cs.providers()
    True
    """
    return _native.providers()
