"""Deployers: what would hand flows to a production orchestrator. This version has none."""

from __future__ import annotations

import os

from ..exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Mapping, NoReturn

#: The orchestrators that Metaflow deploys to, by the names of their methods.
ORCHESTRATORS = ("argo_workflows", "step_functions")


def _absent(orchestrator: str) -> NoReturn:
    raise MetaflowException(
        "This version of Penstock cannot deploy to %s. Run the flow with Runner, or with: python flow.py run"
        % orchestrator.replace("_", "-")
    )


class Deployer:
    """A flow file that could be deployed.

    ``argo_workflows()`` and ``step_functions()`` are the deployers of Metaflow. In this version they raise
    MetaflowException; other names raise AttributeError.
    """

    def __init__(
        self,
        flow_file: str,
        show_output: bool = True,
        profile: str | None = None,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        file_read_timeout: float = 3600,
        **top_options: Any,
    ) -> None:
        self.flow_file = os.path.abspath(flow_file)
        if not os.path.isfile(self.flow_file):
            raise FileNotFoundError("There is no flow file %s." % self.flow_file)
        self.show_output = show_output
        self.profile = profile
        self.env = env
        self.cwd = cwd
        self.file_read_timeout = file_read_timeout
        self.top_level_kwargs = top_options

    def argo_workflows(self, **_: Any) -> NoReturn:
        """Argo Workflows; raises MetaflowException in this version."""
        _absent("argo_workflows")

    def step_functions(self, **_: Any) -> NoReturn:
        """AWS Step Functions; raises MetaflowException in this version."""
        _absent("step_functions")


class NBDeployer:
    """A notebook's flow that could be deployed; like Deployer, without a deployer in this version."""

    def __init__(
        self,
        flow: Any,
        show_output: bool = True,
        profile: str | None = None,
        env: Mapping[str, str] | None = None,
        base_dir: str | None = None,
        file_read_timeout: float = 3600,
        **top_options: Any,
    ) -> None:
        from ._notebook import cell_file

        self.base_dir = base_dir if base_dir is not None else os.getcwd()
        self._file = cell_file(flow, self.base_dir)
        self.deployer = Deployer(self._file, show_output, profile, env, self.base_dir, file_read_timeout, **top_options)

    def argo_workflows(self, **_: Any) -> NoReturn:
        """Argo Workflows; raises MetaflowException in this version."""
        _absent("argo_workflows")

    def step_functions(self, **_: Any) -> NoReturn:
        """AWS Step Functions; raises MetaflowException in this version."""
        _absent("step_functions")

    def cleanup(self) -> None:
        """Removes the file of the flow."""
        if os.path.exists(self._file):
            os.remove(self._file)


class DeployedFlow:
    """A flow that was deployed. There is none in this version: each way to find one raises MetaflowException."""

    @classmethod
    def from_deployment(cls, identifier: str, metadata: str | None = None, impl: str = ORCHESTRATORS[0]) -> NoReturn:
        """The deployed flow of a name. Raises ValueError for an unknown orchestrator, else MetaflowException."""
        _known(impl)

    @classmethod
    def list_deployed_flows(cls, flow_name: str | None = None, impl: str = ORCHESTRATORS[0]) -> NoReturn:
        """All deployed flows. Raises ValueError for an unknown orchestrator, else MetaflowException."""
        _known(impl)

    @classmethod
    def get_triggered_run(
        cls, identifier: str, run_id: str, metadata: str | None = None, impl: str = ORCHESTRATORS[0]
    ) -> NoReturn:
        """A run of a deployed flow. Raises ValueError for an unknown orchestrator, else MetaflowException."""
        _known(impl)


def _known(orchestrator: str) -> NoReturn:
    name = orchestrator.replace("-", "_")
    if name not in ORCHESTRATORS:
        raise ValueError("No deployer is called '%s'; there are: %s." % (orchestrator, ", ".join(ORCHESTRATORS)))
    _absent(name)
