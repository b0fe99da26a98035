"""Three steps that leave artifacts of many kinds and print on both streams."""

import sys

from metaflow import FlowSpec, Parameter, current, step


class Point:
    """A class of the flow file itself."""

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __eq__(self, other):
        return isinstance(other, Point) and (self.x, self.y) == (other.x, other.y)


class Linear(FlowSpec):
    """Three steps in a row."""

    constant = "set on the class"
    alpha = Parameter("alpha", default=0.25, help="A number.")

    @step
    def start(self):
        """Make things."""
        self.number = 17
        self.text = "grüße, 世界"
        self.nothing = None
        self.data = {"list": [1, 2.5, True], "bytes": b"\x00\xff", "set": {1}}
        self.point = Point(1, 2)
        self.grown = [1]
        self._hidden = "not shown"
        self.doubled = self.alpha * 2
        print("start says:", self.text)
        print("start warns", file=sys.stderr)
        self.next(self.middle)

    @step
    def middle(self):
        """Look at things and change one."""
        assert self.number == 17 and self.text == "grüße, 世界" and self.nothing is None
        assert self.data["bytes"] == b"\x00\xff"
        assert self.point == Point(1, 2)
        assert self.constant == "set on the class"
        assert self._hidden == "not shown"
        self.grown.append(2)
        self.number += 1
        self.name_of_step = current.step_name
        self.next(self.end)

    @step
    def end(self):
        assert self.grown == [1, 2]
        assert self.number == 18
        self.where = (current.flow_name, current.run_id, current.task_id, current.pathspec)
        print("first line")
        print("  second line  ")


if __name__ == "__main__":
    Linear()
