"""The kind of a value, told from the names of its classes, so that no library is imported."""

from __future__ import annotations

import types
from typing import Any

from .names import has_base

_BUILTIN = [
    (bool, "bool"),
    (int, "int"),
    (float, "float"),
    (str, "string"),
    (list, "list"),
    (tuple, "tuple"),
    (dict, "dict"),
    ((set, frozenset), "set"),
    (type, "class"),
    (types.ModuleType, "module"),
    ((types.FunctionType, types.BuiltinFunctionType, types.MethodType), "function"),
]
_LIBRARY = [
    ("numpy", ("bool_", "bool"), "bool"),
    ("numpy", ("integer",), "int"),
    ("numpy", ("floating",), "float"),
    ("numpy", ("ndarray",), "ndarray"),
    ("numpy", ("ufunc",), "function"),
    ("pandas", ("DataFrame",), "dataframe"),
    ("pandas", ("Series",), "series"),
    ("pandas", ("Index",), "index"),
    ("scipy", ("spmatrix", "sparray", "_spbase"), "sparse"),
    ("torch", ("Tensor",), "tensor"),
    ("torch", ("Module",), "torch_module"),
    ("sklearn", ("BaseEstimator",), "estimator"),
    ("xgboost", ("XGBModel", "Booster"), "estimator"),
    ("lightgbm", ("LGBMModel", "Booster"), "estimator"),
    ("catboost", ("CatBoost",), "estimator"),
]


def kind_of(value: Any) -> str:
    """Return the `ValueKind` of a value."""
    if value is None:
        return "none"
    kind = type(value)
    for base, name in _BUILTIN:
        if issubclass(kind, base):  # type: ignore[arg-type]
            return name
    for root, names, name in _LIBRARY:
        if has_base(value, root, *names):
            return name
    return "other"
