"""Public names of classes, and which modules belong to the notebook or the package."""

from __future__ import annotations

import os
import sys
from typing import Any

_PRIVATE_PARTS = {"core", "internals", "tests", "testing"}
_local_roots: list[str] = []
_local_modules: dict[str, bool] = {}
_paths: dict[type, str] = {}


def set_local_roots(*folders: str) -> None:
    """Declare where the notebook's or the package's own modules lie."""
    _local_roots[:] = [os.path.join(os.path.realpath(folder), "") for folder in folders]
    _local_modules.clear()


def is_local(module: str) -> bool:
    """Return True for `__main__` and modules that lie below a local root."""
    if module == "__main__":
        return True
    if module not in _local_modules:
        file = getattr(sys.modules.get(module), "__file__", None)
        path = os.path.realpath(file) if isinstance(file, str) else ""
        inside = any(path.startswith(root) for root in _local_roots)
        _local_modules[module] = inside and "site-packages" not in path
    return _local_modules[module]


def has_base(value: Any, root: str, *names: str) -> bool:
    """Return True if the value's class derives from `<root>.….<name>`; imports nothing."""
    return any(
        base.__name__ in names and base.__module__.partition(".")[0] == root
        for base in type(value).__mro__
    )


def bare_name(value: Any) -> str:
    """Name a class or function; the module is left out when it is the project's own."""
    module = getattr(value, "__module__", None)
    if not isinstance(module, str):
        module = ""
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    if not isinstance(name, str):
        name = type(value).__qualname__
    if is_local(module):
        return name.rpartition("<locals>.")[2]
    if isinstance(value, type):
        return public_path(value)
    return f"{module}.{name}" if module and module != "builtins" else name


def public_path(kind: type) -> str:
    """Return the shortest public path from which the class can be imported.

    Built-in classes are given by name alone (`int`), classes of a notebook as `__main__.Net`.
    """
    if kind not in _paths:
        _paths[kind] = _find_path(kind)
    return _paths[kind]


def _find_path(kind: type) -> str:
    module, name = kind.__module__, kind.__qualname__
    if module == "builtins":
        return name
    if module == "__main__" or "." in name:
        return f"{module}.{name}"
    parts = module.split(".")
    prefixes = [".".join(parts[: end + 1]) for end in range(len(parts))]
    below = [other for other in list(sys.modules) if other.startswith(parts[0] + ".")]
    below.sort(key=lambda other: (other.count("."), len(other), other))
    for candidates in (prefixes, below):
        for candidate in candidates:
            if _is_public(candidate) and _exports(candidate, name, kind):
                return f"{candidate}.{name}"
    if _exports(module.lstrip("_"), name, kind):
        return f"{module.lstrip('_')}.{name}"
    return f"{module}.{name}"


def _is_public(module: str) -> bool:
    parts = module.split(".")
    return not any(part.startswith("_") or part in _PRIVATE_PARTS for part in parts)


def _exports(module: str, name: str, kind: type) -> bool:
    # Through `vars`, not `getattr`: a module's `__getattr__` may import or warn.
    namespace = getattr(sys.modules.get(module), "__dict__", {})
    return namespace.get(name) is kind
