"""Recordings of other tools."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import codesight_sdk as cs
import pytest

#: A flow as the Recorder of Chrome's developer tools saves it, with something to mask.
FLOW = {
    "title": "Sign up",
    "steps": [
        {"type": "setViewport", "width": 800, "height": 600, "deviceScaleFactor": 1},
        {"type": "navigate", "url": "https://shop.example/sign-up?mail=jane@shop.example"},
        {"type": "click", "target": "main", "selectors": [["#mail"]], "offsetX": 10, "offsetY": 5},
        {"type": "change", "target": "main", "selectors": [["#mail"]], "value": "jane@shop.example"},
        {"type": "click", "target": "main", "selectors": [["aria/Send"], ["#send"]], "offsetX": 4, "offsetY": 4},
    ],
}
AGREED = {"purposes": ["training"], "consent": "2026-01"}


def bring(source: Path, target: Path, **more: object) -> cs.Imported:
    return cs.import_recordings(source, target, key=bytes(32), **AGREED, **more)  # type: ignore[arg-type]


@pytest.fixture
def flow(tmp_path: Path) -> Path:
    """The flow as a file."""
    file = tmp_path / "flow.json"
    file.write_text(json.dumps(FLOW))
    return file


def test_a_flow_becomes_a_masked_session(flow: Path, tmp_path: Path) -> None:
    imported = bring(flow, tmp_path / "archives")
    assert imported.format == "chrome-recorder" and len(imported.sessions) == 1
    session = imported.sessions[0]
    assert cs.verify(session).sound and len(session.interactions) >= 3
    assert "jane@shop.example" not in json.dumps([one.data for one in session.interactions])
    assert session.masked["email"] >= 2 and session.manifest["consent"]["purposes"] == ["training"]
    assert session.process().report == session.report


def test_importing_twice_changes_nothing(flow: Path, tmp_path: Path) -> None:
    first = bring(flow, tmp_path / "archives").sessions[0]
    content = Path(first.uri).read_bytes()
    again = bring(flow, tmp_path / "archives", format="chrome-recorder").sessions[0]
    assert again == first and Path(first.uri).read_bytes() == content


def test_a_zip_is_unpacked(flow: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "flow.zip", "w") as packed:
        packed.write(flow, "flow.json")
    assert bring(tmp_path / "flow.zip", tmp_path / "archives").sessions[0].id == bring(flow, tmp_path / "a").sessions[0].id


def test_what_cannot_be_imported(tmp_path: Path) -> None:
    nonsense = tmp_path / "nonsense.txt"
    nonsense.write_text("nothing that anybody recorded")
    with pytest.raises(cs.UnsupportedError):
        bring(nonsense, tmp_path / "archives")
    with pytest.raises(cs.InvalidError):
        bring(nonsense, tmp_path / "archives", format="nobody")
    with pytest.raises(cs.CodeSightError):
        bring(nonsense, tmp_path / "archives", format="rrweb")
    with pytest.raises(FileNotFoundError):
        bring(tmp_path / "missing", tmp_path / "archives")
    assert not list(tmp_path.rglob("*.zip"))


def test_public_rrweb_streams(tmp_path: Path) -> None:
    corpora = os.environ.get("CODESIGHT_CORPORA")
    if not corpora:
        pytest.skip("CODESIGHT_CORPORA is not set")
    streams = sorted(path for path in (Path(corpora) / "rrweb").rglob("*.json") if path.stat().st_size < 1 << 20)
    read = 0
    for stream in streams[:12]:
        try:
            imported = bring(stream, tmp_path / "archives", format="rrweb")
        except cs.CodeSightError:
            continue
        read += 1
        assert all(cs.verify(session).sound for session in imported.sessions)
    assert read > 0, "no stream of the corpus could be read"
