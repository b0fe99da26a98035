"""Transitions as they stand in the source: the last statement of each step."""

from __future__ import annotations

import _ast

from ._source import Source, walk
from ._wire import clean

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def transitions(source: Source, function: Any) -> tuple[dict[str, Any] | None, list[int]]:
    """What the last statement of a step says comes next, or None; and the lines of other ``self.next`` calls."""
    last = function.body[-1]
    call = last.value if isinstance(last, _ast.Expr) and _is_next(last.value) else None
    stray = sorted(node.lineno for node in walk(function) if node is not call and _is_next(node))
    if call is None:
        return None, stray
    described: dict[str, Any] = {
        "kind": "unrecognised",
        "targets": [],
        "variable": None,
        "condition": None,
        "cases": None,
        "line": call.lineno,
        "text": source.text(call),
    }
    described.update(_form(call) or {})
    return described, stray


def _is_next(node: Any) -> bool:
    return (
        isinstance(node, _ast.Call)
        and isinstance(node.func, _ast.Attribute)
        and node.func.attr == "next"
        and isinstance(node.func.value, _ast.Name)
        and node.func.value.id == "self"
    )


def _form(call: Any) -> dict[str, Any] | None:
    """The form of a call, when it is one of the known ones."""
    keywords = {keyword.arg: keyword.value for keyword in call.keywords}
    if None in keywords:  # **values
        return None
    if len(call.args) == 1 and isinstance(call.args[0], _ast.Dict):
        return _switch(call.args[0], keywords)
    targets = [_own_attribute(argument) for argument in call.args]
    if not targets or None in targets:
        return None
    if not keywords:
        return {"kind": "linear" if len(targets) == 1 else "split", "targets": targets}
    if len(targets) != 1 or len(keywords) != 1:
        return None
    if "foreach" in keywords:
        variable = _literal(keywords["foreach"])
        return {"kind": "foreach", "targets": targets, "variable": variable} if isinstance(variable, str) else None
    if "num_parallel" in keywords:
        return {"kind": "parallel", "targets": targets}
    return None


def _switch(table: Any, keywords: dict[str, Any]) -> dict[str, Any] | None:
    condition = _literal(keywords["condition"]) if list(keywords) == ["condition"] else None
    if not isinstance(condition, str):
        return None
    cases: dict[str, str] = {}
    for key, value in zip(table.keys, table.values):
        case, target = _case(key), _own_attribute(value)
        if case is None or target is None:
            return None
        cases[case] = target
    return {"kind": "switch", "targets": list(dict.fromkeys(cases.values())), "condition": condition, "cases": cases}


def _case(key: Any) -> str | None:
    """The text of a literal, or ``self.name.key`` for what a config decides."""
    value = _literal(key)
    if isinstance(value, (str, int, float)):
        return clean(value) if isinstance(value, str) else repr(value)
    path: list[str] = []
    while isinstance(key, (_ast.Attribute, _ast.Subscript)):
        if isinstance(key, _ast.Attribute):
            path.append(key.attr)
        else:
            part = key.slice
            part = _literal(getattr(part, "value", part) if type(part).__name__ == "Index" else part)
            if not isinstance(part, str):
                return None
            path.append(part)
        key = key.value
    if isinstance(key, _ast.Name) and key.id == "self" and len(path) > 1:
        return ".".join(["self"] + path[::-1])
    return None


def _own_attribute(node: Any) -> str | None:
    if isinstance(node, _ast.Attribute) and isinstance(node.value, _ast.Name) and node.value.id == "self":
        return node.attr
    return None


def _literal(node: Any) -> Any:
    return node.value if isinstance(node, _ast.Constant) else None
