"""One archived session."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal, TypeVar, overload

from . import _native
from ._errors import InvalidError, missing_extra
from ._location import Location
from .interaction import Interaction, moment
from .quality import Finding, Findings, Quality

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from PIL import Image

    from .pipeline import Pipeline, Processed

T = TypeVar("T")
Table = Literal["interactions", "findings", "frames"]


class Frame:
    """A stored frame: a screenshot with its provenance. Pixels are decoded when they are asked for.

    >>> frame = session.frames[0]
    >>> frame.to_numpy().shape == (frame.height, frame.width, 3)
    True
    """

    def __init__(self, session: Session, entry: Mapping[str, Any]) -> None:
        self._session = session
        self._entry = entry

    @property
    def hash(self) -> str:
        """SHA-256 of the frame as it was captured, 64 hexadecimal digits."""
        return str(self._entry["hash"])

    @property
    def file(self) -> str:
        """The stored image's path within the archive. Frames that look the same share one."""
        return str(self._entry["file"])

    @property
    def width(self) -> int:
        """Image pixels."""
        return int(self._entry["width"])

    @property
    def height(self) -> int:
        """Image pixels."""
        return int(self._entry["height"])

    @property
    def blank(self) -> bool:
        """Whether it shows one colour only."""
        return bool(self._entry.get("blank", False))

    @property
    def painted(self) -> int:
        """How many boxes of it were painted over."""
        return len(self._entry.get("painted", ()))

    media_type = "image/webp"

    @property
    def image(self) -> bytes:
        """The encoded image, checked against the archive's manifest.

        Raises:
            CorruptError: the stored bytes are not what the manifest says.
        """
        return self._session._native(lambda archive: archive.frame(self.hash))

    def pixels(self) -> _native.Pixels:
        """The decoded samples: rows from the top left, 8 bits each, RGB or RGBA. Offers the buffer protocol with the shape
        (height, width, channels) over the decoder's own memory."""
        return self._session._native(lambda archive: archive.pixels(self.hash))

    def to_numpy(self) -> npt.NDArray[np.uint8]:
        """The pixels as an array of shape (height, width, channels), ``uint8``, read-only, over the decoder's own memory.

        Raises:
            MissingExtraError: NumPy is not installed.
        """
        try:
            import numpy as np
        except ImportError:
            raise missing_extra("numpy", "notebook") from None
        return np.asarray(self.pixels())

    def to_pil(self) -> Image.Image:
        """The pixels as a picture of Pillow, copied once, into Pillow's own memory.

        Raises:
            MissingExtraError: Pillow is not installed.
        """
        try:
            from PIL import Image
        except ImportError:
            raise missing_extra("Pillow", "notebook") from None
        pixels = self.pixels()
        size = (pixels.width, pixels.height)
        # Pillow takes every buffer; its stubs name bytes alone.
        samples: Any = pixels
        return Image.frombuffer(pixels.mode, size, samples, "raw", pixels.mode, 0, 1)

    def __repr__(self) -> str:
        return f"<Frame {self.hash[:12]} {self.width}x{self.height} of {self._session.id}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Frame) and self.hash == other.hash

    def __hash__(self) -> int:
        return hash(self.hash)

    def __reduce__(self) -> tuple[object, ...]:
        return Frame, (self._session, dict(self._entry))

    def _repr_html_(self) -> str:
        from .display import frame_html

        return frame_html(self)


class Frames(Sequence[Frame]):
    """The frames of a session in the order first seen; by position, or by hash."""

    def __init__(self, frames: Sequence[Frame]) -> None:
        self._frames = tuple(frames)
        self._by_hash = {frame.hash: frame for frame in self._frames}

    @overload
    def __getitem__(self, index: int | str) -> Frame: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Frame]: ...
    def __getitem__(self, index: int | str | slice) -> Frame | Sequence[Frame]:
        if isinstance(index, str):
            return self._by_hash[index]
        return self._frames[index]

    def __contains__(self, value: object) -> bool:
        return value in self._by_hash or value in self._frames

    def __len__(self) -> int:
        return len(self._frames)

    def __iter__(self) -> Iterator[Frame]:
        return iter(self._frames)

    def __repr__(self) -> str:
        return f"<Frames: {len(self)}, {len({frame.file for frame in self._frames})} distinct>"


class Interactions(Sequence[Interaction]):
    """The interactions of a session in order; parsed when they are first asked for."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @cached_property
    def _items(self) -> list[Interaction]:
        data = json.loads(self._session.read("interactions.json"))
        return [Interaction(self._session, one) for one in data]

    @overload
    def __getitem__(self, index: int) -> Interaction: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Interaction]: ...
    def __getitem__(self, index: int | slice) -> Interaction | Sequence[Interaction]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[Interaction]:
        return iter(self._items)

    def at(self, seq: int) -> Interaction:
        """The interaction at a place of the session.

        Raises:
            KeyError: the place holds none.
        """
        for interaction in self._items:
            if interaction.seq == seq:
                return interaction
        raise KeyError(seq)

    def __repr__(self) -> str:
        return f"<Interactions of {self._session.id}: {len(self)}>"


class Session:
    """One archived session. Opening reads the archive's directory; everything else is read when it is asked for.

    Safe to share between threads. Can be pickled, and used after a ``fork``: it opens its archive again where it finds
    itself. A reader that is shared by processes would read at the wrong place, so none is.
    """

    def __init__(self, location: Location) -> None:
        self._location = location
        self._archive = location.open()
        self._process = os.getpid()

    def _native(self, use: Callable[[_native.Archive], T]) -> T:
        if self._process != os.getpid():
            self._archive, self._process = self._location.open(), os.getpid()
        return use(self._archive)

    @property
    def uri(self) -> str:
        """Where the archive is."""
        return str(self._location)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """``manifest.json``: every file with size and SHA-256, compression, what was masked, consent, summary."""
        return json.loads(self._native(lambda archive: archive.manifest()))

    @property
    def id(self) -> str:
        """The session's id."""
        return str(self.manifest["sessionId"])

    @property
    def tenant(self) -> str:
        """The project it belongs to."""
        return str(self.manifest["tenant"])

    @property
    def goal(self) -> str:
        """What the person set out to do, masked; empty where the archive does not say."""
        return str(self._summary.get("goal", {}).get("text", ""))

    @property
    def site(self) -> str | None:
        """The site the task was for, where it was named."""
        return self._summary.get("goal", {}).get("site")

    @property
    def outcome(self) -> str | None:
        """How it ended, as the collector tells it: a claim, not evidence."""
        return self._summary.get("outcome")

    @property
    def collector(self) -> str | None:
        """Who recorded it, under a stand-in that is the same in every archive made with the same key; ``None`` where the
        archive does not say."""
        return self._people.get("collector")

    @property
    def subject(self) -> str | None:
        """The person it is about, under a stand-in like that of :attr:`collector`."""
        return self._people.get("subject")

    @property
    def started_at(self) -> datetime:
        """When it began."""
        return moment(self._summary.get("startTime", self.manifest["createdAt"]))

    @property
    def masked(self) -> dict[str, int]:
        """How often each type of personal data was masked in the texts, and ``boxes``: how many were painted over."""
        redaction = self.manifest["redaction"]
        return {**redaction.get("text", {}), "boxes": redaction.get("boxes", 0)}

    @cached_property
    def interactions(self) -> Interactions:
        """What the person did, in order."""
        return Interactions(self)

    @cached_property
    def frames(self) -> Frames:
        """The frames, in the order first seen."""
        index = json.loads(self._native(lambda archive: archive.frame_index()))
        return Frames([Frame(self, entry) for entry in index["frames"]])

    @cached_property
    def report(self) -> dict[str, Any]:
        """``quality-report.json`` as it is stored: score, findings, gaps, improvements."""
        return json.loads(self.read("quality-report.json"))

    @cached_property
    def findings(self) -> Findings:
        """What a reader should know, by place and rule."""
        return Findings([Finding.of(one) for one in self.report["findings"]])

    @cached_property
    def quality(self) -> Quality:
        """The score and what it is made of."""
        return Quality.of(self.report)

    def read(self, path: str) -> bytes:
        """One file of the archive, checked against its SHA-256.

        Raises:
            NotFoundError: the archive has no such file.
            CorruptError: the bytes are not what the manifest says; ``context["code"]`` says how.
        """
        return self._native(lambda archive: archive.entry(path))

    def to_arrow(self, table: Table = "interactions", *, images: bool = False) -> _native.ArrowTable:
        """A table that everything that speaks Arrow reads without a copy, through the PyCapsule protocol:
        ``pyarrow.table(t)``, ``polars.DataFrame(t)``, ``pandas.DataFrame.from_arrow(t)``, DuckDB.

        Args:
            table: ``"interactions"``, ``"findings"`` or ``"frames"``.
            images: for frames, also a column ``image`` with the encoded images.

        >>> session.to_arrow().column_names[:5]
        ['session_id', 'seq', 'timestamp', 'type', 'x']
        """
        if table == "interactions":
            return self._native(lambda archive: archive.interactions_table())
        if table == "findings":
            return self._native(lambda archive: archive.findings_table())
        if table == "frames":
            return self._native(lambda archive: archive.frames_table(images))
        raise InvalidError("a table is interactions, findings or frames", operation="session.to_arrow")

    def process(self, pipeline: Pipeline | None = None) -> Processed:
        """Runs the pipeline on what the archive holds: with the pipeline that wrote it, the result is the same, byte for
        byte.

        >>> session.process().quality == session.quality
        True
        """
        from .pipeline import Processed

        config = None if pipeline is None else pipeline.to_json()
        return Processed(self._native(lambda archive: archive.process(config)))

    def __repr__(self) -> str:
        return f"<Session {self.id}: {self.goal or 'no goal'}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Session) and self._location == other._location

    def __hash__(self) -> int:
        return hash(self._location)

    def __reduce__(self) -> tuple[object, ...]:
        return Session, (self._location,)

    def _repr_html_(self) -> str:
        from .display import session_html

        return session_html(self)

    @property
    def _people(self) -> Mapping[str, str]:
        return self._summary.get("people") or {}

    @property
    def _summary(self) -> Mapping[str, Any]:
        return self.manifest.get("session") or {}
