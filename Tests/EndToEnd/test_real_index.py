"""One run against the package index that this machine is configured for."""

import os

import pytest


@pytest.mark.network
def test_a_real_package(project):
    """The person's own pip settings are in force here."""
    own = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "UV_")) or name == "HOME"}
    project.variables.update({"PIP_CONFIG_FILE": None, **own})
    _require_an_index(project)
    file = project.write("flow.py", (
        "from penstock import FlowSpec, pypi, step\n\n\nclass Real(FlowSpec):\n"
        "    @pypi(packages={'idna': '3.10', 'certifi': ''})\n    @step\n    def start(self):\n"
        "        import certifi, idna\n"
        "        self.encoded = idna.encode('grüße').decode()\n        self.bundle = certifi.where()\n"
        "        self.version = idna.__version__\n        self.next(self.end)\n\n"
        "    @step\n    def end(self):\n        pass\n\n\nif __name__ == '__main__':\n    Real()\n"))
    run = f"Real/{project.run(file, top=['--environment=pypi']).ended_with(0).run_id}"
    assert project.ask("Run(run).data.encoded", run=run) == "xn--gre-6ka8l"
    assert project.ask("Run(run).data.version", run=run) == "3.10"


def _require_an_index(project):
    """Skip when pip itself cannot reach the index."""
    asked = project.python(
        "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--retries", "0", "--timeout", "20",
        "--dest", project.temporary, "idna==3.10")
    for path in project.temporary.iterdir():
        path.unlink() if path.is_file() else None
    if asked.code != 0:
        pytest.skip("pip reaches no package index from here: " + (asked.stderr.strip().splitlines() or ["no reason given"])[-1])
