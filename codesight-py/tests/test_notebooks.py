"""The notebooks run, and say what is committed with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

nbformat = pytest.importorskip("nbformat")
nbclient = pytest.importorskip("nbclient")

FOLDER = Path(__file__).parents[2] / "examples/notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
#: What each cell may need beside the package's own test requirements.
NEEDS = {"first_look": ["polars", "numpy"], "building_a_dataset": ["datasets", "pyarrow"]}


def said(notebook: Any) -> list[list[str]]:
    """What each cell printed, and whether it showed something."""
    cells: list[list[str]] = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            streams = [output.text for output in cell.outputs if output.output_type == "stream" and output.name == "stdout"]
            shown = ["shown" for output in cell.outputs if "text/html" in output.get("data", {})]
            cells.append(["".join(streams), *shown])
    return cells


def test_there_are_notebooks() -> None:
    assert len(NOTEBOOKS) >= 5


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
# The kernel's own libraries are not ours to keep free of warnings.
@pytest.mark.filterwarnings("default")
def test_a_notebook(path: Path) -> None:
    for module in NEEDS.get(path.stem, []):
        pytest.importorskip(module)
    committed = nbformat.read(path, as_version=4)
    assert any(any(cell) for cell in said(committed)), "the notebook was committed without its outputs"
    again = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(again, timeout=300, resources={"metadata": {"path": str(FOLDER)}}).execute()
    assert said(again) == said(committed)
