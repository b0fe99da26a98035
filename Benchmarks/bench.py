"""Runs Penstock and its peers in turn and prints how they compare.

    make bench
    .venv/bin/python Benchmarks/bench.py --only resolve install --rounds 5
    .venv/bin/python Benchmarks/bench.py --json > result.json

The peers (Metaflow and uv) are installed with pip into .build/benchmarks, which is made when it is missing.
Both sides run on the same interpreter and file system, one after the other in every round. README.md says
how to read the table.
"""

import argparse
import os
import platform
import sys

import building_environments
import conda_packages
import engine_itself
import installing_conda_packages
import moving_objects
import opening_channels
import packaging_code
import reading_runs
import rebuilding_environments
import resolving
import running_flows
import running_on_clusters
from measuring import CommandFailed
from rows import as_json, as_notes, as_table
from setting import Setting, SettingError

COMPARISONS = {
    "two-step": running_flows.two_step_run,
    "foreach": running_flows.wide_foreach,
    "resolve": resolving.resolve,
    "solver": resolving.solver_alone,
    "conda-open": opening_channels.opening,
    "conda-solve": conda_packages.conda_solve,
    "conda-install": installing_conda_packages.conda_install,
    "conda-many": installing_conda_packages.conda_install_large,
    "install": building_environments.install,
    "torch": building_environments.torch,
    "many": building_environments.many,
    "rebuild": rebuilding_environments.rebuild,
    "package": packaging_code.code_package,
    "existing": running_flows.existing_environment,
    "resume": reading_runs.resume,
    "client": reading_runs.client,
    "large": reading_runs.large_artifact,
    "objects": moving_objects.moving,
    "linear": running_flows.linear_width,
    "memory": running_flows.engine_memory,
    "cluster": running_on_clusters.wide,
    "cluster-node": running_on_clusters.bootstrap,
    "cluster-queue": running_on_clusters.queued,
    "start-up": engine_itself.start_up,
    "size": engine_itself.binary_size,
}


def arguments():
    parser = argparse.ArgumentParser(description="Compare Penstock with Metaflow and uv on this machine.")
    parser.add_argument("--only", nargs="+", choices=COMPARISONS, metavar="NAME",
                        help="run only these of: " + ", ".join(COMPARISONS))
    parser.add_argument("--rounds", type=int, default=3, help="how often each side is measured (default 3; cheap ones more)")
    parser.add_argument("--tasks", type=int, default=1000, help="width of Penstock's foreach (default 1000)")
    parser.add_argument("--peer-tasks", type=int, default=100, help="width of Metaflow's foreach (default 100)")
    parser.add_argument("--memory-tasks", type=int, default=10_000, help="width of the foreach for memory (default 10000)")
    parser.add_argument("--linear-tasks", type=int, default=100_000, help="the widest foreach of all (default 100000)")
    parser.add_argument("--megabytes", type=int, default=1000, help="size of the large artifact (default 1000)")
    parser.add_argument("--object-megabytes", type=int, default=4096, help="size of the long object (default 4096)")
    parser.add_argument("--json", action="store_true", help="print JSON with every sample instead of the table")
    parser.add_argument("--folder", help="where to work (default .build/benchmarks)")
    return parser.parse_args()


def main():
    options = arguments()
    try:
        setting = Setting(options.folder)
        setting.prepare()
    except SettingError as error:
        sys.exit(f"error: {error}")
    rows, failures = [], []
    for name in options.only or COMPARISONS:
        print(f"Measuring {name} …", file=sys.stderr, flush=True)
        try:
            rows.extend(COMPARISONS[name](setting, options.rounds, options))
        except CommandFailed as failure:
            failures.append(name)
            print(f"error: {name} could not be measured.\n{failure}", file=sys.stderr)
    setting.clean()
    about = {
        "machine": f"{platform.system()} {platform.release()} {platform.machine()}", "processors": processors(),
        "python": str(setting.interpreter), "peers": setting.peer_versions, "rounds": options.rounds}
    if options.json:
        print(as_json(rows, about))
    else:
        print(f"\n{about['machine']}, {about['processors']} processors; "
              + ", ".join(f"{name} {version}" for name, version in setting.peer_versions.items()) + "\n")
        print(as_table(rows), "\n\nHow each was measured\n", as_notes(rows), sep="")
    sys.exit(1 if failures else 0)


def processors():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


if __name__ == "__main__":
    main()
