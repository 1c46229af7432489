"""Content of pandas (and polars) tables, columns and indexes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .content import Array, Child, Group, Node, Scalar, Scalars, record
from .encode_arrays import LARGE, block_sums, sample_rows
from .names import has_base

if TYPE_CHECKING:
    from .encode import Encoder

_NONE = Scalar("none", "")
_PLAIN = ("NumpyExtensionArray", "PandasArray")


def encode(encoder: Encoder, value: Any) -> Node | None:
    """Encode a value of pandas or polars, else return None."""
    if has_base(value, "pandas", "DataFrame"):
        return _frame(encoder, value)
    if has_base(value, "pandas", "Series"):
        return _series(encoder, value)
    if has_base(value, "pandas", "MultiIndex"):
        levels = [value.get_level_values(level).array for level in range(value.nlevels)]
        return record(
            "pandas.Index",
            names=encoder.items(list(value.names)),
            values=Group("list", "", [(None, column(encoder, level)) for level in levels]),
        )
    if has_base(value, "pandas", "Index"):
        names, values = encoder.items([value.name]), column(encoder, value.array)
        return record("pandas.Index", names=names, values=values)
    if has_base(value, "pandas", "ExtensionArray"):
        return column(encoder, value)
    if has_base(value, "polars", "DataFrame"):
        names = ("columns", Scalars(list(value.columns)))
        series = [(f"column {name!r}", encoder.node(value[name])) for name in value.columns]
        return Group("record", "polars.DataFrame", [names, *series])
    if has_base(value, "polars", "Series"):
        dtype, values = Scalar("str", str(value.dtype)), encoder.items(value.to_list())
        return record("polars.Series", dtype=dtype, values=values)
    return None


def _sampled(encoder: Encoder, value: Any, size: int) -> Any:
    if size <= LARGE or not len(value):
        return value
    encoder.sampled = True
    return value.iloc[sample_rows(len(value), size)]


def _series(encoder: Encoder, whole: Any) -> Node:
    value = _sampled(encoder, whole, whole.memory_usage(index=True, deep=False))
    children: dict[str, Child] = {
        "name": encoder.node(value.name),
        "index": encoder.node(value.index),
        "values": column(encoder, value.array),
    }
    if value is not whole:
        children["sums"] = _sums(whole)
    return record("pandas.Series", **children)


def _sums(column: Any) -> Node:
    """Add up the bytes of a column of which only a sample is read; none where it holds objects."""
    import numpy as np

    return block_sums(np.asarray(column.array)) if isinstance(column.dtype, np.dtype) else _NONE


def _frame(encoder: Encoder, whole: Any) -> Node:
    rows, value = len(whole), whole
    value = _sampled(encoder, value, int(value.memory_usage(index=True, deep=False).sum()))
    children: list[tuple[str, Child]] = [
        ("shape", Scalars([rows, value.shape[1]])),
        ("columns", encoder.node(value.columns)),
        ("index", encoder.node(value.index)),
    ]
    for position in range(value.shape[1]):
        label = value.columns[position]
        children.append((f"column {label!r}", _maker(encoder, value, position)))
        if value is not whole:
            children.append((f"column {label!r} sums", _sums(whole.iloc[:, position])))
    return Group("record", "pandas.DataFrame", children)


def _maker(encoder: Encoder, frame: Any, position: int) -> Child:
    # Made when it is needed and dropped after: one column in memory at a time.
    return lambda: column(encoder, frame.iloc[:, position].array)


def column(encoder: Encoder, values: Any) -> Node:
    """Return the content of the array behind a column or an index."""
    import numpy as np

    dtype = values.dtype
    if has_base(values, "pandas", "Categorical"):
        return record(
            "pandas.Categorical",
            categories=encoder.node(values.categories),
            ordered=Scalar("bool", str(bool(values.ordered))),
            codes=Array(np.asarray(values.codes), "codes"),
        )
    # By exact class: a string array may derive from the wrapper of a plain one.
    if isinstance(dtype, np.dtype) or type(values).__name__ in _PLAIN:
        return encoder.node(np.asarray(values))
    name = Scalar("str", str(dtype))
    if has_base(values, "pandas", "DatetimeArray", "PeriodArray"):
        return record("pandas.array", dtype=name, values=Array(np.asarray(values.asi8), "int64"))
    if has_base(values, "pandas", "IntervalArray"):
        left, right = encoder.node(values.left), encoder.node(values.right)
        return record("pandas.array", dtype=name, left=left, right=right)
    if has_base(values, "pandas", "SparseArray"):
        return record("pandas.array", dtype=name, values=encoder.node(values.to_dense()))
    if has_base(values, "pandas", "BaseMaskedArray"):
        missing = np.asarray(values.isna())
        data = values.to_numpy(dtype=dtype.numpy_dtype, na_value=dtype.numpy_dtype.type(0))
        return record(
            "pandas.array", dtype=name, values=encoder.node(data), missing=Array(missing, "bool")
        )
    items = np.asarray(values, dtype=object)
    missing = np.asarray(values.isna())
    if missing.any():
        items = items.copy()
        items[missing] = None
    return record("pandas.array", dtype=name, values=encoder.objects(items))
