"""Functions for many items in processes of their own."""

import os
import time

import pytest

from penstock import parallel_imap_unordered, parallel_map, profile
from penstock._multicore import MulticoreException


def test_results_come_in_order():
    offset = 10
    assert parallel_map(lambda x: x + offset, range(20), max_parallel=3) == list(range(10, 30))
    assert parallel_map(len, []) == [] and parallel_map(abs, [-1]) == [1]
    assert parallel_map(lambda x: {x}, [1, 2]) == [{1}, {2}]  # results that have no order


def test_results_are_given_as_they_come():
    def work(seconds):
        time.sleep(seconds)
        return os.getpid(), seconds

    found = list(parallel_imap_unordered(work, [0.3, 0], max_parallel=2))
    assert [seconds for _, seconds in found] == [0, 0.3] and len({pid for pid, _ in found} | {os.getpid()}) == 3


def test_large_results():
    assert parallel_map(lambda x: b"x" * x, [3_000_000, 5]) == [b"x" * 3_000_000, b"x" * 5]


@pytest.mark.parametrize("failing", [lambda x: 1 // x, lambda x: os._exit(3), lambda x: (lambda: x)])
def test_failures(failing, capfd):
    with pytest.raises(MulticoreException, match="for item 0"):
        parallel_map(failing, [0])


def test_nothing_is_left_behind():
    results = parallel_imap_unordered(lambda x: x or time.sleep(60), [1, 0, 0], max_parallel=3)
    assert next(results) == 1
    results.close()
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_profile(capsys):
    with profile("loading"):
        pass
    first, second = capsys.readouterr().out.splitlines()
    assert "loading starting" in first and "loading completed in 0ms" in second
    taken = {"loading": 5}
    with profile("loading", taken):
        time.sleep(0.002)
    assert taken["loading"] >= 7 and capsys.readouterr().out == ""
