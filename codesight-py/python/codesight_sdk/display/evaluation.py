"""An evaluation: the models side by side, and the steps that went wrong with both answers drawn on the picture."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .. import _native
from .._errors import CodeSightError
from .frame import target
from .markup import bar, card, chip, table, text

if TYPE_CHECKING:
    from ..evaluation import Evaluation, Interval

#: Wrong steps shown with their pictures.
MOST_PICTURES = 6
#: The colours of the person and of the model.
PERSON, MODEL = "#0e8a3a", "#e1261c"


def evaluation_html(evaluation: Evaluation) -> str:
    """An evaluation on its own."""
    models = evaluation.models
    wrong = [step for step in evaluation.report["models"][0]["steps"] if not step["score"]["stepRight"]]
    stills = "".join(f'<div role="listitem">{_still(step, evaluation)}</div>' for step in wrong[:MOST_PICTURES])
    legend = f'<p class="m"><b style="color:{PERSON}">○</b> what the person did · <b style="color:{MODEL}">○</b> what the model would do</p>'
    shown = f", {MOST_PICTURES} of them here" if len(wrong) > MOST_PICTURES else ""
    return card(
        f"<h3>{models[0].steps} recorded steps, {len(models)} model{'s' if len(models) != 1 else ''}</h3>",
        '<p class="m">Steps that are right, with 95 % intervals: the same action, at the same place, with the same text</p>',
        "".join(bar(one.model, one.success.value, f"{one.success.value:.0%}") for one in models),
        table(
            ["model", "steps right", "right action", "right place", "whole tasks", "readable answers"],
            [
                [f"<code>{text(one.model, 60)}</code>"]
                + [_share(share) for share in (one.success, one.type_accuracy, one.place_accuracy, one.tasks, one.valid)]
                for one in models
            ],
            "models",
        ),
        "".join(f"<p>{_versus(one)}</p>" for one in evaluation.comparisons),
        f"<h4>Where {text(models[0].model, 60)} went wrong ({len(wrong)}{shown})</h4>{legend}"
        f'<div class="film" role="list" tabindex="0">{stills}</div>'
        if wrong
        else "",
        label="evaluation",
    )


def _share(share: Interval) -> str:
    return f'{share.value:.0%} <span class="m">{share.low:.0%}–{share.high:.0%}</span>'


def _versus(told: Mapping[str, Any]) -> str:
    difference = told["stepSuccess"]
    surely = difference["low"] > 0 or difference["high"] < 0
    word = chip("better" if difference["value"] > 0 else "worse", "good" if difference["value"] > 0 else "error")
    return (
        f"{word if surely else chip('no clear difference')} <code>{text(told['candidate'], 60)}</code> against "
        f"<code>{text(told['baseline'], 60)}</code>: {difference['value'] * 100:+.1f} points "
        f'<span class="m">({difference["low"] * 100:+.1f} to {difference["high"] * 100:+.1f}, p = {told["pValue"]:.3f})</span>'
    )


def _still(step: Mapping[str, Any], evaluation: Evaluation) -> str:
    expected, predicted = step["expected"], step["score"]["predicted"]
    picture = evaluation.pictures.get(step["id"])
    size = _size(picture) if picture else None
    shot = '<p class="m">no picture</p>'
    if picture is not None and size is not None:
        marks = "".join(target(*at, colour=PERSON) for at in _points(expected))
        marks += "".join(target(*at, colour=MODEL) for at in _points(predicted))
        shot = (
            f'<div class="shot"><img alt="{text(step["id"])}" src="data:image/webp;base64,{b64encode(picture).decode()}">'
            f'<svg viewBox="0 0 {size[0]} {size[1]}" preserveAspectRatio="none" role="img" '
            f'aria-label="both answers">{marks}</svg></div>'
        )
    answer = step["error"] or _words(predicted) or "nothing that can be read"
    return (
        f"{shot}<p><b>{text(step['id'])}</b><br>"
        f"person: {text(_words(expected), 120)}<br>model: {text(answer, 120)}</p>"
    )


def _points(actions: Sequence[Mapping[str, Any]]) -> list[tuple[float, float]]:
    return [(float(one["x"]), float(one["y"])) for one in actions if "x" in one and "y" in one]


def _words(actions: Sequence[Mapping[str, Any]]) -> str:
    return ", then ".join(
        " ".join(str(value) for value in one.values() if not isinstance(value, (list, dict))) for one in actions
    )


def _size(image: bytes) -> tuple[int, int] | None:
    """Width and height of a picture, as its header says."""
    try:
        pixels = _native.decode_image(image)
    except CodeSightError:
        return None
    return pixels.width, pixels.height
