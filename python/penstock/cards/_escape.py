"""Texts made safe for HTML."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_SPECIAL = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;", ord("'"): "&#39;"}
#: Control characters, which HTML does not allow, are shown by their pictures; lone surrogates cannot be encoded.
_SPECIAL.update({code: chr(0x2400 + code) for code in range(32) if chr(code) not in "\t\n\r"})
_SPECIAL.update({0x7F: "\u2421", ord("\r"): ""})


def escaped(value: Any) -> str:
    """The value as text that is only text, between tags and in quoted attributes."""
    text = value if type(value) is str else str(value)
    text = text.translate(_SPECIAL)
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def script_json(value: Any) -> str:
    """JSON for the inside of a ``<script type="application/json">``."""
    import json

    text = json.dumps(value, separators=(",", ":"), default=str)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def tag(name: str, *content: str, **attributes: Any) -> str:
    """An element. ``content`` is HTML; attribute values are escaped, ``class_`` is ``class``, None leaves one out."""
    given = "".join(
        ' %s="%s"' % (key.rstrip("_").replace("_", "-"), escaped(value))
        for key, value in attributes.items()
        if value is not None
    )
    return "<%s%s>%s</%s>" % (name, given, "".join(content), name)
