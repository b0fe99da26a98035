"""Plain data as YAML: block style, in the order of the data, as YAML 1.1 and 1.2 readers both take it."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PLAIN = re.compile(r"[A-Za-z_/][A-Za-z0-9_ ./@+-]*\Z")
#: Texts that a reader would take for something else.
_WORDS = frozenset("null true false yes no on off y n".split())


def yaml_text(data: Any) -> str:
    """The data as a YAML document. Raises ValueError for data that contains itself."""
    return "\n".join(_block(data, 0, ())) + "\n"


def _block(data: Any, indent: int, above: tuple[int, ...]) -> list[str]:
    if id(data) in above:
        raise ValueError("it contains itself")
    margin = " " * indent
    if isinstance(data, dict) and data:
        lines = []
        for key, value in data.items():
            lines += _entry("%s%s:" % (margin, _scalar(key)), value, indent, above + (id(data),), nested=2)
        return lines
    if isinstance(data, (list, tuple, set, frozenset)) and data:
        lines = []
        for value in data:
            lines += _item(value, indent, above + (id(data),))
        return lines
    return [margin + _scalar(data)]


def _entry(head: str, value: Any, indent: int, above: tuple[int, ...], nested: int) -> list[str]:
    if isinstance(value, str) and "\n" in value and not value.startswith((" ", "\n", "\t")) and "\t" not in value:
        if all(character.isprintable() or character == "\n" for character in value):
            return [head + " " + _literal_mark(value)] + _literal(value, indent + nested)
    if _is_nested(value):
        deeper = indent if isinstance(value, (list, tuple, set, frozenset)) else indent + nested
        return [head] + _block(value, deeper, above)
    return ["%s %s" % (head, _scalar(value))]


def _item(value: Any, indent: int, above: tuple[int, ...]) -> list[str]:
    margin = " " * indent
    if _is_nested(value):
        lines = _block(value, indent + 2, above)
        lines[0] = "%s- %s" % (margin, lines[0][indent + 2 :])
        return lines
    return _entry(margin + "-", value, indent, above, nested=2)


def _is_nested(value: Any) -> bool:
    return isinstance(value, (dict, list, tuple, set, frozenset)) and len(value) > 0


def _literal_mark(text: str) -> str:
    return "|" if text.endswith("\n") and not text.endswith("\n\n") else "|+" if text.endswith("\n") else "|-"


def _literal(text: str, indent: int) -> list[str]:
    lines = text[:-1].split("\n") if text.endswith("\n") else text.split("\n")
    return [" " * indent + line if line else "" for line in lines]


def _scalar(value: Any) -> str:
    if value is None:
        return "null"
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, float):
        if value != value:
            return ".nan"
        return {float("inf"): ".inf", float("-inf"): "-.inf"}.get(value, _with_point(repr(float(value))))
    if isinstance(value, dict):
        return "{}"
    if isinstance(value, (list, tuple, set, frozenset)):
        return "[]"
    text = value if isinstance(value, str) else str(value)
    if _PLAIN.match(text) and text.lower() not in _WORDS and text == text.strip():
        return text
    import json

    return json.dumps(text, ensure_ascii=not text.isprintable())


def _with_point(number: str) -> str:
    """A float as YAML 1.1 reads it: ``1e+300`` without a point would be a text."""
    mantissa, exponent, power = number.partition("e")
    return number if not exponent or "." in mantissa else "%s.0e%s" % (mantissa, power)
