"""Where the random numbers of a task begin.

A fork has to draw other numbers than its siblings, as fresh processes do. Each attempt is told a seed by the engine, which
records where it comes from: a run that is reproduced draws the same numbers, though its steps set no seed. Seeded are the
generators that a process shares: that of the module ``random``, and NumPy's global one. Those that a step makes for
itself without a seed, as ``numpy.random.default_rng()``, and ``os.urandom``, ``uuid4`` and ``secrets`` are as
random as ever.

A flow whose modules set a seed while they are imported wants the same numbers in every task, and a fresh process would
give it just that: there, the state after the import is kept.
"""

from __future__ import annotations

import os
import sys

import _ast

from ._source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Whether the flow's modules set a seed while they are imported, which counts then.
kept = False


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
    """Seeds NumPy's global generator anew, when NumPy is loaded. Python seeds its own in every fork."""
    numpy = sys.modules.get("numpy.random")
    if numpy is not None:
        _seed_numpy(numpy, list(memoryview(os.urandom(32)).cast("I")))


def begin(seed: str | None) -> None:
    """Seeds the generators of this process, or lets them be seeded as soon as they are imported.

    ``seed`` are hexadecimal digits; without it, or where the flow's modules have set a seed, nothing changes.
    """
    if seed is None or kept:
        return
    waiting = []
    for name in _SHARED:
        module = sys.modules.get(name)
        if module is None:
            waiting.append(name)
        else:
            _apply(module, name, seed)
    if waiting:
        sys.meta_path.insert(0, _Seeding(seed, waiting))


def _seed_python(module: Any, words: list[int]) -> None:
    seed = 0
    for word in words:
        seed = seed << 32 | word
    module.seed(seed)


def _seed_numpy(module: Any, words: list[int]) -> None:
    seed = getattr(module, "seed", None)
    if seed is not None:
        try:
            seed(words)
        except Exception:
            pass  # a NumPy of the future without a global generator


_SHARED = {"random": _seed_python, "numpy.random": _seed_numpy}


def _apply(module: Any, name: str, seed: str) -> None:
    _SHARED[name](module, [int(seed[at : at + 8], 16) for at in range(0, len(seed), 8)])


class _Seeding:
    """Finds modules as all other finders do, and seeds those that wait for it right after their import."""

    def __init__(self, seed: str, waiting: list[str]) -> None:
        self._seed = seed
        self._waiting = waiting

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:
        if name not in self._waiting:
            return None
        self._waiting.remove(name)
        for finder in list(sys.meta_path):
            spec: Any = None if finder is self else finder.find_spec(name, path, target)
            if spec is not None:
                if hasattr(spec.loader, "exec_module"):
                    spec.loader = _SeedingLoader(spec.loader, self._seed)
                return spec
        return None


class _SeedingLoader:
    """Stands for the loader of a module until it is loaded."""

    def __init__(self, loader: Any, seed: str) -> None:
        self._loader = loader
        self._seed = seed

    def create_module(self, spec: Any) -> Any:
        return self._loader.create_module(spec)

    def exec_module(self, module: Any) -> None:
        module.__spec__.loader = module.__loader__ = self._loader
        self._loader.exec_module(module)
        _apply(module, module.__name__, self._seed)
