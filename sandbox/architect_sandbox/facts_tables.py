"""Facts of the columns of a table."""

from __future__ import annotations

import math
from typing import Any

MAX_COLUMNS = 200
MAX_DISTINCT = 1000
MAX_CATEGORIES = 20
MAX_KNOWN = 2000
HEAD = 20_000  # rows in which many distinct values show, so that the rest need not be counted


# Facts of columns by what they were made from: most columns of a table do not change.
_known: dict[tuple[str, str, bytes], dict[str, Any]] = {}


def column_facts(table: Any, hashes: dict[str, bytes]) -> list[dict[str, Any]]:
    """Describe the first columns of a table, or the one of a series.

    Args:
        table: The table or series.
        hashes: Of the contents of its columns, by the names that `encode_tables` gives them.
    """
    if not hasattr(table, "columns"):
        return [_column(table.name, table)]
    return [
        _remembered(table.columns[place], table.iloc[:, place], hashes)
        for place in range(min(table.shape[1], MAX_COLUMNS))
    ]


def _remembered(label: Any, column: Any, hashes: dict[str, bytes]) -> dict[str, Any]:
    content = hashes.get(f"column {label!r}")
    if content is None or len(column) < HEAD or f"column {label!r} sums" in hashes:
        return _column(label, column)
    key = (repr(label), str(column.dtype), content)
    if key not in _known:
        if len(_known) >= MAX_KNOWN:
            _known.clear()
        _known[key] = _column(label, column)
    return _known[key]


def _column(label: Any, column: Any) -> dict[str, Any]:
    kind = _kind(column)
    facts: dict[str, Any] = {
        "name": label if isinstance(label, str) else repr(label),
        "text": isinstance(label, str),
        "dtype": str(column.dtype),
        "kind": kind,
        "missing": int(column.isna().sum()),
        "distinct": _distinct(column),
    }
    if kind == "numeric":
        some = facts["missing"] < len(column)
        for key, find in (("minimum", column.min), ("maximum", column.max)):
            if some and not isinstance(found := find(), complex) and math.isfinite(found):
                facts[key] = _number(found)
    if kind in ("string", "category", "bool") and facts["distinct"] <= MAX_CATEGORIES:
        facts["categories"] = sorted(str(value) for value in column.dropna().unique())
    return facts


def _number(value: Any) -> float | int:
    number = float(value)
    return int(value) if number.is_integer() and abs(number) < 2**53 else number


def _kind(column: Any) -> str:
    import pandas as pd

    types, dtype = pd.api.types, column.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return "category"
    if types.is_bool_dtype(dtype):
        return "bool"
    if types.is_numeric_dtype(dtype):
        return "numeric"
    if types.is_datetime64_any_dtype(dtype):
        return "datetime"
    if types.is_object_dtype(dtype):
        inferred = types.infer_dtype(column, skipna=True)
        return {"string": "string", "boolean": "bool"}.get(inferred, "other")
    return "string" if types.is_string_dtype(dtype) else "other"


def _distinct(column: Any) -> int:
    try:
        head = int(column.iloc[:HEAD].nunique())
        both = head == 2 and str(column.dtype) == "bool"
        if head >= MAX_DISTINCT or len(column) <= HEAD or both:
            return min(head, MAX_DISTINCT)
        return min(int(column.nunique()), MAX_DISTINCT)
    except TypeError:  # lists or dicts in the cells cannot be counted
        return 0
