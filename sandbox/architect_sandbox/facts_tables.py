"""Facts of the columns of a table."""

from __future__ import annotations

import math
from typing import Any

MAX_COLUMNS = 200
MAX_DISTINCT = 1000
MAX_CATEGORIES = 20
HEAD = 20_000  # rows in which many distinct values show, so that the rest need not be counted


def column_facts(table: Any) -> list[dict[str, Any]]:
    """Describe the first columns of a table, or the one of a series."""
    if not hasattr(table, "columns"):
        return [_column(table.name, table)]
    return [
        _column(table.columns[place], table.iloc[:, place])
        for place in range(min(table.shape[1], MAX_COLUMNS))
    ]


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
        values = column.dropna()
        for key, found in (("minimum", values.min()), ("maximum", values.max())):
            if len(values) and not isinstance(found, complex) and math.isfinite(found):
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
        if head >= MAX_DISTINCT or len(column) <= HEAD:
            return min(head, MAX_DISTINCT)
        return min(int(column.nunique()), MAX_DISTINCT)
    except TypeError:  # lists or dicts in the cells cannot be counted
        return 0
