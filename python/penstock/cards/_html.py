"""Blocks as HTML: what components render to (dictionaries with a ``type``, or texts) as elements of a page.

Everything that comes from outside is escaped here; what a block lacks or has of the wrong type is left out or shown as text.
"""

from __future__ import annotations

import re

from ._escape import escaped, tag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    Block = dict[str, Any]

_DEPTH = 24
_PICTURE = re.compile(r"data:image/[a-zA-Z0-9.+-]+;base64,\s*[A-Za-z0-9+/=\s]*\Z")
_LENGTH = re.compile(r"\d{1,4}(\.\d+)?(px|rem|em|vh|ch|%)\Z")
_CLASS = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")


def html_of(block: Any, depth: int = 0) -> str:
    """A block as HTML. Never raises: what cannot be shown says so in its place."""
    if depth > _DEPTH:
        return '<p class="none">Blocks are nested too deeply here.</p>'
    if not isinstance(block, dict):
        return "<p>%s</p>" % escaped("" if block is None else block).replace("\n", "<br>")
    kind = block.get("type")
    make = _KINDS.get(kind) if isinstance(kind, str) else None
    try:
        made = _unknown(block, depth) if make is None else make(block, depth)
    except Exception as error:
        made = '<pre class="log trouble">%s</pre>' % escaped(
            "A block of the type %r cannot be shown: %s: %s" % (block.get("type"), type(error).__name__, error)
        )
    name = block.get("id")
    return made if not isinstance(name, str) else '<div data-component="%s">%s</div>' % (escaped(name), made)


def _contents(block: Block, depth: int) -> str:
    contents = block.get("contents")
    return "".join(html_of(each, depth + 1) for each in contents) if isinstance(contents, (list, tuple)) else ""


# Layout


def _page(block: Block, depth: int) -> str:
    heading = tag("h2", escaped(block["title"])) if block.get("title") else ""
    return heading + _contents(block, depth)


def _section(block: Block, depth: int) -> str:
    heading = tag("h2", escaped(block["title"])) if block.get("title") else ""
    if block.get("subtitle"):
        heading += tag("div", escaped(block["subtitle"]), class_="sub")
    inside = _contents(block, depth)
    columns = block.get("columns")
    if isinstance(columns, int) and columns > 1:
        inside = '<div class="columns" style="--least:%dpx">%s</div>' % (max(120, 960 // min(columns, 8) - 16), inside)
    else:
        inside = '<div class="plain">%s</div>' % inside
    return "<section>%s%s</section>" % (heading, inside)


def _title(block: Block, depth: int) -> str:
    return tag("h3", escaped(block.get("text")))


def _subtitle(block: Block, depth: int) -> str:
    return tag("div", escaped(block.get("text")), class_="sub")


def _text(block: Block, depth: int) -> str:
    return tag("p", escaped(block.get("text")).replace("\n", "<br>"))


# Text


def _markdown(block: Block, depth: int) -> str:
    from ._markdown import markdown_html

    return tag("div", markdown_html(str(block.get("source") or "")), class_="md")


def _log(block: Block, depth: int) -> str:
    text = str(block.get("data") if block.get("data") is not None else "")
    kind = " caution" if text.startswith("@card WARNING") else ""
    return tag("pre", escaped(text), class_="log" + kind)


def _python(block: Block, depth: int) -> str:
    from textwrap import dedent

    from ._highlight import python_html

    return "<pre><code>%s</code></pre>" % python_html(dedent(str(block.get("data") or "")).strip("\n"))


def _raw(block: Block, depth: int) -> str:
    return '<iframe class="raw" sandbox srcdoc="%s"></iframe>' % escaped(block.get("data") or "")


def _viewer(block: Block, depth: int) -> str:
    from ._highlight import json_html, yaml_html

    is_json = block["type"] == "jsonViewer"
    text = str(block.get("json_string" if is_json else "yaml_string") or "")
    height = str(block.get("max_height") or "420px")
    style = "max-height:%s" % (height if _LENGTH.match(height) else "420px")
    copy = '<button class="copy" type="button">Copy</button>' if block.get("show_copy_button") else ""
    body = tag("pre", tag("code", (json_html if is_json else yaml_html)(text)), style=style)
    if block.get("collapsible") and text.count("\n") > 12:
        body = "<details open><summary>%d lines</summary>%s</details>" % (text.count("\n") + 1, body)
    top = '<div class="top"><span>%s</span>%s</div>' % (escaped(block.get("title") or ""), copy)
    return tag("div", top, body, class_="viewer")


# Pictures


def _image(block: Block, depth: int) -> str:
    source = str(block.get("src") or "")
    if not _PICTURE.match(source):
        return '<p class="none">This image is not part of the page and is not shown.</p>'
    label = block.get("label")
    caption = tag("figcaption", escaped(label)) if label else ""
    return "<figure>%s%s</figure>" % (
        '<img src="%s" alt="%s">' % (escaped("".join(source.split())), escaped(label or "")), caption)  # fmt: skip


def _dag(block: Block, depth: int) -> str:
    from ._dag import dag_svg

    here = block.get("here")
    return dag_svg(block.get("data"), here if isinstance(here, str) else None)


def _chart(block: Block, depth: int) -> str:
    from ._vega import chart_html

    options = block.get("options")
    bare = isinstance(options, dict) and options.get("actions") is False
    return chart_html(block.get("spec"), controls=not bare)


# Values


def _table(block: Block, depth: int) -> str:
    headers = [escaped(each) for each in block.get("columns") or ()]
    rows = [row for row in block.get("data") or () if isinstance(row, (list, tuple))]
    if block.get("vertical"):
        body = "".join(
            "<tr><th>%s</th>%s</tr>" % (header, "".join(_cell(row[at], depth) for row in rows if at < len(row)))
            for at, header in enumerate(headers)
        )
        return '<div class="scroll"><table class="facts">%s</table></div>' % body
    numeric = [_is_number_column(rows, at) for at in range(len(headers))]
    head = "".join("<th%s>%s</th>" % (' class="n"' if right else "", name) for name, right in zip(headers, numeric))
    body = "".join("<tr>%s</tr>" % "".join(_cell(each, depth) for each in row) for row in rows if row)
    if not head and not body:
        return '<p class="none">An empty table.</p>'
    return '<div class="scroll"><table>%s<tbody>%s</tbody></table></div>' % (
        "<thead><tr>%s</tr></thead>" % head if head else "", body)  # fmt: skip


def _is_number_column(rows: Any, at: int) -> bool:
    values = [row[at] for row in rows if at < len(row)]
    return bool(values) and all(_is_number(each) or each == "null" for each in values)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _cell(value: Any, depth: int) -> str:
    if isinstance(value, dict) and isinstance(value.get("type"), str):
        return "<td>%s</td>" % html_of(value, depth + 1)
    if _is_number(value):
        return '<td class="n">%s</td>' % escaped(number_text(value))
    if value is None or isinstance(value, (str, bool)):
        text = "" if value is None else str(value)
        return "<td%s>%s</td>" % (' class="w"' if len(text) <= 24 else "", escaped(text).replace("\n", "<br>"))
    from ._values import short_text

    return '<td class="mono">%s</td>' % escaped(short_text(value))


def number_text(value: Any) -> str:
    """A number with as many digits as a reader wants."""
    return str(value) if isinstance(value, int) else "%.6g" % value if abs(value) < 1e15 else repr(value)


def _artifacts(block: Block, depth: int) -> str:
    from ._artifact_html import artifacts_html

    return artifacts_html(block.get("data"))


# Instruments


def _progress(block: Block, depth: int) -> str:
    value, most = block.get("value"), block.get("max")
    share = value / most if _is_number(value) and _is_number(most) and most else 0.0
    share = min(1.0, max(0.0, share)) if share == share else 0.0
    unit = escaped(block["unit"]) if block.get("unit") else ""
    told = "%s / %s%s" % (_figure(value), _figure(most), unit if unit == "%" else " " + unit if unit else "")
    if block.get("details"):
        told += " \u00b7 " + escaped(block["details"])
    return (
        '<div class="bar"><div class="top"><span>%s</span><span>%s</span></div><div class="track" role="progressbar" '
        'aria-valuenow="%.0f" aria-valuemin="0" aria-valuemax="100"><i style="width:%.2f%%"></i></div></div>'
        % (escaped(block.get("label") or ""), told, share * 100, share * 100)
    )


def _figure(value: Any) -> str:
    return escaped(number_text(value) if _is_number(value) else value)


def _value_box(block: Block, depth: int) -> str:
    theme = block.get("theme")
    value = block.get("value")
    shown = "{:,}".format(value) if isinstance(value, int) and not isinstance(value, bool) else value
    parts = (("t", block.get("title")), ("v", number_text(value) if isinstance(value, float) else shown),
             ("u", block.get("subtitle")), ("g", block.get("change_indicator")))  # fmt: skip
    inside = "".join(tag("div", escaped(text), class_=name) for name, text in parts if text is not None)
    return tag("div", inside, class_="box %s" % theme if isinstance(theme, str) and _CLASS.match(theme) else "box")


def _timeline(block: Block, depth: int) -> str:
    from ._timeline_html import timeline_html

    return timeline_html(block, depth)


def _unknown(block: Block, depth: int) -> str:
    import json

    from ._highlight import json_html

    return "<pre><code>%s</code></pre>" % json_html(json.dumps(block, indent=2, default=str, ensure_ascii=False))


_KINDS: dict[str, Callable[[Block, int], str]] = {
    "page": _page,
    "section": _section,
    "title": _title,
    "subtitle": _subtitle,
    "text": _text,
    "markdown": _markdown,
    "log": _log,
    "pythonCode": _python,
    "html": _raw,
    "jsonViewer": _viewer,
    "yamlViewer": _viewer,
    "image": _image,
    "dag": _dag,
    "vegaChart": _chart,
    "table": _table,
    "artifacts": _artifacts,
    "progressBar": _progress,
    "valueBox": _value_box,
    "eventsTimeline": _timeline,
}
