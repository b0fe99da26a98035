"""What py-rattler takes, for conda_packages.py; runs with the Python that py-rattler is installed in.

    rattler_peer.py open REPODATA.json…
    rattler_peer.py solve SPEC… -- REPODATA.json…
    rattler_peer.py install PREFIX CACHE CHANNEL NAME=VERSION=BUILD…
"""

import asyncio
import json
import os
import resource
import sys
import time
from pathlib import Path

import rattler

VIRTUAL = (("__unix", "0"), ("__linux", "5.15.0"), ("__glibc", "2.35"), ("__archspec", "1"))


def virtual_packages():
    for name, version in VIRTUAL:
        build = rattler.BuildString("x86_64" if name == "__archspec" else "0")
        yield rattler.GenericVirtualPackage(rattler.PackageName(name), rattler.Version(version), build)


def opened(paths):
    channel = rattler.Channel("file:///bench")
    return [rattler.SparseRepoData(channel, Path(path).stem, path) for path in paths]


def tell(**facts):
    print(json.dumps({**facts, "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))


async def solve(specs, paths):
    began = time.perf_counter()
    records = await rattler.solve_with_sparse_repodata(
        [rattler.MatchSpec(spec) for spec in specs], opened(paths), virtual_packages=list(virtual_packages()))
    taken = time.perf_counter() - began
    tell(solve=taken, packages=[f"{record.name.normalized}={record.version}={record.build}" for record in records])


async def install(prefix, cache, channel, wanted):
    records = []
    for subdir in ("linux-64", "noarch"):
        data = rattler.SparseRepoData(rattler.Channel(f"file://{channel}"), subdir, f"{channel}/{subdir}/repodata.json")
        for name in sorted({text.split("=")[0] for text in wanted}):
            records += [record for record in data.load_records(rattler.PackageName(name))
                        if f"{name}={record.version}={record.build}" in wanted]
    began = time.perf_counter()
    await rattler.install(records, prefix, cache_dir=cache, show_progress=False)
    tell(seconds=time.perf_counter() - began, packages=len(records))


def main():
    verb, *rest = sys.argv[1:]
    if verb == "open":
        began = time.perf_counter()
        opened(rest)
        tell(open=time.perf_counter() - began)
    elif verb == "solve":
        mark = rest.index("--")
        asyncio.run(solve(rest[:mark], rest[mark + 1:]))
    else:
        asyncio.run(install(rest[0], rest[1], rest[2], set(rest[3:])))


main()
# Its threads and the end of the interpreter do not always go together.
sys.stdout.flush()
os._exit(0)
