"""Runs the fuzz targets, one after the other, each for a bounded time, and says what was found.

    python3 Tests/Fuzzing/fuzz.py [--seconds 60] [--binary .build-fuzz/release/fuzz] [TARGET …]

Each target starts from its seeds and from what earlier runs kept in `.build-fuzz/corpus/TARGET`. An input that stops the
parser, takes more than ten seconds or a gigabyte is written to `.build-fuzz/findings`; the exit code is then 1.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

FOLDER = Path(".build-fuzz")


def main():
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("targets", nargs="*", metavar="TARGET")
    words.add_argument("--seconds", type=int, default=60)
    words.add_argument("--binary", type=Path, default=FOLDER / "release" / "fuzz")
    given = words.parse_args()
    known = engine(given.binary, "list", []).stdout.split()
    for name in given.targets:
        if name not in known:
            sys.exit(f"there is no target '{name}'; there are: {', '.join(known)}")
    print(f"{'target':20} {'runs':>12} {'a second':>9} {'inputs':>7} {'MB':>5}  finding")
    found = [name for name in given.targets or known if not fuzz(given.binary, name, given.seconds)]
    if found:
        sys.exit(f"findings in {FOLDER / 'findings'}: {', '.join(found)}")


def fuzz(binary, name, seconds):
    """Whether the target held."""
    corpus, findings = FOLDER / "corpus" / name, FOLDER / "findings"
    for folder in (corpus, findings):
        folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="penstock-fuzz-", dir=memory()) as temporary:
        seeds = Path(temporary) / "seeds"
        seeds.mkdir()
        engine(binary, name, [], {"PENSTOCK_FUZZ_SEEDS": str(seeds)})
        dictionary = Path(temporary) / "dictionary"
        (seeds / "dictionary").rename(dictionary)
        # An empty one is refused.
        words = [f"-dict={dictionary}"] if dictionary.stat().st_size else []
        began = time.monotonic()
        said = engine(binary, name, [
            str(corpus), str(seeds), *words, f"-max_total_time={seconds}", "-timeout=10", "-rss_limit_mb=2048",
            "-malloc_limit_mb=1024", "-print_final_stats=1", "-max_len=8192", f"-artifact_prefix={findings}/{name}-"],
            {"TMPDIR": temporary}, timeout=seconds + 120)
        took = time.monotonic() - began
    (findings / f"{name}.log").write_text(said.stderr[-20000:])

    def figure(key):
        match = re.search(rf"stat::{key}:\s+(\d+)", said.stderr)
        return int(match.group(1)) if match else 0

    runs = figure("number_of_executed_units")
    artefact = re.search(r"Test unit written to (\S+)", said.stderr)
    print(f"{name:20} {runs:12,} {runs / max(took, 1):9,.0f} {len(list(corpus.iterdir())):7} {figure('peak_rss_mb'):5}  "
          f"{artefact.group(1) if artefact else '' if said.returncode == 0 else 'exit code %d' % said.returncode}", flush=True)
    return said.returncode == 0


def memory():
    """Where files cost least: targets that unpack do it there."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def engine(binary, name, words, variables=(), timeout=60):
    # What prints traces would take longer than the run.
    environment = {
        **os.environ, "PENSTOCK_FUZZ_TARGET": name, "SWIFT_BACKTRACE": "enable=no", "ASAN_OPTIONS": "symbolize=0:detect_leaks=0",
        **dict(variables)}
    try:
        return subprocess.run([str(binary), *words], env=environment, capture_output=True, text=True, errors="replace", timeout=timeout)
    except FileNotFoundError:
        sys.exit(f"{binary} is not there; `make fuzz` builds it")
    except subprocess.TimeoutExpired as ended:
        return subprocess.CompletedProcess(ended.cmd, -1, "", (ended.stderr or b"").decode(errors="replace"))


if __name__ == "__main__":
    main()
