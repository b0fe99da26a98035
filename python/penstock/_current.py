"""``current``: what a step can ask about the task it runs in."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Facts that every task has. Outside of a task they are None.
_TASK_FACTS = frozenset(
    "flow_name run_id step_name task_id retry_count origin_run_id namespace username tags parameter_names".split()
)


class Current:
    """Facts about the running task.

    ``flow_name``, ``run_id``, ``step_name``, ``task_id``, ``retry_count``, ``origin_run_id``, ``namespace``, ``username``,
    ``tags`` and ``parameter_names`` are there in every task and None outside of one. What a decorator adds is there when the
    decorator is, and raises AttributeError otherwise; ``get`` gives None then.
    """

    def __init__(self) -> None:
        self.__dict__["_facts"] = {}

    def __getattr__(self, name: str) -> Any:
        facts = self.__dict__["_facts"]
        if name in facts:
            return facts[name]
        made = _LAZY[name](facts) if name in _LAZY else None
        if made is not None:
            facts[name] = made
            return made
        if name in _TASK_FACTS:
            return None
        raise AttributeError("current has no '%s' here" % name)

    def __contains__(self, name: str) -> bool:
        return getattr(self, name, None) is not None

    def get(self, name: str, default: Any = None) -> Any:
        """The fact of that name, or a default."""
        return getattr(self, name, default)

    @property
    def is_running_flow(self) -> bool:
        """Whether this is the process of a task."""
        return "run_id" in self._facts

    @property
    def pathspec(self) -> str | None:
        """``FLOW/RUN/STEP/TASK``, or None outside of a task."""
        if not self.is_running_flow:
            return None
        return "/".join((self.flow_name, self.run_id, self.step_name, self.task_id))

    @property
    def task(self) -> Any:
        """The client's object of this task."""
        if not self.is_running_flow:
            return None
        from .client import Task

        return Task(self.pathspec, _namespace_check=False)

    @property
    def run(self) -> Any:
        """The client's object of this run."""
        if not self.is_running_flow:
            return None
        from .client import Run

        return Run("/".join((self.flow_name, self.run_id)), _namespace_check=False)

    @property
    def tempdir(self) -> str | None:
        """The folder for temporary files that was configured."""
        from ._configuration import typed

        folder: str = typed("TEMPDIR", ".")
        return folder

    @property
    def graph(self) -> Any:
        """The graph of the flow as plain data. Raises RuntimeError outside of a task."""
        if "_flow" not in self._facts:
            raise RuntimeError("current.graph is there in a task only.")
        from ._graph import graph_info

        return graph_info(self._facts["_flow"])

    graph_info = graph

    def _update_env(self, env: dict[str, Any]) -> None:
        """Adds facts, for decorators of extensions."""
        self._facts.update(env)

    def _place(self, assignment: dict[str, Any]) -> None:
        """Says where runs are recorded."""
        self._facts["_root"] = assignment.get("datastore_root")

    def _set(self, assignment: dict[str, Any], flow: type) -> None:
        facts = self._facts
        facts["flow_name"] = assignment["flow"]
        facts["run_id"] = assignment["run"]
        facts["step_name"] = assignment["step"]
        facts["task_id"] = assignment["task"]
        facts["retry_count"] = assignment.get("attempt", 0)
        facts["origin_run_id"] = assignment.get("origin_run")
        facts["namespace"] = assignment.get("namespace")
        facts["username"] = assignment.get("username")
        facts["tags"] = set(assignment.get("tags") or ())
        facts["_flow"] = flow
        facts["_assignment"] = assignment
        project = assignment.get("project")
        if project:
            facts["project_name"] = project["name"]
            facts["branch_name"] = project["branch"]
            facts["project_flow_name"] = project["flow"]
            facts["is_user_branch"] = project["is_user_branch"]
            facts["is_production"] = project["is_production"]
        if assignment.get("parallel"):
            facts["is_parallel"] = True
        self._place(assignment)


def _parallel(facts: dict[str, Any]) -> Any:
    """The place among the nodes of a parallel step; in other steps of a flow that has one, that of a single node."""
    assignment = facts.get("_assignment")
    if assignment is None:
        return None
    from ._graph import graph_of
    from ._unbounded import Parallel, place_of

    if assignment.get("parallel"):
        return place_of(assignment)
    if any(node.parallel_step for node in graph_of(facts["_flow"])):
        return Parallel("127.0.0.1", 1, 0, None)
    return None


def _trigger(facts: dict[str, Any]) -> Any:
    meta = facts.get("_assignment", {}).get("triggers")
    if not meta:
        return None
    from ._triggers import Trigger

    return Trigger(meta)


def _parameter_names(facts: dict[str, Any]) -> Any:
    from ._flowspec import parameters_of

    return list(parameters_of(facts["_flow"])) if "_flow" in facts else None


#: Facts that are made when they are asked for; a function that gives None has none.
_LAZY = {"parallel": _parallel, "trigger": _trigger, "parameter_names": _parameter_names}

current = Current()
