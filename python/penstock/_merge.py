"""``merge_artifacts``: by reference, without loading anything."""

from __future__ import annotations

from ._persist import digest_of
from .exception import (
    MetaflowException,
    MissingInMergeArtifactsException,
    UnhandledInMergeArtifactsException,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._state import Reference, TaskState

#: Artifacts that say something about one task and are never merged.
OWN = frozenset(
    "name _task_ok _success _exception _catch_exception _transition _foreach_stack _foreach_var _foreach_num_splits "
    "_foreach_values _iteration_stack _unbounded_foreach _control_mapper_tasks _control_task_is_mapper_zero "
    "_parallel_ubf_iter _current_step _graph_info _configs_processed".split()
)


def merge(flow: Any, state: TaskState, inputs: Any, exclude: list[str], include: list[str]) -> None:
    """See FlowSpec.merge_artifacts."""
    step = state.step
    if not state.join:
        raise MetaflowException(
            "Step *%s* calls merge_artifacts, but is no join: it takes no inputs argument." % step
        )
    if exclude and include:
        raise MetaflowException("Step *%s* gives merge_artifacts both exclude and include; it takes one." % step)
    agreed: dict[str, Reference] = {}
    differing: set[str] = set()
    for each in inputs:
        for name, reference in _candidates(each):
            if name in exclude or (include and name not in include) or name in OWN or _is_set(flow, state, name):
                continue
            known = agreed.setdefault(name, reference)
            if known["digest"] != reference["digest"]:
                differing.add(name)
    missing = [name for name in include if name not in agreed and not _is_set(flow, state, name)]
    if differing:
        names = sorted(differing)
        raise UnhandledInMergeArtifactsException(
            "Step *%s* cannot merge these artifacts, whose values differ between the inputs: %s. Set them before "
            "calling merge_artifacts, or exclude them." % (step, ", ".join(names)),
            names,
        )
    if missing:
        raise MissingInMergeArtifactsException(
            "Step *%s* is to merge these artifacts, which no input has: %s." % (step, ", ".join(missing)), missing
        )
    for name in [name for name, reference in agreed.items() if "value" in reference]:
        flow.__dict__[name] = agreed.pop(name)["value"]
    state.artifacts.update(agreed)
    state.merged.update(agreed)


def _candidates(one: Any) -> list[tuple[str, Reference]]:
    state = getattr(one, "__dict__", {}).get("_penstock")
    if state is None:
        raise MetaflowException("merge_artifacts takes the inputs of the join, not %r." % (type(one).__name__,))
    found = dict(state.artifacts)
    for name, value in getattr(state, "overrides", {}).items():
        found[name] = {"digest": digest_of(value), "value": value}
    return list(found.items())


def _is_set(flow: Any, state: TaskState, name: str) -> bool:
    return name in flow.__dict__ or name in state.artifacts or hasattr(type(flow), name)
