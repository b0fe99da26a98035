"""What has to be each task's own, although tasks are forks of one process."""

import os
import random
import tempfile
import threading
import uuid

from metaflow import FlowSpec, environment, step

if os.environ.get("THREAD_AT_IMPORT"):
    threading.Thread(target=threading.Event().wait, daemon=True).start()

COUNTER = [0]


class Forked(FlowSpec):
    @environment(vars={"SET_FOR_START": "yes"})
    @step
    def start(self):
        assert os.environ["SET_FOR_START"] == "yes"
        self.items = [1, 2, 3]
        self.next(self.draw, foreach="items")

    @step
    def draw(self):
        COUNTER[0] += 1
        self.count = COUNTER[0]
        self.drawn = (random.random(), str(uuid.uuid4()), os.getpid(), tempfile.mkdtemp())
        os.rmdir(self.drawn[3])
        self.leaked = "SET_FOR_START" in os.environ
        self.threads = threading.active_count()
        self.main = threading.current_thread() is threading.main_thread()
        self.next(self.join)

    @step
    def join(self, inputs):
        self.counts = [branch.count for branch in inputs]
        self.distinct = [len({branch.drawn[part] for branch in inputs}) for part in range(4)]
        self.leaks = any(branch.leaked for branch in inputs)
        self.on_main_thread = all(branch.main for branch in inputs)
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Forked()
