"""Source code with its words marked by kind: ``k`` keyword, ``s`` string, ``c`` comment, ``d`` definition, ``m`` number."""

from __future__ import annotations

import re

from ._escape import escaped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Longer texts are shown without marks.
_LIMIT = 200_000
_JSON = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)')
_YAML_KEY = re.compile(r"^(\s*(?:- )*)([^\s#'\"][^:#]*|\"(?:[^\"\\]|\\.)*\"):(?=\s|$)", re.M)


def highlighted(text: str, language: str = "") -> str:
    """The text as HTML, with marks for Python, JSON and YAML."""
    if len(text) > _LIMIT:
        return escaped(text)
    if language in ("python", "py", "python3"):
        return python_html(text)
    if language == "json":
        return json_html(text)
    if language in ("yaml", "yml"):
        return yaml_html(text)
    return escaped(text)


def python_html(text: str) -> str:
    """Python code; as far as it can be read, when it is not well formed."""
    import keyword
    import tokenize

    from io import StringIO

    lines = text.split("\n")
    out: list[str] = []
    place = (1, 0)
    defining = False
    try:
        for token in tokenize.generate_tokens(StringIO(text).readline):
            kind = ""
            name = tokenize.tok_name[token.type]
            if name == "COMMENT":
                kind = "c"
            elif name.startswith(("STRING", "FSTRING", "TSTRING")):
                kind = "s"
            elif name == "NUMBER":
                kind = "m"
            elif name == "NAME":
                kind = "d" if defining else "k" if keyword.iskeyword(token.string) else ""
                defining = token.string in ("def", "class")
            if kind and token.start >= place:
                out.append(escaped(_between(lines, place, token.start)))
                out.append('<span class="%s">%s</span>' % (kind, escaped(_between(lines, token.start, token.end))))
                place = token.end
    except (tokenize.TokenError, SyntaxError, IndentationError, ValueError):
        pass
    out.append(escaped(_between(lines, place, (len(lines), len(lines[-1])))))
    return "".join(out)


def _between(lines: list[str], start: Any, end: Any) -> str:
    (first, left), (last, right) = start, end
    if first > len(lines):
        return ""
    if first == last:
        return lines[first - 1][left:right]
    middle = lines[first : last - 1]
    tail = lines[last - 1][:right] if last <= len(lines) else ""
    return "\n".join([lines[first - 1][left:]] + middle + [tail])


def json_html(text: str) -> str:
    """JSON as it is laid out."""
    if len(text) > _LIMIT:
        return escaped(text)
    out: list[str] = []
    at = 0
    for found in _JSON.finditer(text):
        out.append(escaped(text[at : found.start()]))
        string, colon, word, number = found.groups()
        if string is not None:
            out.append('<span class="%s">%s</span>%s' % ("d" if colon else "s", escaped(string), colon or ""))
        else:
            out.append('<span class="%s">%s</span>' % ("k" if word else "m", word or number))
        at = found.end()
    return "".join(out) + escaped(text[at:])


def yaml_html(text: str) -> str:
    """YAML, its keys marked."""
    out: list[str] = []
    at = 0
    for found in _YAML_KEY.finditer(text):
        out.append(escaped(text[at : found.start(2)]))
        out.append('<span class="d">%s</span>' % escaped(found.group(2)))
        at = found.end(2)
    return "".join(out) + escaped(text[at:])
