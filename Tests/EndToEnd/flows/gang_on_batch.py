"""A parallel step on AWS Batch: one job of several nodes."""

import os
import time

from metaflow import FlowSpec, batch, current, parallel, step


class GangOnBatch(FlowSpec):
    @step
    def start(self):
        self.next(self.train, num_parallel=3)

    @batch
    @parallel
    @step
    def train(self):
        self.node = current.parallel.node_index
        self.seen = [current.parallel.num_nodes, current.parallel.main_ip]
        self.job = os.environ["AWS_BATCH_JOB_ID"]
        # The first node is done long before the others, which Batch would end with it.
        time.sleep(0 if self.node == 0 else 1)
        self.next(self.join)

    @step
    def join(self, inputs):
        self.nodes = sorted(task.node for task in inputs)
        self.seen = [list(seen) for seen in {tuple(task.seen) for task in inputs}]
        self.jobs = sorted({task.job for task in inputs})
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    GangOnBatch()
