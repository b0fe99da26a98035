"""Markdown as HTML: what people write in reports. HTML in the text is shown as text.

Blocks: headings, paragraphs, lists, quotes, code, rules, tables. In lines: code, emphasis, links, pictures that are part
of the text (``data:image/``), breaks. Links lead to ``http``, ``https``, ``mailto`` and places in the page only.
"""

from __future__ import annotations

import re

from ._escape import escaped
from ._markdown_lines import inline

_DEPTH = 12
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})\s*([^`\s]*)[^`]*\Z")
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*\Z")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})\Z")
_ITEM = re.compile(r"( {0,3})([-*+]|\d{1,9}[.)])(?:[ \t]+|\Z)")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*\Z")
_DELIMITER = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*\Z")
_TASK = re.compile(r"\[([ xX])\][ \t]+")


def markdown_html(text: str) -> str:
    """The text as HTML that is safe to show, whatever the text is."""
    return _blocks(text.expandtabs(4).replace("\r\n", "\n").split("\n"), 0)


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
    sides = [' class="n"' if mark.endswith(":") and not mark.startswith(":") else "" for mark in _cells(lines[at + 1])]
    rows = [_row(_cells(lines[at]), sides, "th")]
    at += 2
    body: list[str] = []
    while at < len(lines) and lines[at].strip() and not _starts_block(lines[at]):
        cells = _cells(lines[at])
        body.append(_row((cells + [""] * len(sides))[: len(sides)], sides, "td"))
        at += 1
    out.append('<div class="scroll"><table><thead>%s</thead><tbody>%s</tbody></table></div>' % ("".join(rows), "".join(body)))
    return at


def _cells(line: str) -> list[str]:
    line = line.strip()
    line = line[1:] if line.startswith("|") else line
    line = line[:-1] if line.endswith("|") and not line.endswith("\\|") else line
    return [cell.replace("\\|", "|").strip() for cell in re.split(r"(?<!\\)\|", line)]


def _row(cells: list[str], sides: list[str], name: str) -> str:
    return "<tr>%s</tr>" % "".join("<%s%s>%s</%s>" % (name, side, inline(cell), name) for cell, side in zip(cells, sides))


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
