"""What takes long says how far it is: to a function, or with a bar."""

from __future__ import annotations

from pathlib import Path

import codesight_sdk as cs
import pytest
from codesight_sdk import fleet
from codesight_sdk.progress import telling


def test_a_function_is_told(archives: Path, tmp_path: Path) -> None:
    dataset = cs.Dataset([*cs.open(archives)._locations] * 3)
    told: list[tuple[int, int]] = []

    def tell(done: int, total: int) -> None:
        told.append((done, total))

    cs.export(dataset, tmp_path / "out", progress=tell)
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)]
    told.clear()
    cs.split(dataset, by="goal", progress=tell)
    dataset.to_arrow("findings", progress=tell)
    fleet.run(fleet.Plan.make(archives, tmp_path / "parts"), progress=tell)
    assert told == [(0, 3), (1, 3), (2, 3), (3, 3)] * 2 + [(0, 1), (1, 1)]


def test_bars(archives: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("tqdm")
    cs.export(cs.open(archives), tmp_path / "out", progress=True)
    with telling(True, words="upload", unit="B") as told:
        assert told is not None
        told(512, 1_024)
        told(1_024, 1_024)
    said = capsys.readouterr().err
    assert "1/1" in said and "upload: 100%" in said and "1.02k/1.02k" in said
    with telling(None, words="upload", unit="B") as told:
        assert told is None
