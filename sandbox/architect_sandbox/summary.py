"""Three sums over the numbers of a value; they see any change of a value and of the order.

A digest allows no tolerance; these do. A package's own parity test repeats them.
"""

from __future__ import annotations

import math
from typing import Any

MAX_LIST = 1_000_000


def summarize(value: Any, kind: str) -> dict[str, Any] | None:
    """Return shape and sums, or None if the value is not made of real numbers.

    Args:
        value: The value.
        kind: Its `ValueKind`.

    Returns:
        `shape` of the value, and the plain sum, the sum weighted by position from 0 to 1 and
        the absolute sum in double precision. Of a table the numeric and boolean columns count,
        in their order; missing values count as 0.
    """
    if kind in ("bool", "int", "float"):
        return _sums(float(value), []) if math.isfinite(value) else None
    numbers = _numbers(value, kind)
    if numbers is None:
        return None
    shape = value.shape if hasattr(value, "shape") else numbers.shape
    return _sums(numbers, [int(size) for size in shape])


def _numbers(value: Any, kind: str) -> Any:
    import numpy as np

    if kind == "dataframe":
        columns = [value.iloc[:, place] for place in range(value.shape[1])]
        kept = [_column(column) for column in columns if _is_number(column.dtype)]
        return np.column_stack(kept) if kept else None
    if kind in ("series", "index"):
        return _column(value) if _is_number(value.dtype) else None
    if kind == "sparse":
        return value.toarray() if value.shape[0] * value.shape[-1] < MAX_LIST * 20 else None
    if kind == "tensor":
        return _real(_tensor(value))
    if kind in ("list", "tuple"):
        plain = 0 < len(value) <= MAX_LIST and all(
            isinstance(item, (int, float, np.number, np.bool_)) for item in value
        )
        return _real(np.asarray(value)) if plain else None
    return _real(value) if kind == "ndarray" else None


def _tensor(value: Any) -> Any:
    data = value.detach().cpu()
    if str(data.layout) != "torch.strided" or data.is_meta:
        return None
    return data.double().numpy() if data.is_floating_point() else data.numpy()


def _real(value: Any) -> Any:
    return value if value is not None and value.dtype.kind in "biuf" else None


def _is_number(dtype: Any) -> bool:
    from pandas.api import types

    return bool(types.is_bool_dtype(dtype) or types.is_numeric_dtype(dtype)) and not (
        types.is_complex_dtype(dtype)
    )


def _column(column: Any) -> Any:
    import numpy as np

    if hasattr(column.dtype, "categories"):
        return np.asarray(column, dtype=np.float64)
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def _sums(numbers: Any, shape: list[int]) -> dict[str, Any] | None:
    try:
        import numpy as np
    except ImportError:
        return {"shape": shape, "sums": [numbers, 0.0, abs(numbers)]}
    with np.errstate(all="ignore"):
        flat = np.asarray(numbers, dtype=np.float64).reshape(-1)
        missing = np.isnan(flat)
        if missing.any():
            flat = np.where(missing, 0.0, flat)
        weights = np.linspace(0.0, 1.0, flat.size)
        sums = [float(flat.sum()), float((flat * weights).sum()), float(np.abs(flat).sum())]
    return {"shape": shape, "sums": sums} if all(map(math.isfinite, sums)) else None
