"""A build backend (PEP 517 and PEP 660) for these two packages, in the standard library alone.

Wheels hold the modules as they are; the same files give the same bytes. An editable wheel holds a ``.pth`` file that names
this folder's packages through a finder of its own, so that nothing else of the folder (its tests, this backend) becomes
importable.
"""

import base64
import hashlib
import os
import tarfile
import zipfile

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PACKAGES = ("penstock", "metaflow")
NAME = "penstock"
TAG = "py3-none-any"
EPOCH = (1980, 1, 1, 0, 0, 0)

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
    with open(os.path.join(HERE, "penstock", "__init__.py"), encoding="utf-8") as file:
        for line in file:
            if line.startswith("__version__"):
                return line.split('"')[1]
    raise ValueError("penstock/__init__.py states no version")


def get_requires_for_build_wheel(config_settings=None):
    return []


get_requires_for_build_editable = get_requires_for_build_wheel
get_requires_for_build_sdist = get_requires_for_build_wheel


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    folder = "%s-%s.dist-info" % (NAME, version())
    os.makedirs(os.path.join(metadata_directory, folder))
    for name, text in _metadata().items():
        with open(os.path.join(metadata_directory, folder, name), "w", encoding="utf-8") as file:
            file.write(text)
    return folder


prepare_metadata_for_build_editable = prepare_metadata_for_build_wheel


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    files = {}
    for path in _modules():
        with open(os.path.join(HERE, path), "rb") as file:
            files[path] = file.read()
    return _write_wheel(wheel_directory, files)


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    finder = _FINDER % {"packages": PACKAGES, "folder": HERE}
    files = {"__editable___penstock.py": finder.encode(), "__editable___penstock.pth": b"import __editable___penstock\n"}
    return _write_wheel(wheel_directory, files)


def build_sdist(sdist_directory, config_settings=None):
    base = "%s-%s" % (NAME, version())
    with tarfile.open(os.path.join(sdist_directory, base + ".tar.gz"), "w:gz", format=tarfile.PAX_FORMAT) as archive:
        for path in ["pyproject.toml", "_build/penstock_build.py"] + _modules():
            archive.add(os.path.join(HERE, path), "%s/%s" % (base, path))
        info = os.path.join(HERE, "pyproject.toml")
        entry = archive.gettarinfo(info, base + "/PKG-INFO")
        text = _metadata()["METADATA"].encode()
        entry.size = len(text)
        import io

        archive.addfile(entry, io.BytesIO(text))
    return base + ".tar.gz"


def _modules():
    """The files of the packages, in order."""
    found = []
    for package in PACKAGES:
        for folder, folders, names in os.walk(os.path.join(HERE, package)):
            folders[:] = sorted(name for name in folders if name != "__pycache__")
            below = os.path.relpath(folder, HERE).replace(os.sep, "/")
            found += ["%s/%s" % (below, name) for name in sorted(names) if name.endswith((".py", ".typed"))]
    return found


def _metadata():
    return {
        "METADATA": "Metadata-Version: 2.1\nName: %s\nVersion: %s\nRequires-Python: >=3.8\nLicense: Apache-2.0\n"
        "Summary: Python SDK of Penstock, an engine for data and machine learning flows\n" % (NAME, version()),
        "WHEEL": "Wheel-Version: 1.0\nGenerator: penstock-build\nRoot-Is-Purelib: true\nTag: %s\n" % TAG,
        "top_level.txt": "".join(package + "\n" for package in sorted(PACKAGES)),
    }


def _write_wheel(folder, files):
    info = "%s-%s.dist-info" % (NAME, version())
    files = dict(files)
    for name, text in _metadata().items():
        files["%s/%s" % (info, name)] = text.encode()
    record = ["%s,sha256=%s,%d" % (path, _hash(data), len(data)) for path, data in files.items()]
    files[info + "/RECORD"] = "".join(line + "\n" for line in record + [info + "/RECORD,,"]).encode()
    name = "%s-%s-%s.whl" % (NAME, version(), TAG)
    with zipfile.ZipFile(os.path.join(folder, name), "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(path, EPOCH)
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, data)
    return name


def _hash(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("=")
