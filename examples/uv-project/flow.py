"""When is high water?

    cd examples/uv-project && uv lock
    python flow.py --environment=uv run

The steps run in environments made from uv.lock; uv itself is not needed any more. The package `tides` in src/ is installed
into them so that edits take effect at once. All steps have what the project depends on; two take an extra or a group of it
as well, and none takes the tools for development.
"""

from penstock import FlowSpec, Parameter, step, uv, uv_base


@uv_base(default_groups=False)
class TidesFlow(FlowSpec):
    """The high waters of the coming days."""

    days = Parameter("days", default=3, help="How many days.")

    @step
    def start(self):
        """Work out the high waters."""
        from tides import high_waters
        from tides.report import as_words

        self.waters = high_waters(24 * self.days)
        self.summary = as_words(self.waters)
        print(self.summary)
        self.next(self.tabulate, self.check)

    @uv(extras=["tables"])
    @step
    def tabulate(self):
        """Write the table, which needs an extra of the project."""
        from tides.report import as_table

        self.table = as_table(self.waters)
        self.next(self.join)

    @uv(groups=["checks"])
    @step
    def check(self):
        """Look at the times between high waters, with packages that only this step needs."""
        from more_itertools import pairwise

        gaps = [later - earlier for (earlier, _), (later, _) in pairwise(self.waters)]
        self.longest = round(max(gaps), 1)
        self.next(self.join)

    @step
    def join(self, inputs):
        """Bring both together."""
        self.merge_artifacts(inputs)
        self.next(self.end)

    @step
    def end(self):
        """Print the table."""
        print(self.table)
        print(f"at most {self.longest} hours from one to the next")


if __name__ == "__main__":
    TidesFlow()
