"""The command."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import codesight_sdk as cs
import pytest
from codesight_sdk.cli import main


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    code = main([str(argument) for argument in arguments])
    return code, capsys.readouterr().out


def test_inspect_and_lint(archive: Path, capsys: pytest.CaptureFixture[str], session: cs.Session) -> None:
    code, out = run(capsys, "inspect", archive, "--json")
    (told,) = json.loads(out)["sessions"]
    assert code == 0 and told["id"] == "demo" and told["interactions"] == len(session.interactions)
    code, out = run(capsys, "inspect", archive)
    assert code == 0 and session.goal in out
    code, out = run(capsys, "lint", archive, "--json")
    assert len(json.loads(out)["findings"]) == len(session.findings)
    assert code == int(len(session.findings.of(severity="error")) > 0)


def test_verify_says_what_is_wrong(mixed: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(capsys, "verify", mixed, "--json")
    told = json.loads(out)
    assert code == 1 and [one["sound"] for one in told["archives"]] == [True, True, False, True]
    assert [one["code"] for one in told["failures"]] == ["corrupt"]
    assert run(capsys, "verify", mixed / "1.zip")[0] == 0


def test_import_export_validate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from conftest import RECORDING

    code, out = run(capsys, "import", RECORDING, tmp_path / "archives", "--json")
    assert code == 0
    uri = json.loads(out)["sessions"][0]["uri"]
    code, out = run(capsys, "export", uri, tmp_path / "lines", "--json")
    assert code == 0 and json.loads(out)["files"] == ["train.jsonl"]
    code, out = run(capsys, "validate", tmp_path / "lines/train.jsonl", "--json")
    assert code == 0 and json.loads(out)["errors"] == 0
    (tmp_path / "bad.jsonl").write_text("{}\n")
    code, out = run(capsys, "validate", tmp_path / "bad.jsonl", "--provider", "together")
    assert code == 1 and "refused by the rules of" in out


def test_errors_are_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out = run(capsys, "inspect", tmp_path / "missing", "--json")
    assert code == 2 and json.loads(out)["error"]["code"] == "not-found"
    assert main(["inspect", str(tmp_path), "--option", "nonsense"]) == 2
    assert "NAME=VALUE" in capsys.readouterr().err
    with pytest.raises(SystemExit) as caught:
        main(["no-such-command"])
    assert caught.value.code == 2


def test_the_installed_command(archive: Path) -> None:
    command = Path(sys.executable).with_name("codesight-sdk")
    if not command.exists():
        pytest.skip("the package is not installed with its scripts")
    said = subprocess.run([command, "--version"], check=True, capture_output=True, text=True)
    assert said.stdout.strip() == cs.__version__
    piped = subprocess.run(f"{command} lint {archive} 2>/dev/null | head -1", shell=True, capture_output=True, text=True)
    assert piped.stdout
