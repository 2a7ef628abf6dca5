"""The trainers' own loaders take our exports as they are: of a recording of ours, of what another tool recorded, and of a
public corpus; written by the package and by the server's ``export``.

PyTorch and the trainers are gigabytes; `CODESIGHT_TRAINERS=1 scripts/python` installs them, each trainer with the versions
that it wants.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import codesight_sdk as cs
import judges
import pytest

#: A task of AgentNet's benchmark, which publishes what was done; its pictures are elsewhere.
CORPUS = "trajectories/agentnetbench/s_7f27a11115e596eb.json"

Tell = Callable[[str], None]


def draw(path: Path, number: int, at: tuple[float, float]) -> None:
    """A picture with something to press."""
    image = pytest.importorskip("PIL.Image")
    pens = pytest.importorskip("PIL.ImageDraw")
    picture = image.new("RGB", (1280, 800), (250, 250, 246))
    left, top = at[0] * 1280 - 80, at[1] * 800 - 30
    pen = pens.Draw(picture)
    pen.rectangle((left, top, left + 160, top + 60), fill=(47, 111, 219))
    pen.text((left + 20, top + 24), f"Step {number + 1}", fill="white")
    picture.save(path)


def drawn_trajectory(folder: Path) -> None:
    """A task as AgentNet publishes it: a picture and a piece of code for each step."""
    steps: list[dict[str, Any]] = []
    for number in range(12):
        x, y = (120 + 90 * number) / 1280, (90 + 50 * number) / 800
        draw(folder / f"step_{number}.png", number, (x, y))
        code = f"pyautogui.click(x={x:.4f}, y={y:.4f})" if number % 3 else f"pyautogui.write(message='mugs {number}')"
        steps.append({"step_num": number, "image": f"step_{number}.png", "action": code, "milestone": False})
    task = {"task_id": "drawn", "user_task_description": "Press the blue boxes", "high_level_task_description": "Press them in order", "steps": steps, "meta_info": {}}
    (folder / "drawn.json").write_text(json.dumps(task))


def published_trajectory(folder: Path) -> None:
    """A public task, with pictures drawn where its own are not at hand."""
    corpora = os.environ.get("CODESIGHT_CORPORA")
    if not corpora:
        pytest.skip("CODESIGHT_CORPORA is not set")
    task = Path(corpora, CORPUS).read_text()
    for number, step in enumerate(json.loads(task)["steps"]):
        draw(folder / step["image"], number, (0.1 + 0.07 * number, 0.5))
    (folder / "task.json").write_text(task)


@pytest.fixture(scope="module", params=["the demo", "an import", "a corpus"])
def sessions(
    request: pytest.FixtureRequest, archives: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, cs.Dataset]:
    """The demo's session, or a trajectory of another tool, with a name for it."""
    if request.param == "the demo":
        return request.param, cs.open(archives)
    folder = tmp_path_factory.mktemp("trajectory")
    (drawn_trajectory if request.param == "an import" else published_trajectory)(folder)
    imported = cs.import_recordings(
        folder, folder / "archives", purposes=["training"], consent="2026-01", key=bytes(32)
    )
    assert imported.format == "agentnet"
    return request.param, imported.sessions


@pytest.fixture
def by_server(server_program: Path, sessions: tuple[str, cs.Dataset], tmp_path: Path) -> Callable[[str], Path]:
    """Exports with the server's command; returns the folder."""

    def export(format: str) -> Path:
        folder = tmp_path / f"by-server-{format}"
        arguments = [server_program, "export", "--format", format, "--near", "1", "--output", folder]
        files = [session.uri.removeprefix("file://") for session in sessions[1]]
        subprocess.run([*arguments, *files], check=True, capture_output=True)
        return folder

    return export


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    judges.offline(monkeypatch, tmp_path)


def test_the_validator(sessions: tuple[str, cs.Dataset]) -> None:
    lines = sessions[1][0].process().lines()
    assert len(lines) >= 10 and lines.validate().accepted, lines.validate().counts


def test_the_official_types(sessions: tuple[str, cs.Dataset], tell: Tell) -> None:
    judges.need("openai")
    lines = list(sessions[1][0].process().lines().parsed())
    taken = judges.openai_types(lines)
    assert taken == len(lines) >= 10
    tell(f"{judges.named('openai')}: {taken} of {len(lines)} lines of {sessions[0]}")


@pytest.mark.parametrize("format", ["huggingface", "trl"])
def test_datasets_loads_and_casts(
    sessions: tuple[str, cs.Dataset], tmp_path: Path, format: str, tell: Tell
) -> None:
    judges.need("datasets")
    written = cs.export(sessions[1], tmp_path / "out", format=format)  # type: ignore[arg-type]
    cast = judges.load_and_cast(tmp_path / "out", tmp_path / "cache")
    assert len(cast) == written.items["train"] >= 10
    assert all(row["images"][0].size == (1280, 800) for row in cast)
    tell(f"{judges.named('datasets')}: {len(cast)} of {written.items['train']} rows of {sessions[0]} as {format}")


@pytest.mark.filterwarnings("default")
def test_trl_collates(
    sessions: tuple[str, cs.Dataset], tmp_path: Path, by_server: Callable[[str], Path], tell: Tell
) -> None:
    judges.need("torch", "trl", "torchvision")
    written = cs.export(sessions[1], tmp_path / "out", format="trl").items["train"]
    taken = judges.trl(judges.load_and_cast(tmp_path / "out", tmp_path / "cache"))
    assert taken == written >= 10
    tell(f"{judges.named('trl')}: {taken} of {written} rows of {sessions[0]}")
    # The server's rows name their pictures; whoever loads them opens them.
    folder = by_server("trl")
    image = pytest.importorskip("PIL.Image")
    rows = [json.loads(line) for line in (folder / "train.jsonl").read_text().splitlines()]
    opened = [row | {"images": [image.open(folder / name) for name in row["images"]]} for row in rows]
    assert judges.trl(opened) == len(rows) >= 10
    tell(f"{judges.named('trl')}: {len(rows)} of {len(rows)} rows of {sessions[0]}, by the server")


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("writer", ["the package", "the server"])
def test_llama_factory_loads(
    sessions: tuple[str, cs.Dataset], tmp_path: Path, by_server: Callable[[str], Path], writer: str, tell: Tell
) -> None:
    judges.need("torch", "llamafactory")
    if writer == "the package":
        folder, name = tmp_path / "out", "codesight_train"
        cs.export(sessions[1], folder, format="llama-factory")
    else:
        folder, name = by_server("llama-factory"), "codesight"
    file = json.loads((folder / "dataset_info.json").read_text())[name]["file_name"]
    written = judges.rows_of(folder / file)
    taken = judges.llama_factory(folder, name, tmp_path / "cache")
    assert taken == written >= 10
    tell(f"{judges.named('llamafactory')}: {taken} of {written} rows of {sessions[0]}, by {writer}")


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("writer", ["the package", "the server"])
def test_swift_parses(
    sessions: tuple[str, cs.Dataset], tmp_path: Path, by_server: Callable[[str], Path], writer: str, tell: Tell
) -> None:
    judges.need("torch", "swift")
    if writer == "the package":
        cs.export(sessions[1], tmp_path / "out", format="openai")
        file = tmp_path / "out/train.jsonl"
    else:
        file = by_server("ms-swift") / "train.jsonl"
    written = judges.rows_of(file)
    taken = judges.swift(file)
    assert taken == written >= 10
    tell(f"{judges.named('ms-swift')}: {taken} of {written} rows of {sessions[0]}, by {writer}")
