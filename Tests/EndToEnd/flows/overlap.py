"""Tasks that say when they began and ended."""

import time

from metaflow import FlowSpec, Parameter, step


class Overlap(FlowSpec):
    width = Parameter("width", default=6)

    @step
    def start(self):
        self.items = list(range(self.width))
        self.next(self.work, foreach="items")

    @step
    def work(self):
        self.began = time.monotonic()
        time.sleep(0.3)
        self.ended = time.monotonic()
        self.next(self.join)

    @step
    def join(self, inputs):
        moments = sorted([(i.began, 1) for i in inputs] + [(i.ended, -1) for i in inputs])
        running, self.most = 0, 0
        for _, change in moments:
            running += change
            self.most = max(self.most, running)
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Overlap()
