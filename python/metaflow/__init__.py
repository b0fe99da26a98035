"""The names that flows written for Metaflow import, mapped onto Penstock.

``from metaflow import FlowSpec, step, Parameter, …`` gives the classes of the ``penstock`` package itself, so that both
spellings of a flow are the same flow.
"""

from __future__ import annotations

import os as _os

import _frozen_importlib

import penstock as _penstock

from penstock import (
    FlowSpec,
    JSONType,
    Parameter,
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
    step,
    timeout,
    trigger,
    trigger_on_finish,
    uv,
    uv_base,
)

__all__ = _penstock.__all__
__version__ = _penstock.__version__

if _os.environ.get("METAFLOW_PROFILE"):
    from penstock._configuration import check_profile as _check_profile

    _check_profile()

#: Modules that scripts reach as attributes, without importing them.
_MODULES = frozenset(
    "cards client decorators events exception flowspec includefile metaflow_config metaflow_current metaflow_profile "
    "metaflow_version multicore_utils parameters plugins runner tuple_util unbounded_foreach user_configs "
    "user_decorators util".split()
)


def __getattr__(name: str) -> object:
    if name in _MODULES:
        from importlib import import_module

        try:
            return import_module("." + name, __name__)
        except ModuleNotFoundError as error:
            raise AttributeError("module %r has no attribute %r" % (__name__, name)) from error
    try:
        value = globals()[name] = getattr(_penstock, name)
    except AttributeError:
        raise AttributeError("module %r has no attribute %r" % (__name__, name)) from None
    return value


#: Whether there is an extension package to add to these modules.
_extended = _frozen_importlib._find_spec("metaflow_extensions", None) is not None  # type: ignore[attr-defined]
if _extended:
    from ._extensions import extend as _extend

    _extend(globals())
