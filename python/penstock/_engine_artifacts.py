"""The artifacts that say something about the task itself.

A task stores those that differ from what it inherits: the tasks of a wide foreach have most of them from the step that
splits.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._attempt import Attempt
    from ._persist import Packer
    from ._state import TaskState

#: Values that nearly every task has: the value, its pickle, and the SHA-256 of that.
TRUE = (True, b"\x80\x04\x88.", "112bda3b495d867b6a98c899fac7c25eb60ca4b6e6fe5ec7ab9299f93e8274bc")
FALSE = (False, b"\x80\x04\x89.", "24a5341c9a6e30357187cbeaebee0a02714ee3b3d6cead951a613e96ffb746dc")
NONE = (None, b"\x80\x04N.", "9c298d589a2158eb513cb52191144518a2acab2cb0c04f1df14fca0f712fa4a1")
EMPTY: tuple[Any, bytes, str] = ([], b"\x80\x04]\x94.", "ec0a6ccf9debf1c16781445c4b9106080d00478b0559469336db7c7b7b9711c8")


def store_facts(state: TaskState, attempt: Attempt, packer: Packer) -> None:
    """Stores what there is to say about an attempt at a step. Raises ChannelClosed, and OSError."""
    inherited = state.artifacts
    packer.add("_current_step", state.step)
    _store_transition(attempt, packer)
    if state.frames:
        packer.add("_foreach_stack", state.frames)
    else:
        _settle(packer, inherited, "_foreach_stack", EMPTY)
    iteration = state.assignment.get("iteration")
    if iteration is not None:
        packer.add("_iteration_stack", [iteration])
    else:
        _settle(packer, inherited, "_iteration_stack", EMPTY)
    if state.join:
        packer.add("name", state.assignment["flow"])
    if attempt.mappers is not None or state.is_parallel_control:
        _store_mappers(state, attempt, packer)
    _store_result(attempt, packer, inherited)


def store_success(packer: Packer, inherited: dict[str, Any]) -> None:
    """Stores that a task did what it was to do."""
    if "_task_ok" not in inherited:
        packer.add_known("_exception", NONE)
    _settle(packer, inherited, "_task_ok", TRUE)
    _settle(packer, inherited, "_success", TRUE)


def _store_transition(attempt: Attempt, packer: Packer) -> None:
    transition = attempt.transition
    if transition is None:
        packer.add_known("_transition", NONE)
        return
    packer.add("_transition", (transition.targets, transition.foreach))
    if transition.foreach is not None:
        packer.add("_foreach_var", transition.foreach)
        packer.add("_foreach_num_splits", transition.splits)
        packer.add("_foreach_values", transition.values)


def _store_mappers(state: TaskState, attempt: Attempt, packer: Packer) -> None:
    """The tasks that a control task stands for, by which the join knows its inputs."""
    assignment = state.assignment
    own = "%s/%s/%s" % (assignment["run"], assignment["step"], assignment["task"])
    if attempt.mappers is not None:
        tasks = ["%s-%d" % (own, place) for place in range(attempt.mappers)]
    else:
        nodes = 1 if attempt.caught else assignment["parallel"]["nodes"]
        tasks = [own] + ["%s_node_%d" % (own, place) for place in range(1, nodes)]
        packer.add_known("_control_task_is_mapper_zero", TRUE)
    packer.add("_control_mapper_tasks", tasks)


def _store_result(attempt: Attempt, packer: Packer, inherited: dict[str, Any]) -> None:
    error = attempt.error
    if error is not None:
        from .exception import MetaflowExceptionWrapper

        packer.add_known("_task_ok", FALSE)
        packer.add_known("_success", FALSE)
        packer.add("_exception", MetaflowExceptionWrapper(None, error["type"], error["message"], error["traceback"]))
    elif attempt.caught:
        packer.add_known("_exception", NONE)
        _settle(packer, inherited, "_task_ok", TRUE)
        _settle(packer, inherited, "_success", FALSE)
    else:
        store_success(packer, inherited)


def _settle(packer: Packer, inherited: dict[str, Any], name: str, known: tuple[Any, bytes, str]) -> None:
    """Stores a value unless it is inherited as it is."""
    reference = inherited.get(name)
    if reference is None or reference["digest"] != known[2]:
        packer.add_known(name, known)
