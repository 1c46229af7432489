"""Names places in dumped values, and what stands there, for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def in_list(place: int) -> str:
    """Name an element of a list."""
    return f"[{place}]"


def in_rows(place: int) -> str:
    """Name an element of a column or an index."""
    return f" row {place}"


def in_levels(place: int) -> str:
    """Name a level of an index."""
    return f" level {place}"


def unravel(shape: Sequence[int], place: int) -> str:
    """Name an element of an array by its number in C order."""
    if not shape:
        return ""
    found = []
    for size in reversed(shape):
        place, rest = divmod(place, size)
        found.append(rest)
    if len(found) == 1:
        return in_rows(found[0])
    return "[" + ", ".join(map(str, reversed(found))) + "]"


def join(path: str, key: Any, kind: str) -> str:
    """Name a child of a dict or an object."""
    if kind == "dict":
        return f"{path}[{describe(key)}]"
    if key.startswith("column "):
        return f"{path} {key}"
    return path if key == "values" else f"{path}.{key}" if path else str(key)


def text_of(pair: Any) -> str:
    """Write a plain value as Python does."""
    kind, text = pair
    if kind == "float":
        return repr(float.fromhex(text))
    if kind == "bytes":
        return f"{len(text) // 2} bytes, the first {text[:16]}"
    return repr(text) if kind == "str" else "None" if kind == "none" else str(text)


def describe(node: Any) -> str:
    """Say in few words what a value is."""
    kind = node["kind"]
    if kind == "scalar":
        return text_of([node["type"], node["text"]])
    if kind == "scalars":
        return f"{len(node['items'])} values"
    if kind == "array":
        return f"array of {node['dtype']}"
    if kind == "record":
        return _record(node)
    children = node["children"]
    packed = len(children) == 1 and children[0][1]["kind"] == "scalars"
    return f"{kind} of {len(children[0][1]['items']) if packed else len(children)}"


def _record(node: Any) -> str:
    label = str(node["label"])
    children = (
        dict(node["children"]) if all(isinstance(k, str) for k, _ in node["children"]) else {}
    )
    dtype = children.get("dtype")
    if label == "pandas.Categorical":
        return "category"
    if label == "numpy.items" and dtype:
        name = str(dict(dtype["children"])["kind"]["text"])
        return f"array of {'object' if name == 'O' else name}"
    if label == "pandas.array" and dtype:
        return f"array of {dtype['text']}"
    return label
