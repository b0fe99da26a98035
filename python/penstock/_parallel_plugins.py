"""Decorators that make a parallel step and tell its nodes of each other."""

from __future__ import annotations

import os

from ._current import current
from ._plugins import StepDecorator

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

#: Ports that a run takes for its own, one of so many above the first.
_FIRST_PORT, _PORTS = 51000, 10000


class ParallelDecorator(StepDecorator):
    """Base of decorators of parallel steps: ``setup_distributed_env`` is called in every node, before the step."""

    name = "parallel"
    IS_PARALLEL = True

    def setup_distributed_env(self, flow: Any) -> None:
        """Tells libraries of the other nodes, as ``current.parallel`` knows them."""

    def task_decorate(
        self,
        step_func: Callable[..., Any],
        flow: Any,
        graph: Any,
        retry_count: int,
        max_user_code_retries: int,
        ubf_context: str | None,
    ) -> Callable[..., Any]:
        def prepared(*inputs: Any) -> Any:
            self.setup_distributed_env(flow)
            return step_func(*inputs)

        return prepared


class PytorchParallelDecorator(ParallelDecorator):
    """``@pytorch_parallel``: what PyTorch reads from the environment about the nodes."""

    name = "pytorch_parallel"
    defaults = {"master_port": None}

    def setup_distributed_env(self, flow: Any) -> None:
        setup_torch_distributed(self.attributes["master_port"])


def setup_torch_distributed(master_port: int | str | None = None) -> None:
    """Sets the variables that PyTorch's distributed package reads, in a node of a parallel step.

    Without a port it is one that runs at the same time are unlikely to share.
    """
    if not master_port:
        run = str(current.run_id)
        master_port = _FIRST_PORT + (int(run) % _PORTS if run.isdecimal() else 1)
    nodes = current.parallel
    os.environ.update(
        MASTER_PORT=str(master_port),
        MASTER_ADDR=nodes.main_ip,
        NODE_RANK=str(nodes.node_index),
        WORLD_SIZE=str(nodes.num_nodes),
        NUM_NODES=str(nodes.num_nodes),
        PL_TORCH_DISTRIBUTED_BACKEND="gloo",
    )
