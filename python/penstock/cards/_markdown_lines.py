"""What stands within the lines of Markdown, as HTML: code, emphasis, links, pictures, breaks."""

from __future__ import annotations

import re

from ._escape import escaped

_DEPTH = 12
_LINK = re.compile(r"(?:https?://|mailto:|#)[^\s\x00-\x1f]*\Z", re.I)
_URL = re.compile(r"https?://[^\s<>\"'`]+")
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


def inline(text: str) -> str:
    """The text of a paragraph or cell as HTML."""
    return _spans(text, 0)


def _spans(text: str, depth: int) -> str:
    out: list[str] = []
    plain: list[str] = []
    missing: set[str] = set()  # marks without a partner further on: looking again would take quadratic time
    at = 0

    def flush() -> None:
        if plain:
            out.append(escaped("".join(plain)))
            plain.clear()

    while at < len(text):
        made, end = _span(text, at, depth, missing) if depth < _DEPTH else (None, at)
        if made is None:
            plain.append(text[at])
            at += 1
        else:
            flush()
            out.append(made)
            at = end
    flush()
    return "".join(out)


def _span(text: str, at: int, depth: int, missing: set[str]) -> tuple[str | None, int]:
    """The element that begins at a place and where it ends, or None."""
    character = text[at]
    if character == "\\" and at + 1 < len(text):
        following = text[at + 1]
        if following == "\n":
            return "<br>", at + 2
        return (escaped(following), at + 2) if following in _PUNCTUATION else (None, at)
    if character == "`":
        return _code_span(text, at, missing)
    if character in "*_~":
        return _emphasis(text, at, depth, missing)
    if character == "!" and text.startswith("![", at):
        return _link(text, at + 1, depth, missing, picture=True)
    if character == "[":
        return _link(text, at, depth, missing, picture=False)
    if character == "<":
        return _angle(text, at)
    if character == "h" and text.startswith("http", at) and not (at and text[at - 1].isalnum()):
        return _bare_url(text, at)
    if character == " " and text.startswith("  \n", at):
        return "<br>", at + 3
    return None, at


def _code_span(text: str, at: int, missing: set[str]) -> tuple[str | None, int]:
    end = at
    while end < len(text) and text[end] == "`":
        end += 1
    mark = text[at:end]
    if mark not in missing:
        close = text.find(mark, end)
        while close >= 0:
            stop = close + len(mark)
            if text[stop : stop + 1] != "`" and text[close - 1 : close] != "`":
                body = text[end:close].replace("\n", " ")
                return "<code>%s</code>" % escaped(body.strip() or body), stop
            close = text.find(mark, stop)
        missing.add(mark)
    return escaped(mark), end


def _emphasis(text: str, at: int, depth: int, missing: set[str]) -> tuple[str | None, int]:
    character = text[at]
    run = 1
    while text.startswith(character, at + run) and run < 4:
        run += 1
    for size in (3, 2, 1):
        if run < size or (character == "~" and size != 2):
            continue
        mark = character * size
        start = at + size
        if mark in missing or not text[start : start + 1].strip():
            continue
        if character == "_" and at and text[at - 1].isalnum():
            return escaped(text[at : at + run]), at + run
        close = _closing(text, start, mark)
        if close < 0:
            missing.add(mark)
            continue
        inner = _spans(text[start:close], depth + 1)
        opening, closing = {1: ("<em>", "</em>"), 2: ("<strong>", "</strong>"), 3: ("<strong><em>", "</em></strong>")}[size]
        if character == "~":
            opening, closing = "<del>", "</del>"
        return opening + inner + closing, close + size
    return escaped(text[at : at + run]), at + run


def _closing(text: str, start: int, mark: str) -> int:
    """Where the partner of a mark stands, or -1."""
    close = text.find(mark, start + 1)
    while close >= 0:
        after = text[close + len(mark) : close + len(mark) + 1]
        run_goes_on = after == mark[0] and len(mark) < 3
        in_word = mark[0] == "_" and after.isalnum()
        if text[close - 1].strip() and not in_word and not run_goes_on and text[close - 1] != "\\":
            if len(mark) > 1 or text[close - 1] != mark[0]:
                return close
        skip = close + len(mark)
        while run_goes_on and text.startswith(mark[0], skip):
            skip += 1
        close = text.find(mark, skip)
    return -1


def _link(text: str, at: int, depth: int, missing: set[str], picture: bool) -> tuple[str | None, int]:
    begin = at - 1 if picture else at
    close = text.find("](", at) if "](" not in missing else -1
    if close < 0:
        missing.add("](")
        return None, begin
    inner = text.find("[", at + 1, close)
    end = _target_end(text, close + 2)
    if end < 0 or (inner >= 0 and not picture and text[inner - 1 : inner] != "!"):
        return None, begin
    address = text[close + 2 : end].strip().partition(" ")[0]
    label = text[at + 1 : close]
    if picture:
        if address.startswith("data:image/") and re.match(r"data:image/[a-z+.-]+;base64,[A-Za-z0-9+/=]*\Z", address):
            return '<img src="%s" alt="%s">' % (escaped(address), escaped(label)), end + 1
        return _anchor(address, label or address, depth), end + 1
    return _anchor(address.strip("<>"), label, depth), end + 1


def _target_end(text: str, start: int) -> int:
    """Where the parenthesis of a link's target closes, or -1. Targets that are not pictures are short."""
    if text.startswith("data:image/", start):
        return text.find(")", start)
    depth = 0
    for at in range(start, min(len(text), start + 2000)):
        if text[at] == "(":
            depth += 1
        elif text[at] == ")":
            depth -= 1
            if depth < 0:
                return at
    return -1


def _anchor(address: str, label: str, depth: int) -> str:
    shown = _spans(label, depth + 1)
    if not _LINK.match(address):
        return shown
    return '<a href="%s" rel="noopener noreferrer" target="_blank">%s</a>' % (escaped(address), shown)


def _angle(text: str, at: int) -> tuple[str | None, int]:
    end = text.find(">", at, at + 2000)
    inner = text[at + 1 : end] if end > 0 else ""
    if inner.rstrip("/ ").lower() == "br":
        return "<br>", end + 1
    if _URL.match(inner) and not re.search(r"\s", inner):
        return _anchor(inner, inner, _DEPTH), end + 1
    return None, at


def _bare_url(text: str, at: int) -> tuple[str | None, int]:
    found = _URL.match(text, at)
    if found is None:
        return None, at
    address = found.group().rstrip(".,;:!?*_~)]")
    return _anchor(address, address, _DEPTH), at + len(address)
