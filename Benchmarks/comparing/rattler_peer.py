"""What py-rattler takes, for conda_packages.py; runs with the Python that py-rattler is installed in.

    rattler_peer.py open REPODATA.json…
    rattler_peer.py solve SPEC… -- REPODATA.json…
    rattler_peer.py install PREFIX CACHE [--url CHANNEL] ARCHIVE…   archives of channels on this machine; with --url they are
                                                                    asked for there
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
