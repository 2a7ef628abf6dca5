"""Whose a session is: stand-ins in archives, splits by person, and shares of collectors."""

from __future__ import annotations

import json
from pathlib import Path

import codesight_sdk as cs
import pytest
from conftest import KEY, RECORDING

PEOPLE = 4


def record(folder: Path, *, person: int, task: int, key: bytes | None = KEY) -> cs.Session:
    """A small flow of somebody, imported."""
    steps = [
        {"type": "setViewport", "width": 800, "height": 600, "deviceScaleFactor": 1},
        {"type": "navigate", "url": f"https://shop.example/mug-{person}"},
        {"type": "click", "target": "main", "selectors": [["#add"]], "offsetX": 4, "offsetY": 4},
    ]
    flow = folder / f"flow-{person}-{task}.json"
    flow.write_text(json.dumps({"title": f"Task {task}", "steps": steps}))
    imported = cs.import_recordings(
        flow,
        folder / "archives",
        purposes=["training"],
        consent="2026-01",
        collector=f"recorder-{person}",
        subject=f"jane-doe-{person}",
        key=key,
    )
    return imported.sessions[0]


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> cs.Dataset:
    """Three tasks of each of some people."""
    folder = tmp_path_factory.mktemp("people")
    for person in range(PEOPLE):
        for task in range(3):
            record(folder, person=person, task=task)
    return cs.open(folder / "archives")


def subjects(dataset: cs.Dataset) -> set[str | None]:
    return {session.subject for session in dataset}


def test_an_archive_says_whose_it_is_and_not_who(dataset: cs.Dataset) -> None:
    assert len(dataset) == 3 * PEOPLE
    assert len(subjects(dataset)) == len({session.collector for session in dataset}) == PEOPLE
    for session in dataset:
        manifest = json.dumps(session.manifest)
        assert "jane" not in manifest and "recorder-" not in manifest
        assert session.subject != session.collector


def test_nobody_is_on_two_sides_of_a_split_by_person(dataset: cs.Dataset) -> None:
    both = leaking = 0
    for seed in range(8):
        sides = cs.split(dataset, by="person", validation=0.5, seed=seed)
        assert not subjects(sides.train) & subjects(sides.validation)
        both += bool(len(sides.train) and len(sides.validation))
        others = cs.split(dataset, by="session", validation=0.5, seed=seed)
        leaking += bool(subjects(others.train) & subjects(others.validation))
    assert both > 0 and leaking > 0


def test_without_a_key_of_its_own_an_archive_says_nothing(tmp_path: Path) -> None:
    session = record(tmp_path, person=1, task=1, key=None)
    assert session.subject is None and session.collector is None
    with pytest.raises(cs.InvalidError) as refused:
        cs.split(cs.open(tmp_path / "archives"), by="person")
    assert refused.value.context["archive"] == session.uri


def test_another_key_gives_other_stand_ins(tmp_path: Path, dataset: cs.Dataset) -> None:
    again = record(tmp_path, person=1, task=1)
    assert again.subject in subjects(dataset)
    (tmp_path / "other").mkdir()
    assert record(tmp_path / "other", person=1, task=1, key=bytes(32)).subject not in subjects(dataset)


def test_a_collector_has_no_more_items_than_the_share(tmp_path: Path, archives: Path) -> None:
    for collector in ("first", "second"):
        cs.archive_recording(RECORDING, tmp_path / "archives", session=collector, collector=collector, key=KEY)
    # Every collector twice: the share is of all of their sessions.
    twice = cs.Dataset([*cs.open(tmp_path / "archives")._locations] * 2)
    for format in ("openai", "llama-factory"):
        written = cs.export(twice, tmp_path / f"out-{format}", format=format, per_collector=5)  # type: ignore[arg-type]
        assert written.items == {"train": 10}
        with pytest.raises(cs.InvalidError):
            cs.export(cs.open(archives), tmp_path / "none", format=format, per_collector=5)  # type: ignore[arg-type]
        assert not (tmp_path / "none").exists()
