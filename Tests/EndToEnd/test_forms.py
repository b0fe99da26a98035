"""Where `self.next` can lead beside branches and foreach: switches, loops, parallel steps; and steps that catch."""

import pytest

pytestmark = pytest.mark.peer


@pytest.fixture
def nodes(project):
    if project.tools.peer:
        pytest.skip("the nodes of a parallel step are started with the python of PATH there, which tests do not have")


@pytest.mark.usefixtures("nodes")
def test_all_forms(project):
    outcome = project.run(project.add("forms.py")).ended_with(0)
    run = f"Forms/{outcome.run_id}"
    assert project.ask("Run(run)['meet'].task.data.all_turns", run=run) == [1, 3, 2]
    assert project.ask("len(list(Run(run)['loop']))", run=run) == 6
    assert [tuple(place) for place in project.ask("Run(run)['together'].task.data.places", run=run)] == [
        (0, 1), (1, 1), (2, 1)]
    nodes = project.ask("sorted(task.id for task in Run(run)['node'])", run=run)
    assert nodes == [nodes[0], f"{nodes[0]}_node_1", f"{nodes[0]}_node_2"]
    assert project.ask("Run(run)['safe'].task.data.errors", run=run) == [None, "ValueError", "FailureHandledByCatch"]


@pytest.mark.usefixtures("nodes")
def test_the_other_way_of_a_switch(project):
    outcome = project.run(project.add("forms.py"), "--way", "short").ended_with(0)
    run = f"Forms/{outcome.run_id}"
    assert project.ask("sorted(step.id for step in Run(run) if step.id in ('fan', 'loop', 'nodes'))", run=run) == ["nodes"]


def test_a_switch_without_a_case(project):
    outcome = project.run(project.add("forms.py"), "--way", "neither").ended_with(1)
    assert "neither" in outcome.all


@pytest.mark.parametrize("way, expected", [("up", [2, 3]), ("down", [3, 2, 1])])
def test_alternatives_split_to_the_same_step(project, way, expected):
    file = project.write("flow.py", (
        "from metaflow import FlowSpec, Parameter, step\n\n\nclass Ways(FlowSpec):\n    way = Parameter('way')\n\n"
        "    @step\n    def start(self):\n        self.next({'up': self.up, 'down': self.down}, condition='way')\n\n"
        "    @step\n    def up(self):\n        self.few = [2, 3]\n        self.next(self.each, foreach='few')\n\n"
        "    @step\n    def down(self):\n        self.many = [3, 2, 1]\n        self.next(self.each, foreach='many')\n\n"
        "    @step\n    def each(self):\n        self.got = self.input\n        self.next(self.meet)\n\n"
        "    @step\n    def meet(self, inputs):\n        self.all = [item.got for item in inputs]\n"
        "        self.next(self.end)\n\n    @step\n    def end(self):\n        pass\n\n\n"
        "if __name__ == '__main__':\n    Ways()\n"))
    outcome = project.run(file, "--way", way).ended_with(0)
    assert project.ask("Run(run).data.all", run=f"Ways/{outcome.run_id}") == expected
