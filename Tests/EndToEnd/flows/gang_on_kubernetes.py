"""A parallel step on Kubernetes: one job of several pods, which find each other by name."""

import os
import socket
import time

from metaflow import FlowSpec, current, kubernetes, parallel, step


class GangOnKubernetes(FlowSpec):
    @step
    def start(self):
        self.next(self.train, num_parallel=2)

    @kubernetes(persistent_volume_claims={"shared": "/shared"})
    @parallel
    @step
    def train(self):
        self.node = current.parallel.node_index
        self.main = current.parallel.main_ip
        self.count = current.parallel.num_nodes
        self.host = socket.gethostname()
        self.main_address = socket.gethostbyname(self.main)
        # Both are there at the same time.
        open("/shared/node-%d" % self.node, "w").close()
        while not all(os.path.exists("/shared/node-%d" % node) for node in range(self.count)):
            time.sleep(0.05)
        self.next(self.join)

    @step
    def join(self, inputs):
        self.nodes = sorted(task.node for task in inputs)
        self.mains = sorted({task.main for task in inputs})
        self.addresses = sorted({task.main_address for task in inputs})
        self.hosts = sorted(task.host for task in inputs)
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    GangOnKubernetes()
