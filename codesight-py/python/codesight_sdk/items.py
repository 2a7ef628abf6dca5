"""Training items on their way into trainers' formats: one line, its picture, and where it comes from."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .pipeline import Pipeline
from .session import Session


@dataclass(frozen=True, slots=True)
class Item:
    """One training item.

    Attributes:
        session_id: the session.
        seq: its interaction.
        system: the instructions, with the convention for coordinates.
        user: the goal, the earlier actions and the page, as data.
        answer: the arguments of the tool call: JSON with ``actions``, coordinates in pixels of the picture.
        tools: the tool's description, as the line has it.
        frame: SHA-256 of the captured frame.
        image: the encoded picture.
        width: pixels.
        height: pixels.
        example: the item before any format; empty when it was read from stored lines.
    """

    session_id: str
    seq: int
    system: str
    user: str
    answer: str
    tools: list[dict[str, Any]]
    frame: str
    image: bytes
    width: int
    height: int
    example: dict[str, Any]

    @property
    def name(self) -> str:
        """A name for files: the session and the place."""
        return f"{self.session_id}-{self.seq:06d}"


def items(session: Session, *, pipeline: Pipeline | None = None, min_value: float = 0.0) -> Iterator[Item]:
    """The items of a session. Memory is bounded by its lines and one picture.

    Args:
        min_value: 0 to 1; items of less training value are left out.
    """
    processed = session.process(pipeline)
    examples = {example["seq"]: example for example in processed.examples}
    for line in processed.lines(images="path").parsed():
        seq = seq_of(line)
        example = examples[seq]
        if example["trainingValue"] >= min_value:
            yield item(session, line, example)


def stored_lines(session: Session) -> list[dict[str, Any]]:
    """The lines that were stored with the archive, images by path."""
    return [json.loads(line) for line in session.read("training.jsonl").splitlines() if line]


def seq_of(line: dict[str, Any]) -> int:
    """The interaction that a line was made from: it is in the id of its call."""
    return int(line["messages"][-1]["tool_calls"][0]["id"].rpartition("_")[2])


def item(session: Session, line: dict[str, Any], example: dict[str, Any] | None = None) -> Item:
    """The item of a line."""
    system, user, assistant = line["messages"]
    text, picture = user["content"]
    path = picture["image_url"]["url"]
    frame = next(frame for frame in session.frames if frame.file == path)
    return Item(
        session_id=session.id,
        seq=seq_of(line),
        system=system["content"],
        user=text["text"],
        answer=assistant["tool_calls"][0]["function"]["arguments"],
        tools=line["tools"],
        frame=frame.hash,
        image=frame.image,
        width=frame.width,
        height=frame.height,
        example=example or {},
    )
