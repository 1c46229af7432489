"""Finds which library an error comes from, and whether a release of it has changed."""

from __future__ import annotations

import re
import sys
import traceback
import types
from typing import Any

from .names import is_local, public_path

MAX_FRAMES = 12
_STANDARD = frozenset(getattr(sys, "stdlib_module_names", ())) | {"builtins", "_frozen_importlib"}
# Any attribute of these may be a column or a value of the user's: only names that releases have dropped are known.
_CONTAINERS = {"DataFrame", "Series", "ndarray", "Bunch", "DataFrameGroupBy", "SeriesGroupBy"}
_DROPPED = re.compile(
    "append|applymap|as_matrix|convert_objects|get_dtype_counts|get_value|iteritems|itemset|ix|lookup|mad"
    "|newbyteorder|pad|ptp|ravel|rolling_mean|set_value|slice_shift|sort|swapaxes|tostring|tshift|to_dense"
    "|to_gbq|weekofyear"
)
_ARGUMENT = re.compile(r"(?:(\S+)\(\) )?got an unexpected keyword argument '([^']+)'")
_POSITIONS = re.compile(
    r"(?:(\S+)\(\) )?(?:takes (?:from )?\d+ (?:to \d+ )?positional arguments? but \d+"
    r"|takes at most \d+ arguments?|got multiple values for argument|got some positional-only)"
    r"|^too many positional arguments"
)


def library_frames(error: BaseException) -> list[str]:
    """Return the functions of libraries in which the error came up, from the notebook's call inwards."""
    found: list[str] = []
    own = False
    for frame, _ in traceback.walk_tb(error.__traceback__):
        module = str(frame.f_globals.get("__name__", ""))
        if is_local(module):
            own, found = True, []
        elif own and not module.startswith(("importlib", "_frozen_importlib")):
            name = getattr(frame.f_code, "co_qualname", frame.f_code.co_name)
            found.append(f"{module}.{name}")
    return found if len(found) <= MAX_FRAMES else found[: MAX_FRAMES - 4] + found[-4:]


def library_of(error: BaseException) -> str | None:
    """Return the import name of the library that an error is about."""
    frames = [frame.partition(".")[0] for frame in library_frames(error)]
    inner = [root for root in frames if root not in _STANDARD]
    if inner:
        return inner[-1]
    if isinstance(error, ImportError) and error.name:
        return error.name.partition(".")[0]
    owner = getattr(error, "obj", None)
    if owner is not None:
        module = owner.__name__ if isinstance(owner, types.ModuleType) else type(owner).__module__
    else:
        called = _called(error)
        module = getattr(_find(error, called), "__module__", None) if called else None
    root = str(module or "").partition(".")[0]
    return root if root and root not in _STANDARD and not is_local(str(module)) else None


def changed_api(error: BaseException) -> str | None:
    """Return what a library no longer has, if that is what the error says."""
    if isinstance(error, AttributeError):
        return _attribute(error)
    if isinstance(error, TypeError):
        return _arguments(error)
    return None


def lazy_name(error: BaseException) -> str | None:
    """Return `module.name` if a module's own `__getattr__` has refused the name."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    code = frames[-1].f_code if frames else None
    if code is None or code.co_name != "__getattr__" or code.co_argcount != 1:
        return None
    module = str(frames[-1].f_globals.get("__name__", ""))
    name = frames[-1].f_locals.get(code.co_varnames[0])
    return f"{module}.{name}" if isinstance(name, str) and not is_local(module) else None


def _attribute(error: AttributeError) -> str | None:
    message = str(error)
    match = re.search(r"module '([^']+)' has no attribute '([^']+)'", message)
    if match:
        return None if is_local(match.group(1)) else f"{match.group(1)}.{match.group(2)}"
    lazy = lazy_name(error)
    if lazy:
        return lazy
    refused = _ARGUMENT.search(message)
    if refused and library_frames(error):
        return f"{refused.group(1) or library_frames(error)[0]}({refused.group(2)})"
    owner, name = getattr(error, "obj", None), str(getattr(error, "name", None))
    if owner is None:  # before Python 3.10 the error does not hold the object
        match = re.search(r"'(DataFrame|Series)' object has no attribute '([^']+)'", message)
        known = match and _DROPPED.fullmatch(match.group(2))
        return f"pandas.{match.group(1)}.{match.group(2)}" if match and known else None
    kind = owner if isinstance(owner, type) else type(owner)
    if kind.__module__.partition(".")[0] in _STANDARD or is_local(kind.__module__):
        return None
    # What ends with an underscore is there after `fit`: it says more about the order of the cells.
    if name.endswith("_") or any(base.__name__ in _CONTAINERS for base in kind.__mro__):
        return f"{public_path(kind)}.{name}" if _DROPPED.fullmatch(name) else None
    # A class of the notebook's that is made from a library's may lack what the notebook forgot.
    return f"{public_path(kind)}.{name}"


def _arguments(error: TypeError) -> str | None:
    message = str(error)
    refused, places = _ARGUMENT.search(message), _POSITIONS.search(message)
    match = refused or places
    if match is None:
        return None
    frames = library_frames(error)
    name = match.group(1) or (_wrapped(frames) if frames else None)
    if not frames and (name is None or name.startswith("<") or _is_own(error, name)):
        return None
    return f"{name}({refused.group(2) if refused else ''})" if name else None


def _wrapped(frames: list[str]) -> str:
    """Return the first function that is not a decorator's wrapper."""
    named = [frame for frame in frames if not re.search(r"wrapper|inner|_bind|\.bind$|<", frame)]
    return named[0] if named else frames[0].partition('.')[0]


def _called(error: BaseException) -> str | None:
    match = _ARGUMENT.search(str(error)) or _POSITIONS.search(str(error))
    return match.group(1) if match else None


def _find(error: BaseException, function: str) -> Any:
    """Find the function or class that the message names, from what the notebook can see."""
    root = function.partition(".")[0]
    for frame, _ in reversed(list(traceback.walk_tb(error.__traceback__))):
        if not is_local(str(frame.f_globals.get("__name__", ""))):
            continue
        for names in (frame.f_locals, frame.f_globals):
            if root in names:
                return names[root]
        for value in list(frame.f_globals.values()):
            # Through `vars`: a module's `__getattr__` may import or warn.
            if isinstance(value, types.ModuleType) and root in vars(value):
                return vars(value)[root]
    for name, module in sorted(sys.modules.items(), key=lambda item: (item[0].count("."), item[0])):
        found = getattr(module, "__dict__", {}).get(root)
        if getattr(found, "__module__", None) == name:
            return found
    return None


def _is_own(error: BaseException, function: str) -> bool:
    """Return True if the function that refuses its arguments is the notebook's own."""
    found = _find(error, function)
    return found is not None and is_local(str(getattr(found, "__module__", "")))
