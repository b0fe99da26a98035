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
from ._source import Sources, absolute, function_node, walk
from ._sources_of_chance import Chance, Imports
from ._step_code import Body
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
        body = Body(self, source, chance)
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
                body = Body(self, source, chance)
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


def _attributes_read(node: Any, own: str) -> set[str]:
    """Names of attributes that are read of anything: of ``self``, of inputs, of what stands for them."""
    return {each.attr for each in walk(node) if isinstance(each, _ast.Attribute) and isinstance(each.ctx, _ast.Load)} | {
        str(each.args[1].value)
        for each in walk(node)
        if isinstance(each, _ast.Call)
        and getattr(each.func, "id", None) == "getattr"
        and len(each.args) > 1
        and isinstance(each.args[1], _ast.Constant)
    }
