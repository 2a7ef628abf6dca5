"""What notebooks show. Every fragment stands alone: no script, no address that is fetched, and every recorded text escaped."""

from __future__ import annotations

from .dataset import dataset_html
from .evaluation import evaluation_html
from .findings import finding_html, findings_html, quality_html, verdict_html
from .frame import frame_html
from .interaction import interaction_html
from .session import session_html

__all__ = [
    "dataset_html",
    "evaluation_html",
    "finding_html",
    "findings_html",
    "frame_html",
    "interaction_html",
    "quality_html",
    "session_html",
    "verdict_html",
]
