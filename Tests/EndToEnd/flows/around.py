"""Decorators around the code of steps: what they make of time, secrets, exceptions, and what `current` tells."""

import os
import time

from metaflow import FlowSpec, Parameter, catch, current, environment, project, retry, secrets, step, timeout

SECRET = [{"type": "inline", "id": "one", "options": {"env_vars": {"DB_PASSWORD": "hush"}}}]


@project(name="around")
class Around(FlowSpec):
    size = Parameter("size", default=3)
    fixed = ("a", "b")

    @environment(vars={"GIVEN": "from the flow"})
    @secrets(sources=SECRET)
    @step
    def start(self):
        self.variables = [os.environ.get("DB_PASSWORD"), os.environ.get("GIVEN")]
        self.facts = {
            name: getattr(current, name)
            for name in "flow_name run_id step_name task_id retry_count origin_run_id pathspec namespace username "
            "project_name branch_name project_flow_name is_user_branch is_production is_running_flow".split()
        }
        self.parameter_names = list(current.parameter_names)
        self.absent = [name for name in ("card", "trigger", "is_parallel") if name in current]
        self.me, self.whole = current.task, current.run
        self.next(self.slow, self.stubborn, self.broken)

    @catch(var="error", print_exception=False)
    @timeout(seconds=1)
    @retry(times=1, minutes_between_retries=0)
    @step
    def slow(self):
        self.attempt = current.retry_count
        time.sleep(60)
        self.next(self.join)

    @catch(var="error")
    @step
    def stubborn(self):
        self.kept = "kept"
        raise OSError("the disk is gone")
        self.next(self.join)

    @catch(var="error", print_exception=False)
    @step
    def broken(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.types = [branch.error and branch.error.type for branch in (inputs.slow, inputs.stubborn, inputs.broken)]
        self.kept = (inputs.slow.attempt, inputs.stubborn.kept)
        self.shown = inputs.stubborn.error.exception, "the disk is gone" in inputs.stubborn.error.stacktrace
        self.variables = [os.environ.get("DB_PASSWORD"), os.environ.get("GIVEN")]
        self.merge_artifacts(inputs, include=["facts", "me", "whole"])
        self.next(self.end)

    @step
    def end(self):
        assert self.me.pathspec == self.facts["pathspec"]


if __name__ == "__main__":
    Around()
