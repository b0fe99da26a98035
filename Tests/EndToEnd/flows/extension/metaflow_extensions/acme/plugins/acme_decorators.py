from metaflow import current
from metaflow.decorators import FlowDecorator, StepDecorator


class AcmeStep(StepDecorator):
    name = "acme_step"
    defaults = {"word": "none", "take": False}

    def task_post_step(self, step_name, flow, graph, retry_count, max_user_code_retries):
        flow.from_plugin = [step_name, self.attributes["word"], graph[step_name].type, retry_count]

    def task_exception(self, exception, step_name, flow, graph, retry_count, max_user_code_retries):
        flow.taken = str(exception)
        return self.attributes["take"]

    def step_task_retry_count(self):
        return (1, 0) if self.attributes["word"] == "again" else (0, 0)


class AcmeFlow(FlowDecorator):
    name = "acme_flow"
    options = {"acme": dict(default="unset", show_default=False, help="What acme is told.")}

    def flow_init(self, flow, graph, environment, flow_datastore, metadata, logger, echo, options):
        current._update_env({"acme_value": options["acme"]})
