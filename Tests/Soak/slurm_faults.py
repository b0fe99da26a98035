"""What befalls a Slurm cluster, twenty times each, and what the engine's executor makes of it. See --help.

Each row ends with a count: how often all was as it has to be. What is not is told, and the exit code is 1.
"""

import argparse
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from Tests.EndToEnd.harness.slurm import SlurmCluster  # noqa: E402

#: Leaves a line for each start, and waits in the first one for long.
WAITING = 'echo x >> {folder}/$NAME-$PENSTOCK_JOB_INDEX\n[ "${{SLURM_RESTART_COUNT:-0}}" = 0 ] && sleep 1000\nexit 0\n'
LIVING = ("pending", "running")


class Faults:
    def __init__(self, times, seed):
        self.times, self.random = times, random.Random(seed)
        self.rows = []

    def row(self, name, good, of, words=()):
        self.rows.append((name, good, of))
        print(f"{name}: {good} of {of}", flush=True)
        for line in words:
            print("  " + line, flush=True)

    # Submissions while the controller dies

    def controller_dies(self):
        """kill -9 of slurmctld within two seconds of a submission, before or after its answer; then the engine submits again."""
        import threading

        good, words, lost, heard = 0, [], 0, 0
        for number in range(self.times):
            with SlurmCluster(nodes=1) as cluster:
                with cluster.probe() as probe:
                    delay = self.random.uniform(0, 0.03) if number % 2 else self.random.uniform(0, 2)
                    killer = threading.Timer(delay, cluster.kill, ["slurmctld"])
                    killer.start()
                    group = dict(run="F/1", number=number, count=4, memory=20, script="sleep 3\nexit 0\n")
                    first = probe.ask("submit", **group)
                    killer.join()
                    away = probe.ask("poll", jobs=first.get("ids") or ["1"])
                    cluster.start("slurmctld")
                    cluster.until(lambda: "error" not in probe.ask("jobs", run="F/1"), "the controller does not come back")
                    after = probe.call("poll", jobs=first["ids"])["states"] if "ids" in first else []
                    heard += "ids" in first
                    lost += any(state["state"] == "unknown" for state in after)
                    ids = probe.submit(**group)
                    again = probe.submit(**group)
                    same = cluster.numbers(f"penstock:F/1/{number}")
                    told = self._ends(probe, ids)
                    right = (
                        len(same) == 1 and again == ids and told == {"completed"} and away.get("error", {}).get("fault") == "unreachable"
                        and ("ids" in first or first["error"]["fault"] == "unreachable"))
                    good += right
                    if not right:
                        words.append(f"{number}: after {delay:.3f} s, {first}, then {ids}, jobs {same}, {told}, away {away}")
        self.row(f"slurmctld killed within 2 s of a submission ({heard} had an answer, {lost} of them were lost and submitted again)", good, self.times, words)

    def _ends(self, probe, ids):
        try:
            return {state["state"] for state in probe.until_over(ids, 120).values()}
        except AssertionError as error:  # some have not ended
            return {str(error)}

    # Nodes that die

    def nodes_die(self, requeue):
        """kill -9 of slurmd on each of twenty nodes with a running job."""
        good, words = 0, []
        with SlurmCluster(nodes=self.times, cpus=1, requeue=requeue) as cluster, cluster.probe() as probe:
            jobs = [self._waiting(cluster, probe, number, node) for number, node in enumerate(cluster.nodes)]
            for node in cluster.nodes:
                time.sleep(self.random.uniform(0, 0.3))
                cluster.kill(node)
            if requeue:
                cluster.until(lambda: all(state["state"] != "running" for state in probe.poll(jobs).values()), "nodes are not missed", 120)
                before = probe.poll(jobs)
                for node in cluster.nodes:
                    cluster.start(node)
                cluster.until_up()
                time.sleep(3)
                for job in jobs:
                    cluster.run("scontrol", "update", f"JobId={job}", "StartTime=now", check=False)
            states = probe.until_over(jobs, 240)
            for number, job in enumerate(jobs):
                starts = self._starts(cluster, number)
                right = states[job]["state"] == ("completed" if requeue else "nodeFailed") and starts == 1 + requeue
                right = right and (not requeue or before[job]["state"] == "pending")
                good += right
                if not right:
                    words.append(f"{job}: {states[job]}, {starts} starts")
        self.row(f"slurmd killed with a running job, {'queued again' if requeue else 'not queued again'} by the cluster", good, self.times, words)

    def nodes_drained(self):
        """Each of twenty nodes is drained while its job runs: that one ends well, the one behind it waits, then runs."""
        good, words = 0, []
        with SlurmCluster(nodes=self.times, cpus=1) as cluster, cluster.probe() as probe:
            first, second = [], []
            for number, node in enumerate(cluster.nodes):
                first += probe.submit("sleep 6\n", run="F/1", number=2 * number, options={"nodelist": node})
                second += probe.submit("exit 0\n", run="F/1", number=2 * number + 1, options={"nodelist": node})
            cluster.until(lambda: all(state["state"] == "running" for state in probe.poll(first).values()), "not all run")
            for node in cluster.nodes:
                cluster.run("scontrol", "update", f"NodeName={node}", "State=drain", "Reason=test")
            ended, waiting = probe.until_over(first), probe.poll(second)
            for node in cluster.nodes:
                cluster.run("scontrol", "update", f"NodeName={node}", "State=resume")
            later = probe.until_over(second)
            for one, other in zip(first, second):
                right = ended[one]["state"] == "completed" and waiting[other]["state"] == "pending" and later[other]["state"] == "completed"
                good += right
                if not right:
                    words.append(f"{one}: {ended[one]}, {other}: {waiting[other]}, {later[other]}")
        self.row("node drained under a running job", good, self.times, words)

    # What others do

    def cancelled(self):
        good, words = 0, []
        with SlurmCluster(cpus=16) as cluster, cluster.probe() as probe:
            jobs = [self._waiting(cluster, probe, number) for number in range(self.times)]
            for job in jobs:
                cluster.run("scancel", job)
            for job, state in probe.until_over(jobs).items():
                good += state["state"] == "cancelled"
                if state["state"] != "cancelled":
                    words.append(f"{job}: {state}")
        self.row("scancel from outside", good, self.times, words)

    def requeued(self):
        good, words = 0, []
        with SlurmCluster(cpus=16) as cluster, cluster.probe() as probe:
            jobs = [self._waiting(cluster, probe, number) for number in range(self.times)]
            for job in jobs:
                cluster.run("scontrol", "requeue", job)
            cluster.until(lambda: all(state["state"] == "pending" for state in probe.poll(jobs).values()), "not all wait again")
            time.sleep(4)  # until their first start has been ended
            for job in jobs:
                cluster.run("scontrol", "update", f"JobId={job}", "StartTime=now", check=False)
            states = probe.until_over(jobs, 240)
            for number, job in enumerate(jobs):
                starts = self._starts(cluster, number)
                good += states[job]["state"] == "completed" and starts == 2
                if states[job]["state"] != "completed" or starts != 2:
                    words.append(f"{job}: {states[job]}, {starts} starts")
        self.row("requeue from outside", good, self.times, words)

    # Parts

    def _waiting(self, cluster, probe, number, node=None):
        """A job that has begun and goes on."""
        options = {"nodelist": node} if node else {}
        [job] = probe.submit(
            WAITING.format(folder=cluster.folder), run="F/1", number=number, memory=20, options=options, variables={"NAME": f"starts-{number}"})
        cluster.until((cluster.folder / f"starts-{number}-0").exists, "it did not start")
        return job

    def _starts(self, cluster, number):
        return (cluster.folder / f"starts-{number}-0").read_text().count("x")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("rows", nargs="*", help="controller, node, requeue-node, drain, cancel, requeue; all without any")
    options = parser.parse_args()
    faults = Faults(options.times, options.seed)
    rows = {
        "controller": faults.controller_dies, "node": lambda: faults.nodes_die(0), "requeue-node": lambda: faults.nodes_die(1),
        "drain": faults.nodes_drained, "cancel": faults.cancelled, "requeue": faults.requeued,
    }
    for name in options.rows or rows:
        rows[name]()
    sys.exit(any(good != of for _, good, of in faults.rows))


if __name__ == "__main__":
    main()
