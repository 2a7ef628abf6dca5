"""Recorded web sessions as trajectories, datasets and training files.

>>> import codesight_sdk as cs
>>> dataset = cs.open(archive)
>>> session = dataset[0]
>>> session.goal
'Buy the coral mushroom table lamp by Norrow and two 12 oz stoneware mugs in forest green for standard delivery'
>>> len(session.interactions) > 20, len(session.frames) > 20
(True, True)

In a notebook, ``session`` alone in a cell shows the trajectory with its pictures.

Words: a *session* is one recording; an *interaction* one thing the person did; a *frame* a screenshot with its provenance;
a *finding* a rule, a severity and a place; an *example* one training item; a *line* one example in a trainer's format.
Times are ``datetime`` in UTC, places on a page CSS pixels from the top left of the viewport, scores 0 to 1 (quality 0 to
100). Every exception is a :class:`CodeSightError`.
"""

from __future__ import annotations

import warnings as _warnings
from typing import TYPE_CHECKING

from . import _native
from ._errors import (
    AlreadyExistsError,
    CodeSightError,
    ConflictError,
    CorruptError,
    ForbiddenError,
    InvalidError,
    LimitExceededError,
    MissingExtraError,
    NotFoundError,
    UnauthenticatedError,
    UnavailableError,
    UnexpectedError,
    UnsupportedError,
)
from ._open import open
from .archives import Verification, archive_recording, verify
from .dataset import Dataset, Failure
from .interaction import Interaction, Selector
from .lines import Lines, Verdict, providers, validate
from .masking import Masker, Span, detect, mask
from .pipeline import Pipeline, Processed
from .quality import Finding, Findings, Quality, QualityPart
from .session import Frame, Frames, Interactions, Session

if TYPE_CHECKING:
    from .client import AsyncClient, Client
    from .evaluation import Evaluation
    from .exporting import Export, Split, export, split
    from .importing import Imported, import_recordings, importers
    from .rights import Erasure, erase
    from .service import AsyncService, Service, TrainingEvent, TrainingJob, services

__version__: str = _native.VERSION

__all__ = [
    "AlreadyExistsError",
    "AsyncClient",
    "AsyncService",
    "Client",
    "CodeSightError",
    "ConflictError",
    "CorruptError",
    "Dataset",
    "Erasure",
    "Evaluation",
    "Export",
    "Failure",
    "Finding",
    "Findings",
    "ForbiddenError",
    "Frame",
    "Frames",
    "Imported",
    "Interaction",
    "Interactions",
    "InvalidError",
    "LimitExceededError",
    "Lines",
    "Masker",
    "MissingExtraError",
    "NotFoundError",
    "Pipeline",
    "Processed",
    "Quality",
    "QualityPart",
    "Selector",
    "Service",
    "Session",
    "Span",
    "Split",
    "TrainingEvent",
    "TrainingJob",
    "UnauthenticatedError",
    "UnavailableError",
    "UnexpectedError",
    "UnsupportedError",
    "Verdict",
    "Verification",
    "archive_recording",
    "detect",
    "erase",
    "export",
    "import_recordings",
    "importers",
    "mask",
    "open",
    "providers",
    "services",
    "split",
    "validate",
    "verify",
]

# What needs the network or writes files is imported when it is first used: the import of the package stays quick.
_LAZY = {
    "AsyncClient": "client",
    "AsyncService": "service",
    "Client": "client",
    "Erasure": "rights",
    "Evaluation": "evaluation",
    "Export": "exporting",
    "Imported": "importing",
    "Service": "service",
    "Split": "exporting",
    "TrainingEvent": "service",
    "TrainingJob": "service",
    "erase": "rights",
    "export": "exporting",
    "import_recordings": "importing",
    "importers": "importing",
    "services": "service",
    "split": "exporting",
}


def __getattr__(name: str) -> object:
    module = _LAZY.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f".{module}", __name__), name)
    globals()[name] = value
    return value


if not _native.OPTIMISED:
    _warnings.warn(
        "codesight_sdk was built without optimisation and is slow; build it with `maturin build --release`",
        RuntimeWarning,
        stacklevel=2,
    )

