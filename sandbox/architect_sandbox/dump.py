"""Writes the content of a value to one file that can be read without running anything.

The file is an uncompressed zip: `value.json` holds the structure and the scalars, `<n>.npy` the
arrays. There is no pickle in it. `compare.py` reads it with the standard library alone.
"""

from __future__ import annotations

import io
import json
import os
import zipfile
from typing import Any

from .content import Array, Node, Scalar, Scalars, Undefined, resolve, scalar
from .digest import chunks

MAX_NODES = 2_000_000


def write_dump(path: str, node: Node) -> bool:
    """Write a content tree.

    Args:
        path: File to write; its folder is made.
        node: The content.

    Returns:
        True if it was written; a value of which a part has no content leaves no file.
    """
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    partial = f"{path}.partial"
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
            tree = _Writer(archive).tree(node)
            archive.writestr(_entry("value.json"), json.dumps(tree, separators=(",", ":")))
        os.replace(partial, path)
    except Exception:  # foreign code may fail in any way; then there is no dump
        if os.path.exists(partial):
            os.remove(partial)
        return False
    return True


def _entry(name: str) -> zipfile.ZipInfo:
    return zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))


class _Writer:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._count = self._nodes = 0

    def tree(self, node: Node) -> Any:
        """Return the JSON of a node; its arrays are written at once."""
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise Undefined("too large a structure")
        if isinstance(node, Scalar):
            return {"kind": "scalar", "type": node.kind, "text": node.text}
        if isinstance(node, Scalars):
            return {"kind": "scalars", "items": [_pair(item) for item in node.items]}
        if isinstance(node, Array):
            return {"kind": "array", "dtype": node.dtype, "file": self._array(node.data)}
        children = [[self._key(key), self.tree(resolve(child))] for key, child in node.children]
        return {"kind": node.kind, "label": node.label, "children": children}

    def _key(self, key: Any) -> Any:
        return key if key is None or isinstance(key, str) else self.tree(key)

    def _array(self, data: Any) -> str:
        from numpy.lib import format as npy

        name = f"{self._count}.npy"
        self._count += 1
        header = io.BytesIO()
        dtype = data.dtype.newbyteorder("<")
        described = {"descr": dtype.str, "fortran_order": False, "shape": data.shape}
        npy.write_array_header_1_0(header, described)
        with self._archive.open(_entry(name), "w", force_zip64=True) as file:
            file.write(header.getvalue())
            for chunk in chunks(data):
                file.write(chunk)
        return name


def _pair(item: Any) -> list[str]:
    pair = scalar(item)
    if pair is None:
        raise Undefined("not plain")
    return list(pair)
