"""``@secrets``: values that a backend keeps, as variables of the step's environment."""

from __future__ import annotations

import os

from ._configuration import setting
from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: The beginning of names that belong to the flow's own settings.
RESERVED = "METAFLOW_"

#: Holds what stands in the sources of a step on a cluster: JSON, a list by the name of each step (``NodeSecrets`` of the engine).
WITHHELD = "PENSTOCK_SECRETS"


def provide(settings: dict[str, Any], withheld: list[Any]) -> None:
    """Sets the variables of all sources, or none. Raises MetaflowException for what cannot be had or set.

    ``withheld`` has the options of sources that came without them, in their order.
    """
    variables: dict[str, str] = {}
    origin: dict[str, str] = {}
    for index, spec in enumerate(settings.get("sources") or ()):
        if isinstance(spec, dict) and "options" not in spec and index < len(withheld) and withheld[index] is not None:
            spec = dict(spec, options=withheld[index])
        source = Source(spec, settings.get("role"))
        for name, value in _checked(source, source.variables()).items():
            if name in variables:
                raise MetaflowException(
                    "The secrets '%s' and '%s' both set the variable %s. Leave one of them out, or rename the variable."
                    % (origin[name], source, name)
                )
            if name in os.environ and not settings.get("allow_override"):
                raise MetaflowException(
                    "The secret '%s' would set the variable %s, which is set already. If that is meant, say "
                    "@secrets(..., allow_override=True)." % (source, name)
                )
            variables[name], origin[name] = value, str(source)
    for name, value in variables.items():
        os.environ[name] = value


def take_withheld(step: str) -> list[Any]:
    """What the engine has sent of the sources of a step beside its order. It is there once, and no step finds it in its environment."""
    text = os.environ.pop(WITHHELD, None)
    if not text:
        return []
    import json

    try:
        found = json.loads(text).get(step)
    except (ValueError, AttributeError):
        raise MetaflowException("The values of secrets did not arrive whole: %s is not what the engine wrote." % WITHHELD) from None
    return found if isinstance(found, list) else []


class Source:
    """One secret: its backend, its name there, and how to ask for it."""

    def __init__(self, spec: Any, role: str | None = None) -> None:
        if isinstance(spec, str):
            backend, dot, name = spec.partition(".")
            spec = {"type": backend, "id": name} if dot else {"id": spec}
        elif not isinstance(spec, dict):
            raise MetaflowException(
                "@secrets has a source of type %s; a source is a text such as 'backend.name', or a dictionary."
                % type(spec).__name__
            )
        self.backend: str = _member(spec, "type", str) or _default_backend(spec)
        self.name: str = _member(spec, "id", str) or ""
        self.options: dict[str, Any] = _member(spec, "options", dict) or {}
        self.role: str | None = _member(spec, "role", str) or role or setting("DEFAULT_SECRETS_ROLE")
        if not self.name:
            raise MetaflowException("@secrets has a source without an 'id': %r" % (spec,))

    def __str__(self) -> str:
        return "%s.%s" % (self.backend, self.name)

    def variables(self) -> Any:
        """What the backend gives, unchecked. Raises MetaflowException."""
        backend = BACKENDS.get(self.backend)
        if backend is None:
            raise MetaflowException(
                "The secret '%s' is kept by the backend '%s', which this version of Penstock cannot ask. It can ask: %s."
                % (self, self.backend, ", ".join(sorted(BACKENDS)))
            )
        try:
            return backend(self)
        except Exception as error:
            raise MetaflowException("The secret '%s' cannot be had: %s: %s" % (self, type(error).__name__, error)) from error


def _inline(source: Source) -> Any:
    """Values that stand in the flow itself; for trying things out."""
    return source.options.get("env_vars", {})


#: How to ask each backend: a function of the source that gives a dictionary of variables.
BACKENDS: dict[str, Any] = {"inline": _inline}


def _default_backend(spec: dict[str, Any]) -> str:
    backend: str | None = setting("DEFAULT_SECRETS_BACKEND_TYPE")
    if not backend:
        raise MetaflowException(
            "@secrets does not say which backend keeps the secret '%s'. Name it, as in 'backend.%s', or set "
            "METAFLOW_DEFAULT_SECRETS_BACKEND_TYPE." % (spec.get("id"), spec.get("id"))
        )
    return backend


def _member(spec: dict[str, Any], name: str, kind: type) -> Any:
    value = spec.get(name)
    if value is not None and not isinstance(value, kind):
        raise MetaflowException(
            "@secrets has a source whose '%s' is of type %s; it has to be a %s."
            % (name, type(value).__name__, "text" if kind is str else "dictionary")
        )
    return value


def _checked(source: Source, variables: Any) -> dict[str, str]:
    if not isinstance(variables, dict):
        raise MetaflowException("The secret '%s' gives a %s, not a dictionary." % (source, type(variables).__name__))
    for name, value in variables.items():
        if not isinstance(name, str) or not (name.isascii() and name.isidentifier()):
            raise MetaflowException("The secret '%s' has %r as the name of a variable, which it cannot be." % (source, name))
        if name.startswith(RESERVED):
            raise MetaflowException(
                "The secret '%s' has a variable %s; names that begin with %s are not for secrets." % (source, name, RESERVED)
            )
        if not isinstance(value, str) or "\0" in value:
            raise MetaflowException(
                "The secret '%s' has a value for %s of type %s; it has to be a text." % (source, name, type(value).__name__)
            )
    return variables
