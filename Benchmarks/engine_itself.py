"""The engine's executable: how quickly it starts, how large it is."""

import os
import shutil
import subprocess

from measuring import median, run
from rows import Row


def start_up(setting, rounds, sizes):
    folder = setting.fresh("start-up")
    env = setting.environment()
    repeat = rounds * 20
    times = [run([setting.engine, "--version"], env=env, cwd=folder).seconds * 1000 for _ in range(repeat + 1)][1:]
    yield Row("penstock --version", "ms", median(times), limit=15, samples={"penstock": times},
              how=f"wall time of the process, median of {repeat}, after one that is not counted")


def binary_size(setting, rounds, sizes):
    copy = setting.fresh("binary") / "penstock"
    shutil.copy(setting.engine, copy)
    how = "size of a copy of .build/release/penstock, stripped with `strip`"
    if shutil.which("strip"):
        subprocess.check_call(["strip", str(copy)])
    else:
        how = "size of .build/release/penstock as it was built, since there is no `strip` here"
    yield Row("binary, stripped", "MB", os.path.getsize(copy) / 1e6, limit=60, how=how)
