"""Reads a dump with the standard library alone; the file may come from hostile code."""

from __future__ import annotations

import ast
import json
import struct
import zipfile
from array import array
from collections.abc import Iterator, Sequence
from typing import Any

MAX_STRUCTURE = 600_000_000  # bytes of `value.json`
CHUNK = 1 << 19
_CODES = {
    "|b1": "B",
    "|i1": "b",
    "|u1": "B",
    "<i2": "h",
    "<u2": "H",
    "<i4": "i",
    "<u4": "I",
    "<i8": "q",
    "<u8": "Q",
    "<f2": "e",
    "<f4": "f",
    "<f8": "d",
    "<c8": "f",
    "<c16": "d",
}


class BadDump(Exception):  # noqa: N818 - short, and only this package sees it
    """The file is not a dump."""


class Dump:
    """One opened dump."""

    def __init__(self, path: str) -> None:
        try:
            self._archive = zipfile.ZipFile(path)
            entries = self._archive.infolist()
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in entries):
                raise BadDump("compressed")
            if self._archive.getinfo("value.json").file_size > MAX_STRUCTURE:
                raise BadDump("too large a structure")
            self.tree: Any = json.loads(self._archive.read("value.json"))
        except (OSError, KeyError, ValueError, zipfile.BadZipFile, RecursionError) as error:
            raise BadDump(str(error)) from error

    def close(self) -> None:
        """Close the file."""
        self._archive.close()

    def array(self, name: str) -> ArrayFile:
        """Open an array."""
        try:
            return ArrayFile(self._archive, name)
        except (OSError, KeyError, ValueError, SyntaxError, zipfile.BadZipFile) as error:
            raise BadDump(str(error)) from error


class ArrayFile:
    """The shape of an array, and its numbers in parts."""

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive, self._name = archive, name
        with archive.open(name) as file:
            if file.read(6) != b"\x93NUMPY":
                raise ValueError("not an array")
            file.read(2)
            (length,) = struct.unpack("<H", file.read(2))
            header = ast.literal_eval(file.read(length).decode("latin-1"))
        self._start = 10 + length
        self.shape = tuple(int(size) for size in header["shape"])
        self._descr = str(header["descr"])
        self._code = _CODES[self._descr]
        self.complex = self._descr.startswith("<c")
        self.kind = self._descr[1]
        self.is_float = self.kind in "fc"
        count = 2 if self.complex else 1
        for size in self.shape:
            count *= size
        width = struct.calcsize(self._code)
        if archive.getinfo(name).file_size != self._start + count * width:
            raise ValueError("an array of another size")
        self._width = width

    def parts(self) -> Iterator[bytes]:
        """Yield the bytes of the numbers, the same number of them at a time."""
        with self._archive.open(self._name) as file:
            file.read(self._start)
            while True:
                part = file.read(CHUNK * self._width)
                if not part:
                    return
                yield part

    def numbers(self, part: bytes) -> Sequence[Any]:
        """Return the numbers of a part; a complex number gives two."""
        if self._code == "e":
            return struct.unpack(f"<{len(part) // 2}e", part)
        found = array(self._code)
        found.frombytes(part)
        return found
