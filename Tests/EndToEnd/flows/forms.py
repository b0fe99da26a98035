"""A switch, loops of different lengths inside of a foreach, a parallel step whose node dies once, and exceptions caught."""

import os
import signal

from metaflow import FlowSpec, Parameter, catch, current, parallel, retry, step


class Forms(FlowSpec):
    way = Parameter("way", default="long")

    @step
    def start(self):
        self.next({"long": self.fan, "short": self.nodes}, condition="way")

    @step
    def fan(self):
        self.lengths = [1, 3, 2]
        self.next(self.loop, foreach="lengths")

    @step
    def loop(self):
        self.turns = getattr(self, "turns", 0) + 1
        self.going = "on" if self.turns < self.input else "out"
        self.next({"on": self.loop, "out": self.looped}, condition="going")

    @step
    def looped(self):
        self.next(self.meet)

    @step
    def meet(self, inputs):
        self.all_turns = [branch.turns for branch in inputs]
        self.next(self.nodes)

    @step
    def nodes(self):
        self.next(self.node, num_parallel=3)

    @retry(times=1, minutes_between_retries=0)
    @parallel
    @step
    def node(self):
        self.place = current.parallel.node_index
        self.attempt = current.retry_count
        if self.place == 1 and self.attempt == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.next(self.together)

    @step
    def together(self, inputs):
        self.places = [(node.place, node.attempt) for node in inputs]
        self.next(self.risks)

    @step
    def risks(self):
        self.items = ["fine", "raises", "dies"]
        self.next(self.risk, foreach="items")

    @catch(var="error", print_exception=False)
    @step
    def risk(self):
        if self.input == "raises":
            raise ValueError("no")
        if self.input == "dies":
            os.kill(os.getpid(), signal.SIGKILL)
        self.next(self.safe)

    @step
    def safe(self, inputs):
        self.errors = [branch.error and branch.error.type.split(".")[-1] for branch in inputs]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Forms()
