"""Calls whose answers are others in each run."""

from __future__ import annotations

import _ast

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: By kind: full names of functions, classes and modules (which end with a dot).
_CALLS = {
    "clock": """
        time.time time.time_ns time.monotonic time.monotonic_ns time.perf_counter time.perf_counter_ns time.process_time
        time.process_time_ns time.localtime time.gmtime time.ctime time.strftime time.asctime time.thread_time datetime.datetime.now datetime.datetime.utcnow
        datetime.datetime.today datetime.date.today pandas.Timestamp.now pandas.Timestamp.today pandas.Timestamp.utcnow timeit.
    """,
    "uuid": "uuid.uuid1 uuid.uuid4",
    "system": "os.urandom secrets. random.SystemRandom os.getrandom",
    "process": "os.getpid os.getppid threading.get_ident os.times resource.getrusage id",
    "machine": """
        platform. socket.gethostname socket.getfqdn os.uname os.cpu_count multiprocessing.cpu_count os.getloadavg
        os.sched_getaffinity getpass.getuser os.getlogin
    """,
    "name": "tempfile.",
    "variables": "os.getenv os.environ.get",
    "folder": "os.listdir os.scandir os.walk glob.glob glob.iglob os.getcwd",
    "network": "requests. urllib.request. http.client. httpx. aiohttp. boto3. socket.create_connection",
    "program": "subprocess. os.popen os.system",
    "threads": """
        concurrent.futures.as_completed concurrent.futures.wait concurrent.futures.ThreadPoolExecutor threading.Thread
        concurrent.futures.ProcessPoolExecutor multiprocessing. asyncio.
    """,
    "hash": "hash",
    "generator": "",
    "shared": "",
}

_KINDS = {name: kind for kind, names in _CALLS.items() for name in names.split()}
_MODULES = {name: kind for name, kind in _KINDS.items() if name.endswith(".")}

#: Makers of generators that are random unless they are given a seed.
_GENERATORS = frozenset(
    """
    random.Random numpy.random.default_rng numpy.random.RandomState numpy.random.SeedSequence numpy.random.PCG64
    numpy.random.PCG64DXSM numpy.random.MT19937 numpy.random.Philox numpy.random.SFC64
    """.split()
)

#: Of the modules whose generators the engine seeds, what draws no numbers.
_NO_DRAWING = frozenset(
    "seed Random SystemRandom RandomState Generator default_rng getstate setstate get_state set_state".split()
)

_CURRENT = frozenset("run_id task_id pathspec origin_run_id username tags namespace tempdir retry_count".split())


class Imports:
    """What names of a module stand for: ``np`` for ``numpy``, ``now`` for ``datetime.datetime.now``."""

    def __init__(self, tree: Any) -> None:
        self._names: dict[str, str] = {}
        self.add(tree.body)

    def add(self, statements: list[Any]) -> None:
        """Takes imports wherever they stand below some statements, other functions left out."""
        waiting = list(statements)
        while waiting:
            node = waiting.pop()
            if isinstance(node, _ast.Import):
                for each in node.names:
                    self._names[each.asname or each.name.partition(".")[0]] = (
                        each.name if each.asname else each.name.partition(".")[0]
                    )
            elif isinstance(node, _ast.ImportFrom) and node.module and not node.level:
                for each in node.names:
                    self._names[each.asname or each.name] = "%s.%s" % (node.module, each.name)
            elif isinstance(node, (_ast.If, _ast.Try, _ast.With, _ast.For, _ast.While)):
                for field in ("body", "orelse", "finalbody", "handlers"):
                    for each in getattr(node, field, []):
                        waiting += each.body if isinstance(each, _ast.ExceptHandler) else [each]

    def full_name(self, node: Any) -> str | None:
        """``numpy.random.rand`` for ``np.random.rand``; None for what is no name."""
        parts = []
        while isinstance(node, _ast.Attribute):
            parts.append(node.attr)
            node = node.value
        if not isinstance(node, _ast.Name):
            return None
        return ".".join([self._names.get(node.id, node.id)] + parts[::-1])

    def has(self, node: Any) -> bool:
        """Whether an expression is a name that was imported."""
        return isinstance(node, _ast.Name) and node.id in self._names

    def is_foreign(self, node: Any) -> bool:
        """Whether a name is of an imported module that is known here."""
        name = self.full_name(node)
        return name is not None and (name in _KINDS or _module_kind(name) is not None)


class Chance:
    """Tells what can differ by itself, given what the engine keeps the same.

    ``seeded`` says whether the generators that a process shares had the same seed in both runs, ``hash_fixed`` the same of the
    order of sets.
    """

    def __init__(self, seeded: bool, hash_fixed: bool) -> None:
        self.seeded = seeded
        self.hash_fixed = hash_fixed

    def of_call(self, call: Any, imports: Imports) -> str | None:
        """The kind of what a call gives; None where nothing is known against it."""
        name = imports.full_name(call.func)
        if name is None:
            return None
        if name in _GENERATORS:
            return None if _has_seed(call) else "generator"
        if name in ("id", "hash") and not isinstance(call.func, _ast.Name):
            return None
        if name == "hash" and self.hash_fixed:
            return None
        kind = _KINDS.get(name) or _module_kind(name)
        if kind is not None:
            return kind
        if not self.seeded and _draws(name):
            return "shared"
        return "gpu" if ".cuda" in name or name.startswith("cupy.") else None

    def of_attribute(self, node: Any, imports: Imports) -> str | None:
        name = imports.full_name(node)
        if name is None:
            return None
        module, _, last = name.rpartition(".")
        if last in _CURRENT and module.rpartition(".")[2] == "current":
            return "run"
        if name == "os.environ":
            return "variables"
        return None


def _module_kind(name: str) -> str | None:
    return next((kind for module, kind in _MODULES.items() if name.startswith(module)), None)


def _draws(name: str) -> bool:
    module, _, function = name.rpartition(".")
    return module in ("random", "numpy.random") and function not in _NO_DRAWING


def _has_seed(call: Any) -> bool:
    given = list(call.args) + [each.value for each in call.keywords]
    return any(not (isinstance(each, _ast.Constant) and each.value is None) for each in given)
