"""A flow that uses what an extension package brings."""

import os

from metaflow import FlowSpec, acme_flow, acme_step, current, step

if "ACME" in os.environ:
    os.environ["METAFLOW_ACME"] = os.environ["ACME"]


@acme_flow
class Extended(FlowSpec):
    @acme_step(word="given")
    @step
    def start(self):
        from metaflow import acme_constant
        from metaflow.exception import AcmeError, MetaflowException
        from metaflow.metaflow_config import ACME_LEVEL
        from metaflow.plugins.acme_tools import size

        assert issubclass(AcmeError, MetaflowException)
        self.values = [acme_constant, ACME_LEVEL, size, current.acme_value]
        self.next(self.again)

    @acme_step(word="again")
    @step
    def again(self):
        if current.retry_count == 0:
            raise ValueError("once")
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Extended()
