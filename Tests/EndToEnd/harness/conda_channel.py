"""A tiny conda channel: packages of a few bytes, and a Python that leans on the one that runs the tests."""

import bz2
import hashlib
import io
import json
import platform
import re
import shutil
import sys
import tarfile
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from .python_mirror import LEFT_OUT, facts, relocatable
from .wheels import DATE, core_metadata

SUBDIR = {
    ("linux", "x86_64"): "linux-64", ("linux", "aarch64"): "linux-aarch64", ("darwin", "arm64"): "osx-arm64",
    ("darwin", "x86_64"): "osx-64"}.get((sys.platform, platform.machine()), "linux-64")


class CondaPackage:
    """An archive of a channel, and its record in repodata."""

    def __init__(self, record, content, suffix):
        self.subdir = record["subdir"]
        self.filename = "{name}-{version}-{build}".format(**record) + suffix
        self.content = content
        self.record = {**record, "md5": hashlib.md5(content).hexdigest(), "sha256": hashlib.sha256(content).hexdigest(),
                       "size": len(content)}


def conda_package(name, version, build="0", depends=(), files=None, noarch=None, suffix=".conda", link=None, listed=None, **more):
    """A package with `files` (path to text, bytes, or a tuple of bytes and mode); more keys go to its record.

    `listed` is the text of its `info/paths.json` where that is not to be true.
    """
    subdir = "noarch" if noarch else SUBDIR
    number = int(re.search(r"(\d+)$", build).group(1)) if re.search(r"(\d+)$", build) else 0
    index = {"name": name, "version": version, "build": build, "build_number": number, "depends": list(depends), "subdir": subdir,
             "license": "MIT", "timestamp": 1577836800000, **more}
    if noarch:
        index["noarch"] = noarch
    content = {path: given if isinstance(given, tuple) else (given.encode() if isinstance(given, str) else given, 0o644)
               for path, given in (files or {}).items()}
    paths = [{"_path": path, "path_type": "hardlink", "sha256": hashlib.sha256(data).hexdigest(), "size_in_bytes": len(data)}
             for path, (data, _) in sorted(content.items())]
    info = {
        "info/index.json": json.dumps(index), "info/paths.json": listed or json.dumps({"paths": paths, "paths_version": 1}),
        "info/files": "".join(f"{path}\n" for path in sorted(content)), "info/about.json": "{}"}
    if noarch == "python":
        info["info/link.json"] = json.dumps({"noarch": {"type": "python", **(link or {})}, "package_metadata_version": 1})
    information = {path: (text.encode(), 0o644) for path, text in info.items()}
    if suffix == ".tar.bz2":
        return CondaPackage(index, bz2.compress(_tar({**content, **information})), suffix)
    stem = f"{name}-{version}-{build}"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for path, data in (
                ("metadata.json", b'{"conda_pkg_format_version": 2}'), (f"pkg-{stem}.tar.zst", _zstd(_tar(content))),
                (f"info-{stem}.tar.zst", _zstd(_tar(information)))):
            archive.writestr(zipfile.ZipInfo(path, DATE), data)
    return CondaPackage(index, buffer.getvalue(), suffix)


def conda_project(name, version, build="py_0", depends=("python",), requires=(), scripts=None, extras=None, **more):
    """A `noarch: python` package with a module that knows its version and where it came from, and a `dist-info`."""
    module = name.replace("-", "_")
    info = f"site-packages/{module}-{version}.dist-info"
    files = {
        f"site-packages/{module}/__init__.py": f"VERSION = {version!r}\nSOURCE = 'conda'\n\n\ndef main():\n    print('{name}', VERSION)\n",
        f"{info}/METADATA": core_metadata(name, version, requires, None, extras), f"{info}/INSTALLER": "conda\n",
        f"{info}/RECORD": "", f"{info}/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"}
    link = {"entry_points": [f"{command} = {target}" for command, target in (scripts or {}).items()]}
    return conda_package(name, version, build, depends, files, noarch="python", link=link if scripts else None, **more)


def conda_python(executable=sys.executable, version=None, build="0_cpython"):
    """A `python` of a few megabytes that takes its standard library from the Python of `executable`, as environments do.

    None where the Python of this machine cannot be copied so.
    """
    if sys.platform != "linux":
        return None
    base = Path(sys._base_executable if executable == sys.executable else executable).resolve()
    version = version or platform.python_version()
    series = ".".join(version.split(".")[:2])
    binary = base.read_bytes()
    return conda_package("python", version, build, files={
        f"bin/python{series}": (binary, 0o755), "bin/python": (_same_as(series), 0o755), "bin/python3": (_same_as(series), 0o755),
        "pyvenv.cfg": f"home = {base.parent}\ninclude-system-site-packages = false\n", f"lib/python{series}/site-packages/README.txt": "The tests' own.\n"})


def whole_python(binary):
    """A `python` with a standard library of its own, made of an interpreter of this machine, without what is large."""
    version, prefix, series = facts(binary)
    prefix = Path(prefix)
    files = {f"bin/python{series}": (relocatable((prefix / "bin" / f"python{series}").resolve(), prefix), 0o755)}
    files.update({f"bin/{name}": (_same_as(series), 0o755) for name in ("python", "python3")})
    for shared in (prefix / "lib").glob(f"libpython{series}*.so*"):
        files[f"lib/{shared.name}"] = shared.read_bytes()
    library = prefix / "lib" / f"python{series}"
    for path in sorted(library.rglob("*")):
        parts = path.relative_to(library).parts
        if path.is_file() and not any(part in LEFT_OUT for part in parts) and path.suffix not in (".a", ".pyc", ".exe") and "_test" not in path.name:
            files[f"lib/python{series}/{'/'.join(parts)}"] = path.read_bytes()
    return conda_package("python", version, f"0_cp{series.replace('.', '')}", depends=["tzdata"], files=files)


def _same_as(series):
    return b"#!/bin/sh\n" b'exec "$(dirname "$(readlink -f "$0")")/python%s" "$@"\n' % series.encode()


class CondaChannel:
    """Packages as a channel has them: in a folder (`write`), or on the loopback interface (`with`), with a log of requests.

    With a `token`, nothing is there for those who do not have it.
    """

    def __init__(self, *packages, token=None):
        self.packages = list(packages)
        self.token = token
        self.requests = []
        self._server = None

    def repodata(self, subdir):
        packages = {"packages": {}, "packages.conda": {}}
        for each in self.packages:
            if each.subdir == subdir:
                packages["packages.conda" if each.filename.endswith(".conda") else "packages"][each.filename] = each.record
        return json.dumps({"info": {"subdir": subdir}, **packages, "removed": [], "repodata_version": 1}).encode()

    def files(self):
        """Contents by path below the channel."""
        subdirs = {SUBDIR, "noarch", *(each.subdir for each in self.packages)}
        found = {f"{subdir}/repodata.json": self.repodata(subdir) for subdir in sorted(subdirs)}
        found.update({f"{each.subdir}/{each.filename}": each.content for each in self.packages})
        return found

    def write(self, folder):
        """Writes the channel into a folder, and gives its address."""
        shutil.rmtree(folder, ignore_errors=True)
        for path, content in self.files().items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        return folder.as_uri()

    def __enter__(self):
        channel = self

        class Handler(_Handler):
            pass

        Handler.channel = channel
        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}{self.root}/tests"

    @property
    def root(self):
        return f"/t/{self.token}" if self.token else ""

    def downloads(self):
        """Names of archives that were asked for, whole or in part."""
        return [path.rpartition("/")[2] for path in self.requests if path.endswith((".conda", ".tar.bz2"))]


class _Server(ThreadingHTTPServer):
    def handle_error(self, *_):
        """Nothing: a client that goes away is no error of the channel's."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    channel = None

    def do_GET(self):
        self._answer(with_body=True)

    def do_HEAD(self):
        self._answer(with_body=False)

    def _answer(self, with_body):
        path = self.path.split("?")[0]
        self.channel.requests.append(path)
        place = self.channel.root + "/tests/"
        content = self.channel.files().get(path[len(place):]) if path.startswith(place) else None
        status, body, part = (200, content, None) if content is not None else (404, b"not here", None)
        etag = '"%s"' % hashlib.sha256(body).hexdigest()[:16]
        wanted = re.fullmatch(r"bytes=(\d*)-(\d*)", self.headers.get("Range") or "")
        if status == 200 and self.headers.get("If-None-Match") == etag:
            status, body = 304, b""
        elif status == 200 and wanted and any(wanted.groups()):
            first, last = wanted.groups()
            begin = int(first) if first else max(0, len(body) - int(last))
            end = min(int(last), len(body) - 1) if first and last else len(body) - 1
            status, part, body = 206, f"bytes {begin}-{end}/{len(body)}", body[begin:end + 1]
        self.send_response(status)
        if status != 404:
            self.send_header("ETag", etag)
            self.send_header("Accept-Ranges", "bytes")
        if part:
            self.send_header("Content-Range", part)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        try:
            if with_body:
                self.wfile.write(body)
        except ConnectionError:
            self.close_connection = True  # the client has seen enough

    def log_message(self, *_):
        """Nothing: the tests read `requests`."""


def _tar(contents):
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for path, (data, mode) in sorted(contents.items()):
            entry = tarfile.TarInfo(path)
            entry.size, entry.mode = len(data), mode
            archive.addfile(entry, io.BytesIO(data))
    return buffer.getvalue()


def _zstd(data):
    """A frame of blocks that are stored as they are (RFC 8878): no compressor is needed to make it."""
    blocks = [data[start:start + (1 << 17)] for start in range(0, len(data), 1 << 17)] or [b""]
    framed = [b"\x28\xb5\x2f\xfd\xa0", len(data).to_bytes(4, "little")]
    for number, block in enumerate(blocks):
        framed += [((len(block) << 3) | (number == len(blocks) - 1)).to_bytes(3, "little"), block]
    return b"".join(framed)
