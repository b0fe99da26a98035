"""Builds the distributions of this folder, in the standard library alone.

``penstock`` holds the SDK, and in a release the engine, too: its executable goes beside the interpreter, so the wheel is made
for one platform, which the executable itself names. ``penstock-metaflow`` holds the module ``metaflow``, the names of flows that
were written for Metaflow.

Run as a program (``make wheel``) it writes the wheels of a release. As a build backend (PEP 517, PEP 660) it makes wheels and
source distributions of the SDK alone; an editable wheel names this folder's packages through a finder of its own, so
that nothing else of the folder (its tests, this backend) becomes importable.
"""

import argparse
import gzip
import io
import os
import subprocess
import sys
import tarfile

from penstock_platform import NotShippable, platform_of
from penstock_wheel import Wheel

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NAME = "penstock"
NAMES_OF_METAFLOW = "penstock-metaflow"
PACKAGES = ("penstock", "metaflow")
ANYWHERE = "py3-none-any"
BACKEND = ("penstock_build.py", "penstock_platform.py", "penstock_wheel.py")

SUMMARIES = {
    NAME: "An engine for data and machine learning flows in Python, and its SDK",
    NAMES_OF_METAFLOW: "The module metaflow, so that flows written for Metaflow run on Penstock",
}
CLASSIFIERS = (
    "Development Status :: 4 - Beta",
    "Environment :: Console",
    "Intended Audience :: Developers",
    "Intended Audience :: Science/Research",
    "Operating System :: MacOS",
    "Operating System :: POSIX :: Linux",
    "Programming Language :: Python :: 3",
    "Programming Language :: Python :: 3 :: Only",
    "Programming Language :: Python :: 3.8",
    "Programming Language :: Python :: 3.9",
    "Programming Language :: Python :: 3.10",
    "Programming Language :: Python :: 3.11",
    "Programming Language :: Python :: 3.12",
    "Programming Language :: Python :: 3.13",
    "Programming Language :: Python :: Implementation :: CPython",
    "Topic :: Scientific/Engineering",
    "Typing :: Typed",
)

_FINDER = '''"""Finds the SDK's packages where they are developed."""

import sys


class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in %(packages)r:
            from _frozen_importlib_external import PathFinder

            return PathFinder.find_spec(name, [%(folder)r])
        return None


sys.meta_path.append(Finder)
'''


def version():
    """The version that the package itself states."""
    for line in _read("penstock/__init__.py").decode().splitlines():
        if line.startswith("__version__"):
            return line.split('"')[1]
    raise ValueError("penstock/__init__.py states no version")


# The wheels of a release


def engine_wheel(engine, folder, licenses=()):
    """Writes the wheel with the SDK and an executable; returns its name and its platform.

    `licenses` are files with the terms of what the executable holds. Raises NotShippable.
    """
    with open(engine, "rb") as file:
        data = file.read()
    platform = platform_of(data)
    if not platform.is_stripped:
        raise NotShippable("it has a table of symbols; strip it")
    wheel = _sdk_wheel("py3-none-" + platform.tag, notices(licenses))
    wheel.add_program("penstock", data)
    return wheel.write(folder), platform


def notices(paths):
    """The terms of others in one text: each once, behind the names of the folders that its files are in."""
    owners = {}
    for path in sorted(paths):
        with open(path, encoding="utf-8") as file:
            owners.setdefault(file.read().strip(), []).append(os.path.basename(os.path.dirname(os.path.abspath(path))))
    return "\n".join("# %s\n\n%s\n" % (", ".join(sorted(set(names))), text) for text, names in owners.items())


def metaflow_wheel(folder):
    """Writes the wheel with the module ``metaflow``; returns its name."""
    wheel = Wheel(NAMES_OF_METAFLOW, version(), ANYWHERE)
    _add_package(wheel, "metaflow")
    _add_metadata(wheel, NAMES_OF_METAFLOW, ["Requires-Dist: %s ==%s" % (NAME, version())])
    return wheel.write(folder)


def main(words=None):
    parser = argparse.ArgumentParser(description="Writes the wheels of a release.")
    parser.add_argument("--engine", required=True, help="the executable, built and stripped")
    parser.add_argument("--into", required=True, metavar="FOLDER", help="where the wheels go; made if it is missing")
    parser.add_argument("--licenses", nargs="*", default=[], metavar="FILE", help="the terms of what the executable holds")
    parser.add_argument("--explain", action="store_true", help="say which symbols ask for the newest versions of the C library")
    options = parser.parse_args(words)
    os.makedirs(options.into, exist_ok=True)
    try:
        _check_version(options.engine)
        name, platform = engine_wheel(options.engine, options.into, options.licenses)
    except (NotShippable, OSError) as error:
        raise SystemExit("error: no wheel can be made of %s: %s" % (options.engine, error)) from None
    for each in (name, metaflow_wheel(options.into)):
        path = os.path.join(options.into, each)
        print("%s  %.2f MB" % (path, os.path.getsize(path) / 1e6))
    print("runs on %s and newer" % platform.floor)
    if options.explain:
        for wanted, symbols in list(platform.reasons.items())[:3]:
            print("  glibc %d.%d: %s" % (wanted + (", ".join(symbols),)))


def _check_version(engine):
    """The SDK and the engine are one release. An engine for another machine cannot be asked."""
    try:
        said = subprocess.run([os.path.abspath(engine), "--version"], stdout=subprocess.PIPE, check=True).stdout.decode().split()
    except (OSError, subprocess.CalledProcessError):
        return
    if said[-1:] != [version()]:
        raise NotShippable("it is version %s, and the SDK is %s" % (" ".join(said[-1:]), version()))


# The build backend


def get_requires_for_build_wheel(config_settings=None):
    return []


get_requires_for_build_editable = get_requires_for_build_wheel
get_requires_for_build_sdist = get_requires_for_build_wheel


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    return _sdk_wheel(ANYWHERE).write(wheel_directory)


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    wheel = Wheel(NAME, version(), ANYWHERE)
    finder = _FINDER % {"packages": PACKAGES, "folder": HERE}
    wheel.add("__editable___penstock.py", finder.encode())
    wheel.add("__editable___penstock.pth", b"import __editable___penstock\n")
    _add_metadata(wheel, NAME)
    return wheel.write(wheel_directory)


def build_sdist(sdist_directory, config_settings=None):
    base = "%s-%s" % (NAME, version())
    files = {"PKG-INFO": _core_metadata(NAME).encode(), "LICENSE": _license()}
    for path in ["pyproject.toml", "README.md"] + ["_build/" + name for name in BACKEND] + _modules("penstock") + _modules("metaflow"):
        files[path] = _read(path)
    with open(os.path.join(sdist_directory, base + ".tar.gz"), "wb") as out:
        with gzip.GzipFile("", "wb", 9, out, 0) as packed, tarfile.open(fileobj=packed, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for path in sorted(files):
                entry = tarfile.TarInfo("%s/%s" % (base, path))
                entry.size, entry.mode, entry.mtime = len(files[path]), 0o644, 315532800  # as in wheels: 1980
                archive.addfile(entry, io.BytesIO(files[path]))
    return base + ".tar.gz"


# What goes into them


def _sdk_wheel(tag, terms=""):
    wheel = Wheel(NAME, version(), tag)
    _add_package(wheel, "penstock")
    extra = ["Provides-Extra: metaflow", 'Requires-Dist: %s ==%s; extra == "metaflow"' % (NAMES_OF_METAFLOW, version())]
    if terms:
        wheel.add_metadata("licenses/THIRD-PARTY-NOTICES", terms)
        extra.insert(0, "License-File: THIRD-PARTY-NOTICES")
    _add_metadata(wheel, NAME, extra)
    return wheel


def _add_package(wheel, package):
    for path in _modules(package):
        wheel.add(path, _read(path))


def _add_metadata(wheel, name, more=()):
    wheel.add_metadata("METADATA", _core_metadata(name, more))
    wheel.add_metadata("licenses/LICENSE", _license().decode())


def _core_metadata(name, more=()):
    lines = ["Metadata-Version: 2.4", "Name: " + name, "Version: " + version(), "Summary: " + SUMMARIES[name]]
    lines += ["License-Expression: Apache-2.0", "License-File: LICENSE", "Requires-Python: >=3.8"]
    lines += ["Keywords: dataflow,machine learning,metaflow,pipeline,workflow"]
    lines += ["Classifier: " + each for each in CLASSIFIERS]
    lines += list(more) + ["Description-Content-Type: text/markdown", "", _read("README.md").decode()]
    return "\n".join(lines)


def _modules(package):
    """The files of a package, in order."""
    found = []
    for folder, folders, names in os.walk(os.path.join(HERE, package)):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        below = os.path.relpath(folder, HERE).replace(os.sep, "/")
        found += ["%s/%s" % (below, name) for name in sorted(names) if name.endswith((".py", ".typed"))]
    return found


def _license():
    """That of the repository; a source distribution holds a copy."""
    for path in ("LICENSE", "../LICENSE"):
        if os.path.exists(os.path.join(HERE, path)):
            return _read(path)
    raise ValueError("there is no LICENSE in %s or above it" % HERE)


def _read(path):
    with open(os.path.join(HERE, path), "rb") as file:
        return file.read()


if __name__ == "__main__":
    sys.exit(main())
