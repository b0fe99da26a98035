"""Values of artifacts as HTML: one as a quote, several as a table of name, type, size and value."""

from __future__ import annotations

from ._escape import escaped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: A value of more lines or characters is folded.
_LINES, _CHARACTERS = 3, 220


def artifacts_html(data: Any) -> str:
    """A block of artifacts: what ``_values.Shown.dictionary`` gives for each, with a ``size`` in bytes where it is known."""
    items = [each for each in data if isinstance(each, dict)] if isinstance(data, (list, tuple)) else []
    if not items:
        return '<p class="none">There are none.</p>'
    if len(items) == 1 and "size" not in items[0]:
        return _single(items[0])
    sized = any("size" in each for each in items)
    head = '<th class="name">Name</th><th class="type">Type</th>%s<th class="value">Value</th>' % (
        '<th class="size n">Size</th>' if sized else "")  # fmt: skip
    rows = "".join(
        '<tr><td class="name mono">%s</td><td class="type" title="%s">%s</td>%s<td class="value">%s</td></tr>'
        % (
            escaped(each.get("name") or ""),
            escaped(each.get("type") or ""),
            escaped(str(each.get("type") or "").rpartition(".")[2]),
            '<td class="size n">%s</td>' % size_text(each.get("size")) if sized else "",
            _value(each.get("data")),
        )
        for each in items
    )
    return '<table class="values"><thead><tr>%s</tr></thead><tbody>%s</tbody></table>' % (head, rows)


def _single(item: dict[str, Any]) -> str:
    name = "%s \u00b7 " % escaped(item["name"]) if item.get("name") else ""
    return '<div class="single values"><div>%s%s</div>%s</div>' % (
        name, escaped(item.get("type") or ""), _value(item.get("data")))  # fmt: skip


def _value(data: Any) -> str:
    if isinstance(data, str) and data.startswith("data:image/"):
        from ._html import html_of

        return html_of({"type": "image", "src": data})
    if isinstance(data, dict) and isinstance(data.get("headers"), list) and isinstance(data.get("data"), list):
        from ._html import html_of

        return html_of({"type": "table", "columns": data["headers"], "data": data["data"]})
    text = data if isinstance(data, str) else _as_text(data)
    if text.count("\n") < _LINES and len(text) <= _CHARACTERS:
        return "<pre>%s</pre>" % escaped(text)
    first = " ".join(text[:400].split())[:120]
    return "<details><summary>%s \u2026</summary><pre>%s</pre></details>" % (escaped(first), escaped(text))


def _as_text(data: Any) -> str:
    import json

    from ._values import clipped

    if data is None or isinstance(data, (bool, int, float)):
        return repr(data)
    return clipped(json.dumps(data, indent=1, ensure_ascii=False, default=str), 20_000)


def size_text(size: Any) -> str:
    """Bytes in the unit that fits."""
    if not isinstance(size, (int, float)):
        return ""
    if size < 1000:
        return "%d B" % size
    value, units = float(size) / 1000, ["TB", "GB", "MB", "kB"]
    while value >= 999.5 and len(units) > 1:
        value /= 1000
        units.pop()
    return "%.3g %s" % (value, units[-1])
