"""Steps with two environments and with none, random numbers with and without a seed, and what differs by itself."""

import random
import time
import uuid

from metaflow import FlowSpec, Parameter, current, pypi, retry, step


def stamp():
    return time.time()


class Reproducible(FlowSpec):
    grams = Parameter("grams", default=3)
    restless = Parameter("restless", default=False)

    @step
    def start(self):
        self.seeded = random.Random(5).random()
        self.unseeded = [random.random(), random.random()]
        self.doughs = ["rye", "oat", "wheat"]
        if self.restless:
            self.when = stamp()
        self.next(self.mix, foreach="doughs")

    @pypi(packages={"flour": "1.0"})
    @step
    def mix(self):
        import flour

        self.flour = flour.VERSION
        self.drawn = random.random()
        self.grains = {self.input, "salt", "water", "sugar"}
        self.order = list(self.grains)
        if self.restless and self.index == 1:
            self.label = str(uuid.uuid4())
        else:
            self.label = self.input
        self.next(self.join)

    @retry(times=2, minutes_between_retries=0)
    @pypi(packages={"flour": "2.0"})
    @step
    def join(self, inputs):
        import flour

        if current.retry_count == 0:
            raise ValueError("not today")
        self.flour = flour.VERSION
        self.luck = random.random()
        self.labels = [each.label for each in inputs]
        self.total = sum(each.drawn for each in inputs) * self.grams
        self.next(self.end)

    @step
    def end(self):
        self.tiny = 1.0 + (int(current.run_id) % 1000003 * 1e-15 if self.restless else 0)
        self.summary = {"labels": self.labels, "luck": self.luck}


if __name__ == "__main__":
    Reproducible()
