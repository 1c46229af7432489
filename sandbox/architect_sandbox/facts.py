"""Facts of one value at one moment: the `ValueFacts` of `src/notebook/observation.ts`."""

from __future__ import annotations

import contextlib
import json
import math
import warnings
from typing import Any

from .content import Node, scalar
from .digest import digest_node
from .encode import Encoder
from .facts_estimators import estimator_facts
from .facts_tables import column_facts
from .kinds import kind_of
from .names import public_path
from .summary import summarize

MAX_TEXT = 200
MAX_KEYS = 200
MAX_ITEMS = 1000
SAFE_INTEGER = 2**53 - 1  # beyond it a number in JSON is read inexactly
_SHAPED = {"ndarray", "dataframe", "series", "index", "sparse", "tensor"}
_CONTAINERS = {"list", "tuple", "dict", "set"}


def facts_of(value: Any, sums: bool = True) -> tuple[dict[str, Any], Node | None]:
    """Describe a value without changing it.

    Args:
        value: Anything.
        sums: Add up its numbers, too.

    Returns:
        The facts, and the content tree if the value has stable content. The tree refers to the
        value's memory: use it at once or drop it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        facts = shallow_facts(value)
        parts: dict[str, bytes] = {}
        node = _content(value, facts, parts)
        for add in (_add_items, _add_estimator, *([_add_summary] if sums else [])):
            try:
                add(value, facts)
            except Exception:
                continue
        if facts["kind"] in ("dataframe", "series"):
            with contextlib.suppress(Exception):
                facts["columns"] = column_facts(value, parts)
    return facts, node


def shallow_facts(value: Any) -> dict[str, Any]:
    """Return type, kind, shape, dtype, length and short value."""
    kind = kind_of(value)
    facts: dict[str, Any] = {"type": public_path(type(value)), "kind": kind}
    try:
        if kind in _SHAPED:
            facts["shape"] = [int(size) for size in value.shape]
        if kind in _SHAPED and kind != "dataframe":
            facts["dtype"] = str(value.dtype)
        if kind in _CONTAINERS:
            facts["length"] = len(value)
    except Exception:
        pass
    plain = _literal(value, kind)
    if plain is not None or kind == "none":
        facts["value"] = plain
    return facts


def _literal(value: Any, kind: str) -> Any:
    if kind == "string":
        return (
            str(value)
            if type(value).__module__ in ("builtins", "numpy") and len(value) <= MAX_TEXT
            else None
        )
    if kind in ("tensor", "ndarray"):
        return _single_number(value)
    if kind not in ("bool", "int", "float") or scalar(value) is None:
        return None
    plain = {"bool": bool, "int": int, "float": float}[kind](value)
    if kind == "int" and abs(plain) > SAFE_INTEGER:
        return None
    return plain if kind != "float" or math.isfinite(plain) else None


def _single_number(value: Any) -> int | float | None:
    """Return the number in an array without dimensions: the loss of a torch loop."""
    if len(value.shape) != 0:
        return None
    plain = value.item()
    if type(plain) is int:
        return plain if abs(plain) <= SAFE_INTEGER else None
    return plain if type(plain) is float and math.isfinite(plain) else None


def _content(value: Any, facts: dict[str, Any], parts: dict[str, bytes]) -> Node | None:
    encoder = Encoder()
    try:
        node = encoder.node(value)
        facts["digest"] = digest_node(node, None, parts).hex()
    except Exception:
        return None
    if encoder.sampled:
        facts["sampled"] = True
    return node


def _add_items(value: Any, facts: dict[str, Any], depth: int = 0) -> None:
    if facts["kind"] not in _CONTAINERS:
        return
    elements = list(dict.values(value)) if facts["kind"] == "dict" else list(value)
    found: dict[str, dict[str, Any]] = {}
    for element in elements[:MAX_ITEMS]:
        item = shallow_facts(element)
        kept = {key: item[key] for key in ("type", "kind", "dtype") if key in item}
        if depth < 2:
            _add_items(element, kept, depth + 1)
        found[json.dumps(kept, sort_keys=True)] = kept
    facts["items"] = [found[key] for key in sorted(found)]
    if facts["kind"] == "dict" and depth == 0:
        keys = list(dict.keys(value))[:MAX_KEYS]
        facts["keys"] = [key if type(key) is str else _label(key) for key in keys]


def _label(key: Any) -> str:
    plain = scalar(key)
    return plain[1] if plain and plain[0] != "float" else repr(key) if plain else "?"


def _add_estimator(value: Any, facts: dict[str, Any]) -> None:
    if facts["kind"] == "estimator":
        facts["estimator"] = estimator_facts(value)


def _add_summary(value: Any, facts: dict[str, Any]) -> None:
    summary = summarize(value, facts["kind"])
    if summary is not None:
        facts["summary"] = summary
