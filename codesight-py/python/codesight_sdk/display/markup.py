"""Building blocks: escaping, the style sheet, small parts."""

from __future__ import annotations

from html import escape

#: What stands for characters that turn text around or hide it: page text may not rearrange what is shown around it.
_HIDDEN = {ord(c): "\N{REPLACEMENT CHARACTER}" for c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\0"}

STYLE = """<style>
.cs{font:13px/1.45 system-ui,sans-serif;color:#1c2330;background:#fff;border:1px solid #d8dde6;border-radius:8px;
padding:14px 16px;max-width:1060px;text-align:left}
.cs *{box-sizing:border-box}.cs h3{font-size:15px;margin:0 0 4px;padding:0}.cs h4{font-size:13px;margin:14px 0 6px}
section.cs h3,section.cs h4{font-weight:600}
.cs .m{color:#5b6675}.cs code{font:12px ui-monospace,monospace;background:#f1f3f7;border-radius:4px;padding:1px 4px;
color:inherit;overflow-wrap:anywhere}
.cs .chip{display:inline-block;border-radius:9px;padding:0 8px;margin:0 4px 2px 0;font-size:12px;background:#e9edf4}
.cs .error{background:#fbdcdc;color:#8a1116}.cs .warning{background:#fdeecb;color:#6b4a00}.cs .info{background:#dfeafb;color:#123f7d}
.cs .good{background:#d8f1de;color:#0e5726}
.cs .bar{display:grid;grid-template-columns:150px 1fr 52px;gap:8px;align-items:center;margin:2px 0}
.cs .bar i{display:block;height:8px;border-radius:4px;background:#e9edf4;overflow:hidden}
.cs .bar b{display:block;height:100%;background:#2f6fdb}.cs .bar b.low{background:#c8382e}.cs .bar b.mid{background:#d08a12}
.cs .meter{display:grid;grid-template-columns:minmax(40px,1fr) 34px;gap:6px;align-items:center;min-width:90px}
.cs .meter i{display:block;height:8px;border-radius:4px;background:#e9edf4;overflow:hidden}.cs .meter b{display:block;height:100%;background:#2f6fdb}
.cs .meter b.low{background:#c8382e}.cs .meter b.mid{background:#d08a12}.cs .chip{white-space:nowrap;overflow-wrap:normal}
.cs .shot{position:relative;display:block;max-width:100%;line-height:0;border:1px solid #c6cdd9;border-radius:4px;overflow:hidden}
.cs .shot img{width:100%;height:auto;display:block;margin:0;max-width:none}.cs .shot svg{position:absolute;inset:0;width:100%;height:100%}
.cs .film{display:flex;gap:12px;overflow-x:auto;padding:2px 2px 10px}.cs .film>div{flex:0 0 300px}
.cs .film p{margin:4px 0 0;line-height:1.35}.cs .none{display:grid;place-items:center;height:96px;border:1px dashed #c6cdd9;
border-radius:4px;color:#5b6675}.cs .film .none{height:188px}.cs p{margin:4px 0 8px}
.cs table{border-collapse:collapse;table-layout:auto;width:100%;font-size:12px;margin:6px 0 10px;background:none}
.cs th,.cs td{text-align:left!important;padding:4px 12px 4px 0;border:0;border-bottom:1px solid #e4e8ef;vertical-align:top;background:none;
overflow-wrap:break-word;white-space:normal;color:inherit;max-width:none}.cs tr:last-child td{border-bottom:0}
.cs .fit{width:1%;white-space:nowrap}.cs .fit code{white-space:nowrap;overflow-wrap:normal}
.cs .compare{position:relative;line-height:0;border:1px solid #c6cdd9;border-radius:4px;overflow:hidden}
.cs .compare>img{width:100%;display:block;margin:0;max-width:none}
.cs .compare>div{position:absolute;top:0;left:0;bottom:0;width:50%;min-width:14px;max-width:100%;overflow:hidden;resize:horizontal;
border-right:3px solid #2f6fdb;direction:ltr}
.cs .compare>div>span{position:absolute;inset:0;background-repeat:no-repeat;background-position:0 0}
.cs .two{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2fr);gap:16px}
@media(max-width:720px){.cs .two{grid-template-columns:1fr}}
@media(prefers-color-scheme:dark){.cs{color:#dde3ec;background:#171b22;border-color:#343c49}.cs .m{color:#9aa6b6}
.cs code,.cs .chip,.cs .bar i{background:#262d38}.cs th,.cs td{border-color:#2b323d}
.cs .error{background:#5a1c1c;color:#ffd9d6}.cs .warning{background:#4d3a0d;color:#ffe9b8}.cs .info{background:#1c3557;color:#d5e5ff}
.cs .good{background:#17402a;color:#c9f2d6}.cs .none{color:#9aa6b6;border-color:#343c49}}
</style>"""


def text(value: object, most: int = 400) -> str:
    """Recorded text as HTML: escaped, shortened, and without characters that turn it around."""
    plain = str(value).translate(_HIDDEN)
    return escape(plain if len(plain) <= most else f"{plain[: most - 1]}…", quote=True)


def card(*parts: str, label: str) -> str:
    """A fragment of its own."""
    return f'{STYLE}<section class="cs" aria-label="{text(label)}">{"".join(parts)}</section>'


def chip(value: object, kind: str = "") -> str:
    """A small word in a box. ``kind`` is one of the style sheet's classes."""
    return f'<span class="chip {kind}">{text(value, 80)}</span>'


def bar(name: str, share: float, shown: str, *, judged: bool = True) -> str:
    """A named bar from 0 to 1; its colour says whether that is much, unless it is not to be judged."""
    return f'<div class="bar"><span>{text(name, 60)}</span>{_gauge(share, shown, judged=judged)}</div>'


def meter(share: float, shown: str) -> str:
    """A bar from 0 to 1 that fits into a table."""
    return f'<div class="meter">{_gauge(share, shown)}</div>'


def _gauge(share: float, shown: str, *, judged: bool = True) -> str:
    share = min(max(share, 0.0), 1.0)
    level = "" if not judged or share >= 0.8 else "mid" if share >= 0.5 else "low"
    return (
        f'<i role="img" aria-label="{text(shown)}"><b class="{level}" style="width:{share * 100:.1f}%"></b></i>'
        f"<span>{text(shown, 20)}</span>"
    )


def table(head: list[str], rows: list[list[str]], caption: str, *, widest: int | None = None) -> str:
    """A table. The cells are HTML. Columns share the width, or all but the ``widest`` are as narrow as what is in them."""
    fit = ["" if widest is None or place == widest else ' class="fit"' for place in range(len(head))]
    top = "".join(f'<th scope="col"{how}>{text(cell)}</th>' for cell, how in zip(head, fit, strict=True))
    body = "".join(
        "<tr>" + "".join(f"<td{how}>{cell}</td>" for cell, how in zip(row, fit, strict=True)) + "</tr>" for row in rows
    )
    return f'<table aria-label="{text(caption)}"><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>'
