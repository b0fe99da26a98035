"""Tasks on machines that have nothing of the run but the datastore: `penstock node-task`, called as jobs call it."""

import json
import os
import shutil
import signal
import subprocess
import zlib

import pytest

from .harness.conda_channel import CondaChannel, conda_project
from .harness.index import LoopbackIndex
from .harness.node_orders import Group, Node, RecordedRun
from .harness.processes import marked, wait_until
from .harness.project import Project
from .harness.wheels import wheel

# As NodeExit says.
NO_DATASTORE, NO_CACHE = 95, 96


@pytest.fixture(scope="module")
def recorded(tmp_path_factory, tools):
    """A run in a folder that several machines could share."""
    tools.require()
    folder = tmp_path_factory.mktemp("shared")
    project, datastore = Project(folder, tools), folder / "data store"
    outcome = project.run(
        project.add("node_steps.py"), top=("--datastore-root", "file://" + str(datastore).replace(" ", "%20")),
        env={"PENSTOCK_SNAPSHOT": "never"})
    yield RecordedRun(datastore, "NodeSteps", outcome.ended_with(0).run_id)
    project.end_all()


class Site:
    """One node, and groups of jobs for it."""

    numbers = 0

    def __init__(self, recorded, node):
        self.recorded, self.node = recorded, node
        self.go = node.folder / "go"

    def group(self, step="work", **options):
        Site.numbers += 1
        options.setdefault("parent", self.recorded.tasks["start"][0])
        if step == "work":
            options.setdefault("frames", [{"step": "start", "variable": "words", "splits": 2, "index": 0, "value": "one"}])
            words = self.recorded.artifacts[options["parent"]]["words"]
            options.setdefault("foreach_source", {"name": "words", **{key: words[key] for key in ("digest", "size", "type")}})
        return Group(self.recorded, step, number=Site.numbers, **options)

    def run(self, group, work="nothing", index=0, **variables):
        return self.node.run(group.orders, index, {"NODE_WORK": work, "NODE_GO": self.go, **variables})

    def start(self, group, work, index=0, **variables):
        return self.node.start(group.orders, index, {"NODE_WORK": work, "NODE_GO": self.go, **variables})


def node_for(recorded, folder, tools):
    node = Node(folder, tools.engine.resolve(), "file://" + str(recorded.datastore).replace(" ", "%20"), tools.python.resolve())
    node.variables["PENSTOCK_TEST_MARK"] = os.urandom(8).hex()
    return node


@pytest.fixture
def site(recorded, tmp_path, tools):
    site = Site(recorded, node_for(recorded, tmp_path, tools))
    yield site
    for pid in marked(site.node.variables["PENSTOCK_TEST_MARK"]):
        os.kill(pid, signal.SIGKILL)


def left(node):
    """What tasks have left of what is theirs alone."""
    return os.listdir(node.cache / "tasks")


def test_a_quick_task_makes_one_object(site):
    group = site.group()
    assert site.run(group, "speak") == (0, "")
    report = group.report()
    assert group.said() == ["000000.report"]
    assert report.ending == {"code": 0} and report.result["ok"] and report.pieces == 0
    assert report.result["transition"]["targets"] == ["gather"]
    assert sorted(report.printed.split()) == ["err", "out"]
    assert report.artifacts()["word"] == "one" and left(site.node) == []


def test_it_has_its_inputs_and_a_folder_of_its_own(site):
    group = site.group()
    assert site.run(group, "look") == (0, "")
    values = group.report().artifacts()
    large = site.recorded.artifacts[site.recorded.tasks["start"][0]]["large"]
    assert values["sum"] > 0 and (site.node.cache / "blobs" / ".." / "blobs").exists()
    # What is large was kept for the next task of the node.
    assert [path.name.split(".")[0] for path in (site.node.cache / "blobs" / "blobs").glob("??/*")] == [large["digest"]]
    assert values["first_line"].startswith('"""A step that does')
    assert "node_steps.py" in values["place"][1]
    assert not list((site.node.cache / "code").glob("*/made.txt"))
    variables = values["variables"]
    assert variables["METAFLOW_RUN_ID"] == site.recorded.run and variables["PYTHONHASHSEED"] == "7"
    assert "PENSTOCK_JOB_INDEX" not in variables
    assert os.path.realpath(variables["PENSTOCK_ENGINE"]) == str(site.node.engine)
    again = site.group()
    assert site.run(again, "look") == (0, "")
    assert again.report().artifacts()["sum"] == values["sum"]


def test_the_client_reads_the_records_of_the_run(site):
    group = site.group()
    assert site.run(group, "ask") == (0, "")
    assert group.report().artifacts()["asked"] == {"answer": 42}


def test_large_results_go_into_the_datastore(site):
    group = site.group()
    assert site.run(group, "make") == (0, "")
    report = group.report()
    blobs, values = report.blobs(), report.artifacts()
    assert {"noise", "zeros"} <= set(blobs)
    # More than fits into a report: some of the small ones have blobs, too.
    parts = {name for name in set(blobs) | set(values) if name.startswith("part_")}
    assert len(parts) == 12 and parts & set(blobs) and parts & set(values)
    for name, blob in blobs.items():
        hexadecimal = blob["digest"]
        file = site.recorded.datastore / "blobs" / hexadecimal[:2] / (hexadecimal + (".zst" if blob["codec"] else ""))
        assert file.exists() and "pack" not in blob, name
    assert blobs["zeros"]["codec"] == 1 and blobs["noise"]["codec"] == 0


def test_cards_of_a_join(site):
    tasks = site.recorded.tasks["work"]
    inputs = [
        {"step": "work", "task": task, "index": place, "artifacts": {
            name: {key: each[key] for key in ("digest", "size", "type", "encoding")}
            for name, each in site.recorded.artifacts[task].items()}} for place, task in enumerate(sorted(tasks, key=int))]
    card = {"type": "default", "id": None, "options": {}, "timeout": 45, "save_errors": True, "customize": False, "refresh_interval": 5}
    group = site.group("gather", parent=site.recorded.tasks["_parameters"][0], join=True, inputs=inputs, decorators={"cards": [card]})
    assert site.run(group) == (0, "")
    report = group.report()
    assert report.artifacts()["joined"] == ["one", "two"]
    (made,) = [each for each in report.facts["cards"] if not each["isData"]]
    page = report.content(made["content"])
    assert made["item"]["type"] == "default" and not made["isData"] and b"<html" in page.lower()


def test_what_is_printed_comes_while_the_task_runs(site):
    group = site.group()
    process = site.start(group, "wait")
    wait_until(lambda: "waiting" in group.log(), 60, "a piece of the log")
    assert group.report() is None
    site.go.touch()
    process.communicate(timeout=60)
    assert process.returncode == 0
    report = group.report()
    assert report.pieces >= 1 and group.log() + report.printed == "waiting\ngoing on\n"


def test_a_long_task_shows_that_it_lives(site):
    group = site.group()
    process = site.start(group, "wait")
    first = wait_until(
        lambda: group.get(group.prefix + "/said/000000.alive"), 120, lambda: f"a sign of life; {process.poll()}, {group.said()}")
    wait_until(lambda: group.get(group.prefix + "/said/000000.alive") != first, 120, "another one")
    site.go.touch()
    process.communicate(timeout=60)
    assert process.returncode == 0


def test_much_output_ends_behind_its_limit(site):
    group = site.group(log_limit=100_000)
    assert site.run(group, "shout") == (0, "")
    said = group.log() + group.report().printed
    # One byte more, so that the engine of the run sees that there is more.
    assert len(said) == 100_001 and said.startswith("0000 x")


@pytest.mark.parametrize("work, ending", [
    ("raise", {"code": 1}), ("leave", {"code": 7}), ("crash", {"signal": signal.SIGSEGV})])
def test_tasks_that_fail(site, work, ending):
    group = site.group()
    assert site.run(group, work) == (0, "")
    report = group.report()
    assert report.ending == ending
    if work == "raise":
        assert report.result["exception"]["message"] == "not on this node" and "ValueError" in report.printed
    else:
        assert report.result is None
    if work == "leave":
        assert report.printed == "leaving\n"


def test_a_step_that_takes_too_long_and_does_not_listen(site):
    group = site.group(decorators={"timeout": 1})
    assert site.run(group, "hang") == (0, "")
    report = group.report()
    assert report.ending["signal"] == signal.SIGKILL and "timed out after 1 s" in report.ending["failure"]


def test_a_report_that_is_there_is_the_report(site):
    group = site.group()
    assert site.run(group, "nothing") == (0, "")
    first = group.get(group.prefix + "/said/000000.report")
    assert site.run(group, "raise") == (0, "")
    assert group.get(group.prefix + "/said/000000.report") == first


@pytest.mark.parametrize("work, number", [("wait", signal.SIGTERM), ("wait", signal.SIGINT), ("stay", signal.SIGTERM)])
def test_the_cluster_wants_its_end(site, work, number):
    group = site.group()
    process = site.start(group, work)
    wait_until(lambda: "waiting" in group.log(), 60, "the task waits")
    process.send_signal(number)
    process.communicate(timeout=60)
    assert process.returncode == 128 + number
    # No report: the cluster may run the job again, and what was printed is known.
    assert group.report() is None
    assert group.log() == ("waiting\nnot yet\n" if work == "stay" else "waiting\n")
    mark = site.node.variables["PENSTOCK_TEST_MARK"]
    wait_until(lambda: not marked(mark), 10, "nothing of it goes on")
    assert left(site.node) == []
    site.go.touch()
    assert site.run(group, work)[0] == 0
    assert group.report().result["ok"]


def test_it_is_killed_and_run_again(site):
    group = site.group()
    process = site.start(group, "wait")
    wait_until(lambda: "waiting" in group.log(), 60, "the task waits")
    process.kill()
    process.communicate(timeout=60)
    mark = site.node.variables["PENSTOCK_TEST_MARK"]
    wait_until(lambda: not marked(mark), 30, "the task ends with its engine")
    assert group.report() is None
    site.go.touch()
    assert site.run(group, "wait") == (0, "")
    assert group.report().result["ok"]


def test_many_jobs_at_once_on_an_empty_node(site):
    group = site.group(count=8)
    processes = [site.start(group, "look", index) for index in range(8)]
    for process in processes:
        _, said = process.communicate(timeout=120)
        assert (process.returncode, said) == (0, "")
    assert len({group.report(index).artifacts()["sum"] for index in range(8)}) == 1
    assert len({group.report(index).artifacts()["place"][0] for index in range(8)}) == 8
    assert len(os.listdir(site.node.cache / "code")) == 1 and left(site.node) == []


def test_nobody_can_write_into_the_datastore(site, recorded, tmp_path, tools):
    copy = tmp_path / "read-only"
    shutil.copytree(recorded.datastore, copy)
    elsewhere = RecordedRun(copy, recorded.flow, recorded.run)
    there = Site(elsewhere, node_for(elsewhere, tmp_path / "there", tools))
    group = there.group()
    # `said` is a file: no folder can be made there, by nobody.
    (copy / group.prefix / "said").write_text("")
    code, said = there.run(group, "speak")
    assert code == NO_DATASTORE and said.startswith("penstock: ") and len(said.splitlines()) == 1


def test_the_datastore_is_not_there(site, tmp_path):
    site.node.address = "file://" + str(tmp_path / "nowhere")
    code, said = site.run(site.group())
    assert code == NO_DATASTORE and "is not mounted on this node" in said


def test_orders_that_are_not_there(site):
    code, said = site.node.run("attempts/NodeSteps/1/000099/orders")
    assert code == NO_DATASTORE and "attempts/NodeSteps/1/000099/orders" in said


@pytest.mark.parametrize("damage", [lambda raw: raw[:40], lambda raw: b"x" * len(raw), lambda raw: raw[:-10], lambda raw: b""])
def test_damaged_orders(site, damage):
    group = site.group()
    group.put(group.orders, damage(group.get(group.orders)))
    code, said = site.run(group)
    assert code == NO_DATASTORE and "damaged" in said and len(said.splitlines()) == 1


def test_a_job_that_is_not_of_the_group(site):
    code, said = site.run(site.group(), index=5)
    assert code == NO_DATASTORE and "no job 5 in a group of 1" in said


def test_which_job_it_is_has_to_be_said(site):
    code, said = site.node.run(site.group().orders, env={"PENSTOCK_JOB_INDEX": None})
    assert code == 2 and "PENSTOCK_JOB_INDEX" in said


def test_a_cache_that_cannot_be(site, tmp_path):
    (tmp_path / "file").write_text("")
    code, said = site.run(site.group(), PENSTOCK_NODE_CACHE=tmp_path / "file" / "cache")
    assert code == NO_CACHE and "PENSTOCK_NODE_CACHE" in said


def test_a_blob_that_is_lost_fails_the_task(site, recorded):
    group = site.group(blobs=[])
    assert site.run(group) == (0, "")
    report = group.report()
    assert not (report.result or {}).get("ok") and "none of its inputs" in report.ending["failure"]


def test_code_that_is_lost_fails_the_task(site, recorded):
    place = recorded.blobs[recorded.code["digest"]]
    recorded.blobs[recorded.code["digest"]] = dict(place, digest="0" * 64)
    try:
        group = site.group()
    finally:
        recorded.blobs[recorded.code["digest"]] = place
    assert site.run(group) == (0, "")
    assert "could not be started on the node" in group.report().ending["failure"] and "0000" in group.report().ending["failure"]


# Pythons


def test_a_python_that_is_named(site, tools):
    group = site.group(executable=str(tools.python.resolve()))
    assert site.run(group, "look") == (0, "")
    assert group.report().artifacts()["executable"] == str(tools.python.resolve())
    missing = site.group(executable="no-such-python")
    assert site.run(missing) == (0, "")
    assert "no-such-python" in missing.report().ending["failure"]


def test_a_python_that_does_not_start(site, tmp_path):
    broken = tmp_path / "broken-python"
    broken.write_text("#!/bin/sh\necho 'a library is missing here' >&2\nexit 127\n")
    broken.chmod(0o755)
    group = site.group(executable=str(broken))
    assert site.run(group) == (0, "")
    report = group.report()
    assert "ended on the node before it had loaded the flow" in report.ending["failure"]
    assert report.printed == "a library is missing here\n"


def test_no_python_of_the_series(site, recorded):
    was = recorded.facts["python_version"]
    recorded.facts["python_version"] = "3.99.1"
    try:
        group = site.group()
    finally:
        recorded.facts["python_version"] = was
    assert site.run(group) == (0, "")
    report = group.report()
    assert report.result["ok"] and "no Python 3.99" in report.printed


class Kitchen:
    """Runs of steps with environments, in a datastore, and nodes that see nothing else."""

    def __init__(self, folder, tools):
        self.folder, self.tools = folder, tools
        self.project = Project(folder / "here", tools)
        self.datastore = folder / "store"

    def run(self, flow, file, **variables):
        outcome = self.project.run(
            file, top=("--datastore-root", f"file://{self.datastore}"), env={"PENSTOCK_SNAPSHOT": "always", **variables})
        return RecordedRun(self.datastore, flow, outcome.ended_with(0).run_id)

    def environment(self, recorded, step, number=0, **options):
        """A group of a step as it ran here."""
        (noted,) = [note for note in self.noted(recorded, step)]
        wanted = {"kind": noted["type"], "python": noted["python"], "lock": noted["lock"]}
        packages = [entry for entry in recorded.snapshot if entry["kind"] != "engine"]
        return Group(recorded, step, number=number, environment=wanted, packages=packages, **options)

    def noted(self, recorded, step):
        for file in sorted((self.datastore / "records" / recorded.flow / recorded.run).glob("*.jsonl")):
            for line in file.read_text().splitlines()[1:]:
                facts = json.loads(line).get("metadata")
                if facts and facts["attempt"]["task"] in recorded.tasks[step]:
                    for name, value, _ in facts["content"]:
                        if name == "environment-info":
                            yield json.loads(value)


@pytest.fixture
def kitchen(tmp_path, tools):
    tools.require()
    kitchen = Kitchen(tmp_path, tools)
    yield kitchen
    kitchen.project.end_all()


def test_one_environment_for_many_jobs_from_the_datastore_alone(kitchen):
    project = kitchen.project
    with LoopbackIndex(wheel("flour", "1.0", requires=["water>=1"]), wheel("water", "1.0")) as index:
        packages = json.dumps({"flour": "1.0"})
        recorded = kitchen.run(
            "WithPackages", project.add("with_packages.py"), PENSTOCK_INDEX_URL=index.url, TEST_PACKAGES=packages)
        index.forget_requests()
        node = node_for(recorded, kitchen.folder / "node", kitchen.tools)
        node.variables.update({"PENSTOCK_INDEX_URL": index.url, "TEST_PACKAGES": packages, "PYTHONPATH": "/nowhere"})
        group = kitchen.environment(recorded, "bake", parent=recorded.tasks["start"][0], count=8)
        processes = [node.start(group.orders, place) for place in range(8)]
        for process in processes:
            _, said = process.communicate(timeout=120)
            assert (process.returncode, said) == (0, "")
        assert index.requests == []
    values = [group.report(place).artifacts() for place in range(8)]
    assert {json.dumps(each["sees"]) for each in values} == {
        json.dumps({"flour": "1.0", "water": "1.0", "salt": None, "pytest": None, "pip": None})}
    (prefix,) = {each["prefixes"]["bake"] for each in values}
    assert prefix.startswith(str(node.cache)) and len(os.listdir(node.cache / "packages" / "environments")) == 1
    assert left(node) == []
    # It is known the next time, whatever becomes of the datastore's packages.
    again = kitchen.environment(recorded, "bake", number=1, parent=recorded.tasks["start"][0])
    shutil.rmtree(kitchen.datastore / "blobs")
    assert node.run(again.orders) == (0, "")
    assert again.report().artifacts()["prefixes"]["bake"] == prefix


def test_packages_that_the_datastore_has_lost(kitchen):
    project = kitchen.project
    with LoopbackIndex(wheel("flour", "1.0")) as index:
        packages = json.dumps({"flour": "1.0"})
        recorded = kitchen.run(
            "WithPackages", project.add("with_packages.py"), PENSTOCK_INDEX_URL=index.url, TEST_PACKAGES=packages)
        (digest,) = [entry["blob"]["digest"] for entry in recorded.snapshot if entry["kind"] == "wheel"]
        (kitchen.datastore / "blobs" / digest[:2] / digest).unlink()
        node = node_for(recorded, kitchen.folder / "node", kitchen.tools)
        node.variables.update({"PENSTOCK_INDEX_URL": index.url, "TEST_PACKAGES": packages})
        index.forget_requests()
        group = kitchen.environment(recorded, "bake", parent=recorded.tasks["start"][0])
        assert node.run(group.orders) == (0, "")
        assert index.requests == []
    report = group.report()
    assert "could not be started on the node" in report.ending["failure"] and "flour" in report.ending["failure"] + report.printed
    assert report.result is None


LARDER = """
from penstock import FlowSpec, conda, pypi, step


class Larder(FlowSpec):
    @conda(packages={"flour": "1.0"})
    @pypi(packages={"bread": ""})
    @step
    def start(self):
        import bread, flour
        self.bread = [bread.VERSION, flour.VERSION, flour.SOURCE]
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Larder()
"""


def test_conda_and_wheels_on_a_node_that_needs_no_python(kitchen, python):
    with CondaChannel(python, conda_project("flour", "1.0")) as channel, LoopbackIndex(
            wheel("bread", "1.0", requires=["flour"])) as index:
        recorded = kitchen.run(
            "Larder", kitchen.project.write("larder.py", LARDER), CONDA_CHANNELS=channel.url, PENSTOCK_INDEX_URL=index.url)
    node = node_for(recorded, kitchen.folder / "node", kitchen.tools)
    # What the tests' own Python, a script, needs; and no other Python on the search path.
    tools = kitchen.folder / "tools"
    tools.mkdir()
    for name in ("readlink", "dirname", "sh", "env"):
        (tools / name).symlink_to(shutil.which(name))
    node.path = str(tools)
    group = kitchen.environment(recorded, "start", parent=recorded.tasks["_parameters"][0])
    assert node.run(group.orders) == (0, "")
    report = group.report()
    assert report.result and report.result["ok"], report.facts
    assert report.artifacts()["bread"] == ["1.0", "1.0", "conda"]


# Buckets


class BucketGroup(Group):
    """The same in a bucket; the records stand in a folder, too."""

    bucket = None

    def put(self, key, content):
        self.bucket.put_object(Bucket=self.name, Key="team/" + key, Body=content)

    def get(self, key):
        try:
            return self.bucket.get_object(Bucket=self.name, Key="team/" + key)["Body"].read()
        except self.bucket.exceptions.NoSuchKey:
            return None


@pytest.fixture
def bucket(moto, recorded):
    """The objects of the run in a bucket."""
    client, name = moto.boto(), moto.new_bucket()
    for path in recorded.datastore.rglob("*"):
        if path.is_file() and not str(path.relative_to(recorded.datastore)).startswith("attempts"):
            client.upload_file(str(path), name, "team/" + str(path.relative_to(recorded.datastore)))
    return type("Bucketed", (BucketGroup,), {"bucket": client, "name": name})


def test_a_bucket_is_the_datastore(bucket, recorded, tmp_path, tools, moto):
    node = Node(tmp_path, tools.engine.resolve(), f"s3://{bucket.name}/team", tools.python.resolve())
    node.variables.update(moto.variables)
    group = bucket(recorded, "work", parent=recorded.tasks["start"][0], frames=[])
    for work in ("make", "look", "ask"):
        group = bucket(recorded, "work", number=zlib.crc32(work.encode()) % 1000, parent=recorded.tasks["start"][0])
        assert node.run(group.orders, env={"NODE_WORK": work}) == (0, "")
        assert group.report().result["ok"], group.report().printed
    assert moto.secret_key not in subprocess.run(["grep", "-r", moto.secret_key, str(node.cache)], capture_output=True, text=True).stdout
