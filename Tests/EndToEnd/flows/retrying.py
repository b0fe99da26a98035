"""Steps that fail until they have been tried often enough."""

import os
import signal

from metaflow import FlowSpec, current, retry, step


class Retrying(FlowSpec):
    @retry(times=3)
    @step
    def start(self):
        self.attempt = current.retry_count
        self.half_done = f"by attempt {current.retry_count}"
        print("attempt", current.retry_count)
        if current.retry_count < 2:
            raise ValueError("not yet")
        self.next(self.killed)

    @retry(times=1, minutes_between_retries=0)
    @step
    def killed(self):
        if current.retry_count == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.survived = current.retry_count
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Retrying()
