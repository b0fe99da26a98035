"""Steps on Kubernetes with packages, without, and with what the image has; `HOW` (a variable) says where the others run."""

import os
import sys

from metaflow import FlowSpec, Parameter, kubernetes, pypi, step

CLAIMS = {"shared": "/shared"}


def importable(*names):
    found = {}
    for name in names:
        try:
            found[name] = str(getattr(__import__(name), "VERSION", "there"))
        except ImportError:
            found[name] = None
    return found


class PackagesOnKubernetes(FlowSpec):
    width = Parameter("width", default=3)

    @step
    def start(self):
        self.items = list(range(self.width))
        self.next(self.bake, foreach="items")

    @kubernetes(persistent_volume_claims=CLAIMS)
    @pypi(packages={"flour": "1.0"})
    @step
    def bake(self):
        self.sees = importable("flour", "water", "only_in_image")
        self.square = self.input ** 2
        self.pod = os.environ["METAFLOW_KUBERNETES_POD_NAME"]
        self.urls = [name for name in os.environ if "INDEX" in name and name != "PENSTOCK_JOB_INDEX"]
        self.next(self.join)

    @kubernetes(image="team/other:1", persistent_volume_claims=CLAIMS)
    @step
    def join(self, inputs):
        self.squares = [task.square for task in inputs]
        self.baked = [task.sees for task in inputs]
        self.pods = sorted({task.pod for task in inputs})
        self.urls = sorted({name for task in inputs for name in task.urls})
        self.sees = importable("flour", "only_in_image")
        self.python = sys.executable
        self.next(self.plain)

    @kubernetes(image="team/other:1", persistent_volume_claims=CLAIMS)
    @pypi(packages={"flour": "1.0"}, disabled=True)
    @step
    def plain(self):
        self.plainly = importable("flour", "only_in_image")
        self.next(self.end)

    @step
    def end(self):
        self.here = importable("flour", "only_in_image")


if __name__ == "__main__":
    PackagesOnKubernetes()
