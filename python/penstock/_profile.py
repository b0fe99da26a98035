"""``profile``: how long a piece of code takes."""

from __future__ import annotations

from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Iterator


@contextmanager
def profile(label: str, stats_dict: dict[str, int] | None = None) -> Iterator[None]:
    """Prints the milliseconds that the block takes, or adds them to ``stats_dict[label]`` when there is such a thing."""
    from time import perf_counter

    if stats_dict is None:
        print("PROFILE: %s starting" % label)
    began = perf_counter()
    yield
    took = int((perf_counter() - began) * 1000)
    if stats_dict is None:
        print("PROFILE: %s completed in %dms" % (label, took))
    else:
        stats_dict[label] = stats_dict.get(label, 0) + took
