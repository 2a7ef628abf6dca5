"""A frame, with the action drawn on it."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from .._errors import CodeSightError
from .markup import card, text

if TYPE_CHECKING:
    from ..interaction import Interaction
    from ..session import Frame


def data_url(frame: Frame) -> str | None:
    """The frame's image as a data URL; ``None`` when it cannot be read, which must not keep the rest from being shown."""
    try:
        return f"data:{frame.media_type};base64,{b64encode(frame.image).decode()}"
    except CodeSightError:
        return None


def picture(frame: Frame | None, interaction: Interaction | None = None, *, label: str) -> str:
    """The frame as an image, the action drawn over it."""
    url = None if frame is None else data_url(frame)
    if frame is None or url is None:
        return f'<div class="none" role="img" aria-label="{text(label)}: no frame">no frame</div>'
    marks = "" if interaction is None else overlay(interaction)
    return f'<div class="shot"><img alt="{text(label)}" src="{url}">{marks}</div>'


def overlay(interaction: Interaction) -> str:
    """The action as a drawing in CSS pixels of the viewport: the element's box, the point, the way of a scroll or drag."""
    viewport = interaction.viewport
    if viewport is None or min(viewport) <= 0:
        return ""
    width, height = viewport
    parts: list[str] = []
    if interaction.box is not None:
        left, top, wide, high = interaction.box
        parts.append(
            f'<rect x="{left:.1f}" y="{top:.1f}" width="{max(wide, 0):.1f}" height="{max(high, 0):.1f}" rx="4" '
            'fill="#2f6fdb22" stroke="#2f6fdb" stroke-width="3"/>'
        )
    if interaction.point is not None:
        parts.append(target(*interaction.point))
    parts.extend(_way(interaction))
    return (
        f'<svg viewBox="0 0 {width:.1f} {height:.1f}" preserveAspectRatio="none" role="img" '
        f'aria-label="{text(interaction.describe())}">{"".join(parts)}</svg>'
    )


def target(x: float, y: float, *, colour: str = "#e1261c") -> str:
    """A ring around a place."""
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="17" fill="none" stroke="#fff" stroke-width="7"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="17" fill="{colour}33" stroke="{colour}" stroke-width="4"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>'
    )


def _way(interaction: Interaction) -> list[str]:
    action = interaction.data.get("action") or {}
    path = [(float(at["x"]), float(at["y"])) for at in action.get("path", ())]
    if len(path) < 2 and interaction.viewport is not None:
        across, down = float(action.get("scrollX") or 0), float(action.get("scrollY") or 0)
        if across or down:
            x, y = interaction.point or (interaction.viewport[0] / 2, interaction.viewport[1] / 2)
            longest = max(abs(across), abs(down))
            reach = min(longest, 160)
            path = [(x, y), (x + across / longest * reach, y + down / longest * reach)]
    if len(path) < 2:
        return []
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in path)
    end_x, end_y = path[-1]
    return [
        f'<polyline points="{points}" fill="none" stroke="#fff" stroke-width="9" stroke-linejoin="round"/>',
        f'<polyline points="{points}" fill="none" stroke="#e1261c" stroke-width="5" stroke-linejoin="round"/>',
        f'<circle cx="{end_x:.1f}" cy="{end_y:.1f}" r="9" fill="#e1261c" stroke="#fff" stroke-width="3"/>',
    ]


def comparison(before: Frame | None, after: Frame | None) -> str:
    """Before and after over each other: the edge is drawn with the mouse, by a property of style sheets, without script."""
    first = None if before is None else data_url(before)
    second = None if after is None else data_url(after)
    if before is None or after is None or first is None or second is None:
        return '<p class="m">no frames to compare</p>'
    ratio = before.height / before.width
    return (
        f'<div class="compare" style="container-type:inline-size"><img alt="after" src="{second}">'
        f'<div title="before: draw the lower right corner"><span role="img" aria-label="before" '
        f'style="width:100cqw;height:{ratio * 100:.3f}cqw;background-size:100cqw auto;background-image:url({first})">'
        "</span></div></div>"
        '<p class="m">before on the left, after on the right; draw the blue edge by its lower corner</p>'
    )


def frame_html(frame: Frame) -> str:
    """A frame on its own."""
    words = f"frame {frame.hash[:12]}, {frame.width} x {frame.height}"
    if frame.painted:
        words += f", {frame.painted} boxes painted over"
    return card(picture(frame, label=words), f'<p class="m">{text(words)}</p>', label=words)
