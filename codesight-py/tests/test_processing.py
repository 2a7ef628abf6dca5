"""The pipeline, its lines, and their validation: the same as in Rust."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
from pathlib import Path

import codesight_sdk as cs
import pytest


def test_the_pipeline_gives_what_is_stored_byte_for_byte(session: cs.Session) -> None:
    processed = session.process()
    assert processed.report == session.report and processed.findings == session.findings
    assert processed.interactions == [one.data for one in session.interactions]
    assert processed.lines(images="path").data == session.read("training.jsonl")


def test_a_server_of_rust_gives_the_same(server_program: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    subprocess.run([server_program, "demo", "--exit", "--data-dir", folder], check=True, capture_output=True)
    session = cs.open(folder)[0]
    processed = session.process()
    assert processed.report == session.report and len(session.findings) > 0
    assert processed.lines(images="path").data == session.read("training.jsonl")
    lines = (folder / f"objects/{session.tenant}/training/{session.id}.jsonl").read_bytes()
    assert processed.lines().data == lines
    assert cs.open(f"sqlite:///{folder}/catalog.sqlite")[0] == session


def test_lines_are_accepted(session: cs.Session) -> None:
    lines = session.process().lines()
    assert len(lines) == len(list(lines.parsed())) > 10 and b"".join(lines) == lines.data
    verdict = lines.validate()
    assert verdict.accepted and verdict and verdict.report["goodExamples"] == len(lines), str(verdict)
    assert "accepted" in str(verdict) and verdict.tokens > 0
    assert lines[-1] == lines[len(lines) - 1] and lines[:2] == [lines[0], lines[1]]


def test_a_verdict_names_line_and_fix(tmp_path: Path) -> None:
    file = tmp_path / "bad.jsonl"
    file.write_bytes(b'{"messages": []}\nnot json\n')
    verdict = cs.validate(file)
    assert not verdict.accepted and not verdict
    assert {one["line"] for one in verdict.findings if "line" in one} == {1, 2}
    assert all(one["fix"] for one in verdict.findings)
    for provider in cs.providers():
        assert cs.validate(file, provider=provider).report["provider"] == provider
    with pytest.raises(cs.InvalidError):
        cs.validate(file, provider="nobody")
    with pytest.raises(cs.NotFoundError):
        cs.validate(tmp_path / "missing.jsonl")


def test_a_configuration_is_checked_and_used(session: cs.Session) -> None:
    assert cs.Pipeline().stages == cs.Pipeline(cs.Pipeline().to_json()).stages
    with pytest.raises(cs.InvalidError) as caught:
        cs.Pipeline.of("validate", "no-such-stage")
    assert "stages[1]" in caught.value.context["at"]
    with pytest.raises(cs.InvalidError):
        cs.Pipeline("{")
    short = cs.Pipeline.of("validate", "score")
    assert session.process(short).examples == [] and pickle.loads(pickle.dumps(short)) == short


def test_settings_of_lines_are_checked(session: cs.Session) -> None:
    processed = session.process()
    with pytest.raises(cs.InvalidError):
        processed.lines(images="nowhere")
    assert "Earlier actions: none" in json.loads(processed.lines(images="path", history=0)[3])["messages"][1]["content"][0]["text"]


def test_the_same_recording_and_key_make_the_same_archive(archive: Path, tmp_path: Path) -> None:
    from conftest import KEY, RECORDING

    again = cs.archive_recording(RECORDING, tmp_path, tenant="shop", session="demo", key=KEY)
    assert Path(again.uri).read_bytes() == archive.read_bytes()


def test_what_is_no_recording_is_refused(tmp_path: Path) -> None:
    from conftest import RECORDING

    with pytest.raises(cs.InvalidError):
        cs.archive_recording(b"not a recording", tmp_path)
    with pytest.raises(cs.CorruptError):
        cs.archive_recording(RECORDING.read_bytes()[:-100], tmp_path)
    with pytest.raises(cs.InvalidError):
        cs.archive_recording(RECORDING, tmp_path, tenant="../etc")
    with pytest.raises(FileNotFoundError):
        cs.archive_recording(tmp_path / "missing.wire", tmp_path)
    assert not list(tmp_path.rglob("*.zip"))


@pytest.mark.parametrize("corpus", ["recorder", "trajectories/agentnetbench", "trajectories/weblinx"])
def test_public_corpora_that_a_server_of_rust_imported_give_the_same(
    server_program: Path, tmp_path: Path, corpus: str
) -> None:
    corpora = os.environ.get("CODESIGHT_CORPORA")
    if not corpora:
        pytest.skip("CODESIGHT_CORPORA is not set")
    source, data = Path(corpora) / corpus, tmp_path / "data"
    arguments = [server_program, "import", "--purpose", "training", "--data-dir", data, source]
    subprocess.run(arguments, check=True, capture_output=True)
    sessions = cs.open(data)
    assert len(sessions) > 0
    for session in sessions:
        processed = session.process()
        assert processed.report == session.report and processed.findings == session.findings
        assert processed.interactions == [one.data for one in session.interactions]
        assert processed.lines(images="path").data == session.read("training.jsonl")
