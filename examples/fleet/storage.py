"""Where the trial keeps its archives: an S3-compatible server that it starts itself, or a folder."""

from __future__ import annotations

import contextlib
import importlib.util
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from codesight_sdk._location import Store

BUCKET = "sessions"


@dataclass(frozen=True)
class Places:
    """Source and target of a run, with what opens them."""

    source: str
    target: str
    options: dict[str, str]


@contextlib.contextmanager
def bucket(archives: Path) -> Iterator[Places]:
    """A moto server on this machine with the archives in a bucket; it ends with the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    arguments = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    server = subprocess.Popen(arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        endpoint = f"http://127.0.0.1:{port}"
        _make_bucket(endpoint, server)
        options = {
            "aws_access_key_id": "trial",
            "aws_secret_access_key": "trial",
            "aws_region": "us-east-1",
            "aws_endpoint": endpoint,
            "aws_allow_http": "true",
            "aws_virtual_hosted_style_request": "false",
        }
        _upload(archives, Store.of(f"s3://{BUCKET}/archives", options))
        yield Places(f"s3://{BUCKET}/archives", f"s3://{BUCKET}/lines", options)
    finally:
        server.terminate()
        server.wait(timeout=30)


def folder(archives: Path) -> Places:
    """The archives where they are."""
    return Places(archives.as_uri(), (archives.parent / "lines").as_uri(), {})


def has_server() -> bool:
    """Whether an S3-compatible server can be started."""
    return importlib.util.find_spec("moto") is not None and importlib.util.find_spec("flask") is not None


def _make_bucket(endpoint: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if server.poll() is not None:
            raise RuntimeError("the S3-compatible server ended before it listened")
        try:
            request = urllib.request.Request(f"{endpoint}/{BUCKET}", method="PUT")
            urllib.request.urlopen(request, timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the S3-compatible server does not listen")


def _upload(archives: Path, store: Store) -> None:
    blobs = store.open()

    def put(path: Path) -> None:
        blobs.put(str(path.relative_to(archives)), path.read_bytes())

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(put, sorted(archives.rglob("*.zip"))))
