"""Images made by hand, and a registry of them.

They are folders, kept beside the build; podman imports one when it first runs it.
"""

import hashlib
import os
import re
import shutil
import subprocess
import threading
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).resolve().parents[4] / ".build" / "test-images"

REFERENCE = re.compile(
    r"^([a-z0-9]+([._-][a-z0-9]+)*(:\d+)?/)?[a-z0-9]+([._/-]+[a-z0-9]+)*(:[\w][\w.-]{0,127})?(@sha256:[0-9a-f]{64})?$")

_LOCK = threading.Lock()


class Image(NamedTuple):
    name: str
    #: The root file system.
    folder: Path
    digest: str

    def tag(self):
        """Its name for podman, which has it afterwards."""
        name = f"localhost/penstock-test/{self.name}:{self.digest[:12]}"
        with _LOCK:
            if subprocess.run(["podman", "image", "exists", name]).returncode:
                archive = subprocess.Popen(["tar", "-C", str(self.folder), "-c", "."], stdout=subprocess.PIPE)
                subprocess.run(["podman", "import", "-q", "-", name], stdin=archive.stdout, check=True, capture_output=True)
                archive.communicate()
        return name


class Images:
    """What can be pulled. A reference that is not here cannot."""

    def __init__(self):
        self._known = {}
        #: References that need a pull secret.
        self.private = set()
        #: What was pulled, in its order.
        self.pulled = []

    def add(self, reference, image, private=False):
        self._known[reference] = image
        if private:
            self.private.add(reference)
        return reference

    def find(self, reference):
        return self._known.get(reference)


def busybox():
    """A shell and the small programs of one statically linked file (Debian's busybox-static)."""
    program = next((path for path in ("/bin/busybox", "/usr/bin/busybox") if os.path.exists(path)), None)
    if not program or _libraries(program):
        raise OSError("there is no statically linked busybox; Debian has it as busybox-static")
    return _kept("busybox", _digest(program), lambda root: _base(root, program))


def with_libraries(*programs):
    """Busybox, and the shared libraries that these programs need, but not the programs."""
    program = busybox().folder / "bin" / "busybox"

    def fill(root):
        _base(root, program)
        _copy_libraries(root, programs)

    return _kept("libraries", _digest(program, programs=programs), fill)


def with_python(python, *programs, modules=None):
    """The same and a CPython of this machine as `python3`, without what it has installed. `modules` are files of its
    site-packages, by name."""
    program = busybox().folder / "bin" / "busybox"
    said = subprocess.run(
        [str(python), "-c", "import sys, sysconfig\nprint(sys.base_prefix, sysconfig.get_path('stdlib', vars={'base': sys.base_prefix,"
         " 'installed_base': sys.base_prefix}), '%d.%d' % sys.version_info[:2], sep='\\n')"],
        check=True, capture_output=True, text=True).stdout.split()
    prefix, library, series = Path(said[0]), Path(said[1]), said[2]

    def fill(root):
        _base(root, program)
        target = root / ("usr" if str(prefix) == "/usr" else "usr/local")
        (target / "bin").mkdir(parents=True, exist_ok=True)
        shutil.copy(prefix / "bin" / f"python{series}", target / "bin" / f"python{series}")
        os.symlink(f"python{series}", target / "bin" / "python3")
        shutil.copytree(library, target / "lib" / f"python{series}", symlinks=True, ignore=shutil.ignore_patterns(
            "test", "idlelib", "turtledemo", "tkinter", "ensurepip", "site-packages", "config-*", "__pycache__"))
        packages = root / "usr/lib/python3/dist-packages" if str(prefix) == "/usr" else target / "lib" / f"python{series}" / "site-packages"
        packages.mkdir(parents=True, exist_ok=True)
        for name, text in (modules or {}).items():
            (packages / name).write_text(text)
        _copy_libraries(root, [prefix / "bin" / f"python{series}", *(library / "lib-dynload").glob("*.so"), *programs])

    return _kept(
        f"python{series}", _digest(
        program, prefix / "bin" / f"python{series}", programs=programs, more=repr(sorted((modules or {}).items()))), fill)


def _base(root, program):
    (root / "bin").mkdir(parents=True)
    shutil.copy(program, root / "bin" / "busybox")
    for name in subprocess.run([str(program), "--list"], check=True, capture_output=True, text=True).stdout.split():
        if name != "busybox":
            os.symlink("busybox", root / "bin" / name)
    for name in ("tmp", "root", "etc", "proc", "dev", "sys", "var/run", "var/tmp", "usr/bin", "home"):
        (root / name).mkdir(parents=True, exist_ok=True)
    (root / "tmp").chmod(0o1777)
    (root / "etc" / "passwd").write_text("root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n")
    (root / "etc" / "group").write_text("root:x:0:\nnogroup:x:65534:\n")


def _libraries(program):
    """The shared libraries of a program, its loader included."""
    said = subprocess.run(["ldd", str(program)], capture_output=True, text=True)
    return [] if said.returncode else re.findall(r"(/\S+) \(0x", said.stdout)


def _copy_libraries(root, programs):
    for library in {library for program in programs for library in _libraries(program)}:
        target = root / library.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            shutil.copy(os.path.realpath(library), target)


def _digest(*files, programs=(), more=""):
    """Of programs only their libraries count."""
    digest = hashlib.sha256(("1" + more).encode())
    for library in sorted({library for file in (*files, *programs) for library in _libraries(file)}):
        digest.update(f"{library} {os.stat(library).st_mtime_ns}\n".encode())
    for file in files:
        with open(file, "rb") as opened:
            for piece in iter(lambda: opened.read(1 << 20), b""):
                digest.update(piece)
    return digest.hexdigest()


def _kept(name, digest, fill):
    """The image of that digest, made when it is not there."""
    folder = FOLDER / f"{name}-{digest[:12]}"
    with _LOCK:
        if not folder.exists():
            draft = folder.with_name(f".{folder.name}.{os.getpid()}")
            draft.mkdir(parents=True)
            fill(draft)
            draft.rename(folder)
    return Image(name, folder, digest)
