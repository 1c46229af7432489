"""Says what kind of thing is missing when a statement fails."""

from __future__ import annotations

import os
import re
import sys
import traceback
from typing import Any

from .drift import changed_api, lazy_name, library_frames, library_of
from .names import is_local
from .stubs import InputRefused

MAX_MESSAGE = 3000
_NETWORK_ROOTS = {"requests", "urllib3", "httpx", "httpcore", "aiohttp", "botocore", "http"}
_NETWORK_NAMES = {"URLError", "HTTPError", "gaierror", "ConnectionError", "timeout"}
_NETWORK_TEXT = re.compile(
    r"Name or service not known|Temporary failure in name resolution|Max retries exceeded"
    r"|couldn't connect to|URL fetch failure|Network is unreachable|Error downloading|urlopen error"
)
_MEMORY_TEXT = re.compile(r"can't allocate memory|out of memory", re.IGNORECASE)
_CREDENTIAL_NAMES = {"NoCredentialsError", "DefaultCredentialsError", "GatedRepoError"}
_CREDENTIAL_TEXT = re.compile(
    r"kaggle\.json|\bapi[ _-]?key\b|Unable to locate credentials|credentials were not found"
    r"|\b401\b.*(?:Unauthorized|Client Error)|must be authenticated|not authenticated",
    re.IGNORECASE,
)
_SECRET = re.compile(r"KEY|TOKEN|SECRET|PASSW|CREDENTIAL|USERNAME", re.IGNORECASE)
_GPU_TEXT = re.compile(
    r"NVIDIA driver|No CUDA GPUs|not compiled with CUDA|cuda\.is_available\(\) is False"
    r"|CUDA (?:error|driver|is not available|unavailable)|No (?:visible )?GPU|GPU (?:device )?not found"
    r"|requires? (?:a )?GPU|not compiled with (?:GPU|CUDA)|Must have at least one CUDA device",
    re.IGNORECASE,
)
_DISPLAY_TEXT = re.compile(
    r"no display name|\$DISPLAY|connect to (?:display|X server)|The function is not implemented\. Rebuild"
    r"|[Cc]annot load backend '\w+' which requires",
)
_DOWNLOAD_TEXT = re.compile(
    r"Resource (?:\x1b\[\d+m|')?([\w-]+)\S* not found"  # nltk
    r"|\[E050\] Can't find model '([^']+)'"  # spacy
    r"|Dataset not found( or corrupted)?\. You can use download=True"  # torchvision
)
# Of the standard library, but of a Python before the sandbox's.
_GONE = set(
    "ConfigParser HTMLParser Queue StringIO Tkinter __builtin__ asynchat asyncore audioop cPickle cStringIO cgi"
    " cgitb commands crypt distutils exceptions httplib imghdr imp lib2to3 md5 nntplib pipes sets smtpd sndhdr"
    " telnetlib thread urllib2 urlparse uu xdrlib".split()
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
        "message": _shortened(message),
        "layer": layer,
    }
    frames, library = library_frames(error), library_of(error)
    if frames:
        found["frames"] = frames
    if library:
        found["library"] = library
    line = _line(error, file)
    if line:
        found["line"] = line
    if subject:
        found["subject"] = str(subject)[:200]
    return found


def _shortened(message: str) -> str:
    if len(message) <= MAX_MESSAGE:
        return message
    return f"{message[: MAX_MESSAGE // 2]} … {message[-MAX_MESSAGE // 2 :]}"


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
    chain = _chain(error)
    asked = _asked(error, chain)
    if asked:
        return asked
    if isinstance(error, ImportError):
        return _import(error, root)
    if any(map(_is_network, chain)):
        return "network", _host(chain)
    for link in chain:
        found = _file(link)
        if found:
            return found
    if isinstance(error, NameError) and not isinstance(error, UnboundLocalError):
        return "hidden_state", getattr(error, "name", None) or _quoted(str(error))
    changed = changed_api(error)
    if changed:
        return "removed_api", changed
    if type(error).__name__ == "ExecutableNotFound":
        return "system_binary", None
    return "other", None


def _asked(error: BaseException, chain: list[BaseException]) -> tuple[str, str | None] | None:
    """Return what of the machine or its user the notebook asks for, in vain."""
    text = _text(error)
    if isinstance(error, (RuntimeError, AssertionError, ValueError)) and _GPU_TEXT.search(text):
        return "gpu", None
    if type(error).__name__ in {"TclError", "NoSuchDisplayException"} or _DISPLAY_TEXT.search(text):
        return "display", None
    if any(type(link).__name__ in _CREDENTIAL_NAMES for link in chain):
        return "credentials", None
    if isinstance(error, KeyError) and library_frames(error)[-1:] == ["os._Environ.__getitem__"]:
        name = str(error.args[0]) if error.args else ""
        return ("credentials", name) if _SECRET.search(name) else None
    if not isinstance(error, (KeyError, ImportError)) and library_frames(error):
        if _CREDENTIAL_TEXT.search(text):
            return "credentials", None
        match = _DOWNLOAD_TEXT.search(text)
        if match:
            return "network", next((group for group in match.groups() if group), None)
    return None


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return ""


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


def _host(chain: list[BaseException]) -> str | None:
    for link in chain:
        match = re.search(r"https?://([^/\s'\"]+)|host='([^']+)'", _text(link))
        if match:
            return match.group(1) or match.group(2)
    return None


def _import(error: ImportError, root: str) -> tuple[str, str | None]:
    message, name = _text(error), error.name
    if "relative import" in message:
        return "local_module", name or _quoted(message)
    if isinstance(error, ModuleNotFoundError) and name:
        top = name.partition(".")[0]
        if is_local(top) or _has_sibling(top, root):
            return "local_module", name
        # The library is there, a part of it is not.
        gone = (top != name and top in sys.modules) or top in _GONE
        return "removed_api" if gone else "missing_module", name
    match = re.search(
        r"cannot import name '([^']+)'(?: from(?: partially initialized module)? '([^']+)')?",
        message,
    )
    if match:
        module = match.group(2) or name or ""
        layer = "local_module" if is_local(module) else "removed_api"
        return layer, f"{module}.{match.group(1)}" if module else match.group(1)
    match = re.search(r"(\S+\.so[.\d]*): cannot open shared object file", message)
    if match:
        return "system_binary", match.group(1)
    lazy = lazy_name(error)
    if lazy:
        return "removed_api", lazy
    match = re.search(
        r"[Mm]issing optional dependency '([^']+)'|(?:pip|conda) install (?:-\S+ )*([A-Za-z][\w.-]*\w)",
        message,
    )
    return "missing_module", (match.group(1) or match.group(2)) if match else name


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


def _file(error: BaseException) -> tuple[str, str | None] | None:
    """Return layer and subject of a file that is not there; None if the error says something else."""
    text = _text(error)
    if not isinstance(error, FileNotFoundError):
        if type(error).__name__ == "error" and type(error).__module__.startswith("cv2"):
            return ("missing_data", None) if re.search(r"empty\(\)|size\.width>0", text) else None
        match = re.search(r"File not found: filepath=(\S+?)\.? ", f"{text} ")
        match = match or re.search(r"'([^']+)'[^']*No such file or directory", text)
        is_file = match and isinstance(error, (OSError, ValueError))
        return ("missing_data", match.group(1)) if match and is_file else None
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    if frames and frames[-1].f_globals.get("__name__") == "subprocess":
        return "system_binary", str(error.filename) if error.filename else None
    if error.filename is not None:
        return "missing_data", os.fsdecode(error.filename) if isinstance(
            error.filename, (str, bytes, os.PathLike)
        ) else None
    match = re.search(r"name = '([^']+)'", text) or re.match(r"(\S+) not found", text)
    return "missing_data", match.group(1) if match else _quoted(text)
