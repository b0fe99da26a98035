"""A foreach on AWS Batch. What its tasks do is chosen by the parameter `do`."""

import os
import sys
import time

from metaflow import FlowSpec, Parameter, batch, current, retry, step


class OnBatch(FlowSpec):
    do = Parameter("do", default="nothing")
    width = Parameter("width", default=4)
    signs = Parameter("signs", default="")

    @step
    def start(self):
        self.items = list(range(self.width))
        self.here = os.environ.get("AWS_BATCH_JOB_ID")
        self.next(self.work, foreach="items")

    @retry(times=1, minutes_between_retries=0)
    @batch
    @step
    def work(self):
        self.job = os.environ["AWS_BATCH_JOB_ID"]
        self.square = self.input**2
        print("working on %d, grüße" % self.input)
        print("and here", file=sys.stderr)
        if self.do == "fail once" and current.retry_count == 0:
            raise ValueError("not the first time")
        if self.do == "fail" and self.input == 1:
            raise ValueError("never")
        if self.do == "die" and current.retry_count == 0:
            os.kill(os.getppid(), 9)
            time.sleep(60)
        if self.do == "wait":
            open(os.path.join(self.signs, "began-%d" % self.input), "w").close()
            while not os.path.exists(os.path.join(self.signs, "go")):
                time.sleep(0.05)
        self.next(self.join)

    @step
    def join(self, inputs):
        self.squares = sorted(task.square for task in inputs)
        self.jobs = sorted({task.job for task in inputs})
        self.merge_artifacts(inputs, include=["here"])
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    OnBatch()
