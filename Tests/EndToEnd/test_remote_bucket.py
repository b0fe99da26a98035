"""Runs that are kept in a bucket (moto here), with the variables that existing set-ups have, and read from there alone."""

import json
import os
import signal
import socket
import threading
import time

import pytest

from .harness.processes import wait_until
from .harness.project import Project
from .test_remote_datastore import facts


class Bucket:
    """A part of a bucket, and projects that have nothing in common but it."""

    def __init__(self, folder, tools, moto):
        self.moto = moto
        self.name = moto.new_bucket()
        self.address = "s3://%s/team/runs" % self.name
        self._parent = folder
        self._tools = tools
        self.projects = []

    def project(self, name, **variables):
        project = Project(self._parent / name, self._tools)
        project.variables.update(self.moto.variables)
        project.variables.update(
            METAFLOW_DEFAULT_DATASTORE="s3", METAFLOW_DATASTORE_SYSROOT_S3=self.address, PENSTOCK_SNAPSHOT="never")
        project.variables.update(variables)
        self.projects.append(project)
        return project

    def keys(self, prefix=""):
        pages = self.moto.boto().get_paginator("list_objects_v2").paginate(Bucket=self.name, Prefix="team/runs/" + prefix)
        return [entry["Key"] for page in pages for entry in page.get("Contents", [])]


@pytest.fixture
def bucket(tmp_path, tools, moto):
    tools.require()
    bucket = Bucket(tmp_path, tools, moto)
    yield bucket
    for project in bucket.projects:
        project.end_all()


def test_a_run_is_read_with_the_bucket_alone(bucket):
    first, second = bucket.project("first"), bucket.project("second")
    run = "KeptElsewhere/" + first.run(first.add("kept_elsewhere.py"), "--tag", "kept").ended_with(0).run_id
    here = facts(first, run)
    assert here["squares"] == [0, 1, 4, 9] and here["done"]
    assert facts(second, run) == here
    assert run in second.engine("runs").ended_with(0).stdout
    assert any("grüße" in line for line in second.engine("logs", run).ended_with(0).stdout.splitlines())
    assert {key.split("/")[2] for key in bucket.keys()} == {"blobs", "packs", "records", "logs"}
    kept = {entry["name"]: entry["value"] for entry in json.loads(
        second.ask("json.dumps([{'name': m.name, 'value': m.value} for m in Run(run)['start'].task.metadata])", run=run))}
    assert kept["ds-type"] == "s3" and kept["ds-root"] == bucket.address


def test_an_option_names_the_bucket(bucket):
    project = bucket.project("first", METAFLOW_DEFAULT_DATASTORE=None, METAFLOW_DATASTORE_SYSROOT_S3=None)
    other = bucket.project("other", METAFLOW_DEFAULT_DATASTORE=None, METAFLOW_DATASTORE_SYSROOT_S3=None)
    file = project.add("kept_elsewhere.py")
    run = "KeptElsewhere/" + project.run(file, top=["--datastore=s3", "--datastore-root", bucket.address]).ended_with(0).run_id
    assert run in other.engine("runs", "--root", bucket.address).ended_with(0).stdout
    script = "from metaflow import *; namespace(None); metadata(%r); print(Run(%r).data.total)" % (bucket.address, run)
    assert other.python("-c", script).ended_with(0).stdout.split() == ["14"]


def test_settings_of_a_file_are_enough(bucket):
    project = bucket.project("first", METAFLOW_DEFAULT_DATASTORE=None, METAFLOW_DATASTORE_SYSROOT_S3=None)
    project.write(".metaflow/config.json", json.dumps({
        "METAFLOW_DEFAULT_DATASTORE": "s3", "METAFLOW_DATASTORE_SYSROOT_S3": bucket.address}))
    project.run(project.add("kept_elsewhere.py")).ended_with(0)
    assert bucket.keys("records/KeptElsewhere/")


def test_a_run_of_another_machine_is_resumed(bucket):
    first, second = bucket.project("first"), bucket.project("second")
    failed = first.run(first.add("kept_elsewhere.py"), "--broken", "True").ended_with(1).run_id
    resumed = second.flow(
        second.add("kept_elsewhere.py"), "resume", "--origin-run-id", failed, env={"BREAK": "0"}).ended_with(0)
    assert first.ask("[Run(run).data.total, Run(run).successful]", run="KeptElsewhere/" + resumed.run_id) == [14, True]


def test_tags_and_scrubbed_logs_go_both_ways(bucket):
    first, second = bucket.project("first"), bucket.project("second")
    outcome = first.run(first.add("kept_elsewhere.py")).ended_with(0)
    run = "KeptElsewhere/" + outcome.run_id
    second.ask("Run(run).add_tag('seen')", run=run)
    assert first.ask("sorted(Run(run).user_tags)", run=run) == ["seen"]
    assert "grüße" in second.engine("logs", run).ended_with(0).stdout
    first.flow(first.folder / "kept_elsewhere.py", "logs", "scrub", outcome.run_id + "/start").ended_with(0)
    assert "grüße" not in second.engine("logs", run).ended_with(0).stdout


class Door:
    """Lets connections through to a server, as long as it is open."""

    def __init__(self, url):
        self._target = ("127.0.0.1", int(url.rsplit(":", 1)[1]))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self._listener.getsockname()[1]
        self.is_open = True
        self._connections = []
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self):
        """Also cuts off what is under way."""
        self.is_open = False
        for connection in self._connections:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def _listen(self):
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            if not self.is_open:
                near.close()
                continue
            far = socket.create_connection(self._target)
            self._connections += [near, far]
            for source, target in ((near, far), (far, near)):
                threading.Thread(target=self._pass_on, args=(source, target), daemon=True).start()

    @staticmethod
    def _pass_on(source, target):
        try:
            while True:
                data = source.recv(65536)
                if not data:
                    break
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


class TestFailures:
    def test_a_bucket_that_goes_away_during_the_run(self, bucket):
        door = Door(bucket.moto.url)
        project = bucket.project("first", AWS_ENDPOINT_URL_S3=door.url, AWS_MAX_ATTEMPTS="2")
        process = project.start(project.add("kept_elsewhere.py"), "--wait", "3", env={"PENSTOCK_HTTP_RETRIES": "1"})
        wait_until(lambda: bucket.keys("records/"), 60, "the bucket hears of the run")
        door.close()
        assert process.wait(120) == 1
        said = project.said()
        assert "Done!" in said and "penstock datastore push" in said and bucket.moto.secret_key not in said
        door.is_open = True
        project.engine("datastore", "push").ended_with(0)
        assert bucket.project("second").ask("[r.data.total for r in Flow('KeptElsewhere')]") == [14]

    def test_a_bucket_that_does_not_exist(self, bucket):
        project = bucket.project("first", METAFLOW_DATASTORE_SYSROOT_S3="s3://no-such-bucket-at-all/x")
        outcome = project.run(project.add("kept_elsewhere.py")).ended_with(1)
        assert "Done!" in outcome.stdout and "no-such-bucket-at-all" in outcome.stderr and "help: " in outcome.stderr
        assert "Traceback" not in outcome.all

    def test_without_credentials(self, bucket):
        project = bucket.project("first", AWS_ACCESS_KEY_ID=None, AWS_SECRET_ACCESS_KEY=None)
        outcome = project.run(project.add("kept_elsewhere.py"))
        # Moto lets everybody in, also without a signature; whoever cannot sign must say so in words.
        assert outcome.code in (0, 1) and "Traceback" not in outcome.all

    def test_an_engine_killed_while_it_sends(self, bucket):
        project, other = bucket.project("first"), bucket.project("other")
        file = project.add("kept_elsewhere.py")
        for wait in (0.6, 1.0, 1.6):
            process = project.start(file, "--wait", "0.4", "--width", "12", "--max-workers", "3")
            time.sleep(wait)
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            project.end_all()
        readable = "[([a.data for s in r for t in s for a in t], r.pathspec)[1] for r in Flow('KeptElsewhere')]"
        if bucket.keys("records/"):
            other.ask(readable)
        project.engine("datastore", "push").ended_with(0)
        local = {"METAFLOW_DEFAULT_DATASTORE": None}
        ours = json.loads(project.engine("runs", "--json", env=local).ended_with(0).stdout)
        assert sorted(other.ask(readable)) == sorted(run["path"] for run in ours)


def test_secrets_are_told_nowhere(bucket):
    project = bucket.project("first")
    outcome = project.run(project.add("kept_elsewhere.py")).ended_with(0)
    secret = bucket.moto.secret_key
    assert secret not in outcome.all
    for path in project.store.rglob("*"):
        assert not path.is_file() or secret.encode() not in path.read_bytes(), path
    for key in bucket.keys():
        assert secret.encode() not in bucket.moto.boto().get_object(Bucket=bucket.name, Key=key)["Body"].read(), key
