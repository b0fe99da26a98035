"""What scripts use of Metaflow's odds and ends."""

from __future__ import annotations


def is_stringish(value: object) -> bool:
    """Whether a value is text or bytes."""
    return isinstance(value, (str, bytes))
