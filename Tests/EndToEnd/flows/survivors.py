"""Work for the kill tests: many short tasks, each with artifacts that can be checked from outside."""

import hashlib
import random
import time

from metaflow import FlowSpec, Parameter, step


def noise(generator, size):
    return generator.getrandbits(8 * size).to_bytes(size, "little")


class Survivors(FlowSpec):
    tasks = Parameter("tasks", default=24)
    pause = Parameter("pause", default=0.04)

    @step
    def start(self):
        self.seeds = list(range(self.tasks))
        self.next(self.work, foreach="seeds")

    @step
    def work(self):
        generator = random.Random(self.input)
        self.small = noise(generator, 500 + self.input)
        self.large = noise(generator, 300_000)
        self.digests = [hashlib.sha256(data).hexdigest() for data in (self.small, self.large)]
        time.sleep(self.pause)
        self.next(self.join)

    @step
    def join(self, inputs):
        self.digests = [branch.digests for branch in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Survivors()
