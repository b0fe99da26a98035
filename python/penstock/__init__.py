"""Penstock: data and machine learning flows, written in Python and run by an engine.

::

    from penstock import FlowSpec, step

    class Hello(FlowSpec):
        @step
        def start(self):
            self.next(self.end)

        @step
        def end(self):
            print("hello")

    if __name__ == "__main__":
        Hello()

This package is a guest in the person's interpreter: it needs the standard library only, imports late, and decides nothing.
Where to start reading: ``_flowspec`` (what a flow inherits), ``_handover`` (how a flow becomes a run), ``_host`` and ``_task``
(how steps are run), ``_describe`` (what the engine learns about a flow), ``client`` (reading what runs have left).
"""

from __future__ import annotations

from ._decorators import (
    batch,
    card,
    catch,
    conda,
    conda_base,
    environment,
    exit_hook,
    kubernetes,
    named_env,
    named_env_base,
    package_data,
    parallel,
    project,
    pypi,
    pypi_base,
    resources,
    retry,
    schedule,
    secrets,
    slurm,
    timeout,
    trigger,
    trigger_on_finish,
    uv,
    uv_base,
)
from ._flowspec import FlowSpec
from ._parameters import JSONType, Parameter
from ._steps import step

__version__ = "0.1.0"

#: Names that are imported when they are first asked for, and where they are.
_LAZY = {
    name: module
    for module, names in {
        "client": "Metaflow Flow Run Step Task DataArtifact MetaflowData MetaflowCode namespace get_namespace "
        "default_namespace metadata get_metadata default_metadata inspect_spin",
        "runner": "Runner NBRunner Deployer NBDeployer DeployedFlow",
        "_multicore": "parallel_map parallel_imap_unordered",
        "_profile": "profile",
        "_configs": "Config",
        "_config_value": "ConfigValue",
        "_delayed": "config_expr",
        "_include_file": "IncludeFile",
        "_dependency_parsers": "requirements_txt_parser pyproject_toml_parser conda_environment_yml_parser yaml_parser",
        "s3": "S3",
        "_user_decorators": "FlowMutator StepMutator UserStepDecorator user_step_decorator USER_SKIP_STEP",
    }.items()
    for name in names.split()
}

#: Others, which ``from penstock import *`` leaves out.
_UNLISTED = {"pytorch_parallel": "_plugins", "unbounded_test_foreach_internal": "_decorators"}

__all__ = [
    "FlowSpec",
    "JSONType",
    "Parameter",
    "batch",
    "card",
    "catch",
    "conda",
    "conda_base",
    "current",
    "environment",
    "exit_hook",
    "kubernetes",
    "named_env",
    "named_env_base",
    "package_data",
    "parallel",
    "project",
    "pypi",
    "pypi_base",
    "resources",
    "retry",
    "schedule",
    "secrets",
    "slurm",
    "step",
    "timeout",
    "trigger",
    "trigger_on_finish",
    "uv",
    "uv_base",
    *sorted(_LAZY),
]


def __getattr__(name: str) -> object:
    """What most flows do not need is imported when it is first asked for."""
    if name == "current":
        from ._current import current as value
    elif name in _LAZY or name in _UNLISTED:
        from importlib import import_module

        value = getattr(import_module("." + (_LAZY.get(name) or _UNLISTED[name]), __name__), name)
    else:
        from ._later import later

        value = later(name)
        if value is None:
            raise AttributeError("module %r has no attribute %r" % (__name__, name))
    globals()[name] = value
    return value
