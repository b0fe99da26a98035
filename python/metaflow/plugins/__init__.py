"""Parts of decorators that existing flows import by their full names."""

from __future__ import annotations


def __getattr__(name: str) -> object:
    if name == "InternalTestUnboundedForeachInput":
        from penstock._unbounded import InternalTestUnboundedForeachInput as value

        globals()[name] = value
        return value
    if name == "CARDS":
        from penstock.cards._registry import card_classes

        return card_classes()
    raise AttributeError("module %r has no attribute %r" % (__name__, name))
