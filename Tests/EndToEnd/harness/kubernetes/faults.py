"""Trouble that a test asks for."""

import threading
from typing import Any, NamedTuple, Optional

from . import statuses


class _Order(NamedTuple):
    what: Any
    verb: Optional[str]
    plural: Optional[str]


class Faults:
    """What to do to requests. Each order is for one request; those that name a verb or a kind wait for such a one."""

    def __init__(self):
        self._lock = threading.Lock()
        self._orders = []
        self._forbidden = set()
        #: How many requests were met by each kind of trouble.
        self.met = {}

    def next(self, count, what, verb=None, plural=None, retry_after=1):
        """`what`: 429, 500, 503; `reset`: no answer and nothing done; `lost`: done, and no answer."""
        with self._lock:
            self._orders += [_Order((what, retry_after), verb, plural)] * count

    def forbid(self, verb, plural):
        """The person has no right to that any more."""
        self._forbidden.add((verb, plural))

    def allow_all(self):
        with self._lock:
            self._forbidden.clear()
            self._orders.clear()

    def forbids(self, request):
        return (request.verb, request.plural) in self._forbidden

    def take(self, request):
        """The trouble for this request: None, `reset`, `lost`, or an ApiError. `request` is None for other paths."""
        verb, plural = (request.verb, request.plural) if request else (None, None)
        with self._lock:
            for order in self._orders:
                if order.verb in (None, verb) and order.plural in (None, plural):
                    self._orders.remove(order)
                    break
            else:
                return None
            what, retry_after = order.what
            self.met[what] = self.met.get(what, 0) + 1
        if what in ("reset", "lost"):
            return what
        return {429: lambda: statuses.too_many(retry_after), 500: statuses.internal, 503: statuses.unavailable}[what]()
