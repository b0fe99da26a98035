"""A foreach on Kubernetes, between steps that run here. What its tasks do is chosen by the parameter `do`."""

import os
import sys
import time

from metaflow import FlowSpec, Parameter, current, kubernetes, retry, step


def placed(function):
    """On Kubernetes, unless a test wants all of it here."""
    if os.environ.get("TEST_HERE"):
        return function
    return kubernetes(persistent_volume_claims={"shared": "/shared"})(function)


class OnKubernetes(FlowSpec):
    do = Parameter("do", default="nothing")
    width = Parameter("width", default=4)

    @step
    def start(self):
        self.items = list(range(self.width))
        self.here = os.environ.get("METAFLOW_KUBERNETES_POD_NAME")
        self.next(self.work, foreach="items")

    @retry(times=1, minutes_between_retries=0)
    @placed
    @step
    def work(self):
        self.pod = os.environ.get("METAFLOW_KUBERNETES_POD_NAME")
        self.square = self.input ** 2
        print("working on %d, grüße" % self.input)
        print("and here", file=sys.stderr)
        if self.do == "fail once" and current.retry_count == 0:
            raise ValueError("not the first time")
        if self.do == "fail" and self.input == 1:
            raise ValueError("never")
        if self.do == "eat" and current.retry_count == 0:
            held = []
            for _ in range(128):
                held.append(bytearray(b"x" * (16 << 20)))
                time.sleep(0.05)
        if self.do == "wait":
            open("/shared/began-%d-%d" % (self.input, current.retry_count), "w").close()
            while not os.path.exists("/shared/go"):
                time.sleep(0.05)
        self.next(self.join)

    @step
    def join(self, inputs):
        self.squares = sorted(task.square for task in inputs)
        self.pods = sorted(str(task.pod) for task in inputs)
        self.merge_artifacts(inputs, include=["here"])
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    OnKubernetes()
