"""Functions that are called when the run is over."""

from metaflow import FlowSpec, Parameter, exit_hook, step


def told(run):
    print("told of", run.pathspec, run.successful)


def sorry():
    print("sorry")


def broken():
    raise RuntimeError("a hook that fails")


@exit_hook(on_success=[told, broken], on_error=[sorry])
@exit_hook(on_error=["told"])
class Hooked(FlowSpec):
    fail = Parameter("fail", default=False)

    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        assert not self.fail


if __name__ == "__main__":
    Hooked()
