"""Every shape that a run can be resumed in. What fails is named by the variable FAIL; what runs is written down in RAN."""

import os

from metaflow import FlowSpec, Parameter, current, parallel, step


def mark(place):
    """Note that a task really ran, and fail when it is to."""
    with open(os.environ["RAN"], "a") as ran:
        ran.write("%s\n" % place)
    if place in os.environ.get("FAIL", "").split():
        raise RuntimeError("told to fail in %s" % place)


class Resumable(FlowSpec):
    alpha = Parameter("alpha", default=1)

    @step
    def start(self):
        mark("start")
        self.items = ["a", "b", "c"]
        self.next(self.split, foreach="items")

    @step
    def split(self):
        mark("split-%s" % self.input)
        self.letter = self.input
        self.numbers = [1, 2]
        self.next(self.inner, foreach="numbers")

    @step
    def inner(self):
        mark("inner-%s%d" % (self.letter, self.input))
        self.rounds = 0
        self.next(self.loop)

    @step
    def loop(self):
        mark("loop-%s%d-%d" % (self.letter, self.input, self.rounds))
        self.rounds += 1
        self.again = "yes" if self.rounds < 3 else "no"
        self.next({"yes": self.loop, "no": self.leave}, condition="again")

    @step
    def leave(self):
        self.word = "%s%d" % (self.letter, self.input * self.alpha)
        self.next(self.inner_join)

    @step
    def inner_join(self, inputs):
        self.words = [each.word for each in inputs]
        mark("inner_join-%s" % self.words[0][0])
        self.next(self.outer_join)

    @step
    def outer_join(self, inputs):
        self.words = [word for each in inputs for word in each.words]
        self.next(self.fan)

    @step
    def fan(self):
        self.next(self.many, num_parallel=3)

    @parallel
    @step
    def many(self):
        mark("many-%d" % current.parallel.node_index)
        self.node = current.parallel.node_index
        self.next(self.together)

    @step
    def together(self, inputs):
        mark("together")
        self.nodes = [each.node for each in inputs]
        self.words = inputs[0].words
        self.next(self.end)

    @step
    def end(self):
        mark("end")
        self.origin = current.origin_run_id


if __name__ == "__main__":
    Resumable()
