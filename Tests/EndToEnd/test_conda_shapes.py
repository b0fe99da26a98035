"""Steps with conda packages in all shapes of a flow: foreach, parallel, joins, retried, with cards, from the command line."""

import json

import pytest

from .harness.conda_channel import CondaChannel, conda_package, conda_project
from .harness.index import LoopbackIndex
from .harness.wheels import wheel

FLOW = """
import sys

from penstock import FlowSpec, card, conda, current, parallel, pypi, resources, retry, step


class Bakery(FlowSpec):
    @conda(packages={"flour": "1.0", "yeast": ""})
    @step
    def start(self):
        self.doughs, self.prefixes = [1, 2, 3], [sys.prefix]
        self.next(self.knead, foreach="doughs")

    @resources(cpu=1, memory=100)
    @retry(times=1, minutes_between_retries=0)
    @conda(packages={"yeast": "*", "flour": "==1.0"})
    @step
    def knead(self):
        import flour
        if self.input == 2 and current.retry_count == 0:
            raise ValueError("not today")
        self.got = [self.input, flour.VERSION, flour.SOURCE]
        self.prefix = sys.prefix
        self.next(self.gather)

    @card
    @conda(libraries={"flour": "1.0"}, packages={"yeast": "latest"})
    @step
    def gather(self, inputs):
        from metaflow.cards import Markdown
        import flour
        current.card.append(Markdown("flour of " + flour.SOURCE))
        self.got = [each.got for each in inputs]
        self.prefixes = [*inputs[0].prefixes, *[each.prefix for each in inputs], sys.prefix]
        self.next(self.shape)

    @conda(packages={"flour": "1.0", "yeast": ""})
    @step
    def shape(self):
        self.next(self.bake, num_parallel=2)

    @conda(packages={"flour": "1.0", "yeast": ""})
    @parallel
    @step
    def bake(self):
        import flour
        self.place, self.prefix = [current.parallel.node_index, flour.SOURCE], sys.prefix
        self.next(self.rest)

    @step
    def rest(self, inputs):
        self.merge_artifacts(inputs, include=["got", "prefixes"])
        self.places = sorted(each.place for each in inputs)
        self.prefixes = [*self.prefixes, *[each.prefix for each in inputs]]
        self.next(self.end)

    @conda(packages={"flour": "1.0", "yeast": ""})
    @pypi(packages={"bread": ""})
    @step
    def end(self):
        import bread
        import flour
        self.eaten, self.last = [bread.VERSION, flour.SOURCE], sys.prefix


if __name__ == "__main__":
    Bakery()
"""


@pytest.fixture(scope="module")
def sources(python):
    with CondaChannel(
            python, conda_project("flour", "1.0"), conda_package("yeast", "3.0", files={"share/yeast.txt": "alive\n"})
    ) as channel, LoopbackIndex(wheel("flour", "3.0"), wheel("bread", "1.0", requires=["flour"])) as index:
        yield channel, index


@pytest.fixture(scope="module")
def variables(sources):
    channel, index = sources
    return {"CONDA_CHANNELS": channel.url, "PENSTOCK_INDEX_URL": index.url}


@pytest.fixture(scope="module")
def baked(shared_project, variables):
    file = shared_project.write("bakery.py", FLOW)
    outcome = shared_project.run(file, top=["--environment=conda"], env=variables).ended_with(0)
    return file, outcome


def test_all_shapes(shared_project, baked):
    _, outcome = baked
    run = f"Bakery/{outcome.run_id}"
    got, places, eaten, prefixes, last = shared_project.ask(
        "[getattr(Run(run).data, name) for name in ('got', 'places', 'eaten', 'prefixes', 'last')]", run=run)
    assert got == [[1, "1.0", "conda"], [2, "1.0", "conda"], [3, "1.0", "conda"]]
    assert places == [[0, "conda"], [1, "conda"]] and eaten == ["1.0", "conda"]
    # However they write it, steps that ask for the same share one environment.
    assert len(set(prefixes)) == 1 and last not in prefixes
    assert shared_project.ask("[len(list(step.tasks())) for step in Run(run) if step.id in ('knead', 'bake')]", run=run) in ([2, 3], [3, 2])


def test_one_solve_for_equal_steps(project, sources, variables):
    channel, _ = sources
    channel.requests.clear()
    file = project.write("bakery.py", FLOW)
    states = json.loads(project.flow(file, "--environment=conda", "--quiet", "environment", "list", "--json", env=variables).ended_with(0).stdout)
    assert [each["steps"] for each in states] == [["start", "knead", "gather", "shape", "bake"], ["rest"], ["end"]]
    outcome = project.run(file, top=["--environment=conda"], env=variables).ended_with(0)
    assert outcome.stderr.count("Resolved") == 2
    downloads = channel.downloads()
    assert sorted(set(downloads)) == sorted(each.filename for each in channel.packages)
    assert len([name for name in downloads if name.startswith("yeast")]) == 1


def test_the_card(shared_project, baked, variables):
    file, outcome = baked
    shown = shared_project.flow(
        file, "--environment=conda", "card", "get", f"{outcome.run_id}/gather", "card.html", env=variables)
    shown.ended_with(0)
    assert "flour of conda" in (shared_project.folder / "card.html").read_text()


def test_what_the_client_shows(shared_project, baked):
    _, outcome = baked
    run = f"Bakery/{outcome.run_id}"
    info, type_, prefix = shared_project.ask(
        "[Step(step).environment_info, Step(step).task.environment_info['type'], Step(step).task.metadata_dict['conda_env_prefix']]",
        step=f"{run}/knead")
    assert type_ == info["type"] == "conda" and prefix == shared_project.ask("Step(step).task.data.prefix", step=f"{run}/knead")
    names = {each["name"]: each["version"] for each in info["packages"]}
    assert names["flour"] == "1.0" and names["yeast"] == "3.0" and "python" in names
    both, code = shared_project.ask(
        "[Step(run + '/end').environment_info, sorted(Run(run).code.extract and [])]", run=run)
    assert {"bread", "flour", "python"} <= {each["name"] for each in both["packages"]} and code == []
    # A step that asks for nothing has an environment of the index's kind, without packages.
    rest = shared_project.ask("Step(run + '/rest').environment_info", run=run)
    assert rest["type"] == "pypi" and rest["packages"] == []


def test_from_the_command_line(shared_project, variables):
    file = shared_project.write("plain.py", """
from penstock import FlowSpec, step


class Plain(FlowSpec):
    @step
    def start(self):
        import flour
        self.got = flour.SOURCE
        self.next(self.end)

    @step
    def end(self):
        import flour
        self.got = [self.got, flour.VERSION]


if __name__ == "__main__":
    Plain()
""")
    outcome = shared_project.run(
        file, "--with", 'conda:packages={"flour": "1.0"}', top=["--environment=conda"], env=variables).ended_with(0)
    assert shared_project.ask("Run(run).data.got", run=f"Plain/{outcome.run_id}") == ["conda", "1.0"]
    refused = shared_project.run(file, "--with", 'conda:packages={"flour": "1.0",', env=variables)
    assert refused.code != 0 and "conda" in refused.stderr and "Traceback" not in refused.stderr
    refused = shared_project.run(file, "--with", 'conda:packages={"flour": ">="}', env=variables).ended_with(1)
    assert "'flour': '>='" in refused.stderr


def test_a_step_that_is_spun(shared_project, baked, variables):
    file, outcome = baked
    spun = shared_project.flow(file, "--environment=conda", "spin", f"{outcome.run_id}/knead", env=variables).ended_with(0)
    assert "Task finished successfully" in spun.all
