"""One function, read statement by statement: what the attributes of the flow are made of in it."""

from __future__ import annotations

import os

import _ast

from ._source import walk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._causes import CodeReader
    from ._sources_of_chance import Chance


class Causes:
    """What a value is made of: attributes of the flow, and chances by their number."""

    def __init__(self) -> None:
        self.reads: set[str] = set()
        self.chances: set[int] = set()

    def add(self, other: Causes | None) -> None:
        if other is not None:
            self.reads |= other.reads
            self.chances |= other.chances

    def __bool__(self) -> bool:
        return bool(self.reads or self.chances)


class Body:
    """One function, read from its first statement to its last."""

    def __init__(self, reader: CodeReader, source: Any, chance: Chance) -> None:
        self._reader = reader
        self._source = source
        self._chance = chance
        self._imports = reader.imports(source)
        #: Chances in the order in which they were met.
        self.chances: list[dict[str, Any]] = []
        self._places: dict[tuple[int, int], list[int]] = {}
        self._locals: dict[str, Causes] = {}
        #: Names that stand for sets: of variables, and with a dot before them of attributes of the flow.
        self._sets: set[str] = set()
        #: What attributes of the flow are made of.
        self.made: dict[str, Causes] = {}

    def read(self, statements: list[Any]) -> None:
        self._imports.add(statements)
        for _ in range(2):  # a loop may use what comes later in it
            for statement in statements:
                self._statement(statement, Causes())

    def _statement(self, node: Any, around: Causes) -> None:
        if isinstance(node, (_ast.FunctionDef, _ast.AsyncFunctionDef)):
            self._assign(node.name, self._of(node))
            return
        if isinstance(node, (_ast.Assign, _ast.AnnAssign, _ast.AugAssign)) and node.value is not None:
            causes = self._of(node.value)
            causes.add(around)
            targets = node.targets if isinstance(node, _ast.Assign) else [node.target]
            for target in targets:
                if self._is_set(node.value):
                    self._sets.add(_name(target))
                if isinstance(node, _ast.AugAssign):
                    causes.add(self._of(target))
                self._bind(target, causes)
            return
        if isinstance(node, _ast.Expr) and isinstance(node.value, _ast.Call):
            self._called(node.value, around)
            return
        inner = Causes()
        inner.add(around)
        for field in node._fields:
            value = getattr(node, field, None)
            if isinstance(value, list):
                for each in value:
                    if isinstance(each, _ast.stmt):
                        self._statement(each, inner)
                    elif isinstance(each, _ast.AST):
                        self._part(each, inner)
            elif isinstance(value, _ast.stmt):
                self._statement(value, inner)
            elif isinstance(value, _ast.AST):
                inner.add(self._of(value))
                if isinstance(node, (_ast.For, _ast.AsyncFor)) and field == "iter":
                    causes = self._of(value)
                    if self._is_set(value):
                        causes.chances |= self._note("order", value, None)
                        inner.add(causes)
                    self._bind(node.target, causes)

    def _part(self, node: Any, inner: Causes) -> None:
        """An exception handler, a part of ``with``, a case: statements below something that is none."""
        if isinstance(node, _ast.withitem):
            causes = self._of(node.context_expr)
            inner.add(causes)
            if node.optional_vars is not None:
                self._bind(node.optional_vars, causes)
            return
        for field in node._fields:
            value = getattr(node, field, None)
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, _ast.stmt):
                    self._statement(each, inner)

    def _called(self, call: Any, around: Causes) -> None:
        """A call by itself can change what it is called on, as ``self.rows.append(…)`` does."""
        causes = self._of(call)
        causes.add(around)
        target = call.func.value if isinstance(call.func, _ast.Attribute) else None
        if target is not None and causes and not self._imports.has(target):
            self._bind(target, causes, adds=True)
        for argument in call.args:
            if isinstance(argument, (_ast.Name, _ast.Attribute)) and causes.chances and target is not None:
                self._bind(argument, causes, adds=True)  # random.shuffle(rows)

    def _bind(self, target: Any, causes: Causes, adds: bool = False) -> None:
        if isinstance(target, (_ast.Tuple, _ast.List)):
            for each in target.elts:
                self._bind(each, causes, adds)
        elif isinstance(target, _ast.Starred):
            self._bind(target.value, causes, adds)
        elif isinstance(target, _ast.Name):
            self._assign(target.id, causes, adds)
        elif isinstance(target, _ast.Attribute) and _is_self(target.value):
            made = self.made.get(target.attr) if adds or target.attr in self.made else None
            if made is None:
                made = self.made[target.attr] = Causes()
            made.add(causes)
        elif isinstance(target, (_ast.Subscript, _ast.Attribute)):
            self._bind(target.value, causes, adds=True)

    def _assign(self, name: str, causes: Causes, adds: bool = False) -> None:
        if name in ("self", "current"):
            return
        known = self._locals.setdefault(name, Causes())
        known.add(causes)

    def _of(self, node: Any) -> Causes:
        """What an expression is made of."""
        causes = Causes()
        for each in walk(node):
            if isinstance(each, _ast.Name):
                causes.add(self._locals.get(each.id))
            elif isinstance(each, _ast.Attribute):
                if _is_self(each.value):
                    causes.reads.add(each.attr)
                    causes.add(self.made.get(each.attr))
                elif isinstance(each.value, _ast.Name) and each.value.id in ("input", "inputs", "inp", "each"):
                    causes.reads.add(each.attr)
                else:
                    causes.reads.add(each.attr)
                found = self._chance.of_attribute(each, self._imports)
                if found:
                    causes.chances |= self._note(found, each, None)
            elif isinstance(each, _ast.Call):
                self._call(each, causes)
            elif isinstance(each, _ast.comprehension) and self._is_set(each.iter):
                causes.chances |= self._note("order", each.iter, None)
        return causes

    def _call(self, call: Any, causes: Causes) -> None:
        found = self._chance.of_call(call, self._imports)
        if found:
            causes.chances |= self._note(found, call, None)
            return
        name = call.func.attr if isinstance(call.func, _ast.Attribute) else getattr(call.func, "id", None)
        if name in ("list", "tuple", "enumerate", "next", "iter") and call.args and self._is_set(call.args[0]):
            causes.chances |= self._note("order", call, None)
        elif name and not self._imports.is_foreign(call.func):
            for deeper in self._reader.chances_of(name, None, self._chance):
                causes.chances |= self._note(deeper["kind"], call, deeper)

    def _is_set(self, node: Any) -> bool:
        if self._chance.hash_fixed:
            return False
        if isinstance(node, (_ast.Set, _ast.SetComp)) or _name(node) in self._sets - {""}:
            return True
        if isinstance(node, _ast.BinOp):
            return self._is_set(node.left)
        if not isinstance(node, _ast.Call):
            return False
        if isinstance(node.func, _ast.Attribute):
            return node.func.attr in _SET_METHODS and self._is_set(node.func.value)
        return getattr(node.func, "id", None) in ("set", "frozenset")

    def _note(self, kind: str, node: Any, deeper: dict[str, Any] | None) -> set[int]:
        """Remembers a chance; the same place is one, however often it is read."""
        key = (node.lineno, node.col_offset)
        known = self._places.setdefault(key, [])
        for at in known:
            if self.chances[at]["kind"] == kind:
                return {at}
        text = self._source.text(node)
        chance = {
            "kind": kind,
            "file": os.path.basename(self._source.file),
            "line": node.lineno,
            "text": text if len(text) <= 60 else text[:59] + "…",
        }
        if deeper is not None:
            inner = deeper.get("inside") or {name: deeper[name] for name in ("file", "line", "text")}
            chance["inside"] = inner
        self.chances.append(chance)
        known.append(len(self.chances) - 1)
        return {len(self.chances) - 1}


#: Methods of sets that give sets.
_SET_METHODS = ("copy", "union", "intersection", "difference", "symmetric_difference")


def _name(node: Any) -> str:
    """A variable, or an attribute of the flow with a dot before it; "" for anything else."""
    if isinstance(node, _ast.Attribute):
        return "." + node.attr if _is_self(node.value) else ""
    return node.id if isinstance(node, _ast.Name) else ""


def _is_self(node: Any) -> bool:
    return isinstance(node, _ast.Name) and node.id == "self"
