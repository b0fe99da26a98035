"""Running a command and saying what it took."""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass


class CommandFailed(Exception):
    """A measured command ended with another exit code than zero, so there is nothing to compare."""


@dataclass(frozen=True)
class Taken:
    """What one command took."""

    seconds: float
    #: The largest resident size of the process itself, without its children, in bytes. Zero unless it was watched.
    memory: int = 0
    #: The largest resident size of the process or a child of it, in bytes, as the system counted it; what this script
    #: had when it started the process is the least that it can be.
    peak: int = 0


def run(command, *, env, cwd, watch_memory=False, may_fail=False):
    """Run `command` to its end. Wall time, from just before the process is made until it was waited for."""
    with tempfile.TemporaryFile() as output:
        began = time.perf_counter()
        process = subprocess.Popen(
            [str(word) for word in command], env=env, cwd=cwd,
            stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT)
        watch = MemoryWatch(process.pid) if watch_memory else None
        _, status, usage = os.wait4(process.pid, 0)
        code = process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.perf_counter() - began
        memory = watch.stop() if watch else 0
        if code != 0 and not may_fail:
            output.seek(max(0, output.tell() - 2000) if output.seek(0, os.SEEK_END) else 0)
            tail = output.read().decode(errors="replace")
            raise CommandFailed(f"{' '.join(map(str, command))}\nended with exit code {code}:\n{tail}")
    return Taken(seconds, memory, usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024))


class MemoryWatch:
    """Reads a process's high-water mark of resident memory (`VmHWM`) until it ends.

    The mark belongs to the program that runs now: it starts again at `exec`, so that the Python which became the
    engine does not count. (What `wait4` reports would mix in that Python and the children.)
    """

    def __init__(self, pid):
        self._path = f"/proc/{pid}/status"
        self._marks = []
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self):
        self._stopped.set()
        self._thread.join()
        return self._marks[-1] if self._marks else 0

    def _watch(self):
        while not self._stopped.wait(0.02):
            mark = self._read()
            if mark:
                self._marks.append(mark)

    def _read(self):
        try:
            with open(self._path) as status:
                for line in status:
                    if line.startswith("VmHWM:"):
                        return int(line.split()[1]) * 1024
        except OSError:
            pass
        return None


def in_turn(rounds, *sides):
    """Call the sides one after the other, `rounds` times over (A B A B …), so that a slow minute hurts both.

    Each side is a function without arguments that returns a number. Returns a list of numbers for each side.
    What the side before left unwritten is written out first: it is not the next one's bill to pay.
    """
    results = tuple([] for _ in sides)
    for _ in range(rounds):
        for side, found in zip(sides, results):
            os.sync()
            found.append(side())
    return results


def median(numbers):
    return statistics.median(numbers)


def remove(path):
    """Remove a file, a folder, or a link (and not what it leads to)."""
    if path.is_symlink():
        path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)


def count_files(folder):
    """Files below `folder`; folders are not counted, links are not followed."""
    return sum(len(files) for _, _, files in os.walk(folder))
