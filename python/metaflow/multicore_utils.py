"""``parallel_map`` and ``parallel_imap_unordered``, where existing scripts look for them."""

from __future__ import annotations

from penstock._multicore import MulticoreException, parallel_imap_unordered, parallel_map

__all__ = ["MulticoreException", "parallel_imap_unordered", "parallel_map"]
