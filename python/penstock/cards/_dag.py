"""A flow's graph as a drawing: steps in columns from left to right, the present one marked."""

from __future__ import annotations

from ._escape import escaped

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

#: Measures of the drawing, in its own units (pixels at full size).
_HEIGHT, _GAP_X, _GAP_Y, _MARGIN = 34, 46, 22, 14
_CHARACTER = 7.6
_LIMIT = 400


def dag_svg(data: Any, here: str | None = None) -> str:
    """The graph as an SVG element. ``data`` has for each step its ``next`` and ``type``; ``here`` is the step to mark."""
    steps = _steps(data)
    if not steps:
        return '<p class="none">There is no graph.</p>'
    if len(steps) > _LIMIT:
        return '<p class="none">A graph of %d steps is too large to be drawn.</p>' % len(steps)
    return _Drawing(steps, here).svg()


def _steps(data: Any) -> dict[str, dict[str, Any]]:
    if isinstance(data, dict) and isinstance(data.get("steps"), dict):
        data = data["steps"]
    if not isinstance(data, dict):
        return {}
    return {str(name): step for name, step in data.items() if isinstance(step, dict)}


class _Drawing:
    def __init__(self, steps: dict[str, dict[str, Any]], here: str | None) -> None:
        self._steps = steps
        self._here = here
        self._next = {
            name: [str(each) for each in step.get("next") or () if str(each) in steps] for name, step in steps.items()
        }
        self._column = self._columns()
        self._chains: dict[tuple[str, str], list[str]] = {}
        self._rows = self._ordered()
        self._place = self._places()

    # Layout

    def _columns(self) -> dict[str, int]:
        """The longest way to each step; edges that lead back count for nothing."""
        order: list[str] = []
        state: dict[str, int] = {}
        for root in self._steps:
            stack = [(root, iter(self._next[root]))] if root not in state else []
            state.setdefault(root, 1)
            while stack:
                name, following = stack[-1]
                child = next(following, None)
                if child is None:
                    state[name] = 2
                    order.append(name)
                    stack.pop()
                elif child not in state:
                    state[child] = 1
                    stack.append((child, iter(self._next[child])))
        order.reverse()
        place = {name: at for at, name in enumerate(order)}
        column = dict.fromkeys(order, 0)
        for name in order:
            for child in self._next[name]:
                if place[child] > place[name]:
                    column[child] = max(column[child], column[name] + 1)
        return column

    def _ordered(self) -> list[list[str]]:
        """The steps of each column from top to bottom, with places for edges that pass it."""
        rows: list[list[str]] = [[] for _ in range(max(self._column.values()) + 1)]
        for name in self._steps:
            rows[self._column[name]].append(name)
        above: dict[str, list[str]] = {}
        below: dict[str, list[str]] = {}
        for name, children in self._next.items():
            for child in children:
                first, last = self._column[name], self._column[child]
                if last <= first:
                    continue
                chain = ["\0%s\0%s\0%d" % (name, child, at) for at in range(first + 1, last)]
                for at, dummy in enumerate(chain):
                    rows[first + 1 + at].append(dummy)
                self._chains[(name, child)] = chain
                path = [name] + chain + [child]
                for left, right in zip(path, path[1:]):
                    below.setdefault(left, []).append(right)
                    above.setdefault(right, []).append(left)
        for _ in range(4):
            for neighbours, sequence in ((above, rows[1:]), (below, rows[-2::-1])):
                for row in sequence:
                    self._sort(row, neighbours, rows)
        return rows

    @staticmethod
    def _sort(row: list[str], neighbours: dict[str, list[str]], rows: list[list[str]]) -> None:
        at = {name: place for each in rows for place, name in enumerate(each)}

        def middle(name: str) -> float:
            linked = neighbours.get(name)
            return sum(at[other] for other in linked) / len(linked) if linked else at[name]

        row.sort(key=middle)

    def _places(self) -> dict[str, tuple[float, float]]:
        """The centre of every step and passing place."""
        tall = max(sum(self._extent(name) for name in row) for row in self._rows)
        place = {}
        left = float(_MARGIN)
        self._widths = []
        for row in self._rows:
            width = max(self._width(name) for name in row)
            self._widths.append(width)
            top = _MARGIN + 2 + (tall - sum(self._extent(name) for name in row)) / 2
            for name in row:
                extent = self._extent(name)
                place[name] = (left + width / 2, top + extent / 2)
                top += extent
            left += width + _GAP_X
        self._size = (left - _GAP_X + _MARGIN, tall + 2 * _MARGIN + 4)
        return place

    @staticmethod
    def _extent(name: str) -> float:
        return 18 if name[0:1] == "\0" else _HEIGHT + _GAP_Y

    @staticmethod
    def _width(name: str) -> float:
        return 10 if name[0:1] == "\0" else max(64, min(len(name), 30) * _CHARACTER + 26)

    # Drawing

    def svg(self) -> str:
        width, height = self._size
        edges = "".join(self._edge(name, child) for name, children in self._next.items() for child in dict.fromkeys(children))
        boxes = "".join(self._box(name) for name in self._steps)
        label = "The flow's graph: %s" % ", ".join(
            "%s to %s" % (name, " and ".join(children)) for name, children in self._next.items() if children
        )
        return (
            '<div class="scroll"><svg class="dag" viewBox="0 0 %.0f %.0f" style="max-width:%.0fpx;min-width:%.0fpx" role="img" '
            'aria-label="%s"><defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
            'orient="auto"><path class="tip" d="M0 .8 7.2 4 0 7.2z"/></marker></defs>%s%s</svg></div>'
            % (width, height, width, width * 0.6, escaped(label[:2000]), edges, boxes)
        )

    def _edge(self, name: str, child: str) -> str:
        x, y = self._place[name]
        half = self._width(name) / 2
        case = self._case(name, child)
        if name == child:
            path = "M%.1f %.1fc-14 -26 %.1f -26 %.1f -2" % (x + 14, y - _HEIGHT / 2, 0, -28)
            return '<path class="edge" d="%s" marker-end="url(#tip)"/>%s' % (path, _note(x, y - _HEIGHT / 2 - 21, case))
        chain = self._chains.get((name, child))
        if chain is None:  # it leads back
            end_x, end_y = self._place[child]
            path = "M%.1f %.1fC%.1f %.1f %.1f %.1f %.1f %.1f" % (
                x, y + _HEIGHT / 2, x, y + 46, end_x, end_y + 46, end_x, end_y + _HEIGHT / 2 + 2)  # fmt: skip
            return '<path class="edge" d="%s" marker-end="url(#tip)"/>' % path
        points = [(x + half, y)] + [self._place[each] for each in chain]
        end_x, end_y = self._place[child]
        points.append((end_x - self._width(child) / 2 - 2, end_y))
        path = "M%.1f %.1f" % points[0]
        for (left, upper), (right, lower) in zip(points, points[1:]):
            middle = (left + right) / 2
            path += "C%.1f %.1f %.1f %.1f %.1f %.1f" % (middle, upper, middle, lower, right, lower)
        beside = points[1] if chain else ((points[0][0] + points[1][0]) / 2, (points[0][1] + points[1][1]) / 2 + 8)
        return '<path class="edge" d="%s" marker-end="url(#tip)"/>%s' % (path, _note(beside[0], beside[1] - 4, case))

    def _case(self, name: str, child: str) -> str:
        """For which values of a switch the flow goes on with a step."""
        cases = self._steps[name].get("switch_cases") or self._steps[name].get("cases")
        if not isinstance(cases, dict):
            return ""
        return " | ".join(str(case) for case, target in cases.items() if target == child)

    def _box(self, name: str) -> str:
        step = self._steps[name]
        x, y = self._place[name]
        width = self._width(name)
        left, top = x - width / 2, y - _HEIGHT / 2
        kind = str(step.get("type") or "")
        shape = '<rect x="%.1f" y="%.1f" width="%.1f" height="%d" rx="%d"/>'
        layers = ""
        if self._is_many(name):
            layers = "".join(shape % (left + off, top - off, width, _HEIGHT, 8) for off in (6, 3))
        drawn = shape % (left, top, width, _HEIGHT, 17 if kind in ("start", "end") else 8)
        note = ""
        variable = step.get("foreach_artifact")
        condition = step.get("condition")
        if variable and not str(variable).startswith("_"):
            note = "for each of %s" % variable
        elif condition:
            note = "by %s" % condition
        shown = name if len(name) <= 30 else name[:29] + "\u2026"
        title = "%s (%s)" % (name, kind) if kind else name
        if step.get("doc"):
            title += "\n" + str(step["doc"])
        return '<g class="%s"><title>%s</title>%s%s<text x="%.1f" y="%.1f">%s</text>%s</g>' % (
            "here" if name == self._here else "step",
            escaped(title[:500]), layers, drawn, x, y + 4.5, escaped(shown), _note(x, y + _HEIGHT / 2 + 13, note))  # fmt: skip

    def _is_many(self, name: str) -> bool:
        """Whether a step has several tasks, being the target of a foreach."""
        return any(
            name in self._next[other] and str(step.get("type")) in ("foreach", "split-foreach", "split-parallel")
            for other, step in self._steps.items()
        )


def _note(x: float, y: float, text: str) -> str:
    if not text:
        return ""
    text = text if len(text) <= 28 else text[:27] + "\u2026"
    return '<text class="note" x="%.1f" y="%.1f">%s</text>' % (x, y, escaped(text))
