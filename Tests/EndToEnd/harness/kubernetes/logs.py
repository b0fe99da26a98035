"""What containers have said, with the time of each line."""

import datetime
import threading
import time

from .statuses import bad_request


class Log:
    def __init__(self):
        self._lines = []
        self._rest = b""
        self.is_closed = False
        self._changed = threading.Condition()

    def add(self, text):
        with self._changed:
            *lines, self._rest = (self._rest + text).split(b"\n")
            moment = time.time()
            self._lines += [(moment, line + b"\n") for line in lines]
            self._changed.notify_all()

    def close(self):
        with self._changed:
            if self._rest:
                self._lines.append((time.time(), self._rest))
                self._rest = b""
            self.is_closed = True
            self._changed.notify_all()

    def pieces(self):
        """All of it bit by bit, until it ends; now and then an empty piece."""
        told = 0
        while True:
            with self._changed:
                if len(self._lines) == told and not self.is_closed:
                    self._changed.wait(1)
                lines, is_closed = self._lines[told:], self.is_closed
            told += len(lines)
            yield b"".join(line for _, line in lines)
            if is_closed:
                return

    def text(self, query):
        """As `GET …/log` answers."""
        with self._changed:
            lines = list(self._lines) + ([(time.time(), self._rest)] if self._rest else [])
        try:
            if query.get("sinceSeconds"):
                lines = [each for each in lines if each[0] >= time.time() - int(query["sinceSeconds"])]
            if query.get("tailLines"):
                lines = lines[max(0, len(lines) - int(query["tailLines"])):]
            limit = int(query["limitBytes"]) if query.get("limitBytes") else None
        except ValueError as error:
            raise bad_request(str(error)) from None
        if query.get("timestamps") in ("true", "1"):
            lines = [(moment, stamp(moment).encode() + b" " + line) for moment, line in lines]
        return b"".join(line for _, line in lines)[:limit]


def stamp(moment):
    return datetime.datetime.fromtimestamp(moment, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f000Z")
