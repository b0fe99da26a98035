"""Values of secrets and variables are in nothing that is kept: records, packages, cards, logs; nor in what goes to a cluster."""

import hashlib
import time

import pytest

from .harness.slurm import SlurmCluster
from .harness.stored import places_of

VALUES = {"MY_TOKEN": "token-of-a-secret-3141", "MY_OTHER": "other-of-a-secret-5926", "MY_PLACE": "place-of-a-variable-5358"}
DIGESTS = [hashlib.sha256(VALUES[name].encode()).hexdigest() for name in ("MY_TOKEN", "MY_OTHER", "MY_PLACE")]


def facts(project, run):
    return project.ask(
        "[list(Run(run)['start'].task.data.digests), Run(run)['start'].task.data.rest, list(Run(run)['end'].task.data.left)]",
        run=f"Secretive/{run}")


def test_what_a_local_run_keeps(project, tmp_path):
    file = project.add("secretive.py")
    shared = tmp_path / "shared"
    outcome = project.run(file, top=["--datastore-root", f"file://{shared}"], env=VALUES).ended_with(0)
    assert facts(project, outcome.run_id) == [DIGESTS, False, [None, None]]
    for value in VALUES.values():
        assert places_of(value, project.store, shared) == [] and value not in outcome.all
    # One would be found.
    assert places_of(DIGESTS[0], shared) and places_of("this was printed", project.store)


@pytest.fixture(scope="module")
def cluster():
    with SlurmCluster(nodes=1) as cluster:
        yield cluster


def test_what_a_run_on_a_cluster_keeps_and_sends(project, tmp_path, cluster):
    """Orders are looked at while the task runs; afterwards they are gone. `@environment` is in the orders, as the page says."""
    file = project.add("secretive.py")
    shared, go = tmp_path / "shared", tmp_path / "go"
    project.variables.update(cluster.variables, PENSTOCK_NODE_CACHE=tmp_path / "node")
    top = ["--datastore-root", f"file://{shared}"]
    process = project.start(file, "--with", "slurm", "--wait", go, top=top, env=VALUES)
    try:
        end = time.monotonic() + 120
        while "this was printed" not in project.said():
            assert process.poll() is None and time.monotonic() < end, project.said()
            time.sleep(0.2)
        assert list(shared.glob("attempts/Secretive/*/*/orders"))
        for name in ("MY_TOKEN", "MY_OTHER"):
            assert places_of(VALUES[name], project.store, shared) == []
        assert [path for path in places_of(VALUES["MY_PLACE"], project.store, shared) if not path.endswith("/orders")] == []
    finally:
        go.write_text("")
    assert process.wait(120) == 0, project.said()
    run = project.said().split("(run-id ")[1].split(")")[0]
    assert facts(project, run) == [DIGESTS, False, [None, None]]
    for value in VALUES.values():
        assert places_of(value, project.store, shared) == [] and value not in project.said()
