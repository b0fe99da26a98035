"""Where two values differ first, and how, as a person would look for it."""

from __future__ import annotations

import math
import sys

from ._snippets import short, text_difference

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable

#: Values that are what their ``==`` says.
_PLAIN = (type(None), bool, int, str, bytes, bytearray, range, type(Ellipsis), type(NotImplemented))


#: The same, of classes that may not be loaded.
_VALUE_MODULES = ("datetime", "decimal", "enum", "fractions", "ipaddress", "pathlib", "uuid", "zoneinfo")


class Difference:
    """The first place at which two values differ.

    ``path`` leads there from the value as Python would: ``['rows'][3]``. ``leaves`` are what stands there on either side,
    where that is one thing.
    """

    def __init__(self, what: str, leaves: Any = None, largest: float | None = None) -> None:
        self.path = ""
        self.what = what
        self.leaves = leaves
        #: By how much numbers differ at most, relative to their size.
        self.largest = largest

    def at(self, step: str) -> Difference:
        """The same, seen from one level further out."""
        self.path = step + self.path
        return self

    def text(self) -> str:
        return "%s: %s" % (self.path, self.what) if self.path else self.what


class Comparison:
    """Compares values, and remembers on what their equality rests."""

    def __init__(self, tolerance: float = 0.0) -> None:
        self.tolerance = tolerance
        #: Pairs that are being compared, or were: a value can hold itself.
        self._seen: dict[tuple[int, int], Any] = {}
        self._sets = False
        self._order = False
        #: The largest relative difference of floats that was let pass.
        self._largest = 0.0

    def how_equal(self) -> str:
        """Why the bytes can differ although the values do not."""
        reasons = []
        if self._largest:
            reasons.append("floats differ by a relative %s at most, within the tolerance" % _size(self._largest))
        if self._sets:
            reasons.append("sets come in another order")
        if self._order:
            reasons.append("dictionaries come in another order")
        return "; ".join(reasons) or "only the bytes of the pickles differ"

    def difference(self, one: Any, other: Any) -> Difference | None:
        """None for equal values."""
        if one is other:
            return None
        key = (id(one), id(other))
        if key in self._seen:
            return None
        if type(one) is not type(other):
            return self._of_types(one, other)
        self._seen[key] = (one, other)  # kept, or the numbers might be given to others
        return self._of_values(one, other)

    def _of_types(self, one: Any, other: Any) -> Difference | None:
        names = [_type_name(one), _type_name(other)]
        if names[0] == names[1]:  # a class that was made anew by each load
            return self._of_parts(one, other)
        return Difference("%s %s | %s %s" % (names[0], short(one), names[1], short(other)), (one, other))

    def _of_values(self, one: Any, other: Any) -> Difference | None:
        kind = type(one)
        if kind in (float, complex):
            return self._of_floats(one, other)
        if kind in (str, bytes):
            return None if one == other else Difference(text_difference(one, other), (one, other))
        if isinstance(one, _PLAIN):
            return None if one == other else Difference("%s | %s" % (short(one), short(other)), (one, other))
        for family in _foreign(kind):
            found = _FAMILIES[family](self, one, other)
            if found is not NotImplemented:
                return found
        if kind in (list, tuple) or _is_plain_subclass(kind, (list, tuple), one):
            return self._of_sequences(one, other)
        if kind is dict or _is_plain_subclass(kind, (dict,), one):
            return self._of_mappings(one, other)
        if isinstance(one, (set, frozenset)):
            return self._of_sets(one, other)
        return self._of_parts(one, other)

    # Numbers

    def _of_floats(self, one: Any, other: Any) -> Difference | None:
        if one == other or (one != one and other != other):
            return None
        apart = relative(one, other)
        if apart <= self.tolerance:
            self._largest = max(self._largest, apart)
            return None
        what = "%r | %r" % (one, other)
        if math.isfinite(apart):
            what += ", a relative difference of %s" % _size(apart)
        return Difference(what, (one, other), apart if math.isfinite(apart) else None)

    def pass_floats(self, apart: float) -> None:
        """Notes that floats were let pass."""
        self._largest = max(self._largest, apart)

    # Containers

    def _of_sequences(self, one: Any, other: Any) -> Difference | None:
        if len(one) != len(other):
            first = next((at for at, pair in enumerate(zip(one, other)) if self.difference(*pair)), min(len(one), len(other)))
            return Difference(
                "%d | %d items; the first that differs is [%d]" % (len(one), len(other), first), (len(one), len(other))
            )
        names = getattr(type(one), "_fields", None)
        return self._first((".%s" % names[at] if names else "[%d]" % at, *pair) for at, pair in enumerate(zip(one, other)))

    def _of_mappings(self, one: Any, other: Any) -> Difference | None:
        missing = [key for key in one if key not in other]
        added = [key for key in other if key not in one]
        if missing or added:
            parts = ["only the recorded one has %s" % _some(missing)] if missing else []
            parts += ["only the new one has %s" % _some(added)] if added else []
            return Difference("; ".join(parts), (missing or None, added or None))
        if list(one) != list(other):
            self._order = True
        return self._first(("[%s]" % short(key, 40), one[key], other[key]) for key in one)

    def _of_sets(self, one: Any, other: Any) -> Difference | None:
        if one == other:
            self._sets = True
            return None
        return self._of_mappings(dict.fromkeys(one), dict.fromkeys(other))

    def _first(self, items: Iterable[Any]) -> Difference | None:
        """The first of many differences, with how many there are."""
        first, count, largest = None, 0, 0.0
        for step, one, other in items:
            found = self.difference(one, other)
            if found is None:
                continue
            count += 1
            largest = max(largest, found.largest or 0.0)
            first = first or found.at(step)
        if first is not None and count > 1:
            first.what += " (and %d more)" % (count - 1)
            first.largest = largest or None
        return first

    # Objects

    def _of_parts(self, one: Any, other: Any) -> Difference | None:
        """By what objects are made of: what pickle takes of them."""
        if _has_own_equality(type(one)):
            try:
                if bool(one == other):
                    return None
            except Exception:
                pass  # arrays of a library, for one, have no single answer
        texts = [_whole(one), _whole(other)]
        whole = Difference("%s | %s" % tuple(texts), (one, other))
        left, right = _Parts.of(one), _Parts.of(other)
        if _is_value(one) or left is None or right is None:
            return None if one == other else whole
        found = self.difference(left.arguments, right.arguments)
        if found is not None:
            return whole if texts[0] != texts[1] else Difference("%s; inside, %s" % (texts[0], found.what), found.leaves)
        found = self._of_sequences(left.items, right.items) or self._of_mappings(left.mapping, right.mapping)
        if found is not None:
            return found
        if isinstance(left.state, dict) and isinstance(right.state, dict):
            return self._of_attributes(left.state, right.state)
        found = self.difference(left.state, right.state)
        return whole if found is not None and texts[0] != texts[1] else found

    def _of_attributes(self, one: dict[Any, Any], other: dict[Any, Any]) -> Difference | None:
        if one.keys() != other.keys():
            return self._of_mappings(one, other)
        return self._first((".%s" % name, one[name], other[name]) for name in one)


def relative(one: Any, other: Any) -> float:
    """How far apart two numbers are, relative to the larger one, or to 1 where both are smaller."""
    try:
        apart = abs(one - other) / max(abs(one), abs(other), 1.0)
    except OverflowError:
        return math.inf
    return apart if apart == apart else math.inf


def _foreign(kind: type) -> list[str]:
    """The libraries, among those that are known here, whose values a type is."""
    roots = {base.__module__.partition(".")[0] for base in kind.__mro__}
    return [name for name in _FAMILIES if name in roots and name in sys.modules]


def _numpy(comparison: Comparison, one: Any, other: Any) -> Any:
    from ._table_differences import of_numpy

    return of_numpy(comparison, one, other)


def _pandas(comparison: Comparison, one: Any, other: Any) -> Any:
    from ._table_differences import of_pandas

    return of_pandas(comparison, one, other)


def _torch(comparison: Comparison, one: Any, other: Any) -> Any:
    from ._table_differences import of_torch

    return of_torch(comparison, one, other)


_FAMILIES = {"pandas": _pandas, "numpy": _numpy, "torch": _torch}


def _is_plain_subclass(kind: type, bases: tuple[type, ...], value: Any) -> bool:
    """Whether an object is a container with nothing besides its items."""
    return issubclass(kind, bases) and not getattr(value, "__dict__", None)


def _has_own_equality(kind: Any) -> bool:
    plain: tuple[Any, ...] = (object, list, dict, tuple, set, frozenset, str, bytes)
    return not any(kind.__eq__ is base.__eq__ for base in plain)


class _Parts:
    """What pickle would take of an object."""

    def __init__(self, reduced: tuple[Any, ...]) -> None:
        self.arguments = reduced[1]
        self.state = reduced[2] if len(reduced) > 2 else None
        self.items = list(reduced[3] or ()) if len(reduced) > 3 else []
        self.mapping = dict(reduced[4] or ()) if len(reduced) > 4 else {}
        if isinstance(self.state, tuple) and len(self.state) == 2 and isinstance(self.state[1], dict):  # __slots__
            self.state = dict(self.state[0] or {}, **self.state[1])

    @classmethod
    def of(cls, value: Any) -> _Parts | None:
        """None where nothing is known of it: it is a class or a function, or pickle has a name for it."""
        if isinstance(value, type):
            return None
        try:
            reduced = value.__reduce_ex__(4)
        except Exception:
            return None
        return cls(reduced) if isinstance(reduced, tuple) else None


def _is_value(value: Any) -> bool:
    return any(base.__module__.partition(".")[0] in _VALUE_MODULES for base in type(value).__mro__[:-1])


def _whole(value: Any) -> str:
    """An object as one thing."""
    if _is_value(value):
        return short(str(value)).strip("'\"")
    text = short(value)
    at = text.find(" at 0x")
    return text if at < 0 else text[:at] + (">" if text.startswith("<") else "")


def _type_name(value: Any) -> str:
    kind = type(value)
    return kind.__qualname__ if kind.__module__ in ("builtins", "__main__") else "%s.%s" % (kind.__module__, kind.__qualname__)


def _some(keys: list[Any]) -> str:
    shown = ", ".join(short(key, 30) for key in keys[:3])
    return shown + (" and %d more" % (len(keys) - 3) if len(keys) > 3 else "")


def _size(number: float) -> str:
    return "%.2g" % number
