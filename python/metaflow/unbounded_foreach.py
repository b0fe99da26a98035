"""The base of inputs of an unbounded foreach, where existing plug-ins look for it."""

from __future__ import annotations

from penstock._unbounded import UnboundedForeachInput

UBF_CONTROL = "ubf_control"
UBF_TASK = "ubf_task"
CONTROL_TASK_TAG = "control_task"

__all__ = ["CONTROL_TASK_TAG", "UBF_CONTROL", "UBF_TASK", "UnboundedForeachInput"]
