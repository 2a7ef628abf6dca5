"""One writer for each format of :func:`codesight_sdk.export`."""

from __future__ import annotations

from .chat import write_openai
from .llama_factory import write_llama_factory
from .parquet import write_huggingface, write_trl

WRITERS = {
    "openai": write_openai,
    "huggingface": write_huggingface,
    "trl": write_trl,
    "llama-factory": write_llama_factory,
}

__all__ = ["WRITERS"]
