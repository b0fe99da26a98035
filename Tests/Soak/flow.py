"""What the soak runs: many short tasks, each with artifacts that can be checked from outside."""

import hashlib
import os
import random
import time

from penstock import FlowSpec, Parameter, step


def noise(seed, size):
    return random.Random(seed).getrandbits(8 * size).to_bytes(size, "little")


class Soak(FlowSpec):
    tasks = Parameter("tasks", default=95)
    pause = Parameter("pause", default=0.01)

    @step
    def start(self):
        self.seeds = list(range(self.tasks))
        self.next(self.work, foreach="seeds")

    @step
    def work(self):
        # Noted outside of the store, to be compared with what the store says.
        with open(os.environ["SOAK_RAN"], "a") as ran:
            ran.write("%d\n" % self.input)
        self.small = noise(self.input, 400 + self.input)
        self.large = noise(-1 - self.input, 70_000 if self.input % 5 else 400_000)
        self.digests = [hashlib.sha256(data).hexdigest() for data in (self.small, self.large)]
        time.sleep(self.pause * random.random())
        self.next(self.join)

    @step
    def join(self, inputs):
        self.digests = [each.digests for each in inputs]
        self.rounds = 0
        self.next(self.loop)

    @step
    def loop(self):
        self.rounds += 1
        self.state = "on" if self.rounds < 2 else "off"
        self.next({"on": self.loop, "off": self.end}, condition="state")

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Soak()
