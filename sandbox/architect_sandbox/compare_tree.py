"""Walks two dumps side by side."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

from .compare_words import describe, in_levels, in_list, in_rows, join, text_of, unravel
from .load import ArrayFile, Dump

RELATIVE = 1e-6
FLOOR = 1e-14  # of the largest number of the column: below it a difference is rounding
MAX_COLUMNS = 4096  # of a matrix of which each column has its own scale
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

    def _node(self, a: Any, b: Any, path: str, place: Callable[[int], str] = in_list) -> None:
        if self.verdict == "different":
            return
        if a["kind"] != b["kind"] or a.get("label") != b.get("label"):
            self._differ(path, describe(a), describe(b))
        elif a["kind"] == "scalar":
            self._scalars([[a["type"], a["text"]]], [[b["type"], b["text"]]], path, None)
        elif a["kind"] == "scalars":
            if len(a["items"]) != len(b["items"]):
                self._differ(f"{path} length", len(a["items"]), len(b["items"]))
            else:
                self._scalars(a["items"], b["items"], path, place)
        elif a["kind"] == "array":
            self._array(a, b, path)
        elif a["kind"] == "set":
            self._set(a, b, path)
        elif a["kind"] in ("list", "tuple"):
            self._list(a, b, path, place)
        else:
            self._keyed(a, b, path)

    def _list(self, a: Any, b: Any, path: str, place: Callable[[int], str]) -> None:
        left, right = a["children"], b["children"]
        packed = [len(side) == 1 and side[0][1]["kind"] == "scalars" for side in (left, right)]
        if packed[0] != packed[1] or len(left) != len(right):
            self._differ(path, describe(a), describe(b))
        elif packed[0]:
            self._node(left[0][1], right[0][1], path, place)
        else:
            for index, (one, other) in enumerate(zip(left, right)):
                self._node(one[1], other[1], path + place(index))

    def _set(self, a: Any, b: Any, path: str) -> None:
        left, right = (
            {json.dumps(child, sort_keys=True): child for _, child in side["children"]}
            for side in (a, b)
        )
        found = [(describe(left[key]), "absent") for key in left if key not in right]
        more = [("absent", describe(right[key])) for key in right if key not in left]
        # The order of a set is nobody's: the first by name is named.
        for one, other in sorted(found) + sorted(more):
            self._differ(f"{path} member", one, other)

    def _keyed(self, a: Any, b: Any, path: str) -> None:
        label = str(a["label"])
        table = label == "pandas.DataFrame"
        left = {_key(key, index, table): (key, child) for index, (key, child) in _places(a)}
        right = {_key(key, index, table): (key, child) for index, (key, child) in _places(b)}
        for key, (name, child) in left.items():
            here = join(path, name, a["kind"])
            if key in right:
                self._node(child, right[key][1], here, _places_in(a, name, path))
            else:
                self._differ(here, describe(child), "absent")
        for key, (name, child) in right.items():
            if key not in left:
                self._differ(join(path, name, a["kind"]), "absent", describe(child))

    def _scalars(self, a: Any, b: Any, path: str, place: Callable[[int], str] | None) -> None:
        if a == b:
            return
        scale: float | None = None
        for index, (one, other) in enumerate(zip(a, b)):
            if one == other:
                continue
            here = path + place(index) if place else path
            if one[0] == other[0] == "float":
                scale = scale if scale is not None else _scale(a, b)
                left, right = float.fromhex(one[1]), float.fromhex(other[1])
                self._floats(left, right, scale if place else 0.0, here)
            else:
                self._differ(here, text_of(one), text_of(other))
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
            # No rounding makes another type: `float32` beside `float64` is another computation.
            self._differ(f"{path} dtype", a["dtype"], b["dtype"])
            return
        scales: list[float] = []
        start = 0
        for one, other in zip(left.parts(), right.parts()):
            if self.verdict == "different":
                return
            numbers, others = left.numbers(one), right.numbers(other)
            if one != other:
                if left.is_float and not scales:
                    scales = [max(pair) for pair in zip(_largest(left), _largest(right))]
                self._numbers(left, (numbers, others), (start, scales), path)
            start += len(numbers)

    def _numbers(self, array: ArrayFile, numbers: Any, state: Any, path: str) -> None:
        start, scales = state
        for place, (a, b) in enumerate(zip(*numbers)):
            if a == b and (
                a != 0 or not array.is_float or math.copysign(1, a) == math.copysign(1, b)
            ):
                continue
            if a != a and b != b:
                continue
            here = path + _index(array, start + place)
            if array.is_float:
                self._floats(a, b, scales[(start + place) % len(scales)], here)
            else:
                truth = array.kind == "b"
                self._differ(here, bool(a) if truth else a, bool(b) if truth else b)
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


def _largest(array: ArrayFile) -> list[float]:
    """Return the largest number of each column of a matrix, or of the whole array."""
    width = array.shape[1] if len(array.shape) == 2 and 0 < array.shape[1] <= MAX_COLUMNS else 1
    width *= 2 if array.complex else 1
    found, start = [0.0] * width, 0
    for part in array.parts():
        numbers = array.numbers(part)
        for column in range(width):
            own = numbers[(column - start) % width :: width]
            finite = (abs(number) for number in own if math.isfinite(number))
            found[column] = max(found[column], max(finite, default=0.0))
        start += len(numbers)
    return found


def _index(array: ArrayFile, place: int) -> str:
    if array.complex:
        place //= 2
    return unravel(array.shape, place)


def _places(node: Any) -> Any:
    return enumerate(node["children"])


def _places_in(node: Any, key: Any, path: str) -> Callable[[int], str]:
    """Say how the elements of an array of objects, a column or an index are named."""
    label = str(node["label"])
    few = path.endswith(("columns", "categories"))
    if key != "values" or few or not label.startswith(("numpy.items", "pandas.")):
        return in_list
    children = dict(node["children"])
    if label == "pandas.Index" and children["values"]["kind"] == "list":
        return in_levels
    shape = [int(text) for _, text in children["shape"]["items"]] if "shape" in children else []
    return (lambda place: unravel(shape, place)) if len(shape) > 1 else in_rows


def _key(key: Any, place: int, table: bool) -> str:
    # Two columns of a table may have one name: there the place is the key.
    text = key if isinstance(key, str) else json.dumps(key, sort_keys=True)
    return f"{place}" if table else text
