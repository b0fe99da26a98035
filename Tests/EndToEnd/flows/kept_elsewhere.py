"""A foreach, a large artifact, cards, logs: what a remote datastore has to bring back."""

import os
import sys
import time

from metaflow import FlowSpec, Parameter, card, current, step


class KeptElsewhere(FlowSpec):
    width = Parameter("width", default=4)
    wait = Parameter("wait", default=0.0)
    broken = Parameter("broken", default=False, type=bool)

    @step
    def start(self):
        print("start prints: grüße")
        self.items = list(range(self.width))
        self.large = bytes(range(256)) * 1200
        self.noise = os.urandom(300_000)
        self.next(self.work, foreach="items")

    @card(type="blank")
    @step
    def work(self):
        print("item", self.input)
        print("to stderr", self.input, file=sys.stderr)
        time.sleep(self.wait)
        self.square = self.input**2
        self.next(self.join)

    @step
    def join(self, inputs):
        self.squares = [each.square for each in inputs]
        self.merge_artifacts(inputs, exclude=["square"])
        self.next(self.end)

    @step
    def end(self):
        if self.broken and os.environ.get("BREAK", "1") == "1":
            raise ValueError("broken on purpose")
        self.total = sum(self.squares)
        self.where = current.pathspec


if __name__ == "__main__":
    KeptElsewhere()
