"""Runs that are kept in a remote datastore too (a folder here), and read from there alone."""

import json
import os
import signal
import time

import pytest

from .harness.processes import wait_until
from .harness.project import Project


class Remote:
    """A remote datastore in a folder, and projects that have nothing in common but it."""

    def __init__(self, folder, tools):
        self.folder = folder / "remote"
        self.address = self.folder.as_uri()
        self._parent = folder
        self._tools = tools
        self.projects = []

    def project(self, name):
        project = Project(self._parent / name, self._tools)
        # Snapshots have tests of their own (test_snapshots.py); they are sent before a run begins.
        project.variables.update(PENSTOCK_DATASTORE_ROOT=self.address, PENSTOCK_SNAPSHOT="never")
        self.projects.append(project)
        return project

    def objects(self, prefix=""):
        return sorted(
            str(path.relative_to(self.folder)) for path in self.folder.rglob("*")
            if path.is_file() and str(path.relative_to(self.folder)).startswith(prefix))

    def records(self):
        """The text of all records."""
        return "".join((self.folder / name).read_text() for name in self.objects("records/") if name.endswith(".jsonl"))

    def entries(self, run):
        """All that the records of a run tell, in their order, without the headers."""
        lines = []
        for name in self.objects("records/%s/" % run):
            lines += [json.loads(line) for line in (self.folder / name).read_text().splitlines()[1:]]
        return lines


@pytest.fixture
def remote(tmp_path, tools):
    tools.require()
    remote = Remote(tmp_path, tools)
    yield remote
    for project in remote.projects:
        project.end_all()


FACTS = (
    "{'large': len(r['start'].task['large'].data), 'noise': len(r['start'].task['noise'].data),"
    " 'squares': r['join'].task.data.squares, 'total': r.data.total, 'tags': sorted(r.user_tags), 'done': r.successful,"
    " 'out': sorted(t.stdout for t in r['work']), 'err': sorted(t.stderr for t in r['work']),"
    " 'code': 'KeptElsewhere' in r.code.flowspec.decode() if isinstance(r.code.flowspec, bytes) else 'KeptElsewhere' in r.code.flowspec,"
    " 'metadata': sorted(m.name for m in r['join'].task.metadata)}")


def facts(project, run):
    return project.ask("[%s for r in [Run(run)]][0]" % FACTS, run=run)


def test_a_run_is_read_with_the_remote_alone(remote):
    first, second = remote.project("first"), remote.project("second")
    run = "KeptElsewhere/" + first.run(first.add("kept_elsewhere.py"), "--tag", "kept").ended_with(0).run_id
    here = facts(first, run)
    assert here["squares"] == [0, 1, 4, 9] and here["total"] == 14 and here["tags"] == ["kept"] and here["done"]
    assert here["out"][0].startswith("item 0") and here["code"] and "ds-root" in here["metadata"]
    assert facts(second, run) == here
    assert second.engine("runs").ended_with(0).stdout.splitlines()[1].startswith(run + "  succeeded")
    shown = [json.loads(p.engine("show", run, "--json").ended_with(0).stdout) for p in (first, second)]
    assert shown[0] == shown[1]
    logs = [sorted(p.engine("logs", run).ended_with(0).stdout.splitlines()) for p in (first, second)]
    assert logs[0] == logs[1] and any("grüße" in line for line in logs[0])
    cards = "[c.get() for c in __import__('metaflow.cards').cards.get_cards(Run(run)['work'].task)]"
    pages = [p.ask(cards, run=run) for p in (first, second)]
    assert pages[0] == pages[1] and len(pages[0]) == 1
    file = second.add("kept_elsewhere.py")
    assert "[0, 1, 4, 9]" in second.flow(file, "dump", run.split("/")[1] + "/join").ended_with(0).stdout


def test_the_address_alone_is_enough(remote):
    first = remote.project("first")
    run = "KeptElsewhere/" + first.run(first.add("kept_elsewhere.py")).ended_with(0).run_id
    other = Project(remote._parent / "other", remote._tools)
    assert run in other.engine("runs", "--root", remote.address).ended_with(0).stdout
    script = "from metaflow import *; namespace(None); metadata(%r); print(Run(%r).data.total, get_metadata())" % (remote.address, run)
    assert other.python("-c", script).ended_with(0).stdout.split() == ["14", remote.address]


def test_a_remote_says_nothing_that_it_does_not_hold(remote):
    project = remote.project("first")
    run = "KeptElsewhere/" + project.run(project.add("kept_elsewhere.py")).ended_with(0).run_id
    mentioned, placed = set(), {}
    for entry in remote.entries(run):
        for blob in entry.get("blobs", []):
            placed[blob["digest"]] = blob
        for artifact in entry.get("artifacts", {}).get("content", []):
            mentioned.add(artifact["digest"])
        for kind in ("card", "card_data", "code_package"):
            if kind in entry:
                mentioned.add(entry[kind].get("content", entry[kind])["digest"])
    assert mentioned and mentioned <= set(placed)
    for digest, blob in placed.items():
        if "pack" in blob:
            with open(remote.folder / "packs" / blob["pack"], "rb") as pack:
                pack.seek(blob["offset"])
                assert pack.read(56)[24:].hex() == digest
        else:
            suffix = ".zst" if blob["codec"] else ""
            assert (remote.folder / "blobs" / digest[:2] / (digest + suffix)).is_file()


def test_what_is_there_is_not_sent_again(remote):
    first, second = remote.project("first"), remote.project("second")
    file = first.write("same.py", SAME)
    first.run(file).ended_with(0)
    blobs = remote.objects("blobs/")
    packs = remote.objects("packs/")
    first.run(file).ended_with(0)
    assert remote.objects("blobs/") == blobs
    # Some artifacts of a run are its own; those that are not are not sent again.
    assert sum((remote.folder / name).stat().st_size for name in set(remote.objects("packs/")) - set(packs)) < 4000
    other = second.write("same.py", SAME)
    second.run(other).ended_with(0)
    assert len(remote.objects("blobs/")) == len(blobs)


SAME = """
from metaflow import FlowSpec, step

class Same(FlowSpec):
    @step
    def start(self):
        self.large = b"".join(b"%d" % n for n in range(200000))
        self.small = [list(range(n)) for n in range(60)]
        self.next(self.end)

    @step
    def end(self):
        pass

if __name__ == "__main__":
    Same()
"""


def test_a_run_of_another_machine_is_resumed(remote):
    first, second, third = (remote.project(name) for name in ("first", "second", "third"))
    failed = first.run(first.add("kept_elsewhere.py"), "--broken", "True").ended_with(1).run_id
    file = second.add("kept_elsewhere.py")
    resumed = second.flow(file, "resume", "--origin-run-id", failed, env={"BREAK": "0"}).ended_with(0)
    assert "7 tasks were taken over" in resumed.stdout or "6 tasks were taken over" in resumed.stdout
    run = "KeptElsewhere/" + resumed.run_id
    expression = "[Run(run).data.total, Run(run).successful, Run(run).origin_pathspec, Run(run)['join'].task.data.squares]"
    for project in (first, second, third):
        assert project.ask(expression, run=run)[0::3] == [14, [0, 1, 4, 9]], project.folder


def test_a_run_that_was_kept_here_only_goes_along_when_it_is_resumed(remote):
    first, second = remote.project("first"), remote.project("second")
    file = first.add("kept_elsewhere.py")
    alone = {"PENSTOCK_DATASTORE_ROOT": None}
    failed = first.run(file, "--broken", "True", env=alone).ended_with(1).run_id
    assert not remote.folder.exists()
    resumed = first.flow(file, "resume", env={"BREAK": "0"}).ended_with(0).run_id
    for run, done in ((failed, False), (resumed, True)):
        assert second.ask("[Run(run).successful, Run(run)['join'].task.data.squares]", run="KeptElsewhere/" + run) == [
            done, [0, 1, 4, 9]]
    assert second.ask("Run(run).data.total", run="KeptElsewhere/" + resumed) == 14


def test_tags_go_both_ways(remote):
    first, second = remote.project("first"), remote.project("second")
    run = "KeptElsewhere/" + first.run(first.add("kept_elsewhere.py"), "--tag", "begun").ended_with(0).run_id
    second.engine("tags", run, "add", "seen", "good").ended_with(0)
    first.engine("tags", run, "remove", "good", "begun").ended_with(0)
    first.ask("Run(run).add_tag('asked')", run=run)
    expected = sorted(["seen", "asked"])
    for project in (first, second, remote.project("third")):
        assert project.ask("sorted(Run(run).user_tags)", run=run) == expected
    # Whoever looks twice sees the same: nothing is applied again.
    assert second.ask("sorted(Run(run).user_tags)", run=run) == expected


def test_a_log_that_was_scrubbed_is_scrubbed_everywhere(remote):
    first, second, third = (remote.project(name) for name in ("first", "second", "third"))
    outcome = first.run(first.add("kept_elsewhere.py")).ended_with(0)
    run = "KeptElsewhere/" + outcome.run_id
    assert "grüße" in second.engine("logs", run).ended_with(0).stdout
    first.flow(first.folder / "kept_elsewhere.py", "logs", "scrub", outcome.run_id + "/start").ended_with(0)
    for project in (first, second, third):
        said = project.engine("logs", run).ended_with(0).stdout
        assert "grüße" not in said and "REDACTED" in said and "item 3" in said
    assert not any("grüße".encode() in (remote.folder / name).read_bytes() for name in remote.objects("logs/"))


class TestFailures:
    def test_a_remote_that_cannot_be_written_to(self, remote):
        """The run is recorded, told of, and sent later."""
        project, other = remote.project("first"), remote.project("other")
        remote.folder.write_text("a file where the folder should be")
        outcome = project.run(project.add("kept_elsewhere.py")).ended_with(1)
        assert "Done!" in outcome.stdout
        assert "not everything of it is in " + remote.address in outcome.stderr and "penstock datastore push" in outcome.stderr
        run = "KeptElsewhere/" + outcome.run_id
        waiting = json.loads(project.engine("datastore", "status", "--json").ended_with(0).stdout)
        assert [w["path"] for w in waiting[0]["waiting"]] == [run] and not waiting[0]["waiting"][0]["running"]
        project.engine("datastore", "push").ended_with(1)
        remote.folder.unlink()
        assert run in project.engine("datastore", "push").ended_with(0).stdout
        assert project.engine("datastore", "status").ended_with(0).stdout.startswith("Nothing waits")
        assert "Nothing waits" in project.engine("datastore", "push").ended_with(0).stdout
        assert other.ask("Run(run).data.total", run=run) == 14

    def test_the_next_run_sends_what_a_killed_engine_left(self, remote):
        project, other = remote.project("first"), remote.project("other")
        file = project.add("kept_elsewhere.py")
        remote.folder.write_text("in the way")
        process = project.start(file, "--wait", "60")
        wait_until(lambda: "item 3" in project.said(), 60, "all tasks run")
        time.sleep(0.5)  # What happened a moment ago is not recorded yet.
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        project.end_all()
        remote.folder.unlink()
        killed = [w["path"] for w in json.loads(project.engine("datastore", "status", "--json").stdout)[0]["waiting"]]
        assert len(killed) == 1
        project.run(file, "--wait", "1.5").ended_with(0)
        assert not json.loads(project.engine("datastore", "status", "--json").stdout)[0]["waiting"]
        assert other.ask("[Run(run).finished, len(Run(run)['start'].task['noise'].data)]", run=killed[0]) == [False, 300_000]
        resumed = other.flow(other.add("kept_elsewhere.py"), "resume", "--origin-run-id", killed[0].split("/")[1]).ended_with(0)
        assert "1 task was taken over" in resumed.stdout

    def test_an_engine_killed_while_it_sends(self, remote):
        """Whatever stands in the remote when the engine is killed can be read, and the rest is sent later."""
        project, other = remote.project("first"), remote.project("other")
        file = project.add("kept_elsewhere.py")
        for wait in (0.5, 0.9, 1.3):
            process = project.start(file, "--wait", "0.4", "--width", "12", "--max-workers", "3")
            time.sleep(wait)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            project.end_all()
        TestFailures.everything_is_readable(other)
        project.engine("datastore", "push").ended_with(0)
        runs = TestFailures.everything_is_readable(other)
        ours = json.loads(project.engine("runs", "--json", env={"PENSTOCK_DATASTORE_ROOT": None}).ended_with(0).stdout)
        assert sorted(runs) == sorted(run["path"] for run in ours)

    @staticmethod
    def everything_is_readable(project):
        """The runs of the remote, all of whose artifacts were read."""
        return project.ask("[([a.data for s in r for t in s for a in t], r.pathspec)[1] for r in Flow('KeptElsewhere')]")

    def test_a_damaged_record_is_named(self, remote):
        first, second = remote.project("first"), remote.project("second")
        run = "KeptElsewhere/" + first.run(first.add("kept_elsewhere.py")).ended_with(0).run_id
        record = remote.folder / remote.objects("records/%s/" % run)[0]
        record.write_text("no record\n")
        outcome = second.engine("ledger", "import").ended_with(1)
        assert record.name in outcome.stderr and "is not a record" in outcome.stderr

    def test_a_newer_record_is_named(self, remote):
        first, second = remote.project("first"), remote.project("second")
        run = "KeptElsewhere/" + first.run(first.add("kept_elsewhere.py")).ended_with(0).run_id
        record = remote.folder / remote.objects("records/%s/" % run)[0]
        record.write_text(record.read_text().replace('"format":1', '"format":9', 1))
        assert "newer Penstock" in second.engine("ledger", "import").ended_with(1).stderr

    def test_a_damaged_blob_is_told_of_never_returned(self, remote):
        first, second = remote.project("first"), remote.project("second")
        run = "KeptElsewhere/" + first.run(first.add("kept_elsewhere.py")).ended_with(0).run_id
        for name in remote.objects("packs/") + remote.objects("blobs/"):
            path = remote.folder / name
            path.chmod(0o644)
            content = bytearray(path.read_bytes())
            content[len(content) // 2] ^= 1
            path.write_bytes(content)
        script = "from metaflow import *; namespace(None); print(Run(%r)['start'].task['noise'].data)" % run
        outcome = second.python("-c", script)
        assert outcome.code != 0 and "damaged" in outcome.stderr and "noise" not in outcome.stdout

    def test_a_blob_that_is_gone_is_told_of(self, remote):
        first, second = remote.project("first"), remote.project("second")
        run = "KeptElsewhere/" + first.run(first.add("kept_elsewhere.py")).ended_with(0).run_id
        for name in remote.objects("packs/") + remote.objects("blobs/"):
            (remote.folder / name).unlink()
        script = "from metaflow import *; namespace(None); print(Run(%r)['start'].task['noise'].data)" % run
        outcome = second.python("-c", script)
        assert outcome.code != 0 and "does not hold the blob" in outcome.stderr

    def test_without_the_remote_what_is_here_is_shown(self, remote):
        project = remote.project("first")
        run = "KeptElsewhere/" + project.run(project.add("kept_elsewhere.py")).ended_with(0).run_id
        remote.folder.rename(remote.folder.with_name("away"))
        remote.folder.write_text("in the way")
        assert run in project.engine("runs").ended_with(0).stdout
        assert project.ask("Run(run).data.total", run=run) == 14

    @pytest.mark.parametrize("words, message", [
        (["--datastore", "s3"], "not said in which bucket"),
        (["--datastore", "s3", "--datastore-root", "file:///x"], "its root is file:///x"),
        (["--datastore", "local", "--datastore-root", "s3://b/p"], "its root is s3://b/p"),
        (["--datastore-root", "gs://b/p"], "'gs' is not a kind of datastore"),
        (["--datastore-root", "s3://"], "names no bucket"),
        (["--datastore-root", "file://elsewhere/x"], "write file:///FOLDER"),
    ])
    def test_addresses_that_make_no_sense(self, project, words, message):
        outcome = project.run(project.add("linear.py"), top=words)
        assert outcome.code in (1, 2) and message in outcome.stderr and not outcome.started_a_run


def test_a_lost_ledger_is_made_again(remote):
    project = remote.project("first")
    run = "KeptElsewhere/" + project.run(project.add("kept_elsewhere.py")).ended_with(0).run_id
    before = json.loads(project.engine("show", run, "--json").ended_with(0).stdout)
    for path in (project.store / ".penstock").glob("ledger.sqlite*"):
        path.unlink()
    imported = json.loads(project.engine("ledger", "import", "--json").ended_with(0).stdout)
    assert imported["runs"] == [run] and imported["records"] >= 1
    assert json.loads(project.engine("show", run, "--json").ended_with(0).stdout) == before
    assert project.ask("Run(run).data.total", run=run) == 14
    again = json.loads(project.engine("ledger", "import", "--json").ended_with(0).stdout)
    assert again["runs"] == [] and again["records"] == 0


def test_runs_of_before_are_sent_on_demand(remote):
    project, other = remote.project("first"), remote.project("other")
    file = project.add("kept_elsewhere.py")
    alone = {"PENSTOCK_DATASTORE_ROOT": None}
    run = "KeptElsewhere/" + project.run(file, "--tag", "old", env=alone).ended_with(0).run_id
    here = facts(project, run)
    project.engine("datastore", "push", run, "--to", remote.address, env=alone).ended_with(0)
    assert facts(other, run) == here
    assert "Nothing waits" in project.engine("datastore", "push", "KeptElsewhere", "--to", remote.address).ended_with(0).stdout


def test_a_run_that_goes_on_is_seen_elsewhere(remote):
    project, other = remote.project("first"), remote.project("other")
    process = project.start(project.add("kept_elsewhere.py"), "--wait", "60")
    wait_until(lambda: any(name.endswith("/alive") for name in remote.objects("records/")), 60, "a sign of life")
    listed = json.loads(other.engine("runs", "--json").ended_with(0).stdout)
    assert [run["status"] for run in listed] == ["running"]
    process.terminate()
    process.wait(60)
    assert json.loads(other.engine("runs", "--json").ended_with(0).stdout)[0]["status"] == "failed"
    assert not any(name.endswith("/alive") for name in remote.objects("records/"))


def test_a_project_without_a_remote_makes_nothing_for_one(project):
    project.run(project.add("linear.py")).ended_with(0)
    assert project.engine("datastore", "status").ended_with(0).stdout == "This project has no remote datastore.\n"
    assert "no remote datastore" in project.engine("datastore", "push").ended_with(1).stderr
    assert "which remote datastore" in project.engine("ledger", "import").ended_with(2).stderr
