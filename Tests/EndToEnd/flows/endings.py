"""A step that ends in the way that is asked for."""

import os
import sys

from metaflow import FlowSpec, Parameter, current, retry, step


class Open:
    def __init__(self):
        self.handles = {"log": [open(os.devnull)]}


class Endings(FlowSpec):
    how = Parameter("how")

    @retry(times=1, minutes_between_retries=0)
    @step
    def start(self):
        self.attempt = current.retry_count
        print("attempt", self.attempt)
        if self.how == "unpicklable":
            self.holder = {"first": Open()}
        elif self.how == "itself":
            self.holder = self
        elif self.how == "exit":
            sys.exit(3)
        elif self.how == "no-retry":
            sys.exit(202)
        elif self.how == "no-retry-at-once":
            os._exit(202)
        elif self.how == "at-once":
            os._exit(0)
        elif self.how == "interrupt":
            raise KeyboardInterrupt
        elif self.how == "second-next":
            self.next(self.end)
        elif self.how == "parameter":
            self.how = "else"
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Endings()
