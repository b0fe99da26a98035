"""A fork has to draw other random numbers than its siblings, as fresh processes do.

Python's own generator is seeded anew in every fork by Python, NumPy's by this module. A flow whose modules set a
seed while they are imported wants the same numbers in every task, and a fresh process would give it just that: there,
the state after the import is kept.
"""

from __future__ import annotations

import os
import sys

import _ast

from ._source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def seeds_at_import(files: list[str]) -> bool:
    """Whether one of the files calls something with "seed" in its name outside of functions."""
    return any(_seeds(file) for file in files)


def _seeds(file: str) -> bool:
    try:
        with open(file, "rb") as stream:
            data = stream.read()
        return b"seed" in data and any(_is_seeding(node) for node in _at_import(Source(file, data).tree))
    except (OSError, SyntaxError, ValueError):
        return False


def _at_import(tree: Any) -> list[Any]:
    """The nodes that are evaluated while a module is imported."""
    nodes = []
    waiting = list(tree.body)
    while waiting:
        node = waiting.pop()
        if isinstance(node, (_ast.FunctionDef, _ast.AsyncFunctionDef, _ast.Lambda)):
            continue
        nodes.append(node)
        for field in node._fields:
            value = getattr(node, field, None)
            waiting += [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, _ast.AST)]
    return nodes


def _is_seeding(node: Any) -> bool:
    if not isinstance(node, _ast.Call):
        return False
    name = node.func.attr if isinstance(node.func, _ast.Attribute) else getattr(node.func, "id", "")
    return "seed" in name.lower()


def restore(state: Any) -> None:
    """Sets Python's generator to a state that it had."""
    if state is not None:
        sys.modules["random"].setstate(state)


def reseed() -> None:
    """Seeds NumPy's global generator anew, when NumPy is loaded."""
    numpy = sys.modules.get("numpy.random")
    seed = getattr(numpy, "seed", None)
    if seed is not None:
        try:
            seed(list(memoryview(os.urandom(32)).cast("I")))
        except Exception:
            pass  # a NumPy of the future without a global generator
