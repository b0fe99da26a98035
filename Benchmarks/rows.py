"""One line of the result, and how lines are printed."""

import json
from dataclasses import asdict, dataclass, field


@dataclass
class Row:
    """A number of Penstock, beside its peer's where there is one."""

    name: str
    #: "s", "ms", "MB" or "files".
    unit: str
    penstock: float
    how: str
    peer: float = None
    peer_name: str = None
    #: The largest ratio to the peer that is allowed.
    target: float = None
    #: The largest number that is allowed, in `unit`.
    limit: float = None
    samples: dict = field(default_factory=dict)

    @property
    def ratio(self):
        return self.penstock / self.peer if self.peer else None

    @property
    def met(self):
        """Whether the target or the limit is met; None without either."""
        if self.target is not None and self.ratio is not None:
            return self.ratio <= self.target
        return None if self.limit is None else self.penstock <= self.limit

    @property
    def wanted(self):
        if self.target is not None:
            return f"<= {self.target:g} x"
        return "" if self.limit is None else f"<= {self.limit:g} {self.unit}"


def as_table(rows):
    """Columns for people."""
    heads = ("what", "Penstock", "peer", "ratio", "target", "")
    body = [(
        row.name,
        f"{row.penstock:.4g} {row.unit}",
        f"{row.peer:.4g} {row.unit} ({row.peer_name})" if row.peer is not None else "",
        f"{row.ratio:.3f}" if row.ratio is not None else "",
        row.wanted,
        {True: "met", False: "MISSED", None: ""}[row.met],
    ) for row in rows]
    widths = [max(len(line[column]) for line in [heads, *body]) for column in range(len(heads))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in [heads, *body]]
    lines.insert(1, "  ".join("-" * width for width in widths[:-1]))
    return "\n".join(lines)


def as_notes(rows):
    """How each number was measured."""
    return "\n".join(f"{row.name}: {row.how}" for row in rows)


def as_json(rows, about):
    return json.dumps({
        "about": about,
        "rows": [{**asdict(row), "ratio": row.ratio, "met": row.met} for row in rows],
    }, indent=2)
