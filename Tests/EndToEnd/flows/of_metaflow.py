"""A flow that is run by Metaflow itself, with much of what its local datastore can hold."""

import os
import sys

from metaflow import FlowSpec, IncludeFile, JSONType, Parameter, card, catch, current, parallel, retry, step


class OldFlow(FlowSpec):
    alpha = Parameter("alpha", default=0.5)
    names = Parameter("names", type=JSONType, default='["red", "green"]')
    words = IncludeFile("words", default=__file__)
    CONSTANT = 17

    @card
    @step
    def start(self):
        print("starting", self.alpha)
        print("on stderr: äöü", file=sys.stderr)
        self.table = {"a": [1, 2, 3], "b": None}
        self.next(self.work, foreach="names")

    @retry(times=1, minutes_between_retries=0)
    @step
    def work(self):
        self.colour = self.input
        print("working on", self.colour, "attempt", current.retry_count)
        if self.colour == "green" and current.retry_count < 1:
            self.half = "done"
            raise ValueError("green fails at first")
        self.pair = (1, 2)
        self.next(self.inner, foreach="pair")

    @step
    def inner(self):
        self.product = len(self.colour) * self.input
        self.next(self.inner_join)

    @step
    def inner_join(self, inputs):
        self.total = sum(each.product for each in inputs)
        self.merge_artifacts(inputs, include=["colour"])
        self.next(self.gather)

    @step
    def gather(self, inputs):
        self.totals = [each.total for each in inputs]
        self.large = os.urandom(3 << 20)
        self.next(self.split)

    @step
    def split(self):
        self.next(self.left, self.right)

    @catch(var="trouble")
    @step
    def left(self):
        self.side = "left"
        raise RuntimeError("caught")
        self.next(self.both)

    @step
    def right(self):
        self.side = "right"
        for number in range(200):
            print("line", number)
        self.next(self.both)

    @step
    def both(self, inputs):
        self.merge_artifacts(inputs, exclude=["side", "trouble"])
        if os.environ.get("FAIL"):
            raise ZeroDivisionError("asked to fail")
        self.next(self.fan)

    @step
    def fan(self):
        self.next(self.node, num_parallel=2)

    @parallel
    @step
    def node(self):
        self.number = current.parallel.node_index
        self.next(self.nodes)

    @step
    def nodes(self, inputs):
        self.numbers = sorted(each.number for each in inputs)
        self.count = 0
        self.next(self.loop)

    @step
    def loop(self):
        self.count += 1
        self.again = "yes" if self.count < 3 else "no"
        self.next({"yes": self.loop, "no": self.end}, condition="again")

    @card(type="blank", id="mine")
    @step
    def end(self):
        from metaflow.cards import Markdown

        current.card["mine"].append(Markdown("# Done"))
        self._hidden = 3
        print("done")


if __name__ == "__main__":
    OldFlow()
