"""Decorators as texts: ``retry:times=2,minutes_between_retries=1``, as ``--with`` and mutators give them."""

from __future__ import annotations

from ._wire import loads
from .exception import MetaflowException

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def split(text: str) -> tuple[str, dict[str, Any]]:
    """The name and the attributes of a text. Raises MetaflowException.

    Attributes begin where a comma is followed by a word and an equals sign. A value is JSON, else a number, else a text.
    """
    name, colon, rest = text.partition(":")
    name = name.strip()
    if not name:
        raise MetaflowException("%r names no decorator; say for instance retry:times=2." % text)
    attributes: dict[str, Any] = {}
    for part in _parts(rest) if rest.strip() else ():
        key, equals, value = part.partition("=")
        if not equals or not key.strip():
            raise MetaflowException("%r: '%s' gives no attribute; say NAME=VALUE." % (text, part.strip()))
        attributes[key.strip()] = _value(value.strip())
    return name, attributes


def by_position(attributes: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Attributes whose names are numbers as a list, and the others. Raises MetaflowException for a gap."""
    places = sorted(int(name) for name in attributes if name.isdecimal())
    if places != list(range(len(places))):
        raise MetaflowException("The values given by number have to be 0, 1, …; there are %s." % places)
    values = [attributes[str(place)] for place in places]
    return values, {name: value for name, value in attributes.items() if not name.isdecimal()}


def _parts(text: str) -> list[str]:
    parts = [""]
    for piece in text.split(","):
        key, equals, _ = piece.partition("=")
        begins = equals and key.strip() and all(letter.isalnum() or letter in "_ \t" for letter in key)
        if begins and parts[-1]:
            parts.append(piece)
        else:
            parts[-1] += "," + piece if parts[-1] else piece
    return parts


def _value(text: str) -> Any:
    try:
        return loads(text.replace('\\"', '"'))
    except ValueError:
        pass
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
