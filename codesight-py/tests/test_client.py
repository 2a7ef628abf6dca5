"""The client, against the real server and against servers that misbehave."""

from __future__ import annotations

import asyncio
import re
import subprocess
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import codesight_sdk as cs
import pytest
from conftest import REPOSITORY

TOKEN = "token-of-the-demo-tenant"
OFFICER = "token-of-the-demo-officer"
RECORDING = REPOSITORY / "examples/shop/recording/shopping-session.wire"


@pytest.fixture(scope="module")
def server(server_program: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server with one processed session."""
    folder = tmp_path_factory.mktemp("server")
    subprocess.run([server_program, "demo", "--exit", "--data-dir", folder], check=True, capture_output=True)
    arguments = ["serve", "--listen", "127.0.0.1:0", "--data-dir", folder, "--token", f"demo/scripted-person={TOKEN}"]
    arguments += ["--officer-token", f"demo/officer={OFFICER}"]
    running = subprocess.Popen([server_program, *arguments], stderr=subprocess.PIPE, text=True)
    assert running.stderr is not None
    for line in running.stderr:
        found = re.search(r"address=(\S+)", line)
        if found:
            break
    else:
        raise AssertionError("the server ended before it listened")
    log = threading.Thread(target=running.stderr.read, daemon=True)
    log.start()
    yield f"http://{found.group(1)}"
    running.terminate()
    running.wait(timeout=30)
    log.join()
    running.stderr.close()


def test_list_look_and_fetch(server: str, tmp_path: Path) -> None:
    client = cs.Client(server, token=TOKEN)
    assert client.ready()
    (listed,) = client.sessions(status="completed", page=1)
    session = listed["id"]
    assert client.session(session) == listed == client.wait(session)
    fetched = client.fetch(session, tmp_path)
    assert fetched.id == session and cs.verify(fetched).sound
    assert [place["data"] for place in client.interactions(session)] == [one.data for one in fetched.interactions]
    assert client.report(session) == fetched.report
    told: list[tuple[int, int]] = []
    lines = client.fetch_lines(session, tmp_path / "l.jsonl", progress=lambda done, total: told.append((done, total)))
    assert lines.read_bytes() == fetched.process().lines().data and told[-1][0] == told[-1][1] == lines.stat().st_size
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([f"{session}.zip", "l.jsonl"])


def test_asyncio(server: str, tmp_path: Path) -> None:
    async def work() -> str:
        client = cs.AsyncClient(server, token=TOKEN)
        assert await client.ready()
        sessions = [session async for session in client.sessions()]
        fetched = await client.fetch(sessions[0]["id"], tmp_path)
        places = [place async for place in client.interactions(fetched.id)]
        assert len(places) == len(fetched.interactions)
        return fetched.id

    assert asyncio.run(work()) == asyncio.run(work())


def test_start_watch_and_fetch(server: str, tmp_path: Path) -> None:
    client = cs.Client(server, token=TOKEN)
    told: list[tuple[int, int]] = []
    session = client.start(RECORDING, key="from-python", progress=lambda done, total: told.append((done, total)))
    assert told[-1][0] == told[-1][1] > 20 and [done for done, _ in told] == sorted(done for done, _ in told)
    assert client.wait(session)["status"] == "completed"
    assert list(client.watch(session)) == [], "what is over has no more news, and the stream ends"
    fetched = client.fetch(session, tmp_path)
    assert len(fetched.interactions) > 20 and fetched.goal == cs.archive_recording(RECORDING, tmp_path / "own").goal


def test_start_with_asyncio(server: str) -> None:
    async def work() -> str:
        client = cs.AsyncClient(server, token=TOKEN)
        session = await client.start(RECORDING.read_bytes(), key="from-asyncio")
        return str((await client.wait(session))["status"])

    assert asyncio.run(work()) == "completed"


def test_what_cannot_be_started(server: str) -> None:
    with pytest.raises(cs.UnauthenticatedError):
        cs.Client(server, token="wrong-token-of-nobody").start(RECORDING, tries=2)
    with pytest.raises(cs.CodeSightError):
        cs.Client(server, token=TOKEN).start(b"no recording")
    with pytest.raises(FileNotFoundError):
        cs.Client(server, token=TOKEN).start("none.wire")
    with pytest.raises(cs.UnavailableError):
        cs.Client("http://127.0.0.1:1", token=TOKEN, timeout=2).start(RECORDING, tries=1)


def test_who_may_not(server: str, tmp_path: Path) -> None:
    with pytest.raises(cs.UnauthenticatedError) as caught:
        list(cs.Client(server, token="wrong-token-of-nobody").sessions())
    assert isinstance(caught.value, PermissionError) and "wrong-token" not in str(caught.value)
    client = cs.Client(server, token=TOKEN)
    with pytest.raises(cs.NotFoundError):
        client.fetch("../../etc/passwd", tmp_path)
    assert TOKEN not in repr(client) and not list(tmp_path.iterdir())


def test_an_officer_erases(server: str) -> None:
    client = cs.Client(server, token=TOKEN)
    officer = cs.Client(server, token=OFFICER)
    with pytest.raises(cs.ForbiddenError):
        client.erase("scripted-person")
    with pytest.raises(cs.NotFoundError):
        officer.erase("somebody-else")
    erasure = officer.erase("scripted-person")
    assert erasure.status == "settled" and erasure.sessions and not list(client.sessions())


class Misbehaving(BaseHTTPRequestHandler):
    """Answers by the path."""

    def do_GET(self) -> None:
        if "/broken" in self.path:
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"too short")
            return
        kinds = {"/busy": 503, "/elsewhere": 302, "/html": 200}
        code = next((code for part, code in kinds.items() if part in self.path), 404)
        self.send_response(code)
        if code == 302:
            self.send_header("Location", "http://127.0.0.1:1/steal")
        if code == 503:
            self.send_header("Retry-After", "7")
        self.end_headers()
        self.wfile.write(b"<html>not JSON</html>")

    def log_message(self, format: str, *arguments: object) -> None:
        pass


@pytest.fixture
def misbehaving() -> Iterator[str]:
    """A server of its own."""
    server = HTTPServer(("127.0.0.1", 0), Misbehaving)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_servers_that_misbehave(misbehaving: str, tmp_path: Path) -> None:
    client = cs.Client(misbehaving, token="t", timeout=5)
    with pytest.raises(cs.UnavailableError) as caught:
        client.session("busy")
    assert caught.value.retry_after == 7.0
    with pytest.raises(cs.UnexpectedError):
        client.session("html")
    with pytest.raises(cs.CodeSightError):
        client.session("elsewhere")
    with pytest.raises(cs.UnavailableError):
        client.fetch("broken", tmp_path)
    assert not list(tmp_path.iterdir())
    with pytest.raises(cs.UnavailableError):
        cs.Client("http://127.0.0.1:1", token="t", timeout=2).session("x")
    with pytest.raises(cs.InvalidError):
        cs.Client("file:///etc/passwd", token="t")
