"""JSON for frame headers and descriptions.

The standard ``json`` package brings ``re`` and with it ten and more milliseconds into a bare interpreter. The two C
functions it is built on are enough here; where they are missing (another implementation than CPython), the package
itself is used.
"""

from __future__ import annotations

__all__ = ["clean", "dumps", "jsonable", "loads"]


def _refuse(value: object) -> object:
    raise TypeError("%s has no form in JSON" % type(value).__name__)


def _constant(text: str) -> object:
    raise ValueError("%s is not JSON" % text)


class _Context:
    strict = True
    object_hook = None
    object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = staticmethod(_constant)


try:
    from _json import encode_basestring_ascii as _text
    from _json import make_encoder as _make_encoder
    from _json import make_scanner as _make_scanner

    _encode = _make_encoder(None, _refuse, _text, None, ":", ",", False, False, False)
    _scan = _make_scanner(_Context())  # type: ignore[arg-type]

    def dumps(value: object) -> str:
        """The value as one line of ASCII JSON. Raises TypeError or ValueError for what JSON cannot say."""
        return "".join(_encode(value, 0))

    def loads(text: str) -> object:
        """The value of a JSON text. Raises ValueError."""
        text = text.strip(" \t\r\n")
        try:
            value, end = _scan(text, 0)
        except StopIteration:
            raise ValueError("not JSON") from None
        except RecursionError:
            raise ValueError("nested too deeply") from None
        if end != len(text):
            raise ValueError("more than one JSON value")
        return value

    if loads(dumps({"a": [1, 0.5, None, True, "\u00e4"]})) != {"a": [1, 0.5, None, True, "\u00e4"]}:
        raise ImportError("the C functions of json have changed")
except (ImportError, TypeError, AttributeError):
    import json as _json

    def dumps(value: object) -> str:
        return _json.dumps(value, separators=(",", ":"), allow_nan=False)

    def loads(text: str) -> object:
        try:
            return _json.loads(text, parse_constant=_constant)
        except RecursionError:
            raise ValueError("nested too deeply") from None


def clean(text: str) -> str:
    """The text with lone surrogates replaced, so that every JSON reader takes it."""
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8")


def jsonable(value: object, depth: int = 0) -> object:
    """What a person wrote, as JSON.

    What JSON cannot say becomes ``{"$python": TYPE, "text": TEXT}``, where the text of a function or class is its
    dotted name and that of anything else its ``repr``, cut at 200 characters.
    """
    if value is None or value is True or value is False:
        return value
    kind = type(value)
    if kind is str:
        return clean(value)  # type: ignore[arg-type]
    if kind is int:
        if -(1 << 63) <= value < 1 << 63:  # type: ignore[operator]
            return value
    elif kind is float:
        if value == value and value not in (float("inf"), float("-inf")):
            return value
    elif depth < 32:
        if isinstance(value, (list, tuple)):
            return [jsonable(item, depth + 1) for item in value]
        if isinstance(value, (set, frozenset)):
            return sorted((jsonable(item, depth + 1) for item in value), key=repr)
        if isinstance(value, dict) and all(isinstance(key, str) for key in value):
            return {clean(key): jsonable(item, depth + 1) for key, item in value.items()}
    return {"$python": clean(kind.__name__), "text": clean(_describe(value))}


def _describe(value: object) -> str:
    name = getattr(value, "__qualname__", None)
    if isinstance(name, str):
        module = getattr(value, "__module__", None)
        return "%s.%s" % (module, name) if isinstance(module, str) else name
    try:
        return repr(value)[:200]
    except Exception as error:
        return "<no repr: %s>" % type(error).__name__
