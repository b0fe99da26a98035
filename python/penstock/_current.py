"""``current``: what a step can ask about the task it runs in."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Current:
    """Facts about the running task. A fact that is not known raises AttributeError; ``get`` gives None."""

    def __init__(self) -> None:
        self.__dict__["_facts"] = {}

    def __getattr__(self, name: str) -> Any:
        try:
            return self.__dict__["_facts"][name]
        except KeyError:
            raise AttributeError("current has no '%s' here" % name) from None

    def __contains__(self, name: str) -> bool:
        return getattr(self, name, None) is not None

    def get(self, name: str, default: Any = None) -> Any:
        return getattr(self, name, default)

    @property
    def is_running_flow(self) -> bool:
        return bool(self._facts)

    @property
    def pathspec(self) -> str | None:
        if not self._facts:
            return None
        return "/".join((self.flow_name, self.run_id, self.step_name, self.task_id))

    @property
    def task(self) -> Any:
        """The client's object of this task."""
        if not self._facts:
            return None
        from .client import Task

        return Task(self.pathspec, _namespace_check=False)

    @property
    def run(self) -> Any:
        """The client's object of this run."""
        if not self._facts:
            return None
        from .client import Run

        return Run("/".join((self.flow_name, self.run_id)), _namespace_check=False)

    @property
    def tempdir(self) -> str | None:
        import os

        return os.environ.get("METAFLOW_TEMPDIR", ".")

    @property
    def graph(self) -> Any:
        from ._graph import graph_info

        return graph_info(self._facts["_flow"])

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
        facts["tags"] = frozenset(assignment.get("tags") or ())
        facts["_flow"] = flow
        facts["_root"] = assignment.get("datastore_root")

    @property
    def parameter_names(self) -> list[str]:
        from ._flowspec import parameters_of

        return list(parameters_of(self._facts["_flow"]))


current = Current()
