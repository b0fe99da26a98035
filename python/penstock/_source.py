"""Source files as syntax trees, without the ``ast`` module (which costs a few milliseconds)."""

from __future__ import annotations

import os
import sys

import _ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator


class Source:
    """One parsed file."""

    def __init__(self, file: str, data: bytes) -> None:
        self.file = file
        self._data = data
        self._lines: list[bytes] | None = None
        flags = getattr(_ast, "PyCF_ONLY_AST", 0x400)
        self.tree = compile(data, file, "exec", flags, True)

    def text(self, node: Any) -> str:
        """What stands in the file for a node, on one line."""
        if self._lines is None:
            self._lines = _as_utf8(self._data).splitlines()
        first, last = node.lineno - 1, node.end_lineno - 1
        lines = self._lines[first : last + 1]
        if not lines:
            return ""
        lines[-1] = lines[-1][: node.end_col_offset]
        lines[0] = lines[0][node.col_offset :]
        return " ".join(line.decode("utf-8", "replace").strip() for line in lines).strip()


class Sources:
    """The files that a flow's methods were read from, each parsed once."""

    def __init__(self) -> None:
        self._known: dict[str, Source] = {}

    def of(self, file: str) -> Source:
        """Raises OSError when the file is gone, SyntaxError and ValueError when it has changed to something else."""
        path = absolute(file)
        if path not in self._known:
            with open(path, "rb") as stream:
                self._known[path] = Source(path, stream.read())
        return self._known[path]


def absolute(file: str) -> str:
    """The path of a source file as code objects name it; older interpreters keep it as it was typed."""
    if os.path.isabs(file):
        return file
    path = os.path.abspath(file)
    if not os.path.exists(path) and sys.path and os.path.exists(os.path.join(sys.path[0], os.path.basename(file))):
        return os.path.abspath(os.path.join(sys.path[0], os.path.basename(file)))
    return path


def walk(node: Any) -> Iterator[Any]:
    """The node and everything below it."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        yield node
        for field in reversed(node._fields):
            value = getattr(node, field, None)
            if isinstance(value, _ast.AST):
                waiting.append(value)
            elif isinstance(value, list):
                waiting += [each for each in reversed(value) if isinstance(each, _ast.AST)]


def function_node(source: Source, code: Any) -> Any:
    """The definition that a code object was compiled from, or None."""
    for node in walk(source.tree):
        if isinstance(node, (_ast.FunctionDef, _ast.AsyncFunctionDef)) and node.name == code.co_name:
            first = node.decorator_list[0].lineno if node.decorator_list else node.lineno
            if code.co_firstlineno in (first, node.lineno):
                return node
    return None


def class_node(source: Source, cls: type, members: list[int]) -> Any:
    """The definition of a class, told from others of its name by the first lines of its functions; or None."""
    found = [node for node in walk(source.tree) if isinstance(node, _ast.ClassDef) and node.name == cls.__name__]
    for node in found:
        last = node.end_lineno or node.lineno
        if any(node.lineno <= line <= last for line in members):
            return node
    return found[-1] if found else None


def _as_utf8(data: bytes) -> bytes:
    """Offsets in syntax trees count bytes of UTF-8, whatever the file is written in."""
    if data[:3] == b"\xef\xbb\xbf":
        return data[3:]
    try:
        data.decode("utf-8")
        return data
    except UnicodeDecodeError:
        from importlib.util import decode_source

        return decode_source(data).encode("utf-8")
