"""Content of numpy arrays, random generators and scipy sparse matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .content import Array, Group, Node, Scalar, Scalars, record
from .names import has_base

if TYPE_CHECKING:
    from .encode import Encoder

LARGE = 200_000_000  # bytes above which a value is read in part
SAMPLE = 32_000_000  # bytes of such a part
CHUNK_BYTES = 1 << 20
BLOCK_BYTES = 2048
ENDS = 1000  # rows at the head and at the tail that are always in it


def encode(encoder: Encoder, value: Any) -> Node | None:
    """Encode a value of numpy or scipy, else return None."""
    if has_base(value, "numpy", "ndarray"):
        return _array(encoder, value)
    if has_base(value, "numpy", "void"):
        return record("numpy.void", values=encoder.items(list(value.item())))
    if has_base(value, "numpy", "RandomState"):
        return record("numpy.RandomState", state=encoder.node(value.get_state(legacy=False)))
    if has_base(value, "numpy", "Generator"):
        return record("numpy.Generator", state=encoder.node(value.bit_generator.state))
    if has_base(value, "numpy", "BitGenerator"):
        return record("numpy.BitGenerator", state=encoder.node(value.state))
    if has_base(value, "numpy", "ufunc"):
        return Scalar("function", f"numpy.{value.__name__}")
    if has_base(value, "scipy", "spmatrix", "sparray", "_spbase"):
        return _sparse(encoder, value)
    return None


def sample_rows(rows: int, size: int) -> Any:
    """Choose the rows that stand for a large value: head, tail and evenly spaced between.

    Args:
        rows: Number of rows.
        size: Bytes of all of them.

    Returns:
        Sorted positions, the same for every value of this size.
    """
    import numpy as np

    wanted = max(1, min(rows, int(rows * SAMPLE / size)))
    head, tail = np.arange(min(ENDS, rows)), np.arange(max(0, rows - ENDS), rows)
    spaced = np.linspace(0, rows - 1, wanted).astype(np.int64)
    return np.unique(np.concatenate([head, spaced, tail]))


def block_sums(data: Any) -> Node:
    """Add up the bytes of each few rows of an array: what lies outside of a sample is seen, too.

    Args:
        data: An array of numbers; for others there are no sums.

    Returns:
        Sums of 256 words of eight bytes each, in order, at the speed of the memory.
    """
    import numpy as np

    if data.dtype.kind not in "biufcmM" or data.dtype.itemsize > 16:
        return Scalar("none", "")
    found = []
    step = max(1, CHUNK_BYTES // max(1, data.nbytes // data.shape[0]))
    for start in range(0, data.shape[0], step):
        part = np.ascontiguousarray(data[start : start + step]).reshape(-1)
        if part.dtype.kind in "fc" and (missing := np.isnan(part)).any():
            part = np.where(missing, np.array(np.nan, part.dtype), part)
        raw = part.view(np.uint8)
        words = np.zeros(-(-raw.size // BLOCK_BYTES) * BLOCK_BYTES // 8, np.uint64)
        words.view(np.uint8)[: raw.size] = raw
        found.append(words.reshape(-1, BLOCK_BYTES // 8).sum(axis=1))
    return Array(np.concatenate(found), "uint64")


def _array(encoder: Encoder, value: Any) -> Node:
    import numpy as np

    if has_base(value, "numpy", "MaskedArray"):
        mask = np.ma.getmaskarray(value)
        data = np.where(mask, np.zeros((), value.dtype), np.ma.getdata(value))
        return record("numpy.MaskedArray", data=encoder.node(data), mask=encoder.node(mask))
    plain = np.asarray(value)
    if has_base(value, "numpy", "matrix"):  # its product is another one
        return record("numpy.matrix", values=_array(encoder, plain))
    shape = Scalars(list(plain.shape))
    if plain.nbytes > LARGE and plain.ndim:
        encoder.sampled = True
        if plain.shape[0] < 4 * ENDS:
            plain = plain.reshape(-1)
        sample = plain[sample_rows(plain.shape[0], plain.nbytes)]
        values, sums = _plain(encoder, sample, shape), block_sums(plain)
        return record("numpy.sample", shape=shape, values=values, sums=sums)
    return _plain(encoder, plain, shape)


def _plain(encoder: Encoder, plain: Any, shape: Node) -> Node:
    kind = plain.dtype.kind
    if not plain.dtype.isnative:
        plain = plain.astype(plain.dtype.newbyteorder("="))
    name = plain.dtype.name
    if plain.dtype.names:
        # A record does not keep the order of its fields: it stands beside them.
        names = ("fields", Scalars(list(plain.dtype.names)))
        fields = [(f".{field}", encoder.node(plain[field])) for field in plain.dtype.names]
        return Group("record", "numpy.structured", [names, *fields])
    if kind in "biuf" and plain.dtype.itemsize <= 8:
        return Array(plain, name)
    if kind == "c" and plain.dtype.itemsize <= 16:
        return Array(plain, name)
    if kind in "fc":  # long double has padding bytes: give it as a sum of two doubles
        narrow = "complex128" if kind == "c" else "float64"
        high = plain.astype(narrow)
        return record(f"numpy.{name}", high=Array(high, narrow), rest=_rest(plain - high, narrow))
    if kind in "mM":
        return Array(plain.view("int64"), name)
    label = record("numpy.dtype", kind=Scalar("str", kind if kind == "O" else name))
    flat = plain.reshape(-1)
    values = encoder.objects(flat) if kind == "O" else encoder.items(flat.tolist())
    return record("numpy.items", dtype=label, shape=shape, values=values)


def _rest(data: Any, narrow: str) -> Array:
    return Array(data.astype(narrow), narrow)


def _sparse(encoder: Encoder, value: Any) -> Node:
    # A canonical copy is made: sorting in place would change the notebook's matrix.
    shape, layout = Scalars([int(size) for size in value.shape]), str(value.format)
    kind = "matrix" if has_base(value, "scipy", "spmatrix") else "array"  # `*` is another product
    matrix = value.tocoo(copy=True)
    matrix.sum_duplicates()
    coords = matrix.coords if hasattr(matrix, "coords") else (matrix.row, matrix.col)
    columns = [encoder.node(axis.astype("int64")) for axis in coords]
    return record(
        "scipy.sparse",
        format=Scalar("str", layout),
        kind=Scalar("str", kind),
        shape=shape,
        data=encoder.node(matrix.data),
        coordinates=Group("list", "", [(None, column) for column in columns]),
    )
