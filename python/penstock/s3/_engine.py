"""The engine process that fetches and stores objects: a line of JSON asks, one or more answer."""

from __future__ import annotations

import json
import os
import subprocess
import sys

from _thread import RLock

from .._handover import NOT_FOUND, find_engine
from ..exception import MetaflowException, MetaflowInternalError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator, Sequence

#: Requests that are under way at a time.
_UNDER_WAY = 256


class Objects:
    """Starts with the first request, and ends with ``close`` or with this process. A fork starts a process of its own."""

    def __init__(self, variables: dict[str, str]) -> None:
        self._variables = variables
        self._lock = RLock()
        self._process: Any = None
        self._owner = 0
        self._number = 0

    def ask(self, requests: Sequence[dict[str, Any]]) -> Iterator[tuple[int, dict[str, Any]]]:
        """The answers with the places of their requests, as they come. Several may answer one; all but the last have
        ``more``.
        """
        with self._lock:
            process = self._started()
            first = self._number
            self._number += len(requests)
            sent = done = 0
            try:
                while done < len(requests):
                    lines = []
                    while sent < len(requests) and sent - done < _UNDER_WAY:
                        lines.append(json.dumps(dict(requests[sent], id=first + sent)))
                        sent += 1
                    if lines:
                        process.stdin.write(("\n".join(lines) + "\n").encode())
                        process.stdin.flush()
                    line = process.stdout.readline()
                    if not line:
                        raise MetaflowInternalError("The engine went away while it worked with objects of S3.")
                    answer = json.loads(line)
                    done += not answer.get("more")
                    yield answer["id"] - first, answer
            except BaseException as error:
                # What is under way is of no use to anybody.
                self._stop()
                if isinstance(error, OSError):
                    raise MetaflowInternalError("The engine went away while it worked with objects of S3.") from None
                raise

    def close(self) -> None:
        """Ends the process; nothing is under way then."""
        with self._lock:
            if self._process is not None and self._owner == os.getpid():
                self._process.stdin.close()
                self._process.wait()
                self._process.stdout.close()
            self._process = None

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None and self._owner == os.getpid():
            process.kill()
            process.wait()
            process.stdout.close()
            try:
                process.stdin.close()
            except OSError:
                pass

    def _started(self) -> Any:
        if self._process is None or self._owner != os.getpid():
            engine = find_engine()
            if engine is None:
                raise MetaflowException(NOT_FOUND % os.path.join(sys.prefix, "bin", "penstock"))
            self._owner = os.getpid()
            self._process = subprocess.Popen(
                [engine, "objects", "--stdio"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, **self._variables},
                start_new_session=True,  # Ctrl-C is not meant for it
            )
        return self._process
