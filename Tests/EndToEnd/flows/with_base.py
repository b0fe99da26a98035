"""Packages for all steps, and a step that overrides one of them."""

from metaflow import FlowSpec, pypi, pypi_base, step


@pypi_base(packages={"flour": "1.0", "water": "1.0"})
class WithBase(FlowSpec):
    @step
    def start(self):
        import flour
        import water

        self.versions = [(flour.VERSION, water.VERSION)]
        self.next(self.end)

    @pypi(packages={"flour": "2.0"})
    @step
    def end(self):
        import flour
        import water

        self.versions.append((flour.VERSION, water.VERSION))


if __name__ == "__main__":
    WithBase()
