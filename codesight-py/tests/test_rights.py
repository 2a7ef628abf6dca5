"""Erasing people: where no server runs, and through one."""

from __future__ import annotations

import subprocess
from pathlib import Path

import codesight_sdk as cs
import pytest

#: The person of the recorded session, and where the demo keeps it.
PERSON, TENANT = "scripted-person", "demo"


@pytest.fixture
def data(server_program: Path, tmp_path: Path) -> Path:
    """A server's data folder with one processed session."""
    folder = tmp_path / "data"
    subprocess.run([server_program, "demo", "--exit", "--data-dir", folder], check=True, capture_output=True)
    return folder


def blobs(data: Path) -> list[Path]:
    return [file for file in (data / "objects").rglob("*") if file.is_file()]


def test_a_person_is_erased_and_the_log_still_holds(data: Path, server_program: Path) -> None:
    (session,) = cs.open(data)
    with pytest.raises(cs.NotFoundError):
        cs.erase(data, tenant=TENANT, subject="somebody-else")
    with pytest.raises(cs.InvalidError):
        cs.erase(data, tenant=TENANT, subject="somebody-else", session=session.id)
    assert len(cs.open(data)) == 1
    erasure = cs.erase(data, tenant=TENANT, subject=PERSON)
    assert erasure.status == "settled" and erasure.sessions == (session.id,)
    assert len(erasure.certificates) == 1 and PERSON not in str(erasure.details)
    assert not blobs(data)
    with pytest.raises(cs.NotFoundError):
        cs.open(data)
    for file in data.rglob("*"):
        assert not file.is_file() or PERSON.encode() not in file.read_bytes(), file
    audit = subprocess.run([server_program, "audit", "verify", "--data-dir", data], capture_output=True, text=True)
    assert audit.returncode == 0, audit.stdout + audit.stderr


def test_one_session_of_a_person(data: Path) -> None:
    (session,) = cs.open(data)
    erasure = cs.erase(data, tenant=TENANT, subject=PERSON, session=session.id, law="ccpa")
    assert erasure.sessions == (session.id,) and not blobs(data)


def test_where_nothing_is(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        cs.erase(tmp_path, tenant=TENANT, subject=PERSON)
    with pytest.raises(cs.CodeSightError):
        cs.erase("postgresql://nobody@127.0.0.1:1/none", tenant=TENANT, subject=PERSON)
    assert not list(tmp_path.iterdir())
