"""A flow whose tasks take a moment, for `cluster_runs.py`."""

import os
import time

from metaflow import FlowSpec, retry, step


class ClusterFlow(FlowSpec):
    @step
    def start(self):
        self.items = list(range(6))
        self.next(self.work, foreach="items")

    @retry(times=4, minutes_between_retries=0)
    @step
    def work(self):
        with open(os.environ["SOAK_FOLDER"] + f"/ran-{self.input}", "a") as file:
            file.write("x")
        time.sleep(1 + self.input / 3)
        self.out = self.input
        self.next(self.join)

    @retry(times=4, minutes_between_retries=0)
    @step
    def join(self, inputs):
        self.outs = sorted(each.out for each in inputs)
        self.next(self.end)

    @retry(times=4, minutes_between_retries=0)
    @step
    def end(self):
        print("outs", self.outs)


if __name__ == "__main__":
    ClusterFlow()
