"""Running flow files from Python: ``Runner``, ``NBRunner``, and the deployers there are.

A runner starts ``python flow.py run …`` in a process of its own and gives back the client's object of the run. Keyword
arguments become options: ``_options`` says which there are and checks them before anything is started.
"""

from __future__ import annotations

from ._deployer import DeployedFlow, Deployer, NBDeployer
from ._executing import ExecutingProcess, ExecutingRun, ExecutingTask
from ._notebook import NBRunner, NBRunnerInitializationError
from ._runner import Runner

__all__ = [
    "DeployedFlow",
    "Deployer",
    "ExecutingProcess",
    "ExecutingRun",
    "ExecutingTask",
    "NBDeployer",
    "NBRunner",
    "NBRunnerInitializationError",
    "Runner",
]
