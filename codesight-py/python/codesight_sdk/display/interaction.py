"""One interaction: the frame with the action, selectors, before and after, findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .findings import finding_rows
from .frame import comparison, picture
from .markup import card, chip, meter, table, text

if TYPE_CHECKING:
    from ..interaction import Interaction, Selector

#: Selectors shown; the rest is counted.
MOST_SELECTORS = 8


def selectors(interaction: Interaction) -> str:
    """The ways to find the element, with how far each can be trusted."""
    found = interaction.selectors
    rows: list[list[str]] = []
    for one in found[:MOST_SELECTORS]:
        score = meter(one.score, f"{one.score:.2f}") if one.score is not None else _survival(one)
        reasons = "".join(chip(reason, "warning") for reason in one.reasons)
        rows.append([chip(one.kind), f"<code>{text(one.value, 160)}</code>{reasons}", score])
    if not rows:
        return '<p class="m">no selector</p>'
    rest = len(found) - len(rows)
    more = f'<p class="m">and {rest} more</p>' if rest > 0 else ""
    return table(["kind", "selector", "reliability"], rows, "selectors", widest=1) + more


def _survival(selector: Selector) -> str:
    if selector.later is None:
        return '<span class="m">unknown</span>'
    found, pages = selector.later
    return f'<span class="m">found on {found} of {pages} later</span>'


def interaction_html(interaction: Interaction) -> str:
    """An interaction on its own."""
    about = [chip(interaction.type, "info")]
    about += [chip(word) for word in (interaction.page_kind, interaction.intent) if word]
    title = f"{interaction.seq}. {interaction.describe()}"
    findings = interaction.findings
    return card(
        f"<h3>{text(title)}</h3><p>{''.join(about)} <span class=\"m\">{interaction.timestamp:%H:%M:%S} · "
        f"{text(interaction.title, 80)} · {text(interaction.url, 160)}</span></p>",
        '<div class="two"><div>',
        picture(interaction.before, interaction, label=f"before interaction {interaction.seq}"),
        "</div><div><h4 style=\"margin-top:0\">How to find the element again</h4>",
        selectors(interaction),
        "</div></div><h4>Before and after</h4>",
        comparison(interaction.before, interaction.after),
        "<h4>Findings</h4>" + finding_rows(findings) if len(findings) else "",
        label=title,
    )
