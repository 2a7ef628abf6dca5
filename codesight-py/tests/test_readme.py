"""The README's lines run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, flags=re.MULTILINE | re.DOTALL)


def test_the_python_lines_run_in_order(archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(archive, tmp_path / "session.zip")
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    blocks = [code for language, code in BLOCKS if language == "python"]
    assert len(blocks) >= 4
    for code in blocks:
        exec(compile(code, "README.md", "exec"), names)
    assert (tmp_path / "for-openai/train.jsonl").is_file()


def test_the_commands_run(archive: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    shutil.copy(archive, tmp_path / "session.zip")
    commands = [line for _, code in BLOCKS for line in code.splitlines() if line.startswith("codesight-sdk ")]
    assert len(commands) >= 4
    environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
    for command in commands:
        done = subprocess.run(command, shell=True, cwd=tmp_path, env=environment, capture_output=True, text=True)
        assert done.returncode in (0, 1), (command, done.stderr)
