"""Keeps a value of a class that the flow file itself defines."""

from dataclasses import dataclass

from penstock import FlowSpec, step


@dataclass
class Point:
    x: int
    y: int


class OwnClass(FlowSpec):
    @step
    def start(self):
        self.point = Point(1, 2)
        self.next(self.end)

    @step
    def end(self):
        print(self.point)


if __name__ == "__main__":
    OwnClass()
