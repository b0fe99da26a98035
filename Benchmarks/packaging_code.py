"""The code package of a large tree. The peer is Metaflow's `package save` on the same files."""

import os
import random
import shutil
import time
from pathlib import Path

from measuring import in_turn, median, run
from rows import Row

FLOW = '''from metaflow import FlowSpec, step


class Packed(FlowSpec):
    @step
    def start(self):
        self.next(self.end)

    @step
    def end(self):
        pass


if __name__ == "__main__":
    Packed()
'''


def make_tree(folder, files=5000, size=12_000):
    """Python files of some 60 MB in all: lines of the standard library in chance pieces, so that they compress as code does."""
    lines = [line for path in sorted(Path(os.__file__).parent.glob("*.py")) for line in path.read_text(errors="replace").splitlines()]
    chance = random.Random(7)
    (folder / "flow.py").write_text(FLOW)
    for number in range(files - 1):
        path = folder / f"part{number % 50}" / f"sub{number % 7}" / f"module{number}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        place, text, length = chance.randrange(len(lines)), [], 0
        while length < size:
            text.append("# " + lines[place % len(lines)])
            length += len(text[-1]) + 1
            place += 1
        path.write_text("\n".join(text) + "\n")
    return folder


def code_package(setting, rounds, sizes):
    tree = make_tree(setting.fresh("code-tree"))
    cache, store = setting.fresh("code-cache"), setting.fresh("code-store")
    target = setting.fresh("code-saved") / "package.tgz"
    # Files that were just written are not trusted to be unchanged.
    time.sleep(2.5)

    def ours():
        return run([setting.python, "flow.py", "package", "save", target], env=setting.penstock_environment(store, cache),
                   cwd=tree).seconds

    def first():
        shutil.rmtree(cache, ignore_errors=True)
        return ours()

    def theirs():
        return run([setting.peer / "python", "flow.py", "--no-pylint", "package", "save", target],
                   env=setting.metaflow_environment(store), cwd=tree).seconds

    first(), theirs()
    how = ("wall time of `python flow.py package save` of 5,000 Python files, 60 MB, the start of the process "
           f"included on both sides; median of {rounds * 3} each, in turn; ")
    fresh, unchanged, peer = in_turn(rounds * 3, first, ours, theirs)
    yield Row("code package of 5,000 files, first", "s", median(fresh), peer=median(peer), peer_name="Metaflow", target=0.3,
              samples={"penstock": fresh, "peer": peer}, how=how + "Penstock's cache is empty")
    yield Row("code package, unchanged files", "s", median(unchanged), peer=median(peer), peer_name="Metaflow", target=0.05,
              samples={"penstock": unchanged, "peer": peer}, how=how + "the same command once more; Metaflow begins anew each time")
