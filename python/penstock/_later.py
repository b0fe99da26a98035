"""Names of the flow language that this version of Penstock does not have yet.

Importing one is harmless, since files import more than they use; using it is refused.
"""

from __future__ import annotations

from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_NAMES = frozenset("airflow_external_task_sensor airflow_s3_key_sensor".split())


class Later:
    """Stands for a name and refuses its use."""

    def __init__(self, name: str) -> None:
        self.__name__ = name

    def __call__(self, *_: Any, **__: Any) -> Any:
        raise MetaflowException(
            "%s is not part of this version of Penstock. Leave it away, or use a library for that service in the step."
            % self.__name__
        )

    def __mro_entries__(self, bases: Any) -> Any:
        return self()

    def __repr__(self) -> str:
        return "<%s, which this version of Penstock does not have>" % self.__name__


def later(name: str) -> Any:
    """What stands for a known name, or None."""
    return Later(name) if name in _NAMES else None
