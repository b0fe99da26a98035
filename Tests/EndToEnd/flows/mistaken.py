"""One mistake at run time, chosen by a parameter."""

import sys
import threading

from metaflow import FlowSpec, Parameter, step


class Mistaken(FlowSpec):
    mistake = Parameter("mistake", default="none")

    @step
    def start(self):
        if self.mistake == "unpicklable":
            self.lock = threading.Lock()
        if self.mistake == "empty foreach":
            self.items = []
        else:
            self.items = [1]
        if self.mistake == "exit":
            sys.exit(3)
        if self.mistake == "twice":
            self.next(self.each, foreach="items")
        self.next(self.each, foreach="items")

    @step
    def each(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Mistaken()
