"""``spin`` with values of the person's own in place of what a task inherits.

The file holds ``ARTIFACTS``: names and values for a step with one input, or for a join a dictionary for each input, under
``"RUN/STEP/TASK"``.
"""

from __future__ import annotations

from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._state import TaskState


def apply(flow: Any, state: TaskState, file: str) -> None:
    """Puts the values of a file into a task, or into the inputs of its join. Raises MetaflowException."""
    artifacts = read(file)
    if not state.join:
        for name, value in artifacts.items():
            state.override(flow, name, value)
        return
    for path, values in artifacts.items():
        if not isinstance(values, dict) or path.count("/") < 2:
            raise MetaflowException(
                "%s: ARTIFACTS of a join are written as {'RUN/STEP/TASK': {'name': value}}; %r is not." % (file, path)
            )
        state.input_overrides["/".join(path.split("/")[-2:])] = values


def read(file: str) -> dict[str, Any]:
    """The ``ARTIFACTS`` of a Python file. Raises MetaflowException."""
    try:
        with open(file, "rb") as stream:
            code = compile(stream.read(), file, "exec", 0, True)
        names: dict[str, Any] = {"__name__": "artifacts", "__file__": file}
        exec(code, names)
    except Exception as error:
        raise MetaflowException(
            "The artifacts module %s cannot be read: %s: %s" % (file, type(error).__name__, error)
        ) from error
    artifacts = names.get("ARTIFACTS")
    if not isinstance(artifacts, dict) or not all(isinstance(name, str) for name in artifacts):
        raise MetaflowException(
            "The artifacts module %s has no ARTIFACTS: a dictionary of names and values." % file
        )
    return artifacts
