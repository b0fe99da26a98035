"""Card types by name: those of this package, and those that extension packages announce as ``CARDS``.

An extension package announces cards in one of three ways: a list ``CARDS`` in ``metaflow_extensions/ORG/plugins/cards``, in an
``mfextinit_*.py`` file of that folder, or, when the folder is no regular package, in its subpackages. What cannot be imported
is passed over: other people's cards must not keep a flow from running.
"""

from __future__ import annotations

import sys

from ._base import MetaflowCard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterator

_ROOT = "metaflow_extensions"
_extensions: list[Any] | None = None


def card_class(card_type: str) -> Any:
    """The class of a card type, or None. Extensions are imported only for a type that is not of this package."""
    for find in (_own_cards, _test_cards, extension_cards):
        found = next((each for each in find() if each.type == card_type), None)
        if found is not None:
            return found
    return None


def card_classes() -> list[Any]:
    """All card classes, those of this package first."""
    return _own_cards() + _test_cards() + extension_cards()


def _own_cards() -> list[Any]:
    from ._default_card import CARDS

    return CARDS


def _test_cards() -> list[Any]:
    from .test_cards import CARDS

    return CARDS


def extension_cards() -> list[Any]:
    """The card classes of extension packages."""
    global _extensions
    if _extensions is None:
        _extensions = []  # an extension that asks for cards while it is imported gets none
        found: list[Any] = []
        for module in _announcing_modules():
            announced = getattr(module, "CARDS", None)
            if isinstance(announced, list):
                found += [each for each in announced if _is_card(each)]
        _extensions = found
    return _extensions


def _is_card(thing: Any) -> bool:
    return isinstance(thing, type) and issubclass(thing, MetaflowCard) and isinstance(thing.type, str)


def _announcing_modules() -> Iterator[Any]:
    for organization in _below(_imported(_ROOT)):
        package = _imported("%s.%s.plugins.cards" % (_ROOT, organization))
        if package is None:
            continue
        initial = [name for name in _below(package) if name.startswith("mfextinit_")]
        if initial:
            yield from filter(None, (_imported("%s.%s" % (package.__name__, name)) for name in sorted(initial)))
        elif getattr(package, "__file__", None):
            yield package
        else:
            yield from filter(None, (_imported("%s.%s" % (package.__name__, name)) for name in _below(package, True)))


def _below(package: Any, packages_only: bool = False) -> list[str]:
    """The names of the modules in a package, without importing them."""
    if package is None:
        return []
    from pkgutil import iter_modules

    try:
        found = {each.name: each.ispkg for each in iter_modules(package.__path__)}
        found.update(dict.fromkeys(_folders(package.__path__), True))
    except Exception:
        return []
    return sorted(name for name, is_package in found.items() if is_package or not packages_only)


def _folders(path: Any) -> Iterator[str]:
    """Folders on a package's path: each may be a package without ``__init__.py``."""
    import os

    for place in path:
        if os.path.isdir(place):
            with os.scandir(place) as entries:
                yield from (each.name for each in entries if each.name.isidentifier() and each.is_dir())


def _imported(name: str) -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except (Exception, SystemExit) as error:
        if _wants_debugging():
            sys.stderr.write("[@card] %s cannot be imported: %s: %s\n" % (name, type(error).__name__, error))
        return None


def _wants_debugging() -> bool:
    import os

    return bool(os.environ.get("METAFLOW_DEBUG_EXT"))
