"""Parameters, where existing scripts look for them."""

from __future__ import annotations

from penstock._parameter_values import ParameterContext
from penstock._parameters import JSONType, Parameter
from penstock._parameters import _JSON as JSONTypeClass

__all__ = ["JSONType", "JSONTypeClass", "Parameter", "ParameterContext"]
