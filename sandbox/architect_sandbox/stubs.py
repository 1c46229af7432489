"""What a notebook expects of Jupyter, without Jupyter."""

from __future__ import annotations

import builtins
import importlib
import importlib.machinery
import io
import os
import sys
import types
from collections.abc import Sequence
from typing import Any

MAX_PRINTED = 2000


class InputRefused(EOFError):  # noqa: N818 - the name says what happened
    """The notebook asks its user for something."""


class Silent:
    """Anything of Jupyter: called, indexed or asked for an attribute it does nothing."""

    def __init__(self, *_: Any, **__: Any) -> None:
        pass

    def __call__(self, *_: Any, **__: Any) -> None:  # noqa: D102
        return None

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Silent()

    def __contains__(self, _: object) -> bool:
        return False

    def getoutput(self, *_: Any, **__: Any) -> list[str]:
        """Return what a shell line printed: nothing, as none is run."""
        return []

    system = run_line_magic = run_cell_magic = magic = run_cell = __call__


_shell = Silent()


def get_ipython() -> Silent:
    """Return the stand-in of the shell."""
    return _shell


def _library_shell() -> Silent | None:
    # A library that asks is told that there is no notebook; the notebook's own code gets the shell.
    caller = sys._getframe(1).f_globals.get("__name__")
    return _shell if caller == "__main__" else None


def _refuse_input(prompt: object = "", *_: Any, **__: Any) -> str:
    raise InputRefused(f"the notebook asks for input: {prompt}")


class _IPython:
    """Finds the modules of IPython, whether or not it is installed."""

    def find_spec(self, name: str, path: Sequence[str] | None = None, target: Any = None) -> Any:
        """Find `IPython` and everything below."""
        if name != "IPython" and not name.startswith("IPython."):
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)  # type: ignore[arg-type]

    def create_module(self, spec: Any) -> types.ModuleType:
        """Make a module in which every name is a silent class."""
        module = types.ModuleType(spec.name)
        module.__path__ = []  # type: ignore[attr-defined]
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """Fill the module."""

        def missing(name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            return Silent

        module.__getattr__ = missing  # type: ignore[attr-defined]
        module.__dict__.update(
            get_ipython=_library_shell,
            version_info=(9, 0, 0, ""),
            __version__="9.0.0",
            display=importlib.import_module("IPython.display")
            if module.__name__ == "IPython"
            else _display,
        )


def _display(*_: Any, **__: Any) -> None:
    return None


class Printed(io.TextIOBase):
    """Keeps the first characters that are printed."""

    encoding = "utf-8"  # type: ignore[assignment]
    errors = "replace"

    def __init__(self) -> None:
        super().__init__()
        self._parts: list[str] = []
        self._size = 0
        self.buffer = io.BytesIO()

    def write(self, text: str) -> int:
        """Keep the text as far as there is room."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        if self._size < MAX_PRINTED:
            self._parts.append(text[: MAX_PRINTED - self._size])
            self._size += len(text)
        return len(text)

    def writable(self) -> bool:
        """Return True."""
        return True

    def fileno(self) -> int:
        """Return the process's own output, for a child process."""
        return 1

    def take(self) -> str:
        """Return what was kept and start anew."""
        text = "".join(self._parts)
        self._parts, self._size = [], 0
        self.buffer.seek(0)
        self.buffer.truncate()
        return text


def install() -> dict[str, Any]:
    """Put the stand-ins in place and return those that are names of the notebook."""
    import getpass

    os.environ["MPLBACKEND"] = "Agg"
    sys.meta_path.insert(0, _IPython())  # type: ignore[arg-type]
    builtins.input = _refuse_input
    getpass.getpass = _refuse_input
    sys.breakpointhook = lambda *_, **__: None
    return {"display": _display, "get_ipython": get_ipython}


def close_figures() -> None:
    """Close the figures of a cell, as the notebook's front end does when the cell ends."""
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is not None:
        pyplot.close("all")
