"""What in the code of steps can differ from run to run by itself: the assignment of kind ``explain``.

The source is read, not run. Names are followed from where something random is read to the artifacts that are made of it,
through local variables and through functions of the person's own modules. Where that fails, what was found in a step counts for all
its artifacts. It is a hint for a person who looks for the reason of a difference, and no proof.
"""

from __future__ import annotations

import os
import sys

import _ast

from ._attempt import Attempt
from ._randomness import seeds_at_import
from ._sources_of_chance import Chance, Imports
from ._source import Sources, absolute, function_node, walk
from ._wire import dumps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._frames import Channel
    from ._lifeline import Lifeline


def run(channel: Channel, lifeline: Lifeline, flow: Any, assignment: dict[str, Any]) -> tuple[Attempt, Any]:
    """Tells of each step of an assignment what was found in its code."""
    from ._blobs import Blobs

    blobs, reader = Blobs(channel), CodeReader(type(flow))
    for step in assignment["steps"]:
        try:
            found = reader.step(step["name"], step.get("seeded", False), step.get("hash_fixed", False))
        except Exception as error:
            found = {"complete": False, "problem": "%s: %s" % (type(error).__name__, error)}
        blobs.tell({"type": "metadata", "items": [{"name": step["name"], "value": dumps(found)}]})
    return Attempt(), None


class CodeReader:
    """Reads the methods of a flow, and the functions of the modules that lie beside it."""

    def __init__(self, flow: type) -> None:
        self._flow = flow
        self._sources = Sources()
        self._imports: dict[str, Imports] = {}
        self._functions: dict[str, list[Any]] = {}
        self._running: set[Any] = set()
        self._folder = os.path.dirname(absolute(getattr(sys.modules["__main__"], "__file__", "") or ""))

    def step(self, name: str, seeded: bool, hash_fixed: bool) -> dict[str, Any]:
        """What the code of a step reads, makes, and finds by chance. Raises what reading source files raises."""
        function = getattr(self._flow, name)
        while hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        code = function.__code__
        source = self._sources.of(code.co_filename)
        node = function_node(source, code)
        if node is None:
            return {"complete": False}
        chance = Chance(seeded and not self._seeds(source.file), hash_fixed)
        body = _Body(self, source, chance)
        body.read(node.body)
        own = node.args.args[0].arg if node.args.args else "self"
        return {
            "complete": True,
            "file": os.path.basename(source.file),
            "line": node.lineno,
            "reads": sorted(_attributes_read(node, own)),
            "merges": any(isinstance(each, _ast.Attribute) and each.attr == "merge_artifacts" for each in walk(node)),
            "made": {name: sorted(causes.reads) for name, causes in body.made.items()},
            "chances": [
                dict(found, artifacts=sorted(name for name, causes in body.made.items() if at in causes.chances))
                for at, found in enumerate(body.chances)
            ],
        }

    def _seeds(self, file: str) -> bool:
        return seeds_at_import([file])

    def chances_of(self, name: str, module: Any, chance: Chance) -> list[dict[str, Any]]:
        """What is found by chance in functions of that name, of the flow or beside it."""
        found = []
        for source, node in self._named(name, module):
            if node in self._running:  # it calls itself
                continue
            self._running.add(node)
            try:
                body = _Body(self, source, chance)
                body.read(node.body)
            finally:
                self._running.discard(node)
            found += body.chances
        return found

    def imports(self, source: Any) -> Imports:
        if source.file not in self._imports:
            self._imports[source.file] = Imports(source.tree)
        return self._imports[source.file]

    def _named(self, name: str, module: Any) -> list[Any]:
        if not self._functions:
            self._collect()
        return self._functions.get(name, [])

    def _collect(self) -> None:
        files = {absolute(cls_file) for cls_file in self._files()}
        for file in sorted(files):
            try:
                source = self._sources.of(file)
            except (OSError, SyntaxError, ValueError):
                continue
            for node in walk(source.tree):
                if isinstance(node, (_ast.FunctionDef, _ast.AsyncFunctionDef)):
                    self._functions.setdefault(node.name, []).append((source, node))
        self._functions.setdefault("", [])

    def _files(self) -> list[str]:
        """The flow file, and the modules that lie in or below its folder."""
        files = [getattr(module, "__file__", None) for module in list(sys.modules.values())]
        inside = self._folder + os.sep
        here = [each for each in files if each and each.endswith(".py") and absolute(each).startswith(inside)]
        return [each for each in here if ".mf_code" + os.sep not in each and "site-packages" not in each]


class _Causes:
    """What a value is made of: attributes of the flow, and chances by their number."""

    def __init__(self) -> None:
        self.reads: set[str] = set()
        self.chances: set[int] = set()

    def add(self, other: _Causes | None) -> None:
        if other is not None:
            self.reads |= other.reads
            self.chances |= other.chances

    def __bool__(self) -> bool:
        return bool(self.reads or self.chances)


class _Body:
    """One function, read from its first statement to its last."""

    def __init__(self, reader: CodeReader, source: Any, chance: Chance) -> None:
        self._reader = reader
        self._source = source
        self._chance = chance
        self._imports = reader.imports(source)
        #: Chances in the order in which they were met.
        self.chances: list[dict[str, Any]] = []
        self._places: dict[tuple[int, int], list[int]] = {}
        self._locals: dict[str, _Causes] = {}
        #: Names that stand for sets: of variables, and with a dot before them of attributes of the flow.
        self._sets: set[str] = set()
        #: What attributes of the flow are made of.
        self.made: dict[str, _Causes] = {}

    def read(self, statements: list[Any]) -> None:
        self._imports.add(statements)
        for _ in range(2):  # a loop may use what comes later in it
            for statement in statements:
                self._statement(statement, _Causes())

    def _statement(self, node: Any, around: _Causes) -> None:
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
        inner = _Causes()
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

    def _part(self, node: Any, inner: _Causes) -> None:
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

    def _called(self, call: Any, around: _Causes) -> None:
        """A call by itself can change what it is called on, as ``self.rows.append(…)`` does."""
        causes = self._of(call)
        causes.add(around)
        target = call.func.value if isinstance(call.func, _ast.Attribute) else None
        if target is not None and causes and not self._imports.has(target):
            self._bind(target, causes, adds=True)
        for argument in call.args:
            if isinstance(argument, (_ast.Name, _ast.Attribute)) and causes.chances and target is not None:
                self._bind(argument, causes, adds=True)  # random.shuffle(rows)

    def _bind(self, target: Any, causes: _Causes, adds: bool = False) -> None:
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
                made = self.made[target.attr] = _Causes()
            made.add(causes)
        elif isinstance(target, (_ast.Subscript, _ast.Attribute)):
            self._bind(target.value, causes, adds=True)

    def _assign(self, name: str, causes: _Causes, adds: bool = False) -> None:
        if name in ("self", "current"):
            return
        known = self._locals.setdefault(name, _Causes())
        known.add(causes)

    def _of(self, node: Any) -> _Causes:
        """What an expression is made of."""
        causes = _Causes()
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

    def _call(self, call: Any, causes: _Causes) -> None:
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
            "kind": kind, "file": os.path.basename(self._source.file), "line": node.lineno,
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


def _attributes_read(node: Any, own: str) -> set[str]:
    """Names of attributes that are read of anything: of ``self``, of inputs, of what stands for them."""
    return {
        each.attr for each in walk(node) if isinstance(each, _ast.Attribute) and isinstance(each.ctx, _ast.Load)
    } | {
        each.args[1].value
        for each in walk(node)
        if isinstance(each, _ast.Call)
        and getattr(each.func, "id", None) == "getattr"
        and len(each.args) > 1
        and isinstance(each.args[1], _ast.Constant)
    }
