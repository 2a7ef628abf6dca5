"""Batches: the same bytes however they are run."""

from __future__ import annotations

import json
import pickle
import shutil
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import codesight_sdk as cs
import pytest
from codesight_sdk import fleet


def contents(folder: Path) -> dict[str, bytes]:
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_a_run_reports_what_could_not_be_used(mixed: Path, tmp_path: Path, session: cs.Session) -> None:
    plan = fleet.Plan.make(mixed, tmp_path / "out", archives_per_part=2)
    summary = fleet.run(plan)
    assert (summary.archives, len(plan.parts)) == (5, 3)
    assert [(failure["key"], failure["error"]) for failure in summary.failures] == [("3.zip", "corrupt"), ("4.zip", "corrupt")]
    lines = b"".join(content for name, content in sorted(contents(tmp_path / "out").items()) if name.endswith(".jsonl"))
    assert lines == session.process().lines(images="path").data * 3
    manifest = json.loads((tmp_path / "out/manifest.json").read_text())
    assert manifest["lines"] == lines.count(b"\n") and len(manifest["parts"]) == 3


def test_any_order_any_worker_any_interruption_gives_the_same_bytes(mixed: Path, tmp_path: Path) -> None:
    alone = fleet.Plan.make(mixed, tmp_path / "alone", archives_per_part=1)
    fleet.run(alone)
    shared = fleet.Plan.make(mixed, tmp_path / "shared", archives_per_part=1)
    assert list(shared.begin()) == [0, 1, 2, 3, 4]
    step = pickle.loads(pickle.dumps(fleet.Step(shared)))
    step(3)
    # A worker that died between the lines and the report of a part.
    step(2)
    (tmp_path / "shared/parts/000002.json").unlink()
    assert list(shared.begin()) == [0, 1, 2, 4]
    with pytest.raises(cs.NotFoundError):
        fleet.finish(shared)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert sorted(one.part for one in pool.map(step, [4, 2, 1, 0, 2])) == [0, 1, 2, 2, 4]
    fleet.finish(shared)
    assert contents(tmp_path / "shared") == contents(tmp_path / "alone")


def test_another_plan_is_refused(mixed: Path, tmp_path: Path) -> None:
    fleet.run(fleet.Plan.make(mixed, tmp_path / "out"))
    fleet.run(fleet.Plan.make(mixed, tmp_path / "out"))
    with pytest.raises(cs.ConflictError):
        fleet.run(fleet.Plan.make(mixed, tmp_path / "out", images="inline"))
    shutil.copy(mixed / "1.zip", mixed / "6.zip")
    with pytest.raises(cs.ConflictError):
        fleet.run(fleet.Plan.make(mixed, tmp_path / "out"))
    with pytest.raises(cs.NotFoundError):
        fleet.Plan.make(tmp_path / "out", tmp_path / "x", prefix="nothing/")
    with pytest.raises(cs.InvalidError):
        fleet.Plan.make(mixed, tmp_path / "x", archives_per_part=0)


def test_an_archive_that_vanished_is_a_failure_of_its_own(mixed: Path, tmp_path: Path) -> None:
    plan = fleet.Plan.make(mixed, tmp_path / "out", archives_per_part=5)
    (mixed / "2.zip").unlink()
    summary = fleet.run(plan)
    assert ("2.zip", "not-found") in [(failure["key"], failure["error"]) for failure in summary.failures]


def test_credentials_are_not_written_down(mixed: Path, tmp_path: Path) -> None:
    plan = fleet.Plan.make(
        "s3://bucket/archives", tmp_path, keys=["a.zip"], source_options={"aws_secret_access_key": "hush"}
    )
    assert b"hush" not in plan.describe() and "hush" not in repr(plan)


# The engines' own warnings are not ours to keep them free of.
@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("engine", ["ray", "daft"])
def test_engines_give_the_same(mixed: Path, tmp_path: Path, engine: str) -> None:
    pytest.importorskip(engine)
    from importlib import import_module

    fleet.run(fleet.Plan.make(mixed, tmp_path / "alone", archives_per_part=1))
    plan = fleet.Plan.make(mixed, tmp_path / "engine", archives_per_part=1)
    summary = import_module(f"codesight_sdk.{engine}").run(plan, workers=2)
    assert len(summary.failures) == 2
    assert contents(tmp_path / "engine") == contents(tmp_path / "alone")
