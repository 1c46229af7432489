"""Says what kind of thing is missing when a statement fails."""

from __future__ import annotations

import os
import re
import traceback
import types
from typing import Any

from .names import is_local, public_path
from .stubs import InputRefused

MAX_MESSAGE = 500
_NETWORK_ROOTS = {"requests", "urllib3", "httpx", "httpcore", "aiohttp", "botocore", "http"}
_NETWORK_NAMES = {"URLError", "HTTPError", "gaierror", "ConnectionError", "timeout"}
_NETWORK_TEXT = re.compile(
    r"Name or service not known|Temporary failure in name resolution|Max retries exceeded"
    r"|couldn't connect to|URL fetch failure|Network is unreachable|Error downloading|urlopen error"
)
_MEMORY_TEXT = re.compile(r"can't allocate memory|out of memory", re.IGNORECASE)
# Methods of tables that later releases have dropped; any other name may be a column's.
_DROPPED = re.compile(
    "append|applymap|as_matrix|convert_objects|get_dtype_counts|get_value|iteritems|ix|lookup|mad"
    "|pad|ravel|rolling_mean|set_value|sort|slice_shift|tshift|to_dense|weekofyear"
)


def describe_error(error: BaseException, file: str, root: str) -> dict[str, Any]:
    """Return the `RunError` of a failed statement.

    Args:
        error: What was raised.
        file: Name under which the cell was compiled.
        root: Working tree, to tell a sibling module from one that can be installed.

    Returns:
        Type, message, layer, and line and subject where they are known.
    """
    layer, subject = classify(error, root)
    try:
        message = str(error)
    except Exception:
        message = ""
    found: dict[str, Any] = {
        "type": type(error).__name__,
        "message": message[:MAX_MESSAGE],
        "layer": layer,
    }
    line = _line(error, file)
    if line:
        found["line"] = line
    if subject:
        found["subject"] = str(subject)[:200]
    return found


def _line(error: BaseException, file: str) -> int | None:
    frames = list(traceback.walk_tb(error.__traceback__))
    lines = [line for frame, line in frames if frame.f_code.co_filename == file]
    if lines:
        return lines[-1]
    is_own = isinstance(error, SyntaxError) and error.filename == file
    return error.lineno if is_own else None  # type: ignore[attr-defined]


def classify(error: BaseException, root: str) -> tuple[str, str | None]:
    """Return layer and subject of an error."""
    if isinstance(error, InputRefused):
        return "input", None
    if isinstance(error, MemoryError) or _is_torch_memory(error):
        return "out_of_memory", None
    if isinstance(error, ImportError):
        return _import(error, root)
    chain = _chain(error)
    if any(map(_is_network, chain)):
        return "network", None
    for link in chain:
        if isinstance(link, FileNotFoundError):
            return _file(link)
    if isinstance(error, NameError) and not isinstance(error, UnboundLocalError):
        return "hidden_state", getattr(error, "name", None) or _quoted(str(error))
    if isinstance(error, (AttributeError, TypeError)):
        return _api(error)
    if type(error).__name__ == "ExecutableNotFound":
        return "system_binary", None
    return "other", None


def _chain(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    link: BaseException | None = error
    while link is not None and len(found) < 10:
        found.append(link)
        link = link.__cause__
    return found


def _quoted(text: str) -> str | None:
    match = re.search(r"['\"]([^'\"]+)['\"]", text)
    return match.group(1) if match else None


def _is_torch_memory(error: BaseException) -> bool:
    return isinstance(error, RuntimeError) and bool(_MEMORY_TEXT.search(str(error)))


def _is_network(error: BaseException) -> bool:
    for base in type(error).__mro__:
        root = base.__module__.partition(".")[0]
        if root in _NETWORK_ROOTS or base.__name__ in _NETWORK_NAMES:
            return True
    return isinstance(error, (OSError, RuntimeError, ValueError)) and bool(
        _NETWORK_TEXT.search(str(error))
    )


def _import(error: ImportError, root: str) -> tuple[str, str | None]:
    message, name = str(error), error.name
    if "relative import" in message:
        return "local_module", name or _quoted(message)
    if isinstance(error, ModuleNotFoundError) and name:
        local = is_local(name.partition(".")[0]) or _has_sibling(name.partition(".")[0], root)
        return "local_module" if local else "missing_module", name
    match = re.search(
        r"cannot import name '([^']+)'(?: from(?: partially initialized module)? '([^']+)')?",
        message,
    )
    if match:
        module = match.group(2) or name or ""
        layer = "local_module" if is_local(module) else "removed_api"
        return layer, f"{module}.{match.group(1)}" if module else match.group(1)
    match = re.search(r"[Mm]issing optional dependency '([^']+)'", message)
    return "missing_module", match.group(1) if match else name


def _has_sibling(name: str, root: str) -> bool:
    """Return True if the working tree holds a module of that name, not far down."""
    base = root.rstrip(os.sep).count(os.sep)
    for folder, folders, files in os.walk(root):
        if f"{name}.py" in files or (name in folders and _has_python(os.path.join(folder, name))):
            return True
        deep = folder.count(os.sep) - base >= 3
        folders[:] = [] if deep else [item for item in folders if not item.startswith(".")][:100]
    return False


def _has_python(folder: str) -> bool:
    try:
        return any(item.endswith(".py") for item in os.listdir(folder))
    except OSError:
        return False


def _file(error: FileNotFoundError) -> tuple[str, str | None]:
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    if frames and frames[-1].f_globals.get("__name__") == "subprocess":
        return "system_binary", str(error.filename) if error.filename else None
    if error.filename is not None:
        return "missing_data", os.fsdecode(error.filename) if isinstance(
            error.filename, (str, bytes, os.PathLike)
        ) else None
    text = str(error)
    match = re.search(r"name = '([^']+)'", text) or re.match(r"(\S+) not found", text)
    return "missing_data", match.group(1) if match else _quoted(text)


def _api(error: BaseException) -> tuple[str, str | None]:
    message = str(error)
    if isinstance(error, AttributeError):
        match = re.search(r"module '([^']+)' has no attribute '([^']+)'", message)
        if match and not is_local(match.group(1)):
            return "removed_api", f"{match.group(1)}.{match.group(2)}"
        owner, name = getattr(error, "obj", None), getattr(error, "name", None)
        kind = type(owner)
        known = _DROPPED.fullmatch(str(name)) and kind.__module__.partition(".")[0] == "pandas"
        if known and not isinstance(owner, types.ModuleType):
            return "removed_api", f"{public_path(kind)}.{name}"
        # Before Python 3.10 the error does not hold the object.
        match = re.search(r"'(DataFrame|Series)' object has no attribute '([^']+)'", message)
        if match and owner is None and _DROPPED.fullmatch(match.group(2)):
            return "removed_api", f"pandas.{match.group(1)}.{match.group(2)}"
        return "other", None
    match = re.search(r"(\S+)\(\) got an unexpected keyword argument '([^']+)'", message)
    if match and not _raised_in_notebook(error, match.group(1)):
        return "removed_api", f"{match.group(1)}({match.group(2)})"
    return "other", None


def _raised_in_notebook(error: BaseException, function: str) -> bool:
    """Return True if the function that refuses the argument is the notebook's own."""
    for frame, _ in traceback.walk_tb(error.__traceback__):
        found = frame.f_globals.get(function.partition(".")[0])
        if frame.f_globals.get("__name__") == "__main__" and found is not None:
            return is_local(str(getattr(found, "__module__", "")))
    return False
