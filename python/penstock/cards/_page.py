"""The page around blocks: one HTML file that asks for nothing from elsewhere and allows only its own style and script."""

from __future__ import annotations

from ._base import MetaflowCard
from ._escape import escaped
from ._html import html_of
from ._style import SCRIPT, STYLE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Iterable


def page_html(title: str, header: str, blocks: Iterable[Any], runtime: bool = False) -> str:
    """A whole page. ``header`` is HTML, ``blocks`` are what ``_html`` shows; blocks that are no section are put into one."""
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>%s</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="%s"><meta name="referrer" content="no-referrer">'
        '<meta name="metaflow-reload-token" content="%s"><meta name="card-state" content="%s"><style>%s</style></head>'
        "<body><main>%s%s</main><script>%s</script></body></html>\n"
        % (
            escaped(title),
            _policy(),
            MetaflowCard.RELOAD_POLICY_TOKEN,
            "running" if runtime else "final",
            STYLE,
            header,
            "".join(_sections(blocks)),
            SCRIPT,
        )
    )


def header_html(path: list[str], title: str, chips: Iterable[tuple[str, str]]) -> str:
    """The top of a page: a path, a title, and short facts, each with the class of its look."""
    crumbs = "<b>/</b>".join(escaped(part) for part in path)
    shown = "".join('<span class="chip %s">%s</span>' % (look, text) for look, text in chips)
    return (
        '<header><div><div class="crumbs mono">%s</div><h1>%s</h1><div class="chips">%s</div></div>'
        '<button class="mode" type="button" title="Light or dark">\u25d0</button></header>' % (crumbs, escaped(title), shown)
    )


def _sections(blocks: Iterable[Any]) -> Iterable[str]:
    loose: list[Any] = []
    for block in _flat(blocks):
        if isinstance(block, dict) and block.get("type") == "section":
            yield from _loose(loose)
            loose = []
            yield html_of(block)
        else:
            loose.append(block)
    yield from _loose(loose)


def _loose(blocks: list[Any]) -> Iterable[str]:
    if blocks:
        yield html_of({"type": "section", "contents": blocks})


def _flat(blocks: Iterable[Any]) -> Iterable[Any]:
    """The blocks, with those of pages in their place."""
    for block in blocks:
        if isinstance(block, dict) and block.get("type") == "page" and isinstance(block.get("contents"), (list, tuple)):
            if block.get("title"):
                yield {"type": "title", "text": block["title"]}
            yield from _flat(block["contents"])
        else:
            yield block


def _policy() -> str:
    from binascii import b2a_base64
    from hashlib import sha256

    digest = b2a_base64(sha256(SCRIPT.encode("utf-8")).digest(), newline=False).decode("ascii")
    return (
        "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-%s'; base-uri 'none'; "
        "form-action 'none'" % digest
    )
