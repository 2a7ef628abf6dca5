"""Threads, processes, signals, event loops."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import codesight_sdk as cs
import pytest


def _look(session: cs.Session) -> tuple[int, str, int]:
    return os.getpid(), session.frames[1].hash, len(session.read("interactions.json"))


def test_sessions_and_datasets_are_pickled(session: cs.Session, archives: Path) -> None:
    again = pickle.loads(pickle.dumps(session))
    assert again == session and again.findings == session.findings
    dataset = pickle.loads(pickle.dumps(cs.open(archives)))
    assert len(dataset) == 1 and dataset[0] == session
    interaction = pickle.loads(pickle.dumps(session.interactions[0]))
    assert interaction == session.interactions[0] and interaction.findings == session.interactions[0].findings
    error = pickle.loads(pickle.dumps(cs.NotFoundError("gone", operation="x", context=[("key", "k")])))
    assert (str(error), error.context, error.code) == ("x: gone, key=k", {"key": "k"}, "not-found")


def test_many_threads_share_a_session(session: cs.Session) -> None:
    with ThreadPoolExecutor(8) as pool:
        images = list(pool.map(lambda frame: frame.pixels().width, list(session.frames) * 3))
    assert len(images) == 3 * len(session.frames)


def test_other_threads_run_on(session: cs.Session) -> None:
    ticks = 0
    stop = threading.Event()

    def tick() -> None:
        nonlocal ticks
        while not stop.wait(0.001):
            ticks += 1

    thread = threading.Thread(target=tick)
    thread.start()
    before = ticks
    session.process()
    during = ticks - before
    stop.set()
    thread.join()
    assert during > 0


@pytest.mark.parametrize("start", ["fork", "spawn"])
def test_a_session_works_in_another_process(session: cs.Session, start: str) -> None:
    _ = session.frames[0].image
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context(start)) as pool:
        looks = list(pool.map(_look, [session] * 4))
    assert all(process != os.getpid() for process, *_ in looks)
    assert {look[1:] for look in looks} == {_look(session)[1:]}


def test_a_child_uses_the_session_it_inherited(session: cs.Session) -> None:
    expected = session.read("interactions.json")
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.write(writer, b"1" if session.read("interactions.json") == expected else b"0")
        finally:
            os._exit(0)
    os.close(writer)
    assert os.read(reader, 1) == b"1"
    os.close(reader)
    os.waitpid(child, 0)
    assert session.read("interactions.json") == expected


def test_ctrl_c_ends_a_long_call(tmp_path: Path) -> None:
    # Writes far more than can be validated within the wait, so only the interruption can end it early.
    program = f"""
import sys, warnings
warnings.simplefilter("ignore")
import codesight_sdk as cs
line = b'{{"messages":[{{"role":"user","content":"' + b"word " * 200_000 + b'"}}]}}' + bytes([10])
lines = line * 200
print("ready", flush=True)
try:
    while True:
        cs.validate(lines, count_tokens=True)
except KeyboardInterrupt:
    sys.exit(77)
"""
    running = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert running.stdout is not None and running.stdout.readline() == b"ready\n"
    time.sleep(0.3)
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=60) == 77
    running.stdout.close()


def test_two_event_loops(session: cs.Session) -> None:
    async def work() -> int:
        sizes = await asyncio.gather(*(asyncio.to_thread(lambda: len(session.frames[0].image)) for _ in range(4)))
        return sum(sizes)

    results: list[int] = []
    threads = [threading.Thread(target=lambda: results.append(asyncio.run(work()))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [4 * len(session.frames[0].image)] * 2


def test_importing_the_package_brings_nothing_heavy() -> None:
    heavy = ["numpy", "PIL", "pyarrow", "pandas", "asyncio", "tqdm", "urllib.request", "codesight_sdk.display"]
    program = f"import warnings; warnings.simplefilter('ignore'); import sys, codesight_sdk; print([m for m in {heavy} if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert said.stdout.strip() == "[]"
