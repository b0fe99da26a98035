"""Filling Mustache templates, for cards that bring one: variables, sections, comments, partials, other delimiters."""

from __future__ import annotations

from ._escape import escaped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Node = tuple[str, str, Any]

_DEPTH = 50


class ChevronError(SyntaxError):
    """A template that is not well formed."""


def render(
    template: Any = "",
    data: Any = None,
    partials_dict: dict[str, str] | None = None,
    def_ldel: str = "{{",
    def_rdel: str = "}}",
    **_: Any,
) -> str:
    """The template with its tags replaced by the data. Raises ChevronError for one that is not well formed."""
    text = template if isinstance(template, str) else template.read()
    nodes = _parsed(text, def_ldel, def_rdel)
    return "".join(_filled(nodes, [data if data is not None else {}], partials_dict or {}, (def_ldel, def_rdel), 0))


def _parsed(text: str, left: str, right: str) -> list[Node]:
    root: list[Node] = []
    stack: list[tuple[str, list[Node]]] = [("", root)]
    at = 0
    while True:
        start = text.find(left, at)
        if start < 0:
            stack[-1][1].append(("text", text[at:], None))
            break
        closing = "}" + right if text.startswith("{", start + len(left)) else right
        end = text.find(closing, start + len(left))
        if end < 0:
            raise ChevronError("a tag is not closed: %s" % text[start : start + 40])
        tag = text[start + len(left) : end].strip()
        before, after = _without_own_line(text, at, start, end + len(closing), tag[:1] in ("#", "^", "/", "!", ">", "="))
        stack[-1][1].append(("text", before, None))
        at = after
        kind, name = (tag[0], tag[1:].strip()) if tag[:1] in ("#", "^", "/", "!", ">", "=", "&", "{") else ("", tag)
        if kind in ("#", "^"):
            inner: list[Node] = []
            stack[-1][1].append((kind, name, (inner, after)))
            stack.append((name, inner))
        elif kind == "/":
            if stack[-1][0] != name or len(stack) == 1:
                raise ChevronError("a section %r is closed that is not open" % name)
            stack.pop()
        elif kind == "=":
            left, right = name.rstrip("=").split()
        elif kind != "!":
            stack[-1][1].append((kind, name, None))
    if len(stack) > 1:
        raise ChevronError("the section %r is not closed" % stack[-1][0])
    return root


def _without_own_line(text: str, at: int, start: int, end: int, standalone: bool) -> tuple[str, int]:
    """The text before a tag and where to go on; a section tag that is alone on its line takes the line with it."""
    if standalone:
        line = text.rfind("\n", 0, start) + 1
        stop = text.find("\n", end)
        stop = len(text) if stop < 0 else stop + 1
        if line >= at and not text[line:start].strip() and not text[end:stop].strip():
            return text[at:line], stop
    return text[at:start], end


def _filled(
    nodes: list[Node], scopes: list[Any], partials: dict[str, str], delimiters: tuple[str, str], depth: int
) -> list[str]:
    if depth > _DEPTH:
        raise ChevronError("sections or partials are nested too deeply")
    out: list[str] = []
    for kind, name, more in nodes:
        if kind == "text":
            out.append(name)
        elif kind == ">":
            inner = _parsed(partials.get(name, ""), *delimiters)
            out += _filled(inner, scopes, partials, delimiters, depth + 1)
        elif kind in ("#", "^"):
            value = _looked_up(name, scopes)
            if kind == "^":
                out += [] if _is_there(value) else _filled(more[0], scopes, partials, delimiters, depth + 1)
            elif isinstance(value, (list, tuple)):
                for each in value:
                    out += _filled(more[0], scopes + [each], partials, delimiters, depth + 1)
            elif _is_there(value):
                out += _filled(more[0], scopes + [value], partials, delimiters, depth + 1)
        else:
            value = _looked_up(name, scopes)
            text = "" if value is None else str(value)
            out.append(text if kind in ("&", "{") else escaped(text))
    return out


def _is_there(value: Any) -> bool:
    return bool(value) or (value == 0 and not isinstance(value, (bool, list, tuple, dict, str)) and value is not None)


def _looked_up(name: str, scopes: list[Any]) -> Any:
    if name == ".":
        return scopes[-1]
    parts = name.split(".")
    for scope in reversed(scopes):
        found, value = _member(scope, parts[0])
        if found:
            for part in parts[1:]:
                value = _member(value, part)[1]
            return value() if _is_function(value) else value
    return None


def _member(scope: Any, name: str) -> tuple[bool, Any]:
    if isinstance(scope, dict):
        return name in scope, scope.get(name)
    if isinstance(scope, (list, tuple)) and name.isdigit() and int(name) < len(scope):
        return True, scope[int(name)]
    if not name.startswith("_") and hasattr(scope, name) and not isinstance(scope, (str, int, float)):
        return True, getattr(scope, name)
    return False, None


def _is_function(value: Any) -> bool:
    from types import FunctionType, MethodType

    return isinstance(value, (FunctionType, MethodType))
