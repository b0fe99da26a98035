"""A foreach in which one task fails while others still run, and more have not started."""

import os
import time

from metaflow import FlowSpec, step


def divide(number):
    return 1 / number  # the culprit


class Failing(FlowSpec):
    @step
    def start(self):
        self.items = list(range(6))
        self.next(self.work, foreach="items")

    @step
    def work(self):
        folder = os.environ["TRACES"]
        open(os.path.join(folder, f"began-{self.input}"), "w").close()
        if self.input == 0:
            deadline = time.monotonic() + 20
            while not os.path.exists(os.path.join(folder, "began-1")) and time.monotonic() < deadline:
                time.sleep(0.01)
            divide(self.input)
        time.sleep(1)
        open(os.path.join(folder, f"ended-{self.input}"), "w").close()
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Failing()
