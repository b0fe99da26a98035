"""What scripts use of Metaflow's odds and ends."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Iterable


def is_stringish(value: object) -> bool:
    """Whether a value is text or bytes."""
    return isinstance(value, (str, bytes))


def to_unicode(value: object) -> str:
    """A value as text; bytes are UTF-8."""
    return value.decode("utf-8") if isinstance(value, bytes) else str(value)


def to_bytes(value: object) -> bytes:
    """A value as bytes, in UTF-8."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8")


def to_fileobj(value: object) -> Any:
    """A file of a value's bytes."""
    from io import BytesIO

    return BytesIO(to_bytes(value))


def url_quote(url: object) -> bytes:
    """A text as bytes that an address may have in it."""
    from urllib.parse import quote

    return quote(to_bytes(url), safe="/:").encode("ascii")


def url_unquote(url: object) -> str:
    """The text of what ``url_quote`` has made."""
    from urllib.parse import unquote

    return unquote(to_unicode(url))


def all_equal(values: Iterable[Any]) -> bool:
    """Whether all values are the same."""
    rest = iter(values)
    first = next(rest, None)
    return all(value == first for value in rest)


def cached_property(getter: Callable[[Any], Any]) -> Any:
    """A property that is computed once for each object."""
    name = "_cached_" + getter.__name__

    def get(self: Any) -> Any:
        if name not in self.__dict__:
            self.__dict__[name] = getter(self)
        return self.__dict__[name]

    return property(get, doc=getter.__doc__)


def get_username() -> str:
    """Who the person is."""
    from penstock._configuration import username

    return username()


def resolve_identity() -> str:
    """The person's own namespace, as ``user:NAME``."""
    return "%s:%s" % resolve_identity_as_tuple()


def resolve_identity_as_tuple() -> tuple[str, str]:
    """What kind of identity this is, ``user`` or ``production``, and its name."""
    import os

    token = os.environ.get("METAFLOW_PRODUCTION_TOKEN")
    return ("production", token) if token else ("user", get_username())
