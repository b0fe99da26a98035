"""Reading what runs have left: ``Flow``, ``Run``, ``Step``, ``Task`` and what they hold.

The objects know no file and no schema. They ask an engine process (``penstock serve --stdio``), which is started with the first
question and ends with this process.
"""

from __future__ import annotations

from ._code import MetaflowCode
from ._data import DataArtifact, MetaflowData
from ._flows import Flow, Metaflow
from ._runs import Run
from ._settings import (
    default_metadata,
    default_namespace,
    get_metadata,
    get_namespace,
    inspect_spin,
    metadata,
    namespace,
)
from ._steps import Step
from ._tasks import Task

__all__ = [
    "DataArtifact",
    "Flow",
    "Metaflow",
    "MetaflowCode",
    "MetaflowData",
    "Run",
    "Step",
    "Task",
    "default_metadata",
    "default_namespace",
    "get_metadata",
    "get_namespace",
    "inspect_spin",
    "metadata",
    "namespace",
]
