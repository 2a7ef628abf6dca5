"""LLaMA-Factory's multimodal format."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..dataset import Dataset
from ..items import Item

if TYPE_CHECKING:
    from ..exporting import Source

#: Words that the loader takes for a picture, a video or a sound wherever they stand: as many of the first as there are
#: pictures, or it refuses the item. Page text may not say them.
_PLACEHOLDERS = ("<image>", "<video>", "<audio>")


def write_llama_factory(sides: Mapping[str, Dataset], source: Source, folder: Path) -> dict[str, int]:
    """A JSON file for each side, the pictures in ``images/``, and ``dataset_info.json``."""
    (folder / "images").mkdir()
    counts: dict[str, int] = {}
    info: dict[str, Any] = {}
    for side, dataset in sides.items():
        counts[side] = 0
        with (folder / f"{side}.json").open("w", encoding="utf-8") as file:
            file.write("[")
            for item in source.items(dataset):
                image = f"images/{item.frame}.webp"
                (folder / image).write_bytes(item.image)
                file.write(",\n" if counts[side] else "\n")
                json.dump(_row(item, image), file, ensure_ascii=False)
                counts[side] += 1
            file.write("\n]\n")
        info[f"codesight_{side}"] = _INFO | {"file_name": f"{side}.json"}
    text = json.dumps(info, indent=2)
    (folder / "dataset_info.json").write_text(text, encoding="utf-8")
    return counts


_INFO: dict[str, Any] = {
    "formatting": "sharegpt",
    "columns": {"messages": "messages", "images": "images", "system": "system"},
    "tags": {
        "role_tag": "role",
        "content_tag": "content",
        "user_tag": "user",
        "assistant_tag": "assistant",
    },
}


def _row(item: Item, image: str) -> dict[str, Any]:
    return {
        "system": _plain(item.system),
        "messages": [
            {"role": "user", "content": f"<image>{_plain(item.user)}"},
            {"role": "assistant", "content": _plain(item.answer)},
        ],
        "images": [image],
    }


def _plain(text: str) -> str:
    for word in _PLACEHOLDERS:
        text = text.replace(word, f"{word[:-1]} >")
    return text
