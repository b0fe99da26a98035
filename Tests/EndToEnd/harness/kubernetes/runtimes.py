"""What runs containers: podman with runc, or bubblewrap on an unpacked image. Containers have the network of this machine."""

import functools
import json
import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import uuid
from pathlib import Path
from typing import NamedTuple, Optional

PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Mount(NamedTuple):
    target: str
    #: A file or folder of this machine; None for memory.
    source: Optional[str]
    read_only: bool = False
    #: Bytes, of memory.
    size: Optional[int] = None


class Container(NamedTuple):
    image: object
    command: list
    variables: dict
    mounts: list
    hostname: str
    folder: Optional[str] = None
    user: Optional[str] = None
    privileged: bool = False


class Running:
    """A container that runs: a process of this machine whose output is its log."""

    #: What it says, and nothing else, when its command cannot be started.
    _start_errors = ()

    def __init__(self, words, variables, scratch, pass_fds=()):
        self.scratch = scratch
        self.process = subprocess.Popen(
            words, env=variables, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, pass_fds=pass_fds,
            start_new_session=True)

    def pid(self):
        """Of the container's first process; None while it has none."""
        raise NotImplementedError

    def signal(self, number):
        pid = self.pid()
        try:
            os.kill(pid, number) if pid else None
        except ProcessLookupError:
            pass

    def kill(self):
        self.signal(signal.SIGKILL)

    def could_not_start(self, code, log):
        """Whether there never was a process."""
        return any(code == wanted and log.startswith(text) for wanted, text in self._start_errors)

    def memory(self):
        """Bytes that its processes hold."""
        return sum(_resident(pid) for pid in _tree(self.pid()))

    def biggest(self):
        pids = _tree(self.pid())
        return max(pids, key=_resident) if pids else None


class _Podman(Running):
    _start_errors = ((127, b"Error: "), (126, b"Error: "))

    def __init__(self, container, scratch):
        self.name = "penstock-test-" + uuid.uuid4().hex[:16]
        own = {name: os.environ[name] for name in _PODMAN_VARIABLES if name in os.environ}
        words = [*_PODMAN, "--name", self.name, "--pidfile", str(scratch / "pid"), "--uts", "private", "--hostname", container.hostname]
        for name, value in container.variables.items():
            # By way of podman's own environment: a command line would show the values.
            words += ["--env", name if name not in own else f"{name}={value}"]
        for mount in container.mounts:
            if mount.source is not None:
                words += ["--volume", f"{mount.source}:{mount.target}" + (":ro" if mount.read_only else "")]
            elif mount.target == "/dev/shm":
                words += ["--shm-size", str(mount.size or 64 << 20)]
            else:
                words += ["--tmpfs", mount.target + ":mode=1777" + (f",size={mount.size}" if mount.size else "")]
        words += ["--workdir", container.folder] if container.folder else []
        words += ["--user", container.user] if container.user else []
        words += ["--privileged"] if container.privileged else []
        words += ["--entrypoint", json.dumps(container.command), container.image.tag()]
        super().__init__(words, {**container.variables, **own}, scratch)

    def pid(self):
        try:
            return int((self.scratch / "pid").read_text())
        except (OSError, ValueError):
            return None

    def kill(self):
        super().kill()
        if self.pid() is None:
            self.process.kill()
            subprocess.run(["podman", "rm", "--force", "--time", "0", "--ignore", self.name], capture_output=True)


class _Bubblewrap(Running):
    _start_errors = ((1, b"bwrap: execvp"),)

    def __init__(self, container, scratch):
        self._pid = None
        self._info, told = os.pipe()
        root = scratch / "root"
        for part in ("root", "upper", "work"):
            (scratch / part).mkdir()
        layers = f"lowerdir={container.image.folder},upperdir={scratch / 'upper'},workdir={scratch / 'work'}"
        words = [
            shutil.which("bwrap"), "--bind", str(root), "/", "--proc", "/proc", "--dev", "/dev", "--die-with-parent",
            "--as-pid-1", "--unshare-pid", "--unshare-ipc",
            "--unshare-uts", "--hostname", container.hostname, "--info-fd", str(told), "--chdir", container.folder or "/"]
        for mount in sorted(container.mounts, key=lambda mount: mount.target.count("/")):
            if mount.source is not None:
                words += ["--ro-bind" if mount.read_only else "--bind", str(mount.source), mount.target]
            else:
                words += (["--size", str(mount.size)] if mount.size else []) + ["--perms", "1777", "--tmpfs", mount.target]
        mount, copy, unshare, shell = (shutil.which(each) for each in ("mount", "cp", "unshare", "sh"))
        script = (
            f"{mount} -t overlay overlay -o {shlex.quote(layers)} {shlex.quote(str(root))} 2>/dev/null"
            f" || {copy} -a {shlex.quote(str(container.image.folder))}/. {shlex.quote(str(root))} || exit 1\n"
            f"exec {shlex.join([*words, '--', *container.command])}\n")
        try:
            super().__init__([unshare, "-m", shell, "-c", script], container.variables, scratch, pass_fds=(told,))
        finally:
            os.close(told)

    def pid(self):
        if self._pid is None and self._info is not None:
            text = b""
            while not text.rstrip().endswith(b"}"):
                piece = os.read(self._info, 4096)
                if not piece:
                    break
                text += piece
            os.close(self._info)
            self._info = None
            self._pid = json.loads(text)["child-pid"] if text else None
        return self._pid

    def kill(self):
        super().kill()
        if self._pid is None:
            self.process.kill()


_PODMAN = [
    "podman", "--runtime", "runc", "run", "--rm", "--pull", "never", "--network", "host", "--no-hosts", "--http-proxy=false",
    "--log-driver", "none", "--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024"]

_PODMAN_VARIABLES = ("PATH", "HOME", "TMPDIR", "XDG_RUNTIME_DIR", "CONTAINERS_STORAGE_CONF")

_KINDS = {"podman": _Podman, "bubblewrap": _Bubblewrap}


@functools.lru_cache(maxsize=None)
def missing(name):
    """Why a runtime cannot be used here, found out by using it; None when it can."""
    from .images import busybox

    program = {"podman": "podman", "bubblewrap": "bwrap"}[name]
    if not shutil.which(program) or name == "podman" and not shutil.which("runc"):
        return f"{program} is not installed"
    try:
        image = busybox()
    except OSError as error:
        return str(error)
    with tempfile.TemporaryDirectory() as scratch:
        running = _KINDS[name](Container(image, ["/bin/true"], {"PATH": PATH}, [], "probe"), Path(scratch))
        said, _ = running.process.communicate(timeout=60)
    return None if running.process.returncode == 0 else f"{program} cannot run a container: {said.decode(errors='replace').strip()}"


def start(name, container, scratch):
    """Begin to run a container with podman or bubblewrap. `scratch` is an empty folder of its own."""
    return _KINDS[name](container, scratch)


def _tree(pid):
    """A process and all below it."""
    found = [pid] if pid else []
    for parent in found:
        try:
            for task in os.listdir(f"/proc/{parent}/task"):
                with open(f"/proc/{parent}/task/{task}/children") as file:
                    found += [int(child) for child in file.read().split()]
        except OSError:
            pass
    return found


def _resident(pid):
    try:
        with open(f"/proc/{pid}/statm") as file:
            fields = file.read().split()
        # What is shared (libraries) is not counted for each process again.
        return (int(fields[1]) - int(fields[2])) * os.sysconf("SC_PAGESIZE")
    except (OSError, IndexError, ValueError):
        return 0
