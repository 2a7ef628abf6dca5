"""One archived session for all tests, made from the recording of the fixture shop."""

from __future__ import annotations

import os
import shutil
import warnings
from collections.abc import Callable
from pathlib import Path

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore", RuntimeWarning)
    import codesight_sdk as cs

REPOSITORY = Path(__file__).parents[2]
RECORDING = REPOSITORY / "examples/shop/recording/shopping-session.wire"
KEY = bytes(range(32))


TOLD = pytest.StashKey[list[str]]()


@pytest.fixture
def tell(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Takes a line that is told when the tests are done, whatever they print."""
    return request.config.stash.setdefault(TOLD, []).append


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tells what the tests found out."""
    for line in config.stash.get(TOLD, []):
        terminalreporter.write_line(f"accepted   {line}")


@pytest.fixture(scope="session")
def archives(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one archive."""
    folder = tmp_path_factory.mktemp("archives")
    cs.archive_recording(RECORDING, folder, tenant="shop", session="demo", key=KEY)
    return folder


@pytest.fixture(scope="session")
def archive(archives: Path) -> Path:
    """The archive."""
    return archives / "shop/archives/demo.zip"


@pytest.fixture
def session(archive: Path) -> cs.Session:
    """The archived session."""
    return cs.open(archive)[0]


@pytest.fixture
def mixed(archive: Path, tmp_path: Path) -> Path:
    """Five archives, of which the third is damaged in the middle of a frame, and the fourth is no archive."""
    folder = tmp_path / "mixed"
    folder.mkdir()
    for number in (1, 2, 5):
        shutil.copy(archive, folder / f"{number}.zip")
    data = bytearray(archive.read_bytes())
    middle = data.index(b"interactions.json") + 2_000
    data[middle] ^= 0xFF
    (folder / "3.zip").write_bytes(data)
    (folder / "4.zip").write_bytes(b"not a ZIP")
    return folder


@pytest.fixture(scope="session")
def server_program() -> Path:
    """The reference server, where it was built: named by CODESIGHT_SERVER, or a debug build of the workspace."""
    return program("CODESIGHT_SERVER", "codesight-server")


@pytest.fixture(scope="session")
def fake_service_program() -> Path:
    """The training service's stand-in: named by CODESIGHT_FAKE_SERVICE, or a debug build of the workspace."""
    return program("CODESIGHT_FAKE_SERVICE", "examples/fake_service")


def program(variable: str, built: str) -> Path:
    """A program of the workspace; skips where it is not built."""
    named = os.environ.get(variable)
    found = Path(named) if named else REPOSITORY / "target/debug" / built
    if not found.is_file():
        pytest.skip(f"{found.name} is not built")
    return found
