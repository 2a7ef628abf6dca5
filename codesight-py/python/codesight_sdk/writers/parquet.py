"""Parquet as the Hugging Face hub and its trainers read it: pictures as ``Image`` features, row groups small enough for the
dataset viewer."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .._errors import missing_extra
from ..dataset import Dataset
from ..items import Item
from .card import card

if TYPE_CHECKING:
    from ..exporting import Source

#: The hub's viewer refuses row groups of more than 286 MiB; a fraction of it also reads well at random.
ROW_GROUP_BYTES = 64 << 20
ROW_GROUP_ROWS = 1_000
SHARD_BYTES = 400 << 20

_Row = dict[str, Any]
_MESSAGES = ("messages", "images")


def write_huggingface(sides: Mapping[str, Dataset], source: Source, folder: Path) -> dict[str, int]:
    """All columns, and a dataset card."""
    counts = _write(sides, source, folder, names=None)
    (folder / "README.md").write_text(card(source.used, counts), encoding="utf-8")
    return counts


def write_trl(sides: Mapping[str, Dataset], source: Source, folder: Path) -> dict[str, int]:
    """The columns that TRL's trainers take, and no other."""
    counts = _write(sides, source, folder, names=_MESSAGES)
    (folder / "README.md").write_text(card(source.used, counts), encoding="utf-8")
    return counts


def _write(
    sides: Mapping[str, Dataset], source: Source, folder: Path, *, names: tuple[str, ...] | None
) -> dict[str, int]:
    (folder / "data").mkdir()
    counts: dict[str, int] = {}
    for side, dataset in sides.items():
        shards = _Shards(folder / "data", side, names)
        try:
            for group in _groups(source.items(dataset)):
                shards.write(group)
        finally:
            counts[side] = shards.close()
    return counts


def _groups(items: Iterator[Item]) -> Iterator[list[_Row]]:
    group: list[_Row] = []
    size = 0
    for item in items:
        group.append(_row(item))
        size += len(item.image) + len(item.user)
        if size >= ROW_GROUP_BYTES or len(group) >= ROW_GROUP_ROWS:
            yield group
            group, size = [], 0
    if group:
        yield group


def _row(item: Item) -> _Row:
    example = item.example
    return {
        "sample_id": item.name,
        "session_id": item.session_id,
        "seq": item.seq,
        "goal": example["goal"],
        "history": [step["description"] for step in example["history"]],
        "url": example["observation"]["url"],
        "title": example["observation"]["title"],
        "messages": [
            {"role": "system", "content": [_text(item.system)]},
            {"role": "user", "content": [{"type": "image", "text": None}, _text(item.user)]},
            {"role": "assistant", "content": [_text(item.answer)]},
        ],
        "images": [{"bytes": item.image, "path": f"{item.frame}.webp"}],
        "actions": item.answer,
        "tools": json.dumps(item.tools),
        "image_width": item.width,
        "image_height": item.height,
        "training_value": example["trainingValue"],
        "complexity": example["complexity"],
        "worst_finding": example.get("worstFinding"),
    }


def _text(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}


class _Shards:
    """The Parquet files of one side, in the hub's naming, which needs the number of files at the end."""

    def __init__(self, folder: Path, side: str, names: tuple[str, ...] | None) -> None:
        try:
            import pyarrow as pa
            import pyarrow.parquet as pq
        except ImportError:
            raise missing_extra("pyarrow", "huggingface") from None
        self._pa, self._pq = pa, pq
        self._schema = _schema(names)
        self._folder, self._side = folder, side
        self._paths: list[Path] = []
        self._writer: Any = None
        self._bytes = 0
        self._rows = 0

    def write(self, group: list[_Row]) -> None:
        """Writes one row group."""
        writer = self._writer
        if writer is None or self._bytes >= SHARD_BYTES:
            writer = self._next()
        table = self._pa.Table.from_pylist(group, schema=self._schema)
        writer.write_table(table, row_group_size=len(group))
        self._bytes += table.nbytes
        self._rows += len(group)

    def close(self) -> int:
        """Ends the last file, names all of them, and returns the number of rows. No rows are an empty file."""
        writer = self._writer or self._next()
        writer.close()
        for number, path in enumerate(self._paths):
            path.rename(self._folder / f"{self._side}-{number:05d}-of-{len(self._paths):05d}.parquet")
        return self._rows

    def _next(self) -> Any:
        if self._writer is not None:
            self._writer.close()
        path = self._folder / f"{self._side}-{len(self._paths):05d}.unfinished"
        self._paths.append(path)
        self._bytes = 0
        # Pictures are compressed already; trying again costs time and wins nothing.
        compression = {
            name: "NONE" if name.startswith("images") else "SNAPPY" for name in _leaves(self._schema)
        }
        self._writer = self._pq.ParquetWriter(path, self._schema, compression=compression)
        return self._writer


def _schema(names: tuple[str, ...] | None) -> Any:
    import pyarrow as pa

    content = pa.list_(pa.struct([("type", pa.string()), ("text", pa.string())]))
    kinds: dict[str, Any] = {
        "sample_id": pa.string(),
        "session_id": pa.string(),
        "seq": pa.uint64(),
        "goal": pa.string(),
        "history": pa.list_(pa.string()),
        "url": pa.string(),
        "title": pa.string(),
        "messages": pa.list_(pa.struct([("role", pa.string()), ("content", content)])),
        "images": pa.list_(pa.struct([("bytes", pa.binary()), ("path", pa.string())])),
        "actions": pa.string(),
        "tools": pa.string(),
        "image_width": pa.uint32(),
        "image_height": pa.uint32(),
        "training_value": pa.float64(),
        "complexity": pa.float64(),
        "worst_finding": pa.string(),
    }
    chosen = {name: kind for name, kind in kinds.items() if names is None or name in names}
    features = {name: _FEATURES[name] for name in chosen}
    metadata = {"huggingface": json.dumps({"info": {"features": features}})}
    return pa.schema(list(chosen.items()), metadata=metadata)


def _leaves(schema: Any) -> list[str]:
    """The column paths of a Parquet file, by which compression is chosen."""
    paths: list[str] = []
    for field in schema:
        if field.name == "images":
            paths += [f"images.list.element.{leaf}" for leaf in ("bytes", "path")]
        elif field.name == "messages":
            inner = "messages.list.element"
            paths += [f"{inner}.role", f"{inner}.content.list.element.type", f"{inner}.content.list.element.text"]
        elif field.name == "history":
            paths.append("history.list.element")
        else:
            paths.append(field.name)
    return paths


def _value(kind: str) -> dict[str, str]:
    return {"dtype": kind, "_type": "Value"}


#: The features as the hub's library describes them.
_FEATURES: dict[str, Any] = {
    "sample_id": _value("string"),
    "session_id": _value("string"),
    "seq": _value("uint64"),
    "goal": _value("string"),
    "history": {"feature": _value("string"), "_type": "List"},
    "url": _value("string"),
    "title": _value("string"),
    "messages": {
        "feature": {
            "role": _value("string"),
            "content": {"feature": {"type": _value("string"), "text": _value("string")}, "_type": "List"},
        },
        "_type": "List",
    },
    "images": {"feature": {"_type": "Image"}, "_type": "List"},
    "actions": _value("string"),
    "tools": _value("string"),
    "image_width": _value("uint32"),
    "image_height": _value("uint32"),
    "training_value": _value("float64"),
    "complexity": _value("float64"),
    "worst_finding": _value("string"),
}
