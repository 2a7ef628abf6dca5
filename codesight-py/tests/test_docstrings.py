"""The examples in docstrings run."""

from __future__ import annotations

import doctest
import importlib
import importlib.util
import pkgutil
from pathlib import Path

import codesight_sdk as cs
import pytest

#: Modules that need an extra which is not part of these tests' requirements.
OPTIONAL = {"codesight_sdk.torch": "torch", "codesight_sdk.ray": "ray", "codesight_sdk.daft": "daft"}


def examples() -> list[doctest.DocTest]:
    found: list[doctest.DocTest] = []
    names = [module.name for module in pkgutil.walk_packages(cs.__path__, "codesight_sdk.")]
    for name in ["codesight_sdk", *names]:
        if name.endswith("._native") or (name in OPTIONAL and importlib.util.find_spec(OPTIONAL[name]) is None):
            continue
        found += [test for test in doctest.DocTestFinder().find(importlib.import_module(name)) if test.examples]
    return found


EXAMPLES = examples()


def test_there_are_examples() -> None:
    assert len(EXAMPLES) >= 12


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.name)
def test_an_example(example: doctest.DocTest, archive: Path, archives: Path) -> None:
    dataset = cs.open(archive)
    example.globs.update(cs=cs, archive=archive, archives=archives, dataset=dataset, session=dataset[0])
    said: list[str] = []
    outcome = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, out=said.append)
    assert outcome.failed == 0, "".join(said)
