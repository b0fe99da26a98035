"""A foreach of tasks that do nothing, on a Slurm cluster; the steps around it run here."""

from metaflow import FlowSpec, Parameter, slurm, step


class OnCluster(FlowSpec):
    width = Parameter("width", default=10, type=int)

    @step
    def start(self):
        self.items = list(range(self.width))
        self.next(self.work, foreach="items")

    @slurm(memory=20)
    @step
    def work(self):
        self.next(self.join)

    @step
    def join(self, inputs):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    OnCluster()
