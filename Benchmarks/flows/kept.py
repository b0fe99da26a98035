"""A wide foreach whose end fails when it is told to; kept for what comes after a run."""

import os

from metaflow import FlowSpec, Parameter, step


class Kept(FlowSpec):
    width = Parameter("width", default=100)

    @step
    def start(self):
        self.items = list(range(self.width))
        self.next(self.work, foreach="items")

    @step
    def work(self):
        self.x = self.input
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        if os.environ.get("FAIL"):
            raise RuntimeError("told to fail")


if __name__ == "__main__":
    Kept()
