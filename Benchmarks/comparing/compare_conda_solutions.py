"""Draws requests out of real repodata at random, solves each with Penstock and with py-rattler, and compares the answers.

    .venv/bin/python Benchmarks/comparing/compare_conda_solutions.py
    … --count 1000 --seed 7 --subdir osx-arm64

A request names two to five packages of the largest repodata of the shared fixtures, with limits of some real version of theirs. Every
answer of Penstock is checked by py-rattler's own matching: what is asked for and what packages need is there, what they exclude is
not. The exit code is 1 where only one of the two finds an answer, where one is wrong, and where a name that was asked for has a lower
version than it could.
"""

import argparse
import json
import random
import subprocess
import sys
from collections import Counter
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from conda_packages import Conda  # noqa: E402
from measuring import CommandFailed  # noqa: E402
from setting import Setting, SettingError  # noqa: E402

VERDICTS = {
    "the same": "the same packages, versions and builds",
    "no answer in both": "both find that there is none",
    "higher": "what is asked for has higher versions or builds in Penstock's answer, and nothing lower ones",
    "traded": "one name that is asked for is higher, another one lower: the first of the request counts first",
    "rest higher": "the same for what is asked for; of the others some are higher, none lower",
    "rest traded": "the same for what is asked for; of the others some are higher, some lower",
    "rest smaller": "the same for what is asked for; packages are left out that nothing needs",
    "rest other": "the same for what is asked for; the others have the same versions, and other builds or other packages",
    "rest lower": "WORSE: the same for what is asked for; of the others some are lower, none higher",
    "lower": "WORSE: what is asked for has lower versions or builds, and nothing higher ones",
    "only Penstock": "WRONG: py-rattler says that there is no answer",
    "only py-rattler": "WRONG: Penstock says that there is no answer",
    "wrong": "WRONG: an answer that does not hold",
}
FAULTS = ("lower", "only Penstock", "only py-rattler", "wrong")


def drawn(paths, count, seed):
    """Requests: names and limits of records."""
    records = {}
    for path in paths:
        data = json.loads(path.read_text())
        for record in [*data.get("packages", {}).values(), *data.get("packages.conda", {}).values()]:
            records.setdefault(record["name"], set()).add(record["version"])
    choice = random.Random(seed)
    names = sorted(records)
    for _ in range(count):
        request = [f"python {choice.choice(['3.9.*', '3.10.*', '3.11.*', '3.12.*', '3.13.*'])}"] if choice.random() < 0.4 else []
        while len(request) < choice.randint(2, 5):
            name = choice.choice(names)
            version = choice.choice(sorted(records[name]))
            parts = version.split(".")
            limit = choice.choices(
                ["", f" >={version}", f" <={version}", f" =={version}", f" {'.'.join(parts[:max(1, len(parts) - 1)])}.*"],
                [45, 20, 10, 10, 15])[0]
            if "!" not in version and all(not each.startswith(name + " ") and each != name for each in request):
                request.append(name + limit)
        yield request


def verdict(request, ours, told):
    """Which of VERDICTS it is, and the names that say so."""
    theirs = told["answer"]
    if ours is None or theirs is None:
        both = ours is None and theirs is None
        return ("no answer in both" if both else "only Penstock" if theirs is None else "only py-rattler"), {}
    if told["wrong"]:
        return "wrong", {"": told["wrong"]}
    differences = told["differences"]
    if not differences:
        return "the same", {}
    asked = {spec.split()[0] for spec in request}
    for names, words in ((asked, ("higher", "traded", "lower", None)), (None, ("rest higher", "rest traded", "rest lower", "rest other"))):
        found = {name: each for name, each in differences.items() if names is None or name in names}
        if found:
            for level in ("version", "build", "time"):
                up, down = (any(each[2] == f"{side} {level}" for each in found.values()) for side in ("other", "own"))
                if up or down:
                    return words[0 if not down else 1 if up else 2], found
    left_out = all(each[0] is None for each in differences.values())
    return ("rest smaller" if left_out else "rest other"), differences


class Solving:
    def __init__(self, setting, subdir):
        self.conda = Conda(setting)
        self.paths = self.conda.repodata(subdir)
        self.conda.penstock("open", self.conda.folder, *self.paths)

    def answers(self, requests):
        ours = [
            self.conda.penstock("solve", self.conda.folder, *request, "--", *self.paths)["packages"] for request in requests]
        given = json.dumps([{"specs": request, "answer": answer} for request, answer in zip(requests, ours)])
        told = subprocess.run(
            [str(self.conda.python), str(HERE / "rattler_peer.py"), "judge", *map(str, self.paths)], input=given, capture_output=True,
            text=True)
        if told.returncode:
            raise CommandFailed(told.stderr[-2000:])
        return zip(requests, ours, json.loads(told.stdout)["results"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--count", type=int, default=300, help="that many requests for each platform (default 300)")
    parser.add_argument("--seed", type=int, default=1, help="another one gives other requests")
    parser.add_argument("--subdir", nargs="+", default=["linux-64", "osx-arm64"], help="the platforms (default both)")
    parser.add_argument("--show", nargs="*", default=["rest lower", "traded"], help="verdicts that are told with their names, besides faults")
    parser.add_argument("--folder", help="where to work (default .build/benchmarks)")
    options = parser.parse_args()
    is_good = True
    try:
        setting = Setting(options.folder)
        for subdir in options.subdir:
            solving = Solving(setting, subdir)
            counts = Counter()
            for request, ours, told in solving.answers(list(drawn(solving.paths, options.count, options.seed))):
                word, names = verdict(request, ours, told)
                counts[word] += 1
                is_good &= word not in FAULTS
                if word in FAULTS or word in options.show:
                    print(f"{word}: {', '.join(request)}")
                    for name, each in names.items():
                        print(f"    {name}: {each}")
            print(f"\n{subdir}, {options.count} requests, seed {options.seed}")
            print("".join(f"{count:6} {word}: {VERDICTS[word]}\n" for word, count in counts.most_common()))
    except (SettingError, CommandFailed) as error:
        sys.exit(f"error: {error}")
    setting.clean()
    sys.exit(0 if is_good else 1)


if __name__ == "__main__":
    main()
