"""Comparing arrays and tables of NumPy, pandas and torch, whose ``==`` has many answers."""

from __future__ import annotations

import sys

from ._differences import Difference, relative
from ._snippets import short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ._differences import Comparison


def of_numpy(comparison: Comparison, one: Any, other: Any) -> Any:
    """NotImplemented for what is no array and no scalar of NumPy."""
    numpy = sys.modules["numpy"]
    if isinstance(one, numpy.generic):
        return _of_scalars(comparison, numpy, one, other)
    if not isinstance(one, numpy.ndarray):
        return NotImplemented
    if one.dtype != other.dtype:
        return Difference("dtype %s | %s" % (one.dtype, other.dtype), (str(one.dtype), str(other.dtype)))
    if one.shape != other.shape:
        return Difference("shape %s | %s" % (one.shape, other.shape), (one.shape, other.shape))
    if one.dtype.names:
        return comparison._first(("[%r]" % name, one[name], other[name]) for name in one.dtype.names)
    if one.dtype.hasobject:
        return comparison._first((_index(numpy, at, one.shape), one.flat[at], other.flat[at]) for at in range(one.size))
    if isinstance(one, numpy.ma.MaskedArray):
        found = of_numpy(comparison, numpy.ma.getmaskarray(one), numpy.ma.getmaskarray(other))
        if found is not None:
            return found.at(".mask")
        one, other = one.filled(0), other.filled(0)
    return _of_arrays(comparison, numpy, numpy.asarray(one), numpy.asarray(other))


def _of_scalars(comparison: Comparison, numpy: Any, one: Any, other: Any) -> Any:
    if one.dtype != other.dtype:
        return Difference("dtype %s | %s" % (one.dtype, other.dtype), (one, other))
    if one.dtype.kind in "fc":
        found = _of_arrays(comparison, numpy, numpy.asarray(one), numpy.asarray(other))
        return found
    same = bool(one == other) or bool(one != one and other != other)
    return None if same else Difference("%s | %s" % (short(one), short(other)), (one, other))


def _of_arrays(comparison: Comparison, numpy: Any, one: Any, other: Any) -> Difference | None:
    """Arrays of one type and shape whose items are plain."""
    with numpy.errstate(all="ignore"):
        differs = numpy.atleast_1d(one != other)
        if one.dtype.kind in "fcmM":
            differs &= ~(numpy.atleast_1d(one != one) & numpy.atleast_1d(other != other))
        if not differs.any():
            return None
        apart = None
        if one.dtype.kind in "fc":
            apart = _apart(numpy, numpy.atleast_1d(one), numpy.atleast_1d(other), differs)
            outside = apart > comparison.tolerance
            if not outside.any():
                comparison.pass_floats(float(apart.max()))
                return None
            differs[differs] = outside
    count, size = int(differs.sum()), int(differs.size)
    at = int(numpy.flatnonzero(differs.ravel())[0])
    items = (numpy.atleast_1d(one).ravel()[at], numpy.atleast_1d(other).ravel()[at])
    what = "%s | %s" % tuple(_item(each) for each in items)
    largest = None
    if apart is not None:
        finite = apart[numpy.isfinite(apart)]
        largest = float(finite.max()) if finite.size else None
    if one.ndim == 0:
        return Difference(what, items, largest)
    what = "%d of %d items differ, first %s: %s" % (count, size, _index(numpy, at, one.shape), what)
    if largest is not None:
        what += "; relative differences of at most %.2g" % largest
    return Difference(what, items, largest)


def _apart(numpy: Any, one: Any, other: Any, where: Any) -> Any:
    """How far apart the items at some places are, relative to their size; infinite where one is no number."""
    wide = numpy.complex128 if one.dtype.kind == "c" else numpy.float64
    left, right = one[where].astype(wide), other[where].astype(wide)
    apart = numpy.abs(left - right) / numpy.maximum(numpy.maximum(numpy.abs(left), numpy.abs(right)), 1.0)
    apart[numpy.isnan(apart)] = numpy.inf
    return apart


def _item(value: Any) -> str:
    return short(value.item() if hasattr(value, "item") else value)


def _index(numpy: Any, at: int, shape: tuple[int, ...]) -> str:
    return "[%s]" % ", ".join(str(int(each)) for each in numpy.unravel_index(at, shape or (1,)))


def of_pandas(comparison: Comparison, one: Any, other: Any) -> Any:
    """NotImplemented for what is neither a table, nor a column, nor an index of pandas."""
    pandas = sys.modules["pandas"]
    if isinstance(one, pandas.DataFrame):
        return _of_tables(comparison, one, other)
    if isinstance(one, pandas.Series):
        if one.name != other.name:
            return Difference("name %s | %s" % (short(one.name), short(other.name)), (one.name, other.name))
        return _of_index(comparison, one.index, other.index, ".index") or _of_column(comparison, one, other)
    if isinstance(one, pandas.Index):
        return _of_column(comparison, one, other)
    if isinstance(one, pandas.api.extensions.ExtensionArray):
        return _of_column(comparison, pandas.Series(one), pandas.Series(other))
    return NotImplemented


def _of_tables(comparison: Comparison, one: Any, other: Any) -> Difference | None:
    if one.shape != other.shape:
        return Difference("%d rows, %d columns | %d rows, %d columns" % (one.shape + other.shape), (one.shape, other.shape))
    found = _of_index(comparison, one.columns, other.columns, ".columns")
    found = found or _of_index(comparison, one.index, other.index, ".index")
    if found is not None:
        return found
    first, columns, largest = None, 0, 0.0
    for place, name in enumerate(one.columns):
        found = _of_column(comparison, one.iloc[:, place], other.iloc[:, place])
        if found is not None:
            columns += 1
            largest = max(largest, found.largest or 0.0)
            first = first or found.at("[%s]" % short(name, 40))
    if first is not None and columns > 1:
        first.what += " (and %d more of %d columns)" % (columns - 1, one.shape[1])
        first.largest = largest or None
    return first


def _of_index(comparison: Comparison, one: Any, other: Any, step: str) -> Difference | None:
    if len(one) != len(other):
        return Difference("%d | %d labels" % (len(one), len(other)), (len(one), len(other))).at(step)
    found = _of_column(comparison, one, other)
    return found and found.at(step)


def _of_column(comparison: Comparison, one: Any, other: Any) -> Difference | None:
    if one.dtype != other.dtype:
        return Difference("dtype %s | %s" % (one.dtype, other.dtype), (str(one.dtype), str(other.dtype)))
    if len(one) != len(other):
        return Difference("%d | %d items" % (len(one), len(other)), (len(one), len(other)))
    gaps = [each.isna() for each in (one, other)]
    gaps = [each.to_numpy() if hasattr(each, "to_numpy") else each for each in gaps]
    if (gaps[0] != gaps[1]).any():
        at = int((gaps[0] != gaps[1]).argmax())
        count = int((gaps[0] != gaps[1]).sum())
        return Difference(
            "%d items are missing on one side only, first [%d]: %s | %s"
            % (count, at, short(one.tolist()[at]), short(other.tolist()[at])),
            None,
        )
    numpy = sys.modules["numpy"]
    values = [each.to_numpy() for each in (one, other)]
    if values[0].dtype.kind in "biufcmM":
        return _of_arrays(comparison, numpy, *values)
    return comparison._first(("[%d]" % at, *pair) for at, pair in enumerate(zip(*values)) if not gaps[0][at])


def of_torch(comparison: Comparison, one: Any, other: Any) -> Any:
    """NotImplemented for what is no tensor."""
    torch = sys.modules["torch"]
    if not isinstance(one, torch.Tensor) or "numpy" not in sys.modules:
        return NotImplemented
    if one.dtype != other.dtype or one.is_sparse or other.is_sparse:
        return (
            NotImplemented
            if one.dtype == other.dtype
            else Difference("dtype %s | %s" % (one.dtype, other.dtype), (str(one.dtype), str(other.dtype)))
        )
    plain = [each.detach().cpu() for each in (one, other)]
    try:
        arrays = [each.numpy() for each in plain]
    except TypeError:  # bfloat16, for one
        arrays = [each.float().numpy() for each in plain]
    return of_numpy(comparison, *arrays)


__all__ = ["of_numpy", "of_pandas", "of_torch", "relative"]
