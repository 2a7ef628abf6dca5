"""Opening, and what is in a session."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import codesight_sdk as cs
import pytest


def test_every_kind_of_place_opens(archives: Path, archive: Path) -> None:
    for uri in (archive, str(archive), archive.as_uri(), archives, f"file://{archives}"):
        assert cs.open(uri)[0].id == "demo"
    assert len(cs.open(archives, tenant="shop")) == 1


def test_what_is_not_there_is_a_file_not_found_error(tmp_path: Path, archives: Path) -> None:
    for uri in (tmp_path / "missing.zip", tmp_path):
        with pytest.raises(FileNotFoundError) as caught:
            cs.open(uri)
        assert isinstance(caught.value, cs.NotFoundError)
    with pytest.raises(cs.NotFoundError):
        cs.open(archives, tenant="another")


@pytest.mark.parametrize(
    ("uri", "kind"),
    [("ftp://x/y", cs.InvalidError), ("https://server", cs.UnsupportedError), ("s3://", cs.InvalidError)],
)
def test_uris_that_are_not_understood(uri: str, kind: type[cs.CodeSightError]) -> None:
    with pytest.raises(kind):
        cs.open(uri)


def test_options_are_for_buckets(archive: Path) -> None:
    with pytest.raises(cs.InvalidError):
        cs.open(archive, options={"endpoint": "x"})


def test_a_session_is_what_its_files_say(session: cs.Session, archive: Path) -> None:
    with zipfile.ZipFile(archive) as plain:
        interactions = json.loads(plain.read("interactions.json"))
        report = json.loads(plain.read("quality-report.json"))
        index = json.loads(plain.read("screenshots/index.json"))
    assert [one.data for one in session.interactions] == interactions
    assert session.report == report
    assert [frame.hash for frame in session.frames] == [frame["hash"] for frame in index["frames"]]
    assert session.quality.score == report["score"]["overall"]
    assert [one.rule for one in session.findings] == [one["rule"] for one in report["findings"]]
    assert session.goal and session.masked["email"] > 0


def test_an_interaction_tells_where_and_what(session: cs.Session) -> None:
    click = next(one for one in session.interactions if one.type == "click")
    assert click.point is not None and click.box is not None and click.before is not None
    left, top, width, height = click.box
    assert left <= click.point[0] <= left + width and top <= click.point[1] <= top + height
    scores = [selector.score for selector in click.selectors if selector.score is not None]
    assert len(click.selectors) >= 5 and scores == sorted(scores, reverse=True)
    assert session.interactions.at(click.seq) == click
    assert click.session is session
    with pytest.raises(KeyError):
        session.interactions.at(10_000)


def test_findings_select_and_count(session: cs.Session) -> None:
    assert sum(session.findings.counts.values()) == len(session.findings)
    for severity in ("info", "warning", "error"):
        assert all(one.severity == severity for one in session.findings.of(severity=severity))
    for interaction in session.interactions:
        assert all(one.seq == interaction.seq for one in interaction.findings)


def test_a_dataset_is_a_sequence(archives: Path) -> None:
    dataset = cs.open(archives)
    assert dataset["demo"].id == "demo" and "demo" in dataset and dataset[0] in dataset
    assert len(dataset[:0]) == 0 and dataset[-1].id == "demo"
    with pytest.raises(KeyError):
        dataset["another"]
    with pytest.raises(IndexError):
        dataset[1]
    assert len(dataset.filter(min_quality=0)) == 1 and len(dataset.filter(lambda one: one.id == "x")) == 0


def test_bad_archives_among_good_ones(mixed: Path) -> None:
    dataset = cs.open(mixed)
    assert len(dataset) == 5
    with pytest.raises(cs.CorruptError) as caught:
        _ = [session.id for session in dataset]
    assert caught.value.context["code"]
    assert [session.id for session in dataset.sessions(on_error="skip")] == ["demo"] * 4
    assert [Path(failure.uri).name for failure in dataset.failures] == ["4.zip"]
    dataset.failures.clear()
    table = dataset.to_arrow("interactions", on_error="skip")
    assert table.num_rows == 3 * len(cs.open(mixed / "1.zip")[0].interactions)
    assert [Path(failure.uri).name for failure in dataset.failures] == ["3.zip", "4.zip"]


def test_a_corrupt_archive_in_the_middle_of_ten_thousand(mixed: Path) -> None:
    good, bad = cs.open(mixed / "1.zip")._locations, cs.open(mixed / "4.zip")._locations
    dataset = cs.Dataset([*good * 5_000, *bad, *good * 5_000])
    opened = sum(1 for _ in dataset.sessions(on_error="skip"))
    assert opened == 10_000 and [Path(failure.uri).name for failure in dataset.failures] == ["4.zip"]
    seen = 0
    with pytest.raises(cs.CorruptError):
        for _ in dataset.sessions():
            seen += 1
    assert seen == 5_000


def test_verification_names_every_problem(mixed: Path, archive: Path) -> None:
    assert cs.verify(archive).sound
    broken = cs.verify(mixed / "3.zip")
    assert [path for _, path in broken.problems] == ["interactions.json"] and not broken.sound
    with pytest.raises(cs.CorruptError):
        cs.verify(mixed / "4.zip")
    with pytest.raises(cs.NotFoundError):
        cs.verify(mixed / "6.zip")


def test_progress_is_told(archives: Path) -> None:
    told: list[tuple[int, int]] = []
    list(cs.open(archives).sessions(progress=lambda done, total: told.append((done, total))))
    assert told == [(0, 1), (1, 1)]
    pytest.importorskip("tqdm")
    assert len(list(cs.open(archives).sessions(progress=True))) == 1
