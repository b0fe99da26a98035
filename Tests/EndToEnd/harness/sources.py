"""Projects that are built by a backend of their own, so that no build needs a network."""

import io
import tarfile

from .wheels import Distribution, core_metadata

BACKEND = '''
import base64, hashlib, os, zipfile

INFO = "{name}-{version}.dist-info"
FILES = {{
    "{name}/__init__.py": "VERSION = '{version}'\\n",
    INFO + "/METADATA": {metadata!r},
    INFO + "/WHEEL": "Wheel-Version: 1.0\\nGenerator: tests\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
}}


def build_wheel(folder, config_settings=None, metadata_directory=None):
    record = ""
    name = "{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(folder, name), "w") as wheel:
        for path, content in FILES.items():
            digest = base64.urlsafe_b64encode(hashlib.sha256(content.encode()).digest()).rstrip(b"=").decode()
            record += "%s,sha256=%s,%d\\n" % (path, digest, len(content))
            wheel.writestr(path, content)
        wheel.writestr(INFO + "/RECORD", record + INFO + "/RECORD,,\\n")
    return name
'''

PROJECT = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'


def project_files(name, version, requires=(), twist=""):
    """The files of a project by their paths; `twist` is Python behind the hooks of its backend."""
    metadata = core_metadata(name, version, requires, None, None)
    return {
        "pyproject.toml": PROJECT,
        "backend.py": BACKEND.format(name=name, version=version, metadata=metadata) + twist,
    }


def write_project(folder, name, version, **others):
    folder.mkdir(parents=True, exist_ok=True)
    for path, content in project_files(name, version, **others).items():
        (folder / path).write_text(content)
    return folder


def built_source_distribution(name, version, requires=(), twist=""):
    """A source distribution that says nothing before it is built."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path, text in project_files(name, version, requires, twist).items():
            content = text.encode()
            entry = tarfile.TarInfo(f"{name}-{version}/{path}")
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return Distribution(f"{name}-{version}.tar.gz", buffer.getvalue(), core_metadata(name, version, requires, None, None).encode())
