"""Many lines on both streams from several tasks at once, some of them long, and one without an end."""

import sys

from metaflow import FlowSpec, Parameter, step


class Loud(FlowSpec):
    lines = Parameter("lines", default=2000)

    @step
    def start(self):
        self.items = [0, 1, 2]
        self.next(self.shout, foreach="items")

    @step
    def shout(self):
        for number in range(self.lines):
            print(f"{self.input} says ü {number}")
            if number % 10 == 0:
                print(f"{self.input} warns {number}", file=sys.stderr)
        print("x" * 100_000)
        sys.stdout.write("no line break")
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Loud()
