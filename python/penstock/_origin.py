"""What has to be known of the process that loaded the flow: a fork of it cannot tell any more."""

from __future__ import annotations

import sys

from ._forksafety import verdict

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Origin:
    """Facts from the moment when the flow was loaded, taken in the process that loaded it.

    ``safety`` says whether forks of it behave like fresh processes, ``random_state`` is the state of Python's own
    generator, when that is loaded.
    """

    def __init__(self, *own_descriptors: int) -> None:
        self.safety: dict[str, Any] = verdict(own_descriptors)
        random = sys.modules.get("random")
        self.random_state: Any = None if random is None else random.getstate()
