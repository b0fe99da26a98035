"""What comes after a run: resuming it, reading it through the client. The peer is Metaflow, on a run of its own."""

from measuring import in_turn, median, run
from rows import Row
from setting import FLOWS

#: Ways to read a finished run, as a notebook does; `RUN` is its pathspec. Each is timed as a process of its own, and
#: what it takes to start Python and import the client is taken off.
LISTING = "from metaflow import Run, namespace; namespace(None); found = [t.data.x for t in Run(RUN)['work']]; assert len(found) > 9"
NOTHING = "from metaflow import Run, namespace; namespace(None)"


class Kept:
    """A store of each side with one run in it."""

    def __init__(self, setting, ours, theirs, *, fail=False):
        self.setting = setting
        self.widths = (ours, theirs)
        self.stores = (setting.fresh("penstock-kept"), setting.fresh("metaflow-kept"))
        self.pythons = (setting.python, setting.peer / "python")
        cache = setting.fresh("kept-cache")
        self.environments = (
            setting.penstock_environment(self.stores[0], cache), setting.metaflow_environment(self.stores[1]))
        self.runs = []
        for side, width in enumerate(self.widths):
            self.flow(side, "run", "--width", width, "--run-id-file", self.stores[side] / "id", may_fail=fail, FAIL="1" if fail else "")
            self.runs.append("Kept/" + (self.stores[side] / "id").read_text().strip())

    def flow(self, side, *words, may_fail=False, **variables):
        command = [
            self.pythons[side], FLOWS / "kept.py", *words, "--max-workers", "2", "--max-num-splits", "1000000"]
        environment = {**self.environments[side], **variables}
        return run(command, env=environment, cwd=self.stores[side], may_fail=may_fail).seconds

    def read(self, side, script):
        script = script.replace("RUN", repr(self.runs[side]))
        command = [self.pythons[side], "-c", script]
        return run(command, env=self.environments[side], cwd=self.stores[side]).seconds


def resume(setting, rounds, sizes):
    """Resume a run whose last step failed: all tasks before are taken over."""
    kept = Kept(setting, sizes.tasks, sizes.peer_tasks, fail=True)

    def side(number):
        words = ("resume", "--origin-run-id", kept.runs[number].split("/")[1])
        return lambda: kept.flow(number, *words) / kept.widths[number] * 1000

    ours, theirs = in_turn(rounds, side(0), side(1))
    yield Row(
        f"resume, each of {sizes.tasks:,} tasks taken over", "ms", median(ours), peer=median(theirs), peer_name="Metaflow",
        target=0.02, samples={"penstock": ours, "peer": theirs},
        how=f"wall time of `resume` of a run whose end failed, divided by the tasks of its foreach ({sizes.tasks:,}; the peer "
            f"{sizes.peer_tasks:,}), the start of the command included; median of {rounds} each")


def client(setting, rounds, sizes):
    """List the tasks of a step and read an artifact of each."""
    kept = Kept(setting, sizes.tasks, sizes.tasks if sizes.peer_tasks >= sizes.tasks else sizes.peer_tasks)

    def side(number):
        def measure():
            start = kept.read(number, NOTHING)
            return max(0.0, kept.read(number, LISTING) - start) / kept.widths[number] * 1000
        return measure

    ours, theirs = in_turn(rounds * 2, side(0), side(1))
    yield Row(
        f"client: list and read {sizes.tasks:,} tasks, each", "ms", median(ours), peer=median(theirs), peer_name="Metaflow",
        target=0.1, samples={"penstock": ours, "peer": theirs},
        how="`[t.data.x for t in Run(…)['work']]` in a new process, less a process that only imports the client, divided by the "
            f"tasks ({kept.widths[0]:,}; the peer {kept.widths[1]:,}); median of {rounds * 2} each")


def large_artifact(setting, rounds, sizes):
    """Store a NumPy array and load it in the next step."""
    environments = (
        setting.penstock_environment(setting.fresh("penstock-large"), setting.fresh("large-cache")),
        setting.metaflow_environment(setting.fresh("metaflow-large")))
    pythons = (setting.python, setting.peer / "python")

    def side(number, megabytes):
        name = ("penstock-large", "metaflow-large")[number]

        def measure():
            store = setting.fresh(name)
            command = [pythons[number], FLOWS / "large.py", "run", "--megabytes", megabytes]
            return run(command, env=environments[number], cwd=store).seconds
        return measure

    base = [median([side(number, 0)() for _ in range(3)]) for number in (0, 1)]
    ours, theirs = in_turn(
        rounds, lambda: side(0, sizes.megabytes)() - base[0], lambda: side(1, sizes.megabytes)() - base[1])
    yield Row(
        f"NumPy array of {sizes.megabytes:,} MB, stored and loaded", "s", median(ours), peer=median(theirs), peer_name="Metaflow",
        target=0.2, samples={"penstock": ours, "peer": theirs},
        how=f"wall time of `large.py run`: a step makes an array of random floats, the next one adds it up; less the same run with an "
            f"empty array; median of {rounds} each")
