"""``@pytorch_parallel``, where extensions look for it."""

from __future__ import annotations

from penstock._parallel_plugins import PytorchParallelDecorator, setup_torch_distributed

__all__ = ["PytorchParallelDecorator", "setup_torch_distributed"]
