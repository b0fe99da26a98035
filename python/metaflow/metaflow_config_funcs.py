"""Reading settings, for extensions and scripts that have some of their own."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable


def from_conf(name: str, default: Any = None, validate_fn: Callable[[str, Any], None] | None = None) -> Any:
    """The value of METAFLOW_NAME from the environment or a configuration file, in the type of the default; or the default.

    ``validate_fn`` gets the variable's name and the value and raises when it does not like it.
    """
    from penstock._configuration import typed

    value = typed(name, default)
    if validate_fn is not None and value is not None:
        validate_fn("METAFLOW_" + name, value)
    return value


def get_validate_choice_fn(choices: Iterable[Any]) -> Callable[[str, Any], None]:
    """A ``validate_fn`` that likes the choices only."""

    def validate(name: str, value: Any) -> None:
        from penstock.exception import MetaflowException

        if value not in choices:
            raise MetaflowException("%s is %r; it has to be one of: %s." % (name, value, ", ".join(map(str, choices))))

    return validate
