"""The smallest flow worth running: two steps, no packages.

    python examples/hello/flow.py run
    python examples/hello/flow.py run --name Ada
"""

from penstock import FlowSpec, Parameter, step


class HelloFlow(FlowSpec):
    """Greet somebody."""

    name_to_greet = Parameter("name", default="world", help="Who is greeted.")

    @step
    def start(self):
        """Write the greeting."""
        self.greeting = f"Hello, {self.name_to_greet}!"
        self.next(self.end)

    @step
    def end(self):
        """Say it."""
        print(self.greeting)


if __name__ == "__main__":
    HelloFlow()
