"""The names that flows written for Metaflow import, mapped onto Penstock.

``from metaflow import FlowSpec, step, Parameter, …`` gives the classes of the ``penstock`` package itself, so that both
spellings of a flow are the same flow.
"""

from __future__ import annotations

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
    parallel,
    project,
    pypi,
    pypi_base,
    resources,
    retry,
    schedule,
    secrets,
    step,
    timeout,
    trigger,
    trigger_on_finish,
)

__all__ = _penstock.__all__
__version__ = _penstock.__version__


def __getattr__(name: str) -> object:
    try:
        value = globals()[name] = getattr(_penstock, name)
    except AttributeError:
        raise AttributeError("module %r has no attribute %r" % (__name__, name)) from None
    return value
