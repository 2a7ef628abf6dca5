"""Masking."""

from __future__ import annotations

import pickle

import codesight_sdk as cs
import pytest


def test_stand_ins_are_the_same_under_one_key() -> None:
    key = bytes(32)
    once = cs.mask("jane@shop.example", key=key)
    assert once.startswith("<EMAIL_") and once == cs.mask("jane@shop.example", key=key)
    assert once != cs.mask("jane@shop.example", key=bytes([1]) * 32)
    assert cs.mask(once, key=key) == once
    assert cs.mask("nothing here") == "nothing here"


def test_what_was_masked_once_is_masked_everywhere() -> None:
    masker = cs.Masker(key=bytes(32))
    raw = {
        "type": "input",
        "timestamp": 1,
        "element": {"tag": "input", "inputType": "text", "name": "Your name", "value": "Zebulon Quist"},
        "pageContext": {"title": "Hello Zebulon Quist"},
    }
    masked = masker.interaction(raw)
    assert "Zebulon" not in str(masked)
    assert sum(masker.report.values()) >= 2


def test_what_is_no_interaction_is_refused_without_its_content() -> None:
    with pytest.raises(cs.InvalidError) as caught:
        cs.Masker().interaction({"type": "click", "timestamp": "jane@shop.example"})
    assert "jane" not in str(caught.value) and "jane" not in repr(caught.value.__cause__)


def test_spans_are_in_characters() -> None:
    text = "äöü jane@shop.example"
    (span,) = cs.detect(text)
    assert text[span.start : span.end] == "jane@shop.example" and 0 < span.score <= 1


def test_wrong_keys_and_surfaces() -> None:
    with pytest.raises(ValueError):
        cs.Masker(key=b"short")
    with pytest.raises(cs.InvalidError):
        cs.mask("x", surface="nowhere")  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        pickle.dumps(cs.Masker())
