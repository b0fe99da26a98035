"""The engine's executor on a real Slurm cluster (harness/slurm.py)."""

import os
import subprocess
import time

import pytest

from .harness.slurm import Accounting, Probe, SlurmCluster

ROWS = 26


@pytest.fixture(scope="module")
def cluster():
    with SlurmCluster() as cluster:
        yield cluster


@pytest.fixture
def output(tmp_path):
    return tmp_path / "output"


@pytest.fixture
def probe(cluster, output):
    with cluster.probe(PENSTOCK_SLURM_OUTPUT=str(output)) as probe:
        yield probe


def run_name(request):
    """A run of the test's own."""
    return f"ProbeFlow/{abs(hash(request.node.nodeid))}"


@pytest.fixture
def run(request):
    return run_name(request)


# What every executor keeps

def test_contract(cluster, tmp_path):
    """Every row of the contract of all executors."""
    rows = subprocess.run([Probe.program(), "contract"], capture_output=True, text=True, check=True).stdout.splitlines()
    assert len(rows) >= ROWS
    done = subprocess.run(
        [Probe.program(), "contract", str(tmp_path), *rows], env={**os.environ, **cluster.variables}, capture_output=True, text=True, timeout=300)
    lines = done.stdout.splitlines()
    assert [line for line in lines if not line.startswith("kept: ")] == [], done.stderr
    assert [line[len("kept: "):] for line in lines] == rows


# What jobs are given

def test_no_value_is_in_a_command_line_or_a_script(cluster, probe, run):
    """A job gets its variables; what the cluster shows of it does not have their values."""
    [job] = probe.submit('printf "%s" "$TOKEN" > "$PLACE"\nsleep 100\n', run=run, variables={"TOKEN": "s3cret value", "PLACE": f"{cluster.folder}/token"})
    cluster.until(lambda: (cluster.folder / "token").exists() and (cluster.folder / "token").read_text() == "s3cret value", "the variable did not arrive")
    cluster.run("scontrol", "write", "batch_script", job, f"{cluster.folder}/script.sh")
    assert "s3cret" not in (cluster.folder / "script.sh").read_text()
    assert "s3cret" not in cluster.run("scontrol", "--details", "show", "job", job)
    assert not [name for name in probe_words(cluster) if "s3cret" in name]
    probe.call("cancel", jobs=[job])
    probe.until_over([job])


def probe_words(cluster):
    """The command lines of all processes of the cluster and its jobs."""
    words = []
    for process in cluster.processes():
        try:
            with open(f"/proc/{process}/cmdline", "rb") as file:
                words.append(file.read().replace(b"\0", b" ").decode(errors="replace"))
        except OSError:
            pass
    return words


def test_the_persons_variables_stay_at_home(cluster, run, output):
    with cluster.probe(PENSTOCK_SLURM_OUTPUT=str(output), AWS_SECRET_ACCESS_KEY="mine", WANTED="yes", PENSTOCK_SLURM_EXPORT="WANTED") as probe:
        [job] = probe.submit("env | grep -E '^(AWS|WANTED|PATH|HOME|PENSTOCK)' | sort\nexit 1\n", run=run)
        text = probe.until_over([job])[job]["text"]
    names = [line.split("=")[0] for line in text.splitlines()]
    assert names == ["HOME", "PATH", "PENSTOCK_JOB_INDEX", "WANTED"]


def test_resources_are_asked_for(cluster, probe, run):
    [job] = probe.submit(
        "sleep 100\n", run=run, cpu=1.5, memory=120, disk=10, seconds=90, options={"partition": "main", "nodelist": "n2", "time": "10:00"},
        extra=["--no-requeue"])
    facts = cluster.job(job)
    assert facts["CPUs/Task"] == "2" and facts["MinMemoryNode"] == "120M" and facts["MinTmpDiskNode"] == "10M"
    assert facts["TimeLimit"] == "00:02:00"  # Slurm rounds up to minutes
    assert facts["ReqNodeList"] == "n2" and facts["Requeue"] == "0" and facts["WorkDir"] == "/tmp"
    probe.call("cancel", jobs=[job])


def test_gang(cluster, probe, run, tmp_path, output):
    """Every node runs the program once, knows its place and the first node, and a node without a report ends the others."""
    ids = probe.submit(
        f'echo "$MF_PARALLEL_MAIN_IP $SLURMD_NODENAME $SLURM_CPUS_PER_TASK it\'s" > {tmp_path}/node-$PENSTOCK_JOB_INDEX\n', run=run, count=2, gang=True, cpu=2)
    assert {state["state"] for state in probe.until_over(ids).values()} == {"completed"}
    told = [(tmp_path / f"node-{index}").read_text().split() for index in range(2)]
    assert told[0][0] == told[1][0] == os.uname().nodename
    assert [words[1] for words in told] == ["n1", "n2"]
    assert [words[2:] for words in told] == [["2", "it's"]] * 2
    ids = probe.submit("[ $PENSTOCK_JOB_INDEX = 0 ] && exit 92\nsleep 1000\n", run=run, number=1, count=2, gang=True)
    states = probe.until_over(ids)
    # The others were ended by a signal, and Slurm tells the largest code.
    assert {(state["state"], state["code"]) for state in states.values()} == {("exited", 143)}
    assert "Exited with exit code 92" in "".join(path.read_text() for path in output.iterdir())
    ids = probe.submit("[ $PENSTOCK_JOB_INDEX = 0 ] && exit 0\nsleep 2\necho on > %s/on\n" % tmp_path, run=run, number=2, count=2, gang=True)
    assert {state["state"] for state in probe.until_over(ids).values()} == {"completed"}
    assert (tmp_path / "on").exists()


# How jobs end

@pytest.mark.parametrize("script, state, code", [
    ("exit 0\n", "completed", None), ("exit 92\n", "exited", 92), ("kill -9 $$\n", "signalled", 9), ("kill -TERM $$\n", "signalled", 15),
    ("sh -c 'kill -SEGV $$'\nexit $?\n", "exited", 139),
])
def test_endings(probe, run, script, state, code):
    [job] = probe.submit(script, run=run)
    told = probe.until_over([job])[job]
    assert (told["state"], told.get("code"), told["node"]) == (state, code, "n1")


@pytest.mark.skipif("PENSTOCK_SLOW_TESTS" not in os.environ, reason="takes a minute and a half; make test-slurm runs it")
def test_time_limit(run):
    """A job that takes too long is ended by the cluster."""
    with SlurmCluster(nodes=1) as own, own.probe() as probe:
        [job] = probe.submit("sleep 1000\n", run=run, seconds=60)
        assert probe.until_over([job], 120)[job]["state"] == "timeLimit"


def test_what_failed_says_why(probe, run, output):
    """The last lines that a job printed come with its end, and files of those that did their work are gone."""
    ids = probe.submit('echo "no curl, wget or python3"; echo "at all" >&2\nexit $((PENSTOCK_JOB_INDEX * 91))\n', run=run, count=2)
    states = probe.until_over(ids)
    assert states[ids[1]]["text"].splitlines() == ["no curl, wget or python3", "at all"]
    assert [file.name for file in output.iterdir()] == [f"{ids[1]}.out"]
    assert "output: at all" in probe.call("describe", jobs=[ids[1]])["lines"]


def test_output_folder_that_nodes_do_not_have(cluster, run, tmp_path):
    """A job whose output cannot be opened never started, and says so."""
    folder = tmp_path / "gone"
    with cluster.probe(PENSTOCK_SLURM_OUTPUT=str(folder)) as probe:
        cluster.run("scontrol", "update", "NodeName=n1,n2", "State=drain", "Reason=test")
        [job] = probe.submit("exit 0\n", run=run)
        folder.rmdir()
        cluster.run("scontrol", "update", "NodeName=n1,n2", "State=resume")
        told = probe.until_over([job])[job]
        assert told["state"] == "notStarted" and "output" in told["text"], told


# What is refused

@pytest.mark.parametrize("group, words", [
    (dict(options={"partition": "nowhere"}), "invalid partition name specified"),
    (dict(memory=10 ** 9), "requested node configuration is not available"),
    (dict(gpu=1), "gres"),
    (dict(options={"partition": "short", "time": "1-0"}), "time limit"),
    (dict(options={"constraint": "unheard"}), "invalid feature specification"),
    (dict(options={"nodelist": "n9"}), "node name"),
    (dict(extra=["--nonsense"]), "unrecognized option"),
])
def test_refusals(cluster, probe, run, group, words):
    """A request that cannot be met is one error with what to do, and leaves no job."""
    error = probe.ask("submit", run=run, script="exit 0\n", **group).get("error")
    if error is None and "time limit" in words:  # Slurm lets it wait, and says why
        found = probe.call("jobs", run=run)["states"]
        cluster.until(lambda: "PartitionTimeLimit" in (probe.poll([found[0]["id"]])[found[0]["id"]].get("text") or ""), "it does not say why it waits")
        probe.call("cancel", jobs=[job["id"] for job in found])
        return
    assert error and error["fault"] == "refused" and words in error["message"] and error["help"], error
    assert probe.call("jobs", run=run)["states"] == []


# What others do to jobs

def test_cancelled_from_outside(cluster, probe, run):
    ids = probe.submit("exec sleep 1000\n", run=run, count=20)
    cluster.until(lambda: probe.poll(ids)[ids[0]]["state"] == "running", "it did not start")
    cluster.run("scancel", ids[0].split("_")[0])
    assert {state["state"] for state in probe.until_over(ids).values()} == {"cancelled"}


def test_requeued(cluster, probe, run, tmp_path):
    """A job that is queued again has not ended."""
    # In place of the shell: a child that it starts just when it is killed would be missed by Slurm, and stay. Others have slept shorter.
    [job] = probe.submit(f'echo x >> {tmp_path}/starts\n[ "${{SLURM_RESTART_COUNT:-0}}" = 0 ] && exec sleep 2000\nexit 0\n', run=run)
    cluster.until(lambda: (tmp_path / "starts").exists(), "it did not start")
    cluster.run("scontrol", "requeue", job)
    cluster.until(lambda: probe.poll([job])[job]["state"] == "pending", "it is not queued again")
    # Slurm lets it wait for two minutes; what is left of the first start must be gone before the second.
    cluster.until(lambda: not [words for words in probe_words(cluster) if "sleep 2000" in words], "the first start does not end")
    time.sleep(1)
    cluster.run("scontrol", "update", f"JobId={job}", "StartTime=now", check=False)
    assert probe.until_over([job], 200)[job]["state"] == "completed"
    assert (tmp_path / "starts").read_text().count("x") == 2


def test_held(cluster, probe, run):
    cluster.run("scontrol", "update", "NodeName=n1,n2", "State=drain", "Reason=test")
    try:
        [job] = probe.submit("exit 0\n", run=run)
        cluster.run("scontrol", "hold", job)
        cluster.until(lambda: "JobHeld" in (probe.poll([job])[job].get("text") or ""), "it does not say that it is held")
        cluster.run("scontrol", "release", job)
    finally:
        cluster.run("scontrol", "update", "NodeName=n1,n2", "State=resume")
    assert probe.until_over([job])[job]["state"] == "completed"


def test_drained(cluster, probe, run):
    """Jobs of a node that is drained end well, and others wait."""
    ids = probe.submit("sleep 3\n", run=run, count=2, options={"nodelist": "n1"}, cpu=8)
    cluster.until(lambda: any(state["state"] == "running" for state in probe.poll(ids).values()), "none runs")
    cluster.run("scontrol", "update", "NodeName=n1", "State=drain", "Reason=test")
    try:
        cluster.until(lambda: sorted(state["state"] for state in probe.poll(ids).values()) == ["completed", "pending"], "one ends and one waits")
        waiting = [state for state in probe.poll(ids).values() if state["state"] == "pending"][0]
        assert waiting["text"]
    finally:
        cluster.run("scontrol", "update", "NodeName=n1", "State=resume")
    assert {state["state"] for state in probe.until_over(ids).values()} == {"completed"}


# Politeness

def test_calls(cluster, run):
    """One call for each question, whatever the number of jobs."""
    with cluster.probe() as probe:
        ids = probe.submit(run=run, count=100)
        for _ in range(5):
            probe.poll(ids)
        calls = probe.call("calls")["calls"]
    assert calls == {"sbatch": 1, "squeue": 6, "sacct": 1}


# Daemons that die

def test_controller_away(cluster, run):
    """While the controller is away nothing is known and nothing has failed; its jobs go on."""
    with SlurmCluster(nodes=1) as own, own.probe() as probe:
        [job] = probe.submit("sleep 4\n", run=run)
        own.until(lambda: probe.poll([job])[job]["state"] == "running", "it did not start")
        time.sleep(6)  # until the controller has written its state
        own.kill("slurmctld")
        error = probe.ask("poll", jobs=[job])["error"]
        assert error["fault"] == "unreachable"
        assert probe.ask("submit", run=run, number=1)["error"]["fault"] == "unreachable"
        own.start("slurmctld")
        own.until_up()
        assert probe.until_over([job])[job]["state"] == "completed"
        assert probe.submit(run=run, number=1)


@pytest.mark.parametrize("requeue", [0, 1])
def test_node_dies(run, tmp_path, requeue):
    """The job of a node that has died failed with its node, or is queued again where the cluster does that."""
    with SlurmCluster(nodes=1, requeue=requeue) as own, own.probe() as probe:
        [job] = probe.submit(f'echo x >> {tmp_path}/starts\n[ "${{SLURM_RESTART_COUNT:-0}}" = 0 ] && exec sleep 1000\nexit 0\n', run=run)
        own.until((tmp_path / "starts").exists, "it did not start")
        own.kill("n1")
        if requeue == 0:
            assert probe.until_over([job], 120)[job]["state"] == "nodeFailed"
            return
        own.until(lambda: probe.poll([job])[job]["state"] == "pending", "it is not queued again")
        own.start("n1")
        own.until(lambda: own.state_of("n1") == "idle", "its node does not come back")
        own.run("scontrol", "update", f"JobId={job}", "StartTime=now", check=False)
        assert probe.until_over([job], 200)[job]["state"] == "completed"


# Accounts

def test_accounts(run):
    """What the controller has forgotten stands in the accounts: how jobs ended, and that a group was submitted."""
    reason = SlurmCluster.missing() or Accounting.missing()
    if reason:
        pytest.skip(reason)
    with SlurmCluster(nodes=1, min_job_age=2, accounting=Accounting()) as own, own.probe() as probe:
        ids = probe.submit("exit $PENSTOCK_JOB_INDEX\n", run=run, count=3)
        probe.until_over(ids)
        number = int(ids[0].split("_")[0])
        own.until(lambda: number not in own.numbers(), "the controller forgets nothing", 150)
        states = probe.until_over(ids)
        assert [(states[job]["state"], states[job].get("code")) for job in ids] == [("completed", None), ("exited", 1), ("exited", 2)]
        with own.probe() as another:
            assert another.submit(run=run, count=3) == ids
            assert any(line.startswith("accounts: ") for line in another.call("describe", jobs=[ids[1]])["lines"])
        own.kill("slurmdbd")
        with own.probe() as another:
            assert another.poll(["4000000"])["4000000"]["state"] == "unknown"


# Nothing is left

def test_everything_is_stopped(run):
    with SlurmCluster(nodes=1) as own, own.probe() as probe:
        ids = probe.submit("sleep 1000\n", run=run, count=4)
        own.until(lambda: probe.poll(ids)[ids[0]]["state"] == "running", "it did not start")
        processes = own.processes()
        assert len(processes) > 6
    assert own.processes() == [] and not own.folder.exists()
