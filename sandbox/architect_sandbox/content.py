"""The content of a value as a small tree, from which digests, dumps and comparisons are made.

There is one definition of content: `encode.py` makes the tree, `digest.py` hashes it and
`dump.py` writes it. A leaf refers to the value's own memory; nothing is copied here.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Union


class Undefined(Exception):  # noqa: N818 - it is an answer, not an error
    """The value has no stable content: an iterator, a file, a lock, a plot."""


@dataclass(frozen=True)
class Scalar:
    """One plain value: its kind and a text that gives it exactly."""

    kind: str
    text: str


@dataclass(frozen=True)
class Scalars:
    """Many plain values; each is encoded by `scalar` while it is hashed or written.

    `key` is set if an array of them was hashed before.
    """

    items: Sequence[Any]
    key: bytes | None = None


@dataclass(frozen=True)
class Array:
    """A numpy array of booleans, integers, floats or complex numbers in native byte order."""

    data: Any
    dtype: str


@dataclass(frozen=True)
class Group:
    """A container or an object.

    `kind` is `list`, `tuple`, `set`, `dict` or `record`. A dict's children have nodes as keys,
    a record's have text, others have None. A child may be a function that makes it, so that
    large parts (the columns of a table) exist one at a time.
    """

    kind: str
    label: str
    children: Sequence[tuple[Any, Child]]


Node = Union[Scalar, Scalars, Array, Group]
Child = Union[Node, Callable[[], Node]]


def resolve(child: Child) -> Node:
    """Return the node of a child that may still have to be made."""
    return child if isinstance(child, (Scalar, Scalars, Array, Group)) else child()


def record(label: str, **children: Child) -> Group:
    """Make a record."""
    return Group("record", label, list(children.items()))


# Types whose `str` is exact and free of addresses.
_TEXT_TYPES = {
    ("datetime", "date"),
    ("datetime", "datetime"),
    ("datetime", "time"),
    ("datetime", "timedelta"),
    ("datetime", "timezone"),
    ("decimal", "Decimal"),
    ("fractions", "Fraction"),
    ("uuid", "UUID"),
    ("zoneinfo", "ZoneInfo"),
    ("numpy", "datetime64"),
    ("numpy", "timedelta64"),
    ("torch", "device"),
    ("torch", "dtype"),
    ("torch", "layout"),
    ("torch", "memory_format"),
}
_PANDAS_SCALARS = {"Timestamp", "Timedelta", "Period", "Interval", "NaTType", "NAType"}
_PATHS = {"PosixPath", "WindowsPath", "PurePosixPath", "PureWindowsPath"}
_DTYPES = {"dtype", "CategoricalDtype", "DatetimeTZDtype", "StringDtype"}


_PLAIN = {str, float, bool, int, type(None), complex, bytes}


def real(value: float) -> str:
    """Write a float exactly; NaN is one value, -0.0 is not 0.0."""
    return "nan" if math.isnan(value) else value.hex()


def scalar(value: Any) -> tuple[str, str] | None:
    """Return kind and exact text of a plain value, or None if the value is not plain.

    A numpy scalar gives the same as the Python scalar of the same value.
    """
    kind = type(value)
    if kind is str:
        return "str", value
    if kind is float:
        return "float", real(value)
    if kind is bool:
        return "bool", str(value)
    if kind is int:
        return "int", str(value) if abs(value) < 2**63 else hex(value)
    if value is None:
        return "none", ""
    if kind is complex:
        return "complex", real(value.real) + " " + real(value.imag)
    if kind is bytes:
        return "bytes", value.hex()
    return _library_scalar(value, kind)


def _library_scalar(value: Any, kind: type) -> tuple[str, str] | None:
    module, name = kind.__module__, kind.__name__
    root = module.partition(".")[0]
    if (module, name) in _TEXT_TYPES or value is Ellipsis or value is NotImplemented:
        return f"{module}.{name}", str(value)
    if root == "pandas" and name in _PANDAS_SCALARS:
        return f"pandas.{name}", str(value)
    if root == "pathlib" and name in _PATHS:
        return "pathlib.Path", str(value)
    if root in ("numpy", "pandas") and (name in _DTYPES or name.endswith(("Dtype", "DType"))):
        return f"{root}.dtype", str(value)
    if kind is slice or kind is range:
        return kind.__name__, repr(value)
    if any(base.__module__ == "enum" for base in kind.__mro__):
        return "enum", f"{kind.__name__}.{getattr(value, '_name_', value)}"
    if any(base.__module__ == "numpy" and base.__name__ == "generic" for base in kind.__mro__):
        plain = float(value) if name == "longdouble" else value.item()
        if type(plain) in (bool, int, float, complex, str, bytes):
            return scalar(plain)
    return None


def all_plain(items: Any) -> bool:
    """Return True if every value is plain."""
    return set(map(type, items)) <= _PLAIN or all(scalar(item) is not None for item in items)


def require_scalar(value: Any) -> Scalar:
    """Return the node of a value that must be plain."""
    found = scalar(value)
    if found is None:
        raise Undefined(type(value).__name__)
    return Scalar(*found)
