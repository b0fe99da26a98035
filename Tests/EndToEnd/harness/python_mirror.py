"""A mirror of standalone Pythons, filled from an interpreter of this machine."""

import hashlib
import http.server
import io
import os
import platform
import subprocess
import tarfile
import threading
from pathlib import Path

#: Folders of the standard library that a flow does not need; environments need neither pip nor ensurepip nor venv.
LEFT_OUT = ("test", "tests", "idlelib", "idle_test", "turtledemo", "tkinter", "ensurepip", "lib2to3", "pydoc_data", "__pycache__",
            "site-packages", "distutils", "unittest", "venv")


def interpreters():
    """The Pythons of pyenv on this machine: {"3.12": path of the binary}."""
    root = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    found = {}
    for binary in sorted(root.glob("versions/3.*/bin/python3")):
        series = ".".join(binary.parent.parent.name.split(".")[:2])
        found[series] = binary
    return found


def facts(binary):
    """(version, prefix, series) as the interpreter says."""
    program = "import platform, sys; print(platform.python_version(), sys.base_prefix, '%d.%d' % sys.version_info[:2])"
    return subprocess.run([str(binary), "-I", "-c", program], capture_output=True, text=True, check=True).stdout.split()


def triple():
    return f"{platform.machine()}-unknown-linux-{'gnu' if platform.libc_ver()[0] == 'glibc' else 'musl'}"


def archive_name(version, release="20241016", contents="install_only"):
    return f"cpython-{version}+{release}-{triple()}-{contents}.tar.gz"


def relocatable(binary, prefix):
    """The bytes of a binary that looks for its library where it lies itself, and not where it was installed."""
    content, old = binary.read_bytes(), str(prefix / "lib").encode() + b"\0"
    return content.replace(old, b"$ORIGIN/../lib".ljust(len(old), b"\0"))


def pack(binary):
    """(version, bytes): the installation of an interpreter laid out as the public builds are, without what is large."""
    version, prefix, series = facts(binary)
    prefix = Path(prefix)
    library = prefix / "lib" / f"python{series}"
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as tar:
        def add(name, content, mode=0o644):
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), mode
            tar.addfile(entry, io.BytesIO(content))

        add(f"python/bin/python{series}", relocatable((prefix / "bin" / f"python{series}").resolve(), prefix), 0o755)
        for name in ("python3", "python"):
            link = tarfile.TarInfo(f"python/bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, f"python{series}"
            tar.addfile(link)
        add("python/bin/pip", f"#!{prefix}/bin/python{series}\nprint('pip')\n".encode(), 0o755)
        for shared in sorted((prefix / "lib").glob(f"libpython{series}*.so*")):
            tar.add(shared, f"python/lib/{shared.name}")

        def chosen(entry):
            parts = entry.name.split("/")
            if any(part in LEFT_OUT for part in parts) or entry.name.endswith((".a", ".exe", ".pyc")) or "_test" in parts[-1]:
                return None
            return entry
        tar.add(library, f"python/lib/python{series}", filter=chosen)
    return version, packed.getvalue()


class Mirror:
    """Serves files by their paths over HTTP on the loopback interface, and remembers what was asked for.

    `broken` is the number of next archives whose connection ends half way; `gate`, when set, is waited for before an archive is
    sent.
    """

    def __init__(self):
        self.files = {}
        self.requests = []
        self.broken = 0
        self.gate = None
        self.asked = threading.Event()
        self._server = None

    def add(self, name, content):
        self.files[name] = content

    def add_sums(self, folder=""):
        """`SHA256SUMS` of all archives in a folder."""
        lines = [f"{hashlib.sha256(content).hexdigest()}  {name[len(folder):]}\n"
                 for name, content in sorted(self.files.items()) if name.startswith(folder) and name.endswith(".tar.gz")]
        self.files[folder + "SHA256SUMS"] = "".join(lines).encode()

    def downloads(self):
        return [path for path in self.requests if path.endswith(".tar.gz")]

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        mirror = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                name = self.path.lstrip("/").replace("%2B", "+").replace("%2b", "+")
                mirror.requests.append(name)
                content = mirror.files.get(name)
                is_archive = name.endswith(".tar.gz")
                if content is None:
                    self.send_error(404)
                    return
                if is_archive:
                    mirror.asked.set()
                    if mirror.gate:
                        mirror.gate.wait(60)
                start = 0
                if self.headers.get("Range"):
                    start = int(self.headers["Range"].split("=")[1].rstrip("-"))
                self.send_response(206 if start else 200)
                if start:
                    self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
                self.send_header("Content-Length", str(len(content) - start))
                self.end_headers()
                if is_archive and mirror.broken > 0:
                    mirror.broken -= 1
                    self.wfile.write(content[start:start + (len(content) - start) // 2])
                    self.close_connection = True
                    return
                try:
                    self.wfile.write(content[start:])
                except ConnectionError:
                    self.close_connection = True

            def log_message(self, *_):
                """Nothing: the tests read `requests`."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(self, *_):
        if self.gate:
            self.gate.set()
        self._server.shutdown()
        self._server.server_close()
