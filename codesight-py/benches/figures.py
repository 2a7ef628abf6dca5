"""The package's figures, each beside what a user would do instead. Needs an optimised build, pyarrow and Pillow.

    python codesight-py/benches/figures.py RECORDING
"""

from __future__ import annotations

import io
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import codesight_sdk as cs
import pyarrow as pa
from codesight_sdk import _native, fleet
from PIL import Image

ROUNDS = 5
INTERACTIONS = 10_000


@dataclass(frozen=True)
class Cost:
    """Seconds of one round, by the clock and of processor: on a busy machine the second tells more."""

    wall: float
    cpu: float

    def over(self, count: float) -> Cost:
        """The cost of one of so many."""
        return Cost(self.wall / count, self.cpu / count)


def cost_of(work: Callable[[], object], rounds: int = ROUNDS) -> Cost:
    """The middle of several rounds. Children count as well as the process itself."""
    walls: list[float] = []
    cpus: list[float] = []
    for _ in range(rounds):
        wall, cpu = time.perf_counter(), _processor()
        work()
        walls.append(time.perf_counter() - wall)
        cpus.append(_processor() - cpu)
    return Cost(statistics.median(walls), statistics.median(cpus))


def _processor() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def told(name: str, ours: Cost, theirs: Cost) -> None:
    """One line: milliseconds of both, by the clock and of processor, and how many times theirs is ours."""
    shown = [f"{one * 1e3:10.2f}" for one in (ours.wall, theirs.wall, ours.cpu, theirs.cpu)]
    wall, cpu = theirs.wall / ours.wall, theirs.cpu / ours.cpu
    print(f"{name:<44}{shown[0]}{shown[1]}{wall:8.2f}{shown[2]}{shown[3]}{cpu:8.2f}", flush=True)


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
    ours = cost_of(lambda: pa.table(cs.open(path)[0].to_arrow()))
    told(f"{INTERACTIONS} interactions to Arrow / by dicts", ours, cost_of(lambda: rows_of_dicts(cs.open(path)[0], names), 3))
    parse = cost_of(lambda: json.loads(cs.open(path)[0].read("interactions.json")), 3)
    told("  the same / json.loads of them alone", ours, parse)


def frames(session: cs.Session) -> None:
    """Decoding against Pillow, on the same files."""
    images = [frame.image for frame in session.frames]
    ours = cost_of(lambda: [_native.decode_image(image) for image in images])
    theirs = cost_of(lambda: [Image.open(io.BytesIO(image)).load() for image in images])
    told("one frame decoded / by Pillow", ours.over(len(images)), theirs.over(len(images)))
    checked = cost_of(lambda: [frame.to_pil() for frame in session.frames])
    told("  out of the archive, checked, into Pillow", checked.over(len(images)), theirs.over(len(images)))


def imports() -> None:
    """The import, in a fresh interpreter, beside the interpreter's own start."""
    run = lambda code: subprocess.run([sys.executable, "-c", code], check=True)  # noqa: E731
    with_package = cost_of(lambda: run("import codesight_sdk"), 15)
    without = cost_of(lambda: run("pass"), 15)
    alone = Cost(with_package.wall - without.wall, with_package.cpu - without.cpu)
    told("import of the package / its goal", alone, Cost(0.15, 0.15))


def engine(archive: Path, folder: Path) -> None:
    """What the parts, reports and stores of the fleet cost against the pipeline alone."""
    sys.path.insert(0, str(Path(__file__).parents[2] / "examples/fleet"))
    from recordings import renamed

    content, count = archive.read_bytes(), 40
    for number in range(count):
        renamed(content, f"session-{number}", folder / f"fleet/session-{number}.zip")

    def through_the_step() -> None:
        with tempfile.TemporaryDirectory(dir=folder) as target:
            fleet.run(fleet.Plan.make(folder / "fleet", target, archives_per_part=10))

    ours = cost_of(through_the_step, 3)
    dataset = cs.open(folder / "fleet")
    plain = cost_of(lambda: [session.process().lines(images="path") for session in dataset], 3)
    told("one archive by the fleet's step / alone", ours.over(count), plain.over(count))


def main() -> None:
    """Prints every figure: ours, what it is compared with, and the ratio."""
    if not _native.OPTIMISED:
        sys.exit("build the package with `maturin build --release` first")
    recording = Path(sys.argv[1])
    print(f"load {os.getloadavg()[0]:.0f} on {os.cpu_count()} processors; milliseconds")
    head = f"{'clock':>10}{'otherwise':>10}{'ratio':>8}"
    print(f"{'':<44}{head}{head.replace('    clock', 'processor')}")
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
