"""Which files a statement reads and writes."""

from __future__ import annotations

import os
import site
import sys
import sysconfig
import tempfile
from typing import Any

MAX_ENTRIES = 3000
_SKIPPED = {".git", ".venv", "venv", "node_modules", "__pycache__", ".ipynb_checkpoints"}
_SYSTEM = ("/proc/", "/sys/", "/dev/", "/usr/", "/etc/", "/lib", "/opt/", "/var/", "/bin/")
_TEMPORARY = ("tmp", "joblib", "matplotlib", "pymp-", "torch", "loky", "numba", "__", "sem.")
_WRITE_FLAGS = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_TRUNC


class FileWatch:
    """Listens to opened files; one for a run, since an audit hook cannot be taken away."""

    def __init__(self, root: str) -> None:
        self._root = os.path.realpath(root)
        self._ignored = self._ignored_folders()
        self._opened: list[tuple[str, bool]] = []
        self._entries: dict[str, tuple[int, int]] | None = {}
        self.active = False
        self._entries = self._scan()
        sys.addaudithook(self._hear)

    def start(self) -> None:
        """Begin a statement."""
        self._opened.clear()
        self.active = True

    def finish(self, scan: bool) -> tuple[list[str], list[str]]:
        """End a statement.

        Args:
            scan: Look also for changed files, which compiled code may have written unheard.

        Returns:
            The files read and those written, relative to the working tree where they lie in it.
        """
        self.active = False
        reads, writes = set(), set()
        for path, writing in self._opened:
            if not self._is_noise(path) and os.path.isfile(path):
                (writes if writing else reads).add(self._shown(path))
        if scan and self._entries is not None:
            before, self._entries = self._entries, self._scan()
            for path, mark in (self._entries or {}).items():
                if before.get(path) != mark and not self._is_noise(path):
                    writes.add(self._shown(path))
        return sorted(reads - writes), sorted(writes)

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.active or event not in ("open", "sqlite3.connect"):
            return
        path = arguments[0]
        if isinstance(path, (str, bytes, os.PathLike)) and len(self._opened) < 20_000:
            mode = arguments[1] if len(arguments) > 1 else None
            flags = arguments[2] if len(arguments) > 2 else 0
            if isinstance(mode, str):
                writing = any(letter in mode for letter in "wax+")
            else:
                writing = bool(isinstance(flags, int) and flags & _WRITE_FLAGS)
            self._opened.append((os.path.abspath(os.fsdecode(path)), writing))

    def _shown(self, path: str) -> str:
        real = os.path.realpath(path)
        inside = real.startswith(os.path.join(self._root, ""))
        return os.path.relpath(real, self._root).replace(os.sep, "/") if inside else path

    def _is_noise(self, path: str) -> bool:
        real = os.path.realpath(path)
        if "site-packages" in real or "dist-packages" in real or "__pycache__" in real:
            return True
        inside = os.path.join(self._root, "")
        if real.startswith(inside):
            first = os.path.relpath(real, self._root).split(os.sep)
            return any(part in _SKIPPED for part in first)
        if real.startswith(self._ignored):
            return True
        temporary = os.path.join(os.path.realpath(tempfile.gettempdir()), "")
        return real.startswith(temporary) and real[len(temporary) :].startswith(_TEMPORARY)

    def _ignored_folders(self) -> tuple[str, ...]:
        home = os.path.expanduser("~")
        own = [sys.prefix, sys.base_prefix, os.path.dirname(os.path.dirname(__file__))]
        own += list(sysconfig.get_paths().values()) + site.getsitepackages()
        own += [os.path.join(home, name) for name in (".cache", ".config", ".local", ".fonts")]
        own.append(os.environ.get("MPLCONFIGDIR") or os.path.join(home, ".matplotlib"))
        folders = [os.path.join(os.path.realpath(folder), "") for folder in own if folder]
        return tuple(folder for folder in folders if folder != "/") + _SYSTEM

    def _scan(self) -> dict[str, tuple[int, int]] | None:
        """Note size and time of the files of the working tree; None if there are too many."""
        found: dict[str, tuple[int, int]] = {}
        folders = [self._root]
        while folders:
            try:
                with os.scandir(folders.pop()) as entries:
                    for entry in entries:
                        if entry.is_dir(follow_symlinks=False):
                            if entry.name not in _SKIPPED:
                                folders.append(entry.path)
                            continue
                        status = entry.stat(follow_symlinks=False)
                        found[entry.path] = (status.st_size, status.st_mtime_ns)
            except OSError:
                continue
            if len(found) > MAX_ENTRIES:
                return None
        return found
