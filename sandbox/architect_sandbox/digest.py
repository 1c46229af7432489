"""SHA-256 of the content of a value."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from . import object_arrays
from .content import Array, Group, Node, Scalar, Scalars, Undefined, resolve, scalar
from .encode import Encoder

CHUNK = 1 << 17  # elements of an array that are hashed at a time


def digest(value: Any) -> str | None:
    """Return the digest of a value, or None if it has no stable content."""
    return digest_and_sampled(value)[0]


def digest_and_sampled(value: Any) -> tuple[str | None, bool]:
    """Return the digest and whether it was made from a sample of a large value."""
    encoder = Encoder()
    try:
        return digest_node(encoder.node(value)).hex(), encoder.sampled
    except Exception:  # foreign code may fail in any way; then the content is not known
        return None, False


def digest_node(
    node: Node, known: dict[int, bytes] | None = None, parts: dict[str, bytes] | None = None
) -> bytes:
    """Hash a content tree.

    Args:
        node: The tree.
        known: Hashes of its groups so far; a part that stands at many places is hashed once.
        parts: Takes the hashes of the node's own children, if they have names.
    """
    known = {} if known is None else known
    if id(node) in known:
        return known[id(node)]
    if isinstance(node, Scalars):
        return _scalars_hash(node)
    hasher = hashlib.sha256()
    if isinstance(node, Scalar):
        hasher.update(_framed("scalar", node.kind))
        hasher.update(node.text.encode("utf-8", "surrogatepass"))
    elif isinstance(node, Array):
        hasher.update(_framed("array", node.dtype, *map(str, node.data.shape)))
        for part in _at_once(_chunk_hash, chunks(node.data), node.data.size > 4 * CHUNK):
            hasher.update(part)
    else:
        _hash_group(hasher, node, known, {} if parts is None else parts)
    return hasher.digest()


def chunks(data: Any) -> Iterator[Any]:
    """Yield the bytes of an array in C order, with one bit pattern for NaN."""
    import numpy as np

    flat = np.ascontiguousarray(data).reshape(-1)
    if flat.dtype.kind == "c":
        flat = flat.view(flat.real.dtype)
    for start in range(0, flat.size, CHUNK):
        part = flat[start : start + CHUNK]
        if part.dtype.kind == "f":
            missing = np.isnan(part)
            if missing.any():
                part = part.copy()
                part[missing] = np.nan
        yield memoryview(part.view(np.uint8))


def _chunk_hash(chunk: Any) -> bytes:
    return hashlib.sha256(chunk).digest()


def _at_once(work: Callable[[Any], bytes], parts: Iterable[Any], large: bool) -> list[bytes]:
    """Hash parts, large ones in two threads: hashing lets other threads run."""
    if not large:
        return [work(part) for part in parts]
    # No thread is left behind: a process with threads cannot be forked safely.
    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(work, parts))


def _scalars_hash(node: Scalars) -> bytes:
    if node.key is not None:
        return object_arrays.hash_of(node.key)
    hasher = hashlib.sha256()
    _hash_scalars(hasher, node.items)
    found = hasher.digest()
    object_arrays.keep(node.items, found)
    return found


def _framed(*texts: str) -> bytes:
    data = [text.encode("utf-8", "surrogatepass") for text in texts]
    return b"".join(len(item).to_bytes(8, "little") + item for item in data)


def _hash_group(hasher: Any, node: Group, known: dict[int, bytes], named: dict[str, bytes]) -> None:
    hasher.update(_framed("group", node.kind, node.label))
    parts = []
    for key, child in node.children:
        head = _framed(key or "") if key is None or isinstance(key, str) else digest_node(key)
        part = resolve(child)
        # What is made for the moment gets a table of its own: its ids are free again afterwards.
        found = digest_node(part, known if part is child else None)
        if part is child and isinstance(part, Group):
            known[id(part)] = found
        if isinstance(key, str):
            named[key] = found
        parts.append(head + found)
    if node.kind == "dict" or (node.kind == "record" and not node.label.startswith("pandas.")):
        parts.sort()
    for part in parts:
        hasher.update(part)


def _hash_scalars(hasher: Any, items: Any) -> None:
    hasher.update(_framed("scalars", str(len(items))))
    kinds = set(map(type, items))
    if kinds == {float}:
        hasher.update(b"float")
        hasher.update(array("d", [x if x == x else float("nan") for x in items]).tobytes())
        return
    if kinds == {str}:
        _hash_texts(hasher, b"str", items)
        return
    pairs = [scalar(item) for item in items]
    if any(pair is None for pair in pairs):
        raise Undefined("not plain")
    found = {pair[0] for pair in pairs if pair}
    texts = [pair[1] for pair in pairs if pair]
    if found == {"float"}:  # numbers of numpy: the same bytes as above
        hasher.update(b"float" + array("d", map(float.fromhex, texts)).tobytes())
        return
    if found == {"str"}:
        _hash_texts(hasher, b"str", texts)
        return
    _hash_texts(hasher, b"kinds", [pair[0] for pair in pairs if pair])
    _hash_texts(hasher, b"texts", texts)


def _hash_texts(hasher: Any, tag: bytes, texts: Any) -> None:
    joined = "".join(texts)
    data = texts
    if not joined.isascii():
        data = [text.encode("utf-8", "surrogatepass") for text in texts]
    hasher.update(tag + array("q", map(len, data)).tobytes())
    hasher.update(joined.encode("utf-8", "surrogatepass"))
