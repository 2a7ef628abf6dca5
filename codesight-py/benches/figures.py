"""The package's figures, each beside what a user would do instead. Needs an optimised build, pyarrow and Pillow.

    python codesight-py/benches/figures.py RECORDING
"""

from __future__ import annotations

import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import codesight_sdk as cs
import pyarrow as pa
from codesight_sdk import _native, fleet
from PIL import Image

ROUNDS = 5
INTERACTIONS = 10_000


def median_of(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Seconds of the middle of several rounds."""
    seconds: list[float] = []
    for _ in range(rounds):
        begin = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - begin)
    return statistics.median(seconds)


def told(name: str, ours: str, theirs: str, ratio: float) -> None:
    """One line."""
    print(f"{name:<44} {ours:>16} {theirs:>16} {ratio:8.2f}", flush=True)


def long_archive(archive: Path, folder: Path) -> Path:
    """The same archive with its interactions again and again, up to ``INTERACTIONS``."""
    sys.path.insert(0, str(Path(__file__).parents[2] / "examples/fleet"))
    from recordings import renamed

    plain = zipfile.ZipFile(archive)
    interactions = json.loads(plain.read("interactions.json"))
    many = [interactions[at % len(interactions)] | {"seq": at + 1} for at in range(INTERACTIONS)]
    changed = io.BytesIO()
    with zipfile.ZipFile(changed, "w") as written:
        for info in plain.infolist():
            content = plain.read(info)
            if info.filename == "interactions.json":
                content = json.dumps(many).encode()
            written.writestr(info, content)
    target = folder / "long.zip"
    renamed(changed.getvalue(), "long", target)
    return target


def rows_of_dicts(session: cs.Session, names: list[str]) -> pa.Table:
    """The table as one would make it from the package's objects."""
    rows: list[dict[str, Any]] = []
    for one in session.interactions:
        box = one.box or (None, None, None, None)
        viewport = one.viewport or (None, None)
        action = one.data.get("action", {})
        element = one.data.get("element") or {}
        shots = {shot["relation"]: shot for shot in reversed(one.data.get("screenshots", ()))}
        before, after = shots.get("before", {}), shots.get("after", {})
        derived = one.data.get("derived", {})
        values = (
            session.id, one.seq, one.timestamp, one.type, *(one.point or (None, None)), action.get("button"),
            one.text, action.get("scrollX"), action.get("scrollY"), one.url, one.title, *viewport,
            element.get("tag"), element.get("role"), element.get("name"), *box,
            (one.data.get("selectors") or {}).get("primary"), before.get("hash"), before.get("lagMs"),
            after.get("hash"), one.page_kind, one.intent, derived.get("sincePreviousMs"),
            one.data.get("confidence"), one.reliability,
        )  # fmt: skip
        rows.append(dict(zip(names, values, strict=True)))
    return pa.Table.from_pylist(rows)


def arrow(archive: Path, folder: Path) -> None:
    """Arrow against dictionaries."""
    path = long_archive(archive, folder)
    names = cs.open(path)[0].to_arrow().column_names
    ours = median_of(lambda: pa.table(cs.open(path)[0].to_arrow()))
    dicts = median_of(lambda: rows_of_dicts(cs.open(path)[0], names), 3)
    told(f"{INTERACTIONS} interactions to Arrow, against dicts", f"{ours * 1e3:.0f} ms", f"{dicts * 1e3:.0f} ms", dicts / ours)
    parse = median_of(lambda: json.loads(cs.open(path)[0].read("interactions.json")), 3)
    told("  of which json.loads alone", "", f"{parse * 1e3:.0f} ms", parse / ours)


def frames(session: cs.Session) -> None:
    """Decoding against Pillow, on the same files."""
    images = [frame.image for frame in session.frames]
    ours = len(images) / median_of(lambda: [_native.decode_image(image) for image in images])
    theirs = len(images) / median_of(lambda: [Image.open(io.BytesIO(image)).load() for image in images])
    told("frames decoded a second, against Pillow", f"{ours:.0f}", f"{theirs:.0f}", ours / theirs)
    arrays = len(images) / median_of(lambda: [frame.to_pil() for frame in session.frames])
    told("  out of the archive into Pillow", f"{arrays:.0f}", f"{theirs:.0f}", arrays / theirs)


def imports() -> None:
    """The import, in a fresh interpreter, less the interpreter's own start."""
    run = lambda code: subprocess.run([sys.executable, "-c", code], check=True)  # noqa: E731
    with_package = median_of(lambda: run("import codesight_sdk"), 9)
    without = median_of(lambda: run("pass"), 9)
    told("import of the package, goal 150 ms", f"{(with_package - without) * 1e3:.0f} ms", "", (with_package - without) / 0.15)


def engine(archive: Path, folder: Path) -> None:
    """What the parts, reports and stores of the fleet cost against the pipeline alone."""
    sys.path.insert(0, str(Path(__file__).parents[2] / "examples/fleet"))
    from recordings import renamed

    content, count = archive.read_bytes(), 40
    for number in range(count):
        renamed(content, f"session-{number}", folder / f"fleet/session-{number}.zip")
    step = fleet.Plan.make(folder / "fleet", folder / "lines", archives_per_part=10)
    fleet_seconds = median_of(lambda: fleet.run(step), 1)
    dataset = cs.open(folder / "fleet")
    plain = median_of(lambda: [session.process().lines(images="path") for session in dataset])
    told("archives a second through the fleet's step", f"{count / fleet_seconds:.0f}", f"{count / plain:.0f}", plain / fleet_seconds)


def main() -> None:
    """Prints every figure: ours, theirs, and the ratio."""
    if not _native.OPTIMISED:
        sys.exit("build the package with `maturin build --release` first")
    recording = Path(sys.argv[1])
    print(f"{'':<44} {'codesight_sdk':>16} {'otherwise':>16} {'ratio':>8}")
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        session = cs.archive_recording(recording, folder / "archives", level="full", key=bytes(32))
        archive = Path(session.uri)
        arrow(archive, folder)
        frames(session)
        imports()
        engine(archive, folder)


if __name__ == "__main__":
    main()
