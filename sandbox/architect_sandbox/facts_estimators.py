"""What an estimator is and can do."""

from __future__ import annotations

import sys
from typing import Any

from .names import has_base


def estimator_facts(value: Any) -> dict[str, Any]:
    """Describe an estimator of scikit-learn, xgboost or lightgbm."""
    return {
        "role": _role(value),
        "fitted": _fitted(value),
        "predicts": _has(value, "predict"),
        "probabilities": _has(value, "predict_proba"),
        "search": has_base(value, "sklearn", "BaseSearchCV")
        or type(value).__name__.endswith("SearchCV"),
    }


def _has(value: Any, name: str) -> bool:
    # Not `hasattr`: a property that decides may raise anything.
    try:
        return callable(getattr(value, name))
    except Exception:
        return False


def _role(value: Any) -> str:
    base = sys.modules.get("sklearn.base")
    for role in ("classifier", "regressor", "clusterer"):
        test = getattr(base, f"is_{role}", None)
        try:
            known = test is not None and type(value).__name__ != "Booster" and test(value)
            if known or getattr(value, "_estimator_type", None) == role:
                return role
        except Exception:
            continue
    return "transformer" if _has(value, "transform") else "other"


def _fitted(value: Any) -> bool:
    if type(value).__name__ == "Booster":
        return True
    own = getattr(type(value), "__sklearn_is_fitted__", None)
    if own is not None:
        try:
            return bool(own(value))
        except Exception:
            return False
    return any(
        name.endswith("_") and not name.startswith("_") and item is not None
        for name, item in vars(value).items()
    ) or any(name in vars(value) for name in ("_Booster", "_fit_X", "_n_features"))
