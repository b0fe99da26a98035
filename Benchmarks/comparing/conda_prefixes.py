"""Two conda environments that were made at one place out of the same archives, compared file by file."""

import json
import os
import stat
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

EXPLANATIONS = {
    "of the tools": "the environment's own notes: penstock.json, penstock.wheels; CACHEDIR.TAG of py-rattler",
    "bits of notes": "py-rattler's files in conda-meta can be read by their owner alone, Penstock's and conda's by everybody",
    "places of the machine": "`extracted_package_dir` and `link`: where a cache has the package. Penstock's record is the same on every machine",
    "channel's slash": "the URL of the channel, with or without a slash at its end",
    "requested": "what the person asked for: py-rattler is told by its caller, and was not",
    "empty": "a member that is empty in one and left out by the other",
    "hash in prefix": "Penstock writes `sha256_in_prefix` for every file, as conda does; py-rattler where it differs from `sha256`",
    "hash that a package lacks": "py-rattler hashes files whose package does not, Penstock leaves that out",
    "hash of a link": "py-rattler hashes the path that is in a link, conda what it leads to; Penstock says nothing",
    "size of a named prefix": "`size_in_bytes` of a file that names the prefix: conda and Penstock have the size in the package, py-rattler that here",
    "bits of commands": "py-rattler lets the group write the commands that it makes, conda and Penstock do not",
    "bits of files": "Penstock keeps whether a file can be run, and leaves the rest to the umask; py-rattler has the bits of the archive",
    "from a list": "a list of archives tells no size, and one hash; of the older of two formats the benchmark tells none",
    "emptied folder": "py-rattler leaves a folder where it had put a file aside for a moment",
    "no single answer": "a set of packages that have one path, and of which none goes before the other",
    "order": "the same files, in another order",
    "compiled modules": "what one of them compiled, or Python when it ran",
}

OF_THE_TOOLS = ("penstock.json", ".penstock.json", "penstock.wheels", "CACHEDIR.TAG")

#: Members of a record that say where one machine has a package.
PLACES = ("extracted_package_dir", "package_tarball_full_path", "link")


@dataclass
class Difference:
    path: str
    kind: str
    detail: str = ""


@dataclass
class Comparison:
    files: int = 0
    links: int = 0
    folders: int = 0
    records: int = 0
    explained: Counter = field(default_factory=Counter)
    findings: list = field(default_factory=list)

    def note(self, difference):
        if difference.kind in EXPLANATIONS:
            self.explained[difference.kind] += 1
        else:
            self.findings.append(difference)


def entries(root):
    """Everything below a folder, links not followed: its path, and what the system says of it."""
    found = {}
    for folder, folders, names in os.walk(root):
        for name in names + folders:
            place = Path(folder, name)
            found[str(place.relative_to(root))] = place.lstat()
        folders[:] = [name for name in folders if not Path(folder, name).is_symlink()]
    return found


def compare_prefixes(ours, theirs):
    """Type, permissions, link target and content of everything; records by their members."""
    a, b = entries(ours), entries(theirs)
    result = Comparison()
    for path in sorted(a.keys() | b.keys()):
        if path in OF_THE_TOOLS:
            result.note(Difference(path, "of the tools"))
        elif path not in a or path not in b:
            result.note(Difference(path, _why_alone(path, Path(theirs, path)), "ours" if path in a else "theirs"))
        else:
            for difference in _differences(path, a[path], b[path], Path(ours, path), Path(theirs, path), result):
                result.note(difference)
    return result


def _why_alone(path, of_the_peer):
    if path.endswith((".pyc", "__pycache__")):
        return "compiled modules"
    if path.startswith("__clobbers__/") and of_the_peer.is_dir() and all(each.is_dir() for each in of_the_peer.rglob("*")):
        return "emptied folder"
    return "only in one"


def _differences(path, a, b, first, second, result):
    kinds = [stat.S_IFMT(each.st_mode) for each in (a, b)]
    if kinds[0] != kinds[1]:
        yield Difference(path, "type", " and ".join(f"{kind:o}" for kind in kinds))
        return
    if stat.S_ISLNK(a.st_mode):
        result.links += 1
        targets = [os.readlink(each) for each in (first, second)]
        if targets[0] != targets[1]:
            yield Difference(path, "link target", " and ".join(targets))
        return
    modes = [stat.S_IMODE(each.st_mode) for each in (a, b)]
    if modes[0] != modes[1]:
        own = path.startswith("conda-meta/") and modes[0] == 0o644 and modes[1] == 0o600
        command = path.startswith("bin/") and modes[0] == 0o755 and modes[1] == 0o775
        is_run = [mode & 0o100 for mode in modes]
        packed = stat.S_ISREG(a.st_mode) and is_run[0] == is_run[1] and modes[0] == (0o755 if is_run[0] else 0o644)
        kind = "bits of notes" if own else "bits of commands" if command else "bits of files" if packed else "mode"
        yield Difference(path, kind, f"{modes[0]:o} and {modes[1]:o}")
    if stat.S_ISDIR(a.st_mode):
        result.folders += 1
        return
    result.files += 1
    contents = [each.read_bytes() for each in (first, second)]
    if path.startswith("conda-meta/") and path.endswith(".json"):
        result.records += 1
        for difference in compare_records(path, *(json.loads(each) for each in contents)):
            yield difference
    elif contents[0] != contents[1]:
        yield Difference(path, "content", f"{len(contents[0])} and {len(contents[1])} bytes")


def compare_records(path, ours, theirs):
    """The members of two `conda-meta` records."""
    for name in sorted(ours.keys() | theirs.keys()):
        a, b = ours.get(name), theirs.get(name)
        if a == b:
            continue
        if name in PLACES:
            yield Difference(path, "places of the machine")
        elif name == "channel" and a.rstrip("/") == b.rstrip("/"):
            yield Difference(path, "channel's slash")
        elif name in ("requested_spec", "requested_specs"):
            yield Difference(path, "requested")
        elif not a and not b:
            yield Difference(path, "empty")
        elif name in ("size", "md5", "sha256") and a is None:
            yield Difference(path, "from a list")
        elif name == "files" and sorted(a) == sorted(b):
            yield Difference(path, "order")
        elif name == "paths_data":
            yield from _compare_paths(path, a, b)
        else:
            yield Difference(path, f"member {name}", f"{a!r} and {b!r}"[:300])


def _compare_paths(path, ours, theirs):
    a, b = ({entry["_path"]: dict(entry) for entry in each["paths"]} for each in (ours, theirs))
    if ours["paths_version"] != theirs["paths_version"]:
        yield Difference(path, "paths_version")
    for name in sorted(a.keys() | b.keys()):
        first, second = a.get(name), b.get(name)
        if first is None or second is None:
            yield Difference(path, "path of a record", f"{name} only in {'ours' if first else 'theirs'}")
            continue
        if first["path_type"] == second["path_type"] == "softlink":
            if first.get("sha256_in_prefix") != second.get("sha256_in_prefix"):
                yield Difference(path, "hash of a link")
            first["sha256_in_prefix"] = second.get("sha256_in_prefix")
        if first.get("prefix_placeholder") and first.get("size_in_bytes") != second.get("size_in_bytes"):
            yield Difference(path, "size of a named prefix")
            first["size_in_bytes"] = second.get("size_in_bytes")
        if "sha256" not in first and "sha256_in_prefix" not in first and "sha256_in_prefix" in second:
            yield Difference(path, "hash that a package lacks")
            continue
        # What py-rattler leaves out means: as in the package.
        if ("sha256_in_prefix" in first) != ("sha256_in_prefix" in second):
            yield Difference(path, "hash in prefix")
        for each in (first, second):
            each.setdefault("sha256_in_prefix", each.get("sha256"))
        for member in sorted(first.keys() | second.keys()):
            if first.get(member) != second.get(member):
                yield Difference(path, f"member {member} of a path", f"{name}: {first.get(member)!r} and {second.get(member)!r}")
    if list(a) != list(b):
        yield Difference(path, "order")
