"""Values of configs that are used before the configs are known.

A class body is run when the file is loaded; its configs get their values later, from the command line. In between,
``config.a.b`` and ``config_expr('…')`` are ``Delayed``: they note what was asked for. The configure stage puts the values in
their place (``resolved``).
"""

from __future__ import annotations

import sys

from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

#: How a key begins that ``**config`` leaves among keyword arguments.
UNPACKED = "_unpacked_delayed_"
#: The most containers inside of one another that are looked through.
DEPTH = 100
_CONTAINERS = frozenset([dict, list, tuple, set, frozenset])


class ConfigExpressionFailed(MetaflowException):
    headline = "Config expression cannot be evaluated"


class _Scope:
    """The configs that expressions see: by name, once they are known."""

    values: dict[str, Any] | None = None


def set_scope(values: dict[str, Any] | None) -> None:
    """Makes values of configs known to expressions, by config name and by attribute."""
    _Scope.values = values


class Unresolved:
    """Something that configs decide: it has no value before the flow is run."""

    __slots__ = ()

    def _penstock_delayed(self) -> Delayed:
        raise NotImplementedError


class Delayed(Unresolved):
    """An expression over configs, or something inside of its value.

    ``delayed.x`` and ``delayed['x']`` are further inside. It can be unpacked with ``**``, as a whole. Calling it evaluates
    it, which outside of a flow that is being run raises MetaflowException.
    """

    __slots__ = ("_expression", "_globals", "_path", "_place")

    def __init__(
        self, expression: str, names: dict[str, Any] | None, place: str | None, path: tuple[Any, ...] = ()
    ) -> None:
        self._expression = expression
        self._globals = names
        self._place = place
        self._path = path

    def _penstock_delayed(self) -> Delayed:
        return self

    def __getattr__(self, name: str) -> Delayed:
        if name[:2] == "__":
            raise AttributeError(name)
        return Delayed(self._expression, self._globals, self._place, self._path + (("attribute", name),))

    def __getitem__(self, key: Any) -> Any:
        if isinstance(key, str) and key.startswith(UNPACKED):
            return self
        return Delayed(self._expression, self._globals, self._place, self._path + (("item", key),))

    def keys(self) -> list[str]:
        return [UNPACKED + str(id(self))]

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return 1

    def __call__(self, *_: Any, **__: Any) -> Any:
        return evaluate(self)

    def __repr__(self) -> str:
        return _text(self)

    def __copy__(self) -> Delayed:
        return self

    def __deepcopy__(self, memo: Any) -> Delayed:
        return self

    def __reduce__(self) -> Any:
        raise TypeError("%s is known only when the flow is run" % _text(self))


def config_expr(expression: str) -> Any:
    """The value of a Python expression over the flow's configs, for decorators and the fields of parameters.

    ``config_expr('config').project.name`` works where the config itself cannot be reached, such as above the class;
    ``config_expr('config.name.lower()')`` takes any expression. It sees the configs by their names and whatever is known
    in the file that calls this. Evaluated when the flow is run.
    """
    frame = sys._getframe(1)
    if not isinstance(expression, str):
        raise MetaflowException("config_expr takes an expression as a text, not %s." % type(expression).__name__)
    return Delayed(expression, frame.f_globals, "%s, line %d" % (frame.f_code.co_filename, frame.f_lineno))


def evaluate(delayed: Delayed) -> Any:
    """The value. Raises ConfigExpressionFailed, and MetaflowException when no flow is being run."""
    if _Scope.values is None:
        raise MetaflowException(
            "%s is used outside of a flow. Configs have a value only in the flow that defines them, when it is run."
            % _text(delayed)
        )
    try:
        value = _base(delayed)
        for kind, key in delayed._path:
            value = _inside(value, kind, resolved(key) if isinstance(key, Unresolved) else key)
        return value
    except ConfigExpressionFailed:
        raise
    except RecursionError:
        raise ConfigExpressionFailed("%s%s never comes to an end." % (_text(delayed), _where(delayed))) from None
    except Exception as error:
        raise ConfigExpressionFailed(
            "%s%s: %s: %s" % (_text(delayed), _where(delayed), type(error).__name__, error)
        ) from error


def _base(delayed: Delayed) -> Any:
    values = _Scope.values or {}
    expression = delayed._expression
    if expression in values:
        return values[expression]
    names = dict(delayed._globals or ())
    names.update(values)
    return eval(expression.strip(), names)


def _inside(value: Any, kind: str, key: Any) -> Any:
    if kind == "attribute":
        if isinstance(value, dict) and key in value:
            return value[key]
        return getattr(value, key)
    try:
        return value[key]
    except TypeError:
        if isinstance(key, str) and hasattr(value, key):
            return getattr(value, key)
        raise


def _text(delayed: Delayed) -> str:
    expression = delayed._expression
    text = expression if not delayed._path or expression.isidentifier() else "(%s)" % expression
    for kind, key in delayed._path:
        text += ".%s" % key if kind == "attribute" else "[%r]" % (key,)
    return text


def _where(delayed: Delayed) -> str:
    return " (in %s)" % delayed._place if delayed._place else ""


def is_delayed(value: Any) -> bool:
    """Whether there is anything delayed in a value."""
    if isinstance(value, Unresolved):
        return True
    if type(value) not in _CONTAINERS:
        return False
    waiting, seen = [value], {id(value)}
    while waiting:
        container = waiting.pop()
        items = list(container) + list(container.values()) if type(container) is dict else container
        for each in items:
            if isinstance(each, Unresolved):
                return True
            if type(each) in _CONTAINERS and id(each) not in seen:
                seen.add(id(each))
                waiting.append(each)
    return False


def resolved(value: Any, depth: int = 0) -> Any:
    """A value with what is delayed in it evaluated, and mappings of configs as plain dictionaries.

    What has nothing delayed in it stays the same object. Raises ConfigExpressionFailed.
    """
    if isinstance(value, Unresolved):
        from ._config_value import unwrapped

        return unwrapped(evaluate(value._penstock_delayed()))
    if depth > DEPTH:
        raise ConfigExpressionFailed("A value that uses configs is nested more than %d times." % DEPTH)
    kind = type(value)
    if kind in _CONTAINERS and is_delayed(value):
        if kind is dict:
            return {resolved(key, depth + 1): resolved(each, depth + 1) for key, each in value.items()}
        return kind(resolved(each, depth + 1) for each in value)
    return value


def resolved_keywords(keywords: dict[str, Any]) -> dict[str, Any]:
    """Keyword arguments with everything delayed in them evaluated, also what came by ``**config``.

    Later ones win. Raises ConfigExpressionFailed.
    """
    found: dict[str, Any] = {}
    for name, value in keywords.items():
        if not is_unpacked(name):
            found[name] = resolved(value)
            continue
        several = resolved(value)
        if several is None:
            continue
        if not isinstance(several, dict) or not all(isinstance(key, str) for key in several):
            raise ConfigExpressionFailed(
                "**%r needs a mapping with texts as keys, but it is a %s." % (value, type(several).__name__)
            )
        found.update(several)
    return found


def is_unpacked(name: Any) -> bool:
    """Whether a keyword stands for values that ``**config`` brings later."""
    return isinstance(name, str) and name.startswith(UNPACKED)
