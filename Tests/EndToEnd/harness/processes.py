"""Finding processes by a variable in their environment, which they cannot lose by changing their parent or group."""

import os
import time

MARK = "PENSTOCK_TEST_MARK"


def marked(mark):
    """The ids of living processes that were started with the mark, this one's threads and zombies excepted."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit() and wanted in _environment(name).split(b"\0") and _state(name) not in ("Z", "X", None):
            found.append(int(name))
    return found


def parent(pid):
    """The parent's process id; None when the process is gone."""
    fields = _status(pid)
    return int(fields[1]) if fields else None


def executable(pid):
    try:
        return os.readlink(f"/proc/{pid}/exe")
    except OSError:
        return None


def describe(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as file:
            return f"{pid}: " + file.read().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        return f"{pid}: gone"


def wait_until(condition, seconds, what):
    """Look again and again until `condition()` is true, and return its value."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            said = what() if callable(what) else what
            raise AssertionError(f"not within {seconds} s: {said}")
        time.sleep(0.01)


def wait_until_gone(project, seconds=5):
    """No process of the project is left."""
    wait_until(
        lambda: not project.processes(), seconds,
        lambda: "the end of " + "; ".join(describe(pid) for pid in project.processes()))


def _environment(pid):
    try:
        with open(f"/proc/{pid}/environ", "rb") as file:
            return file.read()
    except OSError:
        return b""


def _status(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return None


def _state(pid):
    fields = _status(pid)
    return fields[0] if fields else None
