"""Walks two dumps side by side."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from .load import ArrayFile, Dump

RELATIVE = 1e-6
FLOOR = 1e-12  # of the largest number of the array: below it a difference is rounding
_ROWS = re.compile(r"(^| )column .*[^\].]$|(^|[ .])index$")
_ORDER = ("same", "close", "different")


class Comparison:
    """The comparison of two dumps; the first place with the worst verdict is kept."""

    def __init__(self, reference: Dump, candidate: Dump) -> None:
        self._dumps = (reference, candidate)
        self.verdict = "same"
        self.path = self.reference = self.candidate = ""
        self.max_relative: float | None = None

    def compare(self) -> None:
        """Walk."""
        self._node(self._dumps[0].tree, self._dumps[1].tree, "")

    def _differ(self, path: str, a: Any, b: Any, verdict: str = "different") -> None:
        if _ORDER.index(verdict) > _ORDER.index(self.verdict):
            self.verdict, self.path = verdict, path.strip()
            self.reference, self.candidate = str(a), str(b)

    def _node(self, a: Any, b: Any, path: str) -> None:
        if self.verdict == "different":
            return
        if a["kind"] != b["kind"] or a.get("label") != b.get("label"):
            self._differ(path, _describe(a), _describe(b))
        elif a["kind"] == "scalar":
            self._scalars([[a["type"], a["text"]]], [[b["type"], b["text"]]], path, None)
        elif a["kind"] == "scalars":
            if len(a["items"]) != len(b["items"]):
                self._differ(f"{path} length", len(a["items"]), len(b["items"]))
            else:
                form = " row {}" if _ROWS.search(path) else "[{}]"
                self._scalars(a["items"], b["items"], path, form)
        elif a["kind"] == "array":
            self._array(a, b, path)
        elif a["kind"] in ("list", "tuple", "set"):
            self._list(a, b, path)
        else:
            self._keyed(a, b, path)

    def _list(self, a: Any, b: Any, path: str) -> None:
        left, right = a["children"], b["children"]
        packed = [len(side) == 1 and side[0][1]["kind"] == "scalars" for side in (left, right)]
        if packed[0] != packed[1] or len(left) != len(right):
            self._differ(path, _describe(a), _describe(b))
        elif packed[0]:
            self._node(left[0][1], right[0][1], path)
        else:
            for place, (one, other) in enumerate(zip(left, right)):
                self._node(one[1], other[1], f"{path}[{place}]")

    def _keyed(self, a: Any, b: Any, path: str) -> None:
        table = str(a["label"]) == "pandas.DataFrame"
        left = {_key(key, place, table): (key, child) for place, (key, child) in _places(a)}
        right = {_key(key, place, table): (key, child) for place, (key, child) in _places(b)}
        for key, (name, child) in left.items():
            here = _join(path, name, a["kind"])
            if key in right:
                self._node(child, right[key][1], here)
            else:
                self._differ(here, _describe(child), "absent")
        for key, (name, child) in right.items():
            if key not in left:
                self._differ(_join(path, name, a["kind"]), "absent", _describe(child))

    def _scalars(self, a: Any, b: Any, path: str, form: str | None) -> None:
        if a == b:
            return
        scale: float | None = None
        for place, (one, other) in enumerate(zip(a, b)):
            if one == other:
                continue
            here = path + form.format(place) if form else path
            if one[0] == other[0] == "float":
                scale = scale if scale is not None else _scale(a, b)
                left, right = float.fromhex(one[1]), float.fromhex(other[1])
                self._floats(left, right, scale if form else 0.0, here)
            else:
                self._differ(here, _text(one), _text(other))
            if self.verdict == "different":
                return

    def _floats(self, a: float, b: float, scale: float, path: str) -> None:
        relative = _relative(a, b)
        if relative is not None:
            self.max_relative = max(self.max_relative or 0.0, relative)
        near = relative is not None and (relative <= RELATIVE or abs(a - b) <= FLOOR * scale)
        self._differ(path, repr(a), repr(b), "close" if near else "different")

    def _array(self, a: Any, b: Any, path: str) -> None:
        left, right = self._dumps[0].array(a["file"]), self._dumps[1].array(b["file"])
        if left.shape != right.shape:
            self._differ(f"{path} shape", left.shape, right.shape)
            return
        if a["dtype"] != b["dtype"]:
            same_kind = left.kind == right.kind and "[" not in a["dtype"] + b["dtype"]
            verdict = "close" if same_kind else "different"
            self._differ(f"{path} dtype", a["dtype"], b["dtype"], verdict)
        scale: float | None = None
        start = 0
        for one, other in zip(left.parts(), right.parts()):
            if self.verdict == "different":
                return
            numbers, others = left.numbers(one), right.numbers(other)
            if one != other:
                if left.is_float and scale is None:
                    scale = max(_largest(left), _largest(right))
                self._numbers(left, (numbers, others), (start, scale or 0.0), path)
            start += len(numbers)

    def _numbers(self, array: ArrayFile, numbers: Any, state: Any, path: str) -> None:
        start, scale = state
        for place, (a, b) in enumerate(zip(*numbers)):
            if a == b and (
                a != 0 or not array.is_float or math.copysign(1, a) == math.copysign(1, b)
            ):
                continue
            if a != a and b != b:
                continue
            here = path + _index(array, start + place)
            if array.is_float:
                self._floats(a, b, scale, here)
            else:
                self._differ(here, a, b)
            if self.verdict == "different":
                return


def _relative(a: float, b: float) -> float | None:
    """Return the relative difference, or None if the two cannot be near."""
    if a == b:
        return 0.0
    if math.isfinite(a) and math.isfinite(b):
        return abs(a - b) / max(abs(a), abs(b))
    return None


def _scale(*sides: Any) -> float:
    numbers = (abs(float.fromhex(text)) for side in sides for kind, text in side if kind == "float")
    return max((number for number in numbers if math.isfinite(number)), default=0.0)


def _largest(array: ArrayFile) -> float:
    found = 0.0
    for part in array.parts():
        finite = (abs(number) for number in array.numbers(part) if math.isfinite(number))
        found = max(found, max(finite, default=0.0))
    return found


def _index(array: ArrayFile, place: int) -> str:
    if array.complex:
        place //= 2
    if not array.shape:
        return ""
    found = []
    for size in reversed(array.shape):
        place, rest = divmod(place, size)
        found.append(rest)
    if len(found) == 1:
        return f" row {found[0]}"
    return "[" + ", ".join(map(str, reversed(found))) + "]"


def _places(node: Any) -> Any:
    return enumerate(node["children"])


def _key(key: Any, place: int, table: bool) -> str:
    # Two columns of a table may have one name: there the place is the key.
    text = key if isinstance(key, str) else json.dumps(key, sort_keys=True)
    return f"{place}" if table else text


def _join(path: str, key: Any, kind: str) -> str:
    if kind == "dict":
        return f"{path}[{_describe(key)}]"
    if key.startswith("column "):
        return f"{path} {key}"
    return path if key == "values" else f"{path}.{key}" if path else str(key)


def _text(pair: Any) -> str:
    kind, text = pair
    if kind == "float":
        return repr(float.fromhex(text))
    return repr(text) if kind == "str" else "None" if kind == "none" else str(text)


def _describe(node: Any) -> str:
    kind = node["kind"]
    if kind == "scalar":
        return _text([node["type"], node["text"]])
    if kind == "scalars":
        return f"{len(node['items'])} values"
    if kind == "array":
        return f"array of {node['dtype']}"
    if kind == "record":
        return str(node["label"])
    children = node["children"]
    packed = len(children) == 1 and children[0][1]["kind"] == "scalars"
    return f"{kind} of {len(children[0][1]['items']) if packed else len(children)}"
