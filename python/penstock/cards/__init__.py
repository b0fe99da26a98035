"""Cards: a page for each task, with what the person puts on it and what is known about the task.

Where to start reading: ``_components`` and its neighbours (what a step appends), ``_collector`` (``current.card``),
``_default_card`` (the card types), ``_page`` and ``_html`` (the page itself), ``_rendering`` (how a card is made beside the
task), ``_client`` (reading cards). Nothing here is imported before a flow uses cards.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_HOMES = {
    "_client": "get_cards Card CardContainer",
    "_base": "MetaflowCard MetaflowCardComponent",
    "_text": "Markdown Error PythonCode JSONViewer YAMLViewer",
    "_tables": "Artifact Table",
    "_images": "Image",
    "_charts": "VegaChart",
    "_meters": "ProgressBar ValueBox",
    "_timeline": "EventsTimeline",
    "_elements": "PageComponent SectionComponent",
    "_default_card": "DefaultCard BlankCard ErrorCard",
}
_HOME = {name: module for module, names in _HOMES.items() for name in names.split()}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        raise AttributeError("module %r has no attribute %r" % (__name__, name))
    from importlib import import_module

    value = globals()[name] = getattr(import_module("%s.%s" % (__name__, home)), name)
    return value
