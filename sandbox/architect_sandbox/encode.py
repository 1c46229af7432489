"""Makes the content tree of a value without changing the value."""

from __future__ import annotations

from typing import Any

from . import encode_arrays, encode_objects, encode_tables, encode_torch, object_arrays
from .content import Group, Node, Scalar, Scalars, Undefined, all_plain, scalar
from .names import bare_name, has_base

MAX_NODES = 400_000
MAX_DEPTH = 60

# Libraries whose objects are lazily evaluated, tied to the outside or only seen.
_OPAQUE = {
    "dask",
    "pyspark",
    "ibis",
    "vaex",
    "duckdb",
    "sqlite3",
    "sqlalchemy",
    "h5py",
    "matplotlib",
    "plotly",
    "seaborn",
    "bokeh",
    "altair",
    "IPython",
    "ipywidgets",
    "mlflow",
    "wandb",
    "requests",
    "socket",
    "threading",
    "_thread",
    "multiprocessing",
    "concurrent",
    "asyncio",
    "subprocess",
    "logging",
    "tqdm",
    "tempfile",
    "_io",
    "io",
    "weakref",
    "catboost",
}


class Encoder:
    """Encodes one value. `sampled` is set if a part was too large to be read whole."""

    def __init__(self) -> None:
        self.sampled = False
        self._count = 0
        self._path: dict[int, int] = {}
        self._known: dict[int, tuple[Any, Node]] = {}

    def node(self, value: Any) -> Node:
        """Return the content of a value, or raise `Undefined`."""
        plain = scalar(value)
        if plain is not None:
            return Scalar(*plain)
        identity = id(value)
        if identity in self._known:
            return self._known[identity][1]
        if identity in self._path:
            return Scalar("cycle", str(len(self._path) - self._path[identity]))
        self._count += 1
        if self._count > MAX_NODES or len(self._path) > MAX_DEPTH:
            raise Undefined("too large a structure")
        self._path[identity] = len(self._path)
        try:
            made = self._make(value)
        finally:
            del self._path[identity]
        self._known[identity] = (value, made)
        return made

    def _make(self, value: Any) -> Node:
        kind = type(value)
        root = kind.__module__.partition(".")[0]
        if root in _OPAQUE or (root == "polars" and kind.__name__ not in ("DataFrame", "Series")):
            raise Undefined(kind.__name__)
        if isinstance(value, (list, tuple)):
            return self._sequence("list" if isinstance(value, list) else "tuple", value)
        if isinstance(value, dict):
            return self._mapping(value)
        if isinstance(value, (set, frozenset)):
            return self._set(value)
        if isinstance(value, (bytearray, memoryview)):
            return Scalar("bytes", bytes(value).hex())
        if isinstance(value, (str, bytes, int, float, complex)):  # of a class of its own
            return self._derived(value)
        if has_base(value, "collections", "deque"):
            return self._sequence("list", list(value))
        for family in (encode_arrays, encode_tables, encode_torch, encode_objects):
            made = family.encode(self, value)
            if made is not None:
                return made
        raise Undefined(kind.__name__)

    def _derived(self, value: Any) -> Node:
        base = next(kind for kind in (str, bytes, int, float, complex) if isinstance(value, kind))
        plain = scalar(base.__new__(base, value))
        if plain is None:
            raise Undefined(type(value).__name__)
        attributes = [
            (key, self.node(item)) for key, item in getattr(value, "__dict__", {}).items()
        ]
        return Group("record", bare_name(type(value)), [("(value)", Scalar(*plain)), *attributes])

    def items(self, values: list[Any]) -> Node:
        """Return the content of a sequence whose container does not matter."""
        return self._sequence("list", values)

    def objects(self, values: Any) -> Node:
        """Return the content of a flat array of objects."""
        key = object_arrays.plain_key(values)
        if key is not None or all_plain(values):
            return Scalars(values, key)
        return self._sequence("list", list(values))

    def mapping(self, label: str, values: dict[Any, Any]) -> Group:
        """Return the content of an object's attributes as a record."""
        return Group(
            "record", label, [(str(key), self.node(value)) for key, value in values.items()]
        )

    def _sequence(self, kind: str, values: Any) -> Node:
        # Iterates with the built-in type: a subclass may do anything in `__iter__`.
        base = list if kind == "list" else tuple
        items = list(base.__iter__(values))
        if all_plain(items):
            return Group(kind, "", [(None, Scalars(items))]) if items else Group(kind, "", [])
        return Group(kind, "", [(None, self.node(item)) for item in items])

    def _mapping(self, values: dict[Any, Any]) -> Node:
        return Group(
            "dict",
            "",
            [(self.node(key), self.node(value)) for key, value in dict.items(values)],
        )

    def _set(self, values: Any) -> Node:
        from .digest import digest_node

        nodes = [self.node(item) for item in values]
        return Group("set", "", [(None, node) for node in sorted(nodes, key=digest_node)])
