"""A process of a flow file: what it prints, and what it says about its run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

#: How long a process that is told to end may take, in seconds.
GRACE = 10.0
_BLINK = 0.02


class FlowProcess:
    """A process that was started, with its output in files that nobody else sees.

    ``attributes`` is the path that the process writes the facts about its run to.
    """

    def __init__(self, words: list[str], env: dict[str, str], cwd: str) -> None:
        self.words = words
        self.timed_out = False
        self._folder = tempfile.TemporaryDirectory(prefix="penstock-runner-")
        self.attributes = os.path.join(self._folder.name, "attributes")
        self._output = {stream: tempfile.TemporaryFile() for stream in ("stdout", "stderr")}
        self._process = subprocess.Popen(
            words + ["--runner-attribute-file=" + self.attributes],
            env=env,
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=self._output["stdout"],
            stderr=self._output["stderr"],
        )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """The exit code, negative for a signal; None while the process runs."""
        return self._process.poll()

    def facts(self) -> dict[str, Any] | None:
        """What the process has written about its run; None before it has."""
        import json

        try:
            with open(self.attributes, encoding="utf-8") as file:
                found = json.load(file)
        except (OSError, ValueError):
            return None
        return found if isinstance(found, dict) else None

    def text(self, stream: str) -> str:
        """What has been printed until now."""
        return self._read(stream, 0).decode("utf-8", "replace")

    def lines(self, stream: str, position: int) -> Iterator[tuple[int, str]]:
        """The whole lines from a position on, each with the position after it; at the end also one without an end."""
        ended = self.returncode is not None
        data = self._read(stream, position)
        while data:
            line, end, data = data.partition(b"\n")
            if not end and not ended:
                return
            position += len(line) + len(end)
            yield position, line.decode("utf-8", "replace").rstrip()

    def wait(self, show: bool, patience: float) -> None:
        """Waits for the end; shows what is printed meanwhile.

        Raises TimeoutError when there is no run after ``patience`` seconds. Ctrl-C ends the process too.
        """
        console = [_Echo(self, name, getattr(sys, name)) for name in ("stdout", "stderr")] if show else []
        deadline: float | None = time.monotonic() + patience
        try:
            while self._process.poll() is None:
                if deadline is not None and time.monotonic() >= deadline:
                    if not os.path.exists(self.attributes):
                        raise TimeoutError
                    deadline = None
                self._nap(_BLINK if show else None if deadline is None else deadline - time.monotonic())
                for echo in console:
                    echo.go_on()
        except BaseException:
            self.stop()
            raise
        finally:
            for echo in console:
                echo.go_on(last=True)

    def stop(self) -> None:
        """Ends the process: politely, and after ten seconds for good."""
        for number in (signal.SIGTERM, signal.SIGKILL):
            if self._process.poll() is not None:
                return
            self._process.send_signal(number)
            self._nap(GRACE)
        self._process.wait()

    def cleanup(self) -> None:
        """Removes the folder of the process. What it has printed stays readable through this object."""
        self._folder.cleanup()

    def _nap(self, seconds: float | None) -> None:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass

    def _read(self, stream: str, position: int) -> bytes:
        file = self._output.get(stream)
        if file is None:
            raise ValueError("There are the streams stdout and stderr, not %r." % (stream,))
        found: list[bytes] = []
        while True:
            part = os.pread(file.fileno(), 1 << 20, position)
            if not part:
                return b"".join(found)
            found.append(part)
            position += len(part)


class _Echo:
    """Shows a stream on the console as it grows."""

    def __init__(self, process: FlowProcess, stream: str, console: Any) -> None:
        from codecs import getincrementaldecoder

        self._process = process
        self._stream = stream
        self._console = console
        self._decoder = getincrementaldecoder("utf-8")("replace")
        self._position = 0

    def go_on(self, last: bool = False) -> None:
        data = self._process._read(self._stream, self._position)
        self._position += len(data)
        text = self._decoder.decode(data, last)
        if text and self._console is not None:
            self._console.write(text)
            self._console.flush()
