"""How two values differ, in words."""

import collections
import dataclasses
import datetime
import decimal
import pathlib
import types
import uuid

import pytest

from penstock._differences import Comparison

Point = collections.namedtuple("Point", "x y")


@dataclasses.dataclass
class Fitted:
    name: str
    weights: list


class Slotted:
    __slots__ = ("value",)

    def __init__(self, value):
        self.value = value


class Rows(list):
    pass


def rows(items, note):
    made = Rows(items)
    made.note = note
    return made


def differing(one, other, tolerance=0.0):
    found = Comparison(tolerance).difference(one, other)
    return None if found is None else found.text()


NAN = float("nan")


@pytest.mark.parametrize("make", [
    lambda: 1, lambda: NAN, lambda: "text", lambda: [1, [2, {"a": (3,)}]], lambda: {"a", "b"}, lambda: Fitted("a", [1.5]),
    lambda: Slotted([1]), lambda: rows([1], "x"), lambda: datetime.datetime(2020, 1, 1), lambda: ValueError("x", 1),
    lambda: collections.deque([1, 2]), lambda: collections.Counter("aab"), lambda: types.SimpleNamespace(a=[NAN]),
    lambda: uuid.UUID(int=5), lambda: pathlib.Path("/a/b"), lambda: len, lambda: Fitted, lambda: None, lambda: b"x" * 100,
    lambda: collections.OrderedDict(a=1, b=2), lambda: collections.defaultdict(list, a=[1]), lambda: Point(1, 2)])
def test_equal(make):
    assert differing(make(), make()) is None


@pytest.mark.parametrize("one, other, words", [
    (1, 2, "1 | 2"),
    (1, 1.0, "int 1 | float 1.0"),
    (True, 1, "bool True | int 1"),
    (1.0, 1.5, "1.0 | 1.5, a relative difference of 0.33"),
    (NAN, 1.0, "nan | 1.0"),
    ("cat", "car", "'cat' | 'car'"),
    ([1, 2, 3], [1, 5, 6], "[1]: 2 | 5 (and 1 more)"),
    ([1, 2, 3], [1, 2], "3 | 2 items; the first that differs is [2]"),
    ([0, 2, 3], [1, 2], "3 | 2 items; the first that differs is [0]"),
    ({"a": 1, "b": 2}, {"a": 1, "c": 2}, "only the recorded one has 'b'; only the new one has 'c'"),
    ({"a": {"b": [1, 2]}}, {"a": {"b": [1, 3]}}, "['a']['b'][1]: 2 | 3"),
    ({1, 2}, {1, 3}, "only the recorded one has 2; only the new one has 3"),
    (Point(1, 2), Point(1, 3), ".y: 2 | 3"),
    (Fitted("a", [1, 2]), Fitted("a", [1, 9]), ".weights[1]: 2 | 9"),
    (Slotted(1), Slotted(2), ".value: 1 | 2"),
    (rows([1], "x"), rows([1], "y"), ".note: 'x' | 'y'"),
    (rows([1], "x"), rows([2], "x"), "[0]: 1 | 2"),
    (datetime.date(2020, 1, 1), datetime.date(2020, 1, 2), "2020-01-01 | 2020-01-02"),
    (decimal.Decimal("1.1"), decimal.Decimal("1.2"), "1.1 | 1.2"),
    (ValueError("x"), ValueError("y"), "ValueError('x') | ValueError('y')"),
    (collections.deque([1, 2]), collections.deque([1, 3]), "[1]: 2 | 3"),
    (types.SimpleNamespace(a=1), types.SimpleNamespace(a=2), ".a: 1 | 2"),
    ("a" * 80, "a" * 70 + "b" * 10, "length 80, from character 70 on: …'" + "a" * 30 + "' | …'" + "a" * 20 + "b" * 10 + "'"),
    ("x\n" * 50, "x\n" * 30 + "y\n" * 20, "line 31: 'x' | 'y' (and 19 more)"),
    (b"\0" * 100, b"\0" * 99 + b"\1", "length 100, from byte 99 on: …b'" + r"\x00" * 21 + "' | …b'" + r"\x00" * 20 + r"\x01" + "'")],
    ids=lambda value: None)
def test_different(one, other, words):
    assert differing(one, other) == words


def test_a_tolerance_is_relative_to_the_larger_one_or_to_one():
    assert differing(1e9, 1e9 + 1, 1e-8) is None and differing(1e9, 1e9 + 1, 1e-10) is not None
    assert differing(0.0, 1e-9, 1e-8) is None and differing([0.0], [1e-7], 1e-8) is not None
    assert differing(float("inf"), 1.0, 0.5) is not None
    comparison = Comparison(1e-6)
    assert comparison.difference({"a": [1.0, 2.0]}, {"a": [1.0, 2.000001]}) is None
    assert comparison.how_equal() == "floats differ by a relative 5e-07 at most, within the tolerance"


def test_why_bytes_differ_of_values_that_are_equal():
    comparison = Comparison()
    assert comparison.difference([{"a": 1, "b": {1, 2}}], [{"b": {2, 1}, "a": 1}]) is None
    assert comparison.how_equal() == "sets come in another order; dictionaries come in another order"


def test_values_that_hold_themselves():
    one, other = [1], [1]
    one.append(one)
    other.append(other)
    assert differing(one, other) is None
    other.append(2)
    assert differing(one, other) is not None


def test_an_equality_of_the_persons_own_counts():
    class Kept:
        def __init__(self, key, cache):
            self.key, self.cache = key, cache

        def __eq__(self, other):
            return self.key == other.key

    assert differing(Kept(1, "a"), Kept(1, "b")) is None
    assert differing(Kept(1, "a"), Kept(2, "a")) == ".key: 1 | 2"


def test_arrays():
    numpy = pytest.importorskip("numpy")
    table = numpy.arange(6.0).reshape(2, 3)
    other = table.copy()
    other[1, 2] += 1e-9
    assert differing(table, table.copy()) is None
    assert differing({"m": table}, {"m": other}) == \
        "['m']: 1 of 6 items differ, first [1, 2]: 5.0 | 5.000000001; relative differences of at most 2e-10"
    assert differing(table, other, 1e-9) is None
    assert differing(table, table.astype("float32")) == "dtype float64 | float32"
    assert differing(table, table.ravel()) == "shape (2, 3) | (6,)"
    assert differing(numpy.array([1.0, NAN]), numpy.array([1.0, NAN])) is None
    assert differing(numpy.array([1.0, NAN]), numpy.array([NAN, 1.0])).startswith("2 of 2 items differ, first [0]: 1.0 | nan")
    assert differing(numpy.array(["a", [1]], object), numpy.array(["a", [2]], object)) == "[1][0]: 1 | 2"
    assert differing(numpy.float64(1), numpy.float64(2)) == "1.0 | 2.0"
    assert differing(numpy.array([1, 2]), numpy.array([1, 3])) == "1 of 2 items differ, first [1]: 2 | 3"
    assert differing(numpy.random.RandomState(1), numpy.random.RandomState(2)).startswith("RandomState(MT19937); inside")
    record = numpy.array([(1, "a")], [("n", "i4"), ("t", "U3")])
    changed = numpy.array([(1, "b")], [("n", "i4"), ("t", "U3")])
    assert differing(record, changed) == "['t']: 1 of 1 items differ, first [0]: 'a' | 'b'"


def test_tables():
    pandas = pytest.importorskip("pandas")
    table = pandas.DataFrame({"a": [1.0, None], "b": ["x", "y"]})
    other = table.copy()
    other.loc[0, "b"] = "z"
    assert differing(table, table.copy()) is None
    assert differing(table, other) == "['b'][0]: 'x' | 'z'"
    assert differing(table, table.rename(columns={"a": "c"})).startswith(".columns[0]: 'a' | 'c'")
    assert differing(table, table.iloc[:1]) == "2 rows, 2 columns | 1 rows, 2 columns"
    assert differing(table, table.fillna(0)).startswith("['a']: 1 items are missing on one side only")
    assert differing(table["b"], table["b"].astype("category")).startswith("dtype")
    near = table.assign(a=[1.0 + 1e-12, None])
    assert differing(table, near, 1e-9) is None and differing(table, near) is not None
