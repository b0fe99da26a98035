"""Two environments made from one lock, compared file by file; every difference has an explanation or is a finding."""

import ast
import base64
import csv
import hashlib
import json
import os
import re
import stat
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

#: What either tool's `venv` puts down, and what each notes for itself.
OF_THE_TOOLS = (
    "pyvenv.cfg", "penstock.json", "penstock.wheels", ".lock", ".gitignore", "CACHEDIR.TAG", "lib64",
    "bin/python", "bin/python3", "bin/activate", "bin/activate.*", "bin/activate_this.py", "bin/deactivate.*", "bin/pydoc.bat",
)

PIP = re.compile(r"bin/pip3\.\d+")

INSTALLED_RECORD = re.compile(r"lib/python[^/]+/site-packages/[^/]+\.dist-info/RECORD")

EXPLANATIONS = {
    "of the tools": "the environment's own files: activation scripts, pyvenv.cfg, notes that a tool makes for itself",
    "launcher": "the program of an entry point: another text that calls the same function",
    "shebang": "a script of the wheel: the same text behind a first line that names the environment's own Python",
    "pip's versioned name": "uv adds bin/pip3.NN, which the wheel of pip does not name among its entry points",
    "INSTALLER": "it names the tool",
    "REQUESTED": "uv marks everything it is told to install as asked for by the person; Penstock does not",
    "direct_url.json": "written for what comes from an address instead of an index",
    "RECORD bits": "Penstock writes RECORD as a plain file; uv gives it the bits that it has in the wheel",
    "RECORD order": "the same rows in another order",
    "RECORD rows": "rows of files that differ for a reason above",
}


@dataclass
class Difference:
    path: str
    kind: str
    detail: str = ""


@dataclass
class TreeComparison:
    files: int = 0
    explained: Counter = field(default_factory=Counter)
    findings: list = field(default_factory=list)


class Tree:
    """The files of an environment, links not followed."""

    def __init__(self, root):
        self.root = Path(root)
        self.files = {}
        for folder, folders, names in os.walk(self.root):
            below = Path(folder).relative_to(self.root)
            names += [name for name in folders if (Path(folder) / name).is_symlink()]
            folders[:] = [name for name in folders if name != "__pycache__" and not (Path(folder) / name).is_symlink()]
            for name in names:
                self.files[str(below / name)] = Path(folder) / name
            if not names and not folders and str(below) != ".":
                self.files[str(below) + "/"] = Path(folder)  # an empty folder is something, too

    def read(self, path):
        return self.files[path].read_bytes()

    def mode(self, path):
        return stat.S_IMODE(self.files[path].lstat().st_mode)

    def is_link(self, path):
        return self.files[path].is_symlink()


def compare_trees(ours, theirs):
    """`ours` and `theirs` are roots."""
    a, b = Tree(ours), Tree(theirs)
    result = TreeComparison()
    differing = set()
    for path in sorted(a.files.keys() | b.files.keys()):
        if _is_of_the_tools(path):
            result.explained["of the tools"] += path in a.files and path in b.files
            continue
        result.files += 1
        for difference in _differences(path, a, b, differing):
            if difference.kind in EXPLANATIONS:
                result.explained[difference.kind] += 1
            else:
                result.findings.append(difference)
    result.findings += _wrong_records(a)
    return result


def _wrong_records(tree):
    """Rows that say something else than the file, and files that no row has."""
    listed = set()
    for path in [path for path in tree.files if INSTALLED_RECORD.fullmatch(path)]:  # not those that are vendored
        site = str(Path(path).parent.parent)
        for row in csv.reader(tree.read(path).decode().splitlines()):
            place = os.path.normpath(os.path.join(site, row[0]))
            listed.add(place)
            if place.endswith(".pyc"):
                continue
            if place not in tree.files:
                yield Difference(path, "RECORD", f"there is no {row[0]}")
            elif row[1] and (row[1], int(row[2])) != _recorded(tree.read(place)):
                yield Difference(path, "RECORD", f"{row[0]} is another file than it says")
    for path in sorted(tree.files.keys() - listed):
        if not _is_of_the_tools(path):
            yield Difference(path, "unlisted", "no RECORD has it")


def _recorded(data):
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
    return f"sha256={digest}", len(data)


def _is_of_the_tools(path):
    name = Path(path)
    return (
        any(name.match(pattern) and len(name.parts) == pattern.count("/") + 1 for pattern in OF_THE_TOOLS)
        or path.startswith("bin/python3.") or name.name in ("_virtualenv.py", "_virtualenv.pth"))


def _differences(path, a, b, differing):
    name = Path(path).name
    in_info = ".dist-info/" in path
    if path not in a.files or path not in b.files:
        whose = "ours" if path in a.files else "theirs"
        if in_info and name in ("REQUESTED", "direct_url.json"):
            yield Difference(path, name)
        elif whose == "theirs" and PIP.fullmatch(path):
            yield Difference(path, "pip's versioned name")
        else:
            yield Difference(path, "only in one", whose)
        return
    if a.is_link(path) != b.is_link(path):
        yield Difference(path, "link or file", f"link in {'ours' if a.is_link(path) else 'theirs'}")
        return
    if a.mode(path) & 0o111 != b.mode(path) & 0o111:
        plain = in_info and name == "RECORD" and not a.mode(path) & 0o111
        yield Difference(path, "RECORD bits" if plain else "executable bits", f"{a.mode(path):o} and {b.mode(path):o}")
    if path.endswith("/") or a.read(path) == b.read(path):
        return
    if in_info and name == "INSTALLER":
        yield Difference(path, "INSTALLER")
    elif in_info and name == "RECORD":
        yield from _records(path, a, b)
    elif path.startswith("bin/"):
        yield _script(path, a.read(path), b.read(path), a.root, b.root)
    else:
        yield Difference(path, "content", f"{len(a.read(path))} and {len(b.read(path))} bytes")


def _script(path, ours, theirs, a, b):
    """Scripts name the Python of their environment; launchers call a function."""
    first, second = _body(ours, a), _body(theirs, b)
    if first == second:
        return Difference(path, "shebang")
    called = [_called(each) for each in (first, second)]
    if called[0] and called[0] == called[1]:
        return Difference(path, "launcher")
    return Difference(path, "content", f"calls {called[0]} and {called[1]}")


def _body(data, root):
    """A script without the lines that start its interpreter."""
    text = data.decode(errors="surrogateescape")
    lines = text.splitlines()
    if lines and lines[0].startswith("#!"):
        lines = lines[1:]
        if lines and lines[0].startswith("'''exec'"):  # the shell's part, for long paths and spaces
            lines = lines[next(i for i, line in enumerate(lines) if line.startswith("' '''")) + 1:]
    return "\n".join(lines).replace(str(root), "ROOT")


def _called(text):
    """The function that a launcher imports and calls: ("module", "name")."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        return None
    imports = {
        (node.module, alias.name.split(".")[0]) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names}
    calls = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    calls |= {
        node.func.value.id for node in ast.walk(tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name)}
    return sorted(each for each in imports if each[1] in calls) or None


def _records(path, a, b):
    """Rows of files that are the same are the same rows; each file that a package brought has one."""
    rows = [{row[0]: tuple(row[1:]) for row in csv.reader(each.read(path).decode().splitlines()) if row} for each in (a, b)]
    site = str(Path(path).parent.parent)
    odd = []
    for name in sorted(rows[0].keys() | rows[1].keys()):
        if name.endswith(".pyc") or rows[0].get(name) == rows[1].get(name):
            continue
        place = os.path.normpath(os.path.join(site, name))
        if PIP.fullmatch(place):
            continue
        if place in a.files and place in b.files and a.read(place) != b.read(place):
            continue  # told of the file itself
        if Path(name).name in ("REQUESTED", "direct_url.json") and (name in rows[0]) == (place in a.files):
            continue
        odd.append(f"{name}: {rows[0].get(name)} and {rows[1].get(name)}")
    if odd:
        yield Difference(path, "RECORD", "; ".join(odd[:3]))
    elif rows[0] == rows[1]:
        yield Difference(path, "RECORD order")
    else:
        yield Difference(path, "RECORD rows")


IMPORT = """
import importlib, json, sys, warnings
warnings.simplefilter("ignore")
outcome = {}
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
        outcome[name] = "ok"
    except BaseException as error:
        outcome[name] = type(error).__name__ + ": " + str(error).replace(sys.prefix, "PREFIX")[:200]
sys.stdout = sys.__stdout__
print("\\n" + json.dumps(outcome))
"""


def top_modules(root, project):
    """What a project can be imported by, from the RECORD of its distribution; some of it where that is many modules."""
    names = set()
    for record in Path(root).glob("lib/python*/site-packages/*.dist-info/RECORD"):
        if normal(record.parent.name.split("-")[0]) != normal(project):
            continue
        site = record.parent.parent
        for row in csv.reader(record.read_text().splitlines()):
            parts = row[0].split("/") if row else []
            if parts and not parts[0].endswith((".dist-info", ".data", ".libs")) and parts[0] not in ("..", "__pycache__"):
                names.add(_module(site, parts))
    return sorted(names - {None})[:40]


def _module(site, parts):
    """The package that a file belongs to, the first below namespaces, or else its module; None for what cannot be imported."""
    if len(parts) == 1:
        return parts[0].split(".")[0] if parts[0].endswith((".py", ".so")) else None
    for depth in range(1, min(len(parts), 4)):
        if site.joinpath(*parts[:depth], "__init__.py").exists():
            return ".".join(parts[:depth])
    return ".".join(parts)[:-3] if parts[-1].endswith(".py") and all(part.isidentifier() for part in parts[:-1]) else None


def normal(name):
    """The name of a project, the same for every spelling."""
    return re.sub(r"[-_.]+", "_", name).lower()


def parse_outcome(text):
    """The last line of what IMPORT printed."""
    try:
        return json.loads(text.strip().splitlines()[-1])
    except (ValueError, IndexError):
        return None
