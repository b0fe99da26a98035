"""What py-rattler takes, for conda_packages.py; runs with the Python that py-rattler is installed in.

    rattler_peer.py open REPODATA.json…
    rattler_peer.py solve SPEC… -- REPODATA.json…
    rattler_peer.py install PREFIX CACHE [--url CHANNEL] ARCHIVE…   archives of channels on this machine; with --url they are
                                                                    asked for there
    rattler_peer.py judge REPODATA.json… < requests with answers    solves each, and looks at the answers; see judge()
    rattler_peer.py read PREFIX                                     what it reads of an environment
"""

import asyncio
import json
import os
import resource
import sys
import time
from pathlib import Path

import rattler
from rattler.exceptions import SolverError

VIRTUAL = {
    "linux-64": (("__unix", "0", "0"), ("__linux", "5.15.0", "0"), ("__glibc", "2.35", "0"), ("__archspec", "1", "x86_64")),
    "osx-arm64": (("__unix", "0", "0"), ("__osx", "14.0", "0"), ("__archspec", "1", "m1")),
}


def virtual_packages(paths):
    """Those of the platform of the repodata."""
    for name, version, build in next((VIRTUAL[subdir] for subdir in VIRTUAL if any(subdir in path for path in paths)), ()):
        yield rattler.GenericVirtualPackage(rattler.PackageName(name), rattler.Version(version), rattler.BuildString(build))


def opened(paths):
    channel = rattler.Channel("file:///bench")
    return [rattler.SparseRepoData(channel, Path(path).stem, path) for path in paths]


def tell(**facts):
    print(json.dumps({**facts, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))


async def solve(specs, paths):
    began = time.perf_counter()
    records = await rattler.solve_with_sparse_repodata(
        [rattler.MatchSpec(spec) for spec in specs], opened(paths), virtual_packages=list(virtual_packages(paths)))
    taken = time.perf_counter() - began
    tell(solve=taken, packages=[f"{record.name.normalized}={record.version}={record.build}" for record in records])


async def judge(paths):
    """Solves requests, and compares with what another solver has found.

    Reads a JSON list of {"specs": […], "answer": ["NAME=VERSION=BUILD", …] or null}; prints for each its own answer, what is wrong
    with the other one, and which names differ: [other's version and build, own version and build, which is higher, and in what].
    """
    data = opened(paths)
    virtual = list(virtual_packages(paths))
    results = []
    for request in json.load(sys.stdin):
        specs = [rattler.MatchSpec(spec) for spec in request["specs"]]
        try:
            records = await rattler.solve_with_sparse_repodata(specs, data, virtual_packages=virtual)
        except SolverError as error:
            records, reason = None, str(error)
        result = {"answer": None if records is None else [_title(record) for record in records]}
        if records is None:
            result["reason"] = reason[:500]
        if request["answer"] is not None:
            others = [_found(data, title) for title in request["answer"]]
            result["wrong"] = [word for word in _faults(specs, others, virtual)][:5]
            if records is not None:
                result["differences"] = _differences(others, records)
        results.append(result)
    tell(results=results)


def _title(record):
    return f"{record.name.normalized}={record.version}={record.build}"


def _found(data, title):
    name = rattler.PackageName(title.split("=")[0])
    return next(record for each in data for record in each.load_records(name) if _title(record) == title)


def _faults(specs, records, virtual):
    """The slow and obvious rules of what an environment is."""
    known = {record.name.normalized: record for record in records}
    for each in virtual:
        known[each.name.normalized] = rattler.PackageRecord(
            each.name, rattler.VersionWithSource(str(each.version)), each.build_string, 0, "noarch")

    def matches(spec):
        name = spec.name.normalized
        return name in known and spec.matches(known[name])

    for spec in specs:
        if not matches(spec):
            yield f"{spec} is asked for"
    for record in records:
        for text in record.depends:
            if not matches(rattler.MatchSpec(text)):
                yield f"{_title(record)} needs {text}"
        for text in record.constrains:
            limit = rattler.MatchSpec(text)
            if limit.name.normalized in known and not limit.matches(known[limit.name.normalized]):
                yield f"{_title(record)} excludes {text}"


def _differences(others, records):
    first, second = ({record.name.normalized: record for record in each} for each in (others, records))
    result = {}
    for name in sorted(first.keys() | second.keys()):
        a, b = first.get(name), second.get(name)
        if a and b and _title(a) == _title(b):
            continue
        order = ""
        for better, each in (("version", "version"), ("build", "build_number"), ("time", "timestamp")):
            if a and b and not order and getattr(a, each) != getattr(b, each):
                order = f"{'other' if getattr(a, each) > getattr(b, each) else 'own'} {better}"
        result[name] = [each and f"{each.version}={each.build}" for each in (a, b)] + [order]
    return result


def record_of(archive, url=None):
    """The record that the channel of an archive has of it."""
    archive = Path(archive)
    channel = rattler.Channel(url or archive.parent.parent.as_uri())
    data = rattler.SparseRepoData(channel, archive.parent.name, archive.parent / "repodata.json")
    stem = archive.name.removesuffix(".conda").removesuffix(".tar.bz2")
    name = rattler.PackageName(stem.rsplit("-", 2)[0])
    return next(record for record in data.load_records(name, rattler.PackageFormatSelection.BOTH) if record.file_name == archive.name)


async def install(prefix, cache, url, archives):
    records = [record_of(archive, url) for archive in archives]
    began = time.perf_counter()
    await rattler.install(records, prefix, cache_dir=cache, show_progress=False)
    tell(seconds=time.perf_counter() - began, packages=len(records))


def read(prefix):
    """Every record of an environment, as py-rattler reads and writes it again."""
    paths = sorted(Path(prefix, "conda-meta").glob("*.json"))
    records = [rattler.PrefixRecord.from_path(path) for path in paths]
    tell(records={path.stem: json.loads(record.to_json()) for path, record in zip(paths, records)})


def main():
    verb, *rest = sys.argv[1:]
    if verb == "open":
        began = time.perf_counter()
        opened(rest)
        tell(open=time.perf_counter() - began)
    elif verb == "solve":
        mark = rest.index("--")
        asyncio.run(solve(rest[:mark], rest[mark + 1:]))
    elif verb == "judge":
        asyncio.run(judge(rest))
    elif verb == "read":
        read(rest[0])
    else:
        prefix, cache, *archives = rest
        url = archives[1] if archives[:1] == ["--url"] else None
        asyncio.run(install(prefix, cache, url, archives[2:] if url else archives))


main()
# Its threads and the end of the interpreter do not always go together.
sys.stdout.flush()
os._exit(0)
