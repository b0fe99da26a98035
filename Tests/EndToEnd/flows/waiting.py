"""Tasks that wait to be ended. Each also starts a process of its own, as steps that shell out do."""

import subprocess
import time

from metaflow import FlowSpec, step


class Waiting(FlowSpec):
    @step
    def start(self):
        self.done_before = "kept"
        self.items = [1, 2]
        self.next(self.wait, foreach="items")

    @step
    def wait(self):
        child = subprocess.Popen(["sleep", "60"])
        print("waiting", flush=True)
        time.sleep(60)
        child.wait()
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Waiting()
