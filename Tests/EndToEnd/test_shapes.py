"""Branches, foreach, joins, and limits on them."""

import pytest

pytestmark = pytest.mark.peer


def test_branches_nested_foreach_and_merging(project):
    outcome = project.run(project.add("shapes.py"), "--max-workers", "4").ended_with(0)
    run = f"Shapes/{outcome.run_id}"
    pairs = [letter + str(number) for letter in "abc" for number in range(4)]
    assert project.ask("Run(run)['letters_together'].task.data.all_pairs", run=run) == pairs
    assert project.ask("Run(run)['letters_together'].task.data.outer_indices", run=run) == [0, 1, 2]
    stacks = project.ask("Run(run)['letters_together'].task.data.all_stacks", run=run)
    assert [tuple(frame[0] for frame in stack) for stack in stacks] == [(a, b) for a in range(3) for b in range(4)]
    assert all([frame[1] for frame in stack] == [3, 4] for stack in stacks)
    assert project.ask("Run(run)['meet'].task.data.by_name", run=run) == ["left", "right"]
    assert sorted(project.ask("Run(run)['meet'].task.data.order", run=run)) == ["left", "right"]
    assert project.ask("len(list(Run(run)['number']))", run=run) == 12
    assert project.ask("sorted(t.index for t in Run(run)['letter'])", run=run) == [0, 1, 2]
    assert outcome.stdout.count("Foreach yields 4 child steps.") == 3


def test_static_branches_join_in_the_order_of_their_declaration(project):
    if project.tools.peer:
        pytest.skip("the order is by chance there")
    outcome = project.run(project.add("shapes.py")).ended_with(0)
    assert project.ask("Run(run)['meet'].task.data.order", run=f"Shapes/{outcome.run_id}") == ["left", "right"]


def test_branches_that_disagree(project):
    outcome = project.run(project.add("conflicting.py")).ended_with(1)
    assert "UnhandledInMergeArtifactsException" in outcome.stdout or "side" in outcome.stdout
    assert "side" in outcome.stdout


@pytest.mark.parametrize("kind, got", [
    ("list", [0, 1, 2, 3, 4]), ("string", ["a", "b", "c", "d", "e"]), ("set", [0, 1, 2, 3, 4])])
def test_foreach_over(project, kind, got):
    outcome = project.run(project.add("wide.py"), "--kind", kind).ended_with(0)
    assert project.ask("Run(run)['join'].task.data.all", run=f"Wide/{outcome.run_id}") == got


def test_foreach_over_a_number_fails(project):
    outcome = project.run(project.add("wide.py"), "--kind", "number").ended_with(1)
    assert "items" in outcome.all


def test_max_num_splits(project):
    file = project.add("wide.py")
    project.run(file, "--width", "5", "--max-num-splits", "5").ended_with(0)
    outcome = project.run(file, "--width", "6", "--max-num-splits", "5").ended_with(1)
    assert "max-num-splits" in outcome.all and "6" in outcome.all
    assert f"{outcome.run_id}/work" not in outcome.stdout
    assert project.ask("Task(run + '/start/1').successful", run=f"Wide/{outcome.run_id}") is True


@pytest.mark.parametrize("workers", [1, 3])
def test_max_workers(project, workers):
    outcome = project.run(project.add("overlap.py"), "--max-workers", workers).ended_with(0)
    assert project.ask("Run(run)['join'].task.data.most", run=f"Overlap/{outcome.run_id}") == workers


def test_a_wide_foreach(project):
    width = 30 if project.tools.peer else 400
    outcome = project.run(
        project.add("wide.py"), "--width", width, "--max-num-splits", width, "--max-workers", "4").ended_with(0)
    assert project.ask("Run(run)['join'].task.data.all", run=f"Wide/{outcome.run_id}") == list(range(width))


def test_artifacts_beyond_a_frame(project):
    outcome = project.run(project.add("big.py")).ended_with(0)
    run = f"Big/{outcome.run_id}"
    assert project.ask(
        "[len(Run(run).data.noise), __import__('hashlib').sha256(Run(run).data.zeros).hexdigest() == Run(run).data.digests[1],"
        " __import__('hashlib').sha256(Run(run).data.noise).hexdigest() == Run(run).data.digests[0]]",
        run=run) == [80 << 20, True, True]
