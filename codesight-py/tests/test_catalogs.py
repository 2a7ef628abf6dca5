"""Sessions by the catalog of several servers: PostgreSQL, with the archives in a folder or a bucket of their own."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import codesight_sdk as cs
import pytest
from codesight_sdk import _native

SCRIPT = Path(__file__).parents[2] / "scripts/services/postgres"


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server of its own."""
    folder = tmp_path_factory.mktemp("postgres")
    # The server runs as another user where this runs as root.
    for parent in [folder, *folder.parents][:3]:
        parent.chmod(0o755)
    started = subprocess.run([SCRIPT, "start", folder / "server"], capture_output=True, text=True)
    if started.returncode != 0:
        pytest.skip(f"PostgreSQL does not start: {started.stderr.strip()[-200:]}")
    yield started.stdout.strip()
    subprocess.run([SCRIPT, "remove", folder / "server"], check=False, capture_output=True)


def test_open_by_a_catalog(postgres: str, server_program: Path, tmp_path: Path) -> None:
    ran = subprocess.run(
        [server_program, "demo", "--exit", "--data-dir", tmp_path / "data"],
        env=os.environ | {"CODESIGHT_CATALOG": postgres},
        capture_output=True,
        text=True,
    )
    if "built without PostgreSQL" in ran.stdout + ran.stderr:
        pytest.skip("the server is built without PostgreSQL")
    assert ran.returncode == 0, ran.stderr[-2_000:]
    archives = tmp_path / "data/objects"
    dataset = cs.open(postgres, tenant="demo", archives=archives)
    (session,) = dataset
    assert len(session.interactions) > 20 and session.uri.startswith("file://")
    assert cs.open(archives)[0].read("interactions.json") == session.read("interactions.json")
    with pytest.raises(cs.NotFoundError):
        cs.open(postgres, tenant="somebody-else", archives=archives)
    erasure = cs.erase(
        postgres, tenant="demo", subject="scripted-person", archives=archives, keys=tmp_path / "data/keys"
    )
    assert erasure.status == "settled" and erasure.sessions == (session.id,)
    with pytest.raises(cs.NotFoundError):
        cs.open(postgres, tenant="demo", archives=archives)


def test_what_a_catalog_needs_and_never_shows() -> None:
    with pytest.raises(cs.InvalidError):
        cs.open("postgresql://host/database")
    with pytest.raises(cs.InvalidError):
        cs.open(".", archives="elsewhere")
    with pytest.raises(cs.UnavailableError) as caught:
        cs.open("postgresql://user:hush-hush@127.0.0.1:1/none", tenant="t", archives=".")
    assert "hush-hush" not in f"{caught.value!s} {caught.value!r} {caught.value.__cause__!r}"


def test_a_closed_catalog_says_so(tmp_path: Path) -> None:
    catalog = _native.Catalog(str(tmp_path / "catalog.sqlite"))
    assert catalog.archived("t") == []
    catalog.close()
    with pytest.raises(cs.CodeSightError):
        catalog.archived("t")
