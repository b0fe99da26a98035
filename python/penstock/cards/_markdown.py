"""Markdown as HTML: what people write in reports. HTML in the text is shown as text.

Blocks: headings, paragraphs, lists, quotes, code, rules, tables. In lines: code, emphasis, links, pictures that are part
of the text (``data:image/``), breaks. Links lead to ``http``, ``https``, ``mailto`` and places in the page only.
"""

from __future__ import annotations

import re

from ._escape import escaped

_DEPTH = 12
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})\s*([^`\s]*)[^`]*\Z")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*\Z")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})\Z")
_ITEM = re.compile(r"( {0,3})([-*+]|\d{1,9}[.)])(?:[ \t]+|\Z)")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*\Z")
_DELIMITER = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*\Z")
_TASK = re.compile(r"\[([ xX])\][ \t]+")
_LINK = re.compile(r"(?:https?://|mailto:|#)[^\s\x00-\x1f]*\Z", re.I)
_URL = re.compile(r"https?://[^\s<>\"'`]+")
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


def markdown_html(text: str) -> str:
    """The text as HTML that is safe to show, whatever the text is."""
    return _blocks(text.expandtabs(4).replace("\r\n", "\n").split("\n"), 0)


# Blocks


def _blocks(lines: list[str], depth: int) -> str:
    if depth > _DEPTH:
        return "<p>%s</p>" % escaped("\n".join(lines))
    out: list[str] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        fence = _FENCE.match(line)
        heading = _HEADING.match(line)
        if not line.strip():
            at += 1
        elif fence:
            at = _code(lines, at, fence, out)
        elif line.startswith("    "):
            at = _indented(lines, at, out)
        elif heading:
            level = len(heading.group(1))
            out.append("<h%d>%s</h%d>" % (level, inline(heading.group(2) or ""), level))
            at += 1
        elif _RULE.match(line):
            out.append("<hr>")
            at += 1
        elif line.lstrip().startswith(">"):
            at = _quote(lines, at, out, depth)
        elif _ITEM.match(line):
            at = _list(lines, at, out, depth)
        elif "|" in line and at + 1 < len(lines) and _is_table(line, lines[at + 1]):
            at = _table(lines, at, out)
        else:
            at = _paragraph(lines, at, out)
    return "".join(out)


def _code(lines: list[str], at: int, fence: re.Match[str], out: list[str]) -> int:
    mark, language = fence.group(1), fence.group(2).lower()
    body: list[str] = []
    at += 1
    while at < len(lines):
        closing = lines[at].strip()
        if closing.startswith(mark) and not closing.strip(mark[0]):
            at += 1
            break
        body.append(lines[at])
        at += 1
    from ._highlight import highlighted

    out.append("<pre><code>%s</code></pre>" % highlighted("\n".join(body), language))
    return at


def _indented(lines: list[str], at: int, out: list[str]) -> int:
    body: list[str] = []
    while at < len(lines) and (lines[at].startswith("    ") or not lines[at].strip()):
        body.append(lines[at][4:])
        at += 1
    out.append("<pre><code>%s</code></pre>" % escaped("\n".join(body).rstrip()))
    return at


def _quote(lines: list[str], at: int, out: list[str], depth: int) -> int:
    body: list[str] = []
    while at < len(lines) and lines[at].strip():
        line = lines[at].lstrip()
        if not line.startswith(">") and _starts_block(lines[at]):
            break
        body.append(line[2 if line.startswith("> ") else 1 :] if line.startswith(">") else line)
        at += 1
    out.append("<blockquote>%s</blockquote>" % _blocks(body, depth + 1))
    return at


def _list(lines: list[str], at: int, out: list[str], depth: int) -> int:
    first = _ITEM.match(lines[at])
    assert first is not None
    ordered = first.group(2)[-1] in ".)"
    items: list[list[str]] = []
    loose = False
    while at < len(lines):
        item = _ITEM.match(lines[at])
        if item is None or (item.group(2)[-1] in ".)") != ordered or _RULE.match(lines[at]):
            break
        width = item.end()
        body = [lines[at][width:]]
        at += 1
        while at < len(lines):
            line = lines[at]
            if not line.strip():
                following = next((each for each in lines[at : at + 50] if each.strip()), "")
                if not following.startswith(" " * min(width, 2 + len(item.group(2)))):
                    break
                body.append("")
            elif line.startswith(" " * width):
                body.append(line[width:])
            elif len(line) - len(line.lstrip()) >= 2 and _ITEM.match(line.lstrip()):
                body.append(line[len(item.group(1)) + 2 :])
            elif body[-1] and not _starts_block(line):
                body.append(line.strip())
            else:
                break
            at += 1
        items.append(body)
        ahead = at
        while ahead < len(lines) and not lines[ahead].strip():
            ahead += 1
        if ahead > at and ahead < len(lines):
            item = _ITEM.match(lines[ahead])
            if item is not None and (item.group(2)[-1] in ".)") == ordered:
                loose, at = True, ahead
    start = first.group(2)[:-1]
    opening = '<ol start="%d">' % int(start) if ordered and int(start) != 1 else "<ol>" if ordered else "<ul>"
    out.append(opening + "".join(_list_item(body, loose, depth) for body in items) + ("</ol>" if ordered else "</ul>"))
    return at


def _list_item(body: list[str], loose: bool, depth: int) -> str:
    task = _TASK.match(body[0])
    box = ""
    if task:
        body = [body[0][task.end() :]] + body[1:]
        box = "\u2611 " if task.group(1) in "xX" else "\u2610 "
    content = _blocks(body, depth + 1)
    if not loose and content.startswith("<p>"):
        text, _, rest = content[3:].partition("</p>")
        content = text + rest
    return "<li>%s%s</li>" % (box, content)


def _is_table(header: str, delimiter: str) -> bool:
    return "-" in delimiter and bool(_DELIMITER.match(delimiter)) and len(_cells(header)) == len(_cells(delimiter))


def _table(lines: list[str], at: int, out: list[str]) -> int:
    sides = [
        ' class="n"' if mark.endswith(":") and not mark.startswith(":") else "" for mark in _cells(lines[at + 1])
    ]
    rows = [_row(_cells(lines[at]), sides, "th")]
    at += 2
    body: list[str] = []
    while at < len(lines) and lines[at].strip() and not _starts_block(lines[at]):
        cells = _cells(lines[at])
        body.append(_row((cells + [""] * len(sides))[: len(sides)], sides, "td"))
        at += 1
    out.append(
        '<div class="scroll"><table><thead>%s</thead><tbody>%s</tbody></table></div>' % ("".join(rows), "".join(body))
    )
    return at


def _cells(line: str) -> list[str]:
    line = line.strip()
    line = line[1:] if line.startswith("|") else line
    line = line[:-1] if line.endswith("|") and not line.endswith("\\|") else line
    return [cell.replace("\\|", "|").strip() for cell in re.split(r"(?<!\\)\|", line)]


def _row(cells: list[str], sides: list[str], name: str) -> str:
    return "<tr>%s</tr>" % "".join(
        "<%s%s>%s</%s>" % (name, side, inline(cell), name) for cell, side in zip(cells, sides)
    )


def _paragraph(lines: list[str], at: int, out: list[str]) -> int:
    body: list[str] = []
    while at < len(lines) and lines[at].strip():
        under = _UNDERLINE.match(lines[at])
        if body and under:
            level = 1 if under.group(1)[0] == "=" else 2
            out.append("<h%d>%s</h%d>" % (level, inline("\n".join(body)), level))
            return at + 1
        if body and _starts_block(lines[at]):
            break
        body.append(lines[at].strip() + ("  " if lines[at].endswith("  ") else ""))
        at += 1
    out.append("<p>%s</p>" % inline("\n".join(body).rstrip()))
    return at


def _starts_block(line: str) -> bool:
    return bool(
        _FENCE.match(line) or _HEADING.match(line) or _RULE.match(line) or _ITEM.match(line)
    ) or line.lstrip().startswith(">")


# Lines


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
