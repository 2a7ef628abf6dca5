"""A trial of the fleet on this machine, by one command.

Generates archives, puts them into an S3-compatible server that it starts, runs the pipeline over them on an engine with several
workers, kills one worker on the way, runs the same in one process, and compares every byte.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path

import storage
from codesight_sdk import fleet
from codesight_sdk._location import Store
from recordings import generate

RECORDING = Path(__file__).parents[1] / "shop/recording/shopping-session.wire"


def main() -> int:
    """Runs the trial. Ends with 1 when the results differ."""
    chosen = _arguments()
    with contextlib.ExitStack() as stack:
        work = chosen.folder or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="codesight-fleet-")))
        begin = time.perf_counter()
        damaged = generate(RECORDING, work, chosen.archives)
        _say("generated", f"{chosen.archives} archives, {len(damaged)} of them damaged", begin)
        archives = work / "archives"
        if chosen.storage == "s3":
            begin = time.perf_counter()
            places = stack.enter_context(storage.bucket(archives))
            _say("uploaded", "into the S3-compatible server", begin)
        else:
            places = storage.folder(archives)
        return _compare(chosen, places, len(damaged))


def _compare(chosen: argparse.Namespace, places: storage.Places, damaged: int) -> int:
    def plan(name: str) -> fleet.Plan:
        return fleet.Plan.make(
            places.source,
            f"{places.target}/{name}",
            source_options=places.options,
            target_options=places.options,
            archives_per_part=chosen.archives_per_part,
        )

    alone, single = plan("one-process"), _Watch()
    begin = time.perf_counter()
    one = fleet.run(alone, on_result=single)
    seconds = time.perf_counter() - begin
    _say("one process", f"{one.archives / seconds:.0f} archives/s, {single.each:.2f} ms of processor each", begin)

    shared, watch = plan(chosen.engine), _Watch(kills=chosen.kill)
    begin = time.perf_counter()
    many = import_module(f"codesight_sdk.{chosen.engine}").run(shared, workers=chosen.workers, **watch.keywords(chosen.engine))
    seconds = time.perf_counter() - begin
    _say(chosen.engine, f"{many.archives / seconds:.0f} archives/s with {chosen.workers} workers, {watch.told()}", begin)
    if watch.workers:
        print(f"per core   {single.each / watch.each:.2f} of one process's archives in the same seconds of processor")

    for failure in many.failures:
        print(f"  failed   {failure['key']}: {failure['error']}, {failure['message']}")
    same = _contents(alone.target) == _contents(shared.target)
    print(f"results    {many.lines} lines, {many.bytes:,} bytes, {'identical' if same else 'DIFFERENT'}")
    if len(many.failures) != damaged:
        print(f"failures   {len(many.failures)} reported, {damaged} archives were damaged")
    return 0 if same and len(many.failures) == damaged else 1


class _Watch:
    """What workers use; kills the worker that did a part, once a few parts are done."""

    AFTER = 3

    def __init__(self, *, kills: bool = False) -> None:
        self.kills = kills
        self.killed: int | None = None
        self.seen = 0
        self.workers: set[int] = set()
        self.memory = 0
        self.archives = 0
        self.processor = 0.0

    @property
    def each(self) -> float:
        """Milliseconds of processor for an archive."""
        return self.processor / max(1, self.archives) * 1e3

    def __call__(self, result: fleet.PartResult) -> None:
        self.seen += 1
        self.workers.add(result.worker)
        self.memory = max(self.memory, _memory(result.worker))
        self.archives += result.archives
        self.processor += result.processor
        if self.kills and self.killed is None and self.seen >= self.AFTER and result.worker != os.getpid():
            os.kill(result.worker, signal.SIGKILL)
            self.killed = result.worker

    def keywords(self, engine: str) -> dict[str, object]:
        return {"on_result": self} if engine == "ray" else {}

    def told(self) -> str:
        if not self.workers:
            return "workers not seen"
        most = f"{self.each:.2f} ms of processor each, {self.memory >> 20} MB a worker at most"
        return f"{len(self.workers)} processes, {most}" + (f", {self.killed} killed on the way" if self.killed else "")


def _memory(process: int) -> int:
    """Peak resident bytes of a process; 0 when it is gone."""
    try:
        status = Path(f"/proc/{process}/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmHWM:")), 0)


def _contents(store: Store) -> dict[str, bytes]:
    blobs = store.open()
    return {key: blobs.get(key) for key, _ in store.list()}


def _say(what: str, words: str, begin: float) -> None:
    print(f"{what:<10} {words} ({time.perf_counter() - begin:.1f} s)", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archives", type=int, default=2_000)
    parser.add_argument("--archives-per-part", type=int, default=50)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--engine", choices=["ray", "daft"], default="ray")
    parser.add_argument("--storage", choices=["s3", "folder"], default="s3" if storage.has_server() else "folder")
    parser.add_argument("--no-kill", dest="kill", action="store_false", help="let every worker live")
    parser.add_argument("--folder", type=Path, help="keep everything here")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
