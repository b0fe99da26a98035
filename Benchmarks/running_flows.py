"""Flows: how long a run takes, and what it leaves behind. The peer is Metaflow, on the same files."""

from measuring import count_files, in_turn, median, run
from rows import Row
from setting import FLOWS


class FlowRunner:
    """Runs a flow file with Penstock or with Metaflow, each time into an empty store."""

    def __init__(self, setting):
        self.setting = setting
        self.cache = setting.fresh("flow-cache")

    def penstock(self, flow, *arguments, options=(), watch_memory=False, store=None):
        """What it took, and how many files the store holds afterwards. Without a store it begins with an empty one."""
        store = store or self.setting.fresh("penstock-store")
        command = [self.setting.python, FLOWS / flow, *options, "run", *arguments]
        taken = run(command, env=self.setting.penstock_environment(store, self.cache), cwd=store,
                    watch_memory=watch_memory)
        return taken, count_files(store)

    def metaflow(self, flow, *arguments):
        store = self.setting.fresh("metaflow-store")
        command = [self.setting.peer / "python", FLOWS / flow, "run", *arguments]
        taken = run(command, env=self.setting.metaflow_environment(store), cwd=store)
        return taken, count_files(store)


def two_step_run(setting, rounds, sizes):
    runner = FlowRunner(setting)
    runner.penstock("two_steps.py"), runner.metaflow("two_steps.py")
    ours, theirs = in_turn(
        rounds * 3,
        lambda: runner.penstock("two_steps.py")[0].seconds,
        lambda: runner.metaflow("two_steps.py")[0].seconds)
    yield Row(
        "two-step run", "s", median(ours), peer=median(theirs), peer_name="Metaflow", target=0.08,
        samples={"penstock": ours, "peer": theirs},
        how=f"wall time of `python two_steps.py run`, median of {rounds * 3} each, into an empty store, "
            "after one run that is not counted")


def wide_foreach(setting, rounds, sizes):
    runner = FlowRunner(setting)
    width, peer_width = sizes.tasks, sizes.peer_tasks

    def wide(run_flow, count):
        return run_flow("wide.py", "--width", count, "--max-workers", 2, "--max-num-splits", 100_000)

    def base(run_flow):
        return median([run_flow("two_steps.py")[0].seconds for _ in range(3)])

    our_base, their_base = base(runner.penstock), base(runner.metaflow)
    our_files, their_files = [], []

    def ours():
        taken, files = wide(runner.penstock, width)
        our_files.append(files / width)
        return (taken.seconds - our_base) / (width + 1) * 1000

    def theirs():
        taken, files = wide(runner.metaflow, peer_width)
        their_files.append(files / peer_width)
        return (taken.seconds - their_base) / (peer_width + 1) * 1000

    a, b = in_turn(rounds, ours, theirs)
    yield Row(
        f"one task of a foreach of {width:,}", "ms", median(a), peer=median(b), peer_name="Metaflow", target=0.015,
        samples={"penstock": a, "peer": b},
        how=f"`wide.py run --max-workers 2` with {width:,} tasks that do nothing (the peer {peer_width:,}); wall time less that of "
            f"a two-step run, divided by the tasks it has more; median of {rounds} each")
    yield Row(
        "files written per task", "files", median(our_files), peer=median(their_files), peer_name="Metaflow", limit=2,
        samples={"penstock": our_files, "peer": their_files},
        how="files in the store after that run, divided by the tasks of the foreach")


def engine_memory(setting, rounds, sizes):
    runner = FlowRunner(setting)
    taken, _ = runner.penstock(
        "wide.py", "--width", sizes.memory_tasks, "--max-workers", 2, "--max-num-splits", 100_000, watch_memory=True)
    yield Row(
        f"engine memory, foreach of {sizes.memory_tasks:,}", "MB", taken.memory / 1e6, limit=150,
        how="largest resident size (VmHWM, read every 20 ms) of the engine's process alone; one run, 2 workers")


def existing_environment(setting, rounds, sizes):
    runner = FlowRunner(setting)
    options = ("--environment=pypi",)
    # The project stays from run to run, as a person's does: its store has the lock.
    store = setting.fresh("penstock-project")
    with_packages = lambda: runner.penstock("two_steps_with_packages.py", options=options, store=store)[0].seconds * 1000
    plain = lambda: runner.penstock("two_steps.py", store=store)[0].seconds * 1000
    with_packages(), plain()
    a, b = in_turn(rounds * 3, with_packages, plain)
    yield Row(
        "added by an environment that exists", "ms", median(a) - median(b), limit=10,
        samples={"with packages": a, "plain": b},
        how=f"wall time of a two-step run whose steps have @pypi, less that of one without; medians of {rounds * 3} each, in turn; "
            "lock and environment were made by an earlier run of the same project. Includes the start of the environment's own worker host")


def linear_width(setting, rounds, sizes):
    """Whether a task costs the same in a foreach that is ten times as wide, and what the engine needs for it."""
    runner = FlowRunner(setting)

    def each(width, watch=False):
        taken, _ = runner.penstock(
            "wide.py", "--width", width, "--max-workers", 2, "--max-num-splits", 1_000_000, watch_memory=watch)
        return taken.seconds / width * 1000, taken.memory / 1e6

    narrow, _ = each(sizes.linear_tasks // 10)
    wide, memory = each(sizes.linear_tasks, watch=True)
    yield Row(
        f"task of a foreach of {sizes.linear_tasks:,}, beside one of {sizes.linear_tasks // 10:,}", "ms", wide, peer=narrow,
        peer_name="Penstock", target=1.2, samples={"wide": [wide], "narrow": [narrow]},
        how="wall time of `wide.py run --max-workers 2` divided by its tasks, once each; a ratio of 1 is linear")
    yield Row(
        f"engine memory, foreach of {sizes.linear_tasks:,}", "MB", memory, limit=400,
        how="largest resident size of the engine in that run")
