"""Runs a generated package and notes what its functions returned at the watched boundaries."""

from __future__ import annotations

import functools
import importlib
import os
import sys
import time
import traceback
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from . import rng, stubs
from .dump import write_dump
from .errors import describe_error
from .facts import facts_of
from .names import set_local_roots

MAX_TRACEBACK = 8000
_URI = "-_.!~*'()"  # left as they are, as by `encodeURIComponent`


def run(job: dict[str, Any], out: str) -> dict[str, Any]:
    """Run a job.

    Args:
        job: `root`, `module`, `function`, `config`, `boundaries`, `arguments` and `dump`.
        out: Path of the result; not used, the result is returned.

    Returns:
        `boundaries` and `metrics` by name, `error`, `seconds`.
    """
    return Watcher(job).run()


class Watcher:
    """One run of a package."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._job = job
        self._root = os.path.realpath(job["root"])
        self._folder: str | None = (job.get("dump") or {}).get("folder")
        self._calls: dict[str, int] = {}
        self._boundaries: dict[str, Any] = {}
        self._metrics: dict[str, Any] = {}

    def run(self) -> dict[str, Any]:
        """Run the package's function and describe what was seen, also if it failed."""
        begin, error = time.perf_counter(), None
        printed, before = stubs.Printed(), sys.stdout
        sys.stdout = printed  # type: ignore[assignment]
        try:
            self._enter()
            self._keep_metrics(self._call())
        except BaseException as caught:  # also SystemExit: the records so far are the result
            error = describe_error(caught, "", self._root)
            lines = traceback.format_exception(type(caught), caught, caught.__traceback__)
            error["traceback"] = "".join(lines)[-MAX_TRACEBACK:]
        finally:
            sys.stdout = before
        return {
            "boundaries": self._boundaries,
            "metrics": self._metrics,
            "error": error,
            "seconds": round(time.perf_counter() - begin, 3),
        }

    def _enter(self) -> None:
        os.environ["MPLBACKEND"] = "Agg"
        os.chdir(self._root)
        sys.path[:] = [self._root, *(path for path in sys.path if path != self._root)]
        sys.argv = [self._job["module"]]
        set_local_roots(self._root)

    def _call(self) -> Any:
        module = importlib.import_module(self._job["module"])
        wanted: dict[str, list[dict[str, Any]]] = {}
        for kind in ("boundary", "argument"):
            listed = self._job.get("boundaries" if kind == "boundary" else "arguments") or []
            for place, boundary in enumerate(listed):
                known = wanted.setdefault(boundary["function"], [])
                known.append({**boundary, "file": f"{kind}-{place}.zip"})
        for name, boundaries in wanted.items():
            self._wrap(name, boundaries)
        arguments = []
        config = self._job.get("config")
        if config:
            load = getattr(importlib.import_module(config["module"]), config["function"])
            arguments.append(
                load(overrides=config["overrides"]) if config.get("overrides") else load()
            )
        return getattr(module, self._job["function"])(*arguments)

    def _wrap(self, name: str, boundaries: list[dict[str, Any]]) -> None:
        """Replace a function everywhere in the package by one that records its calls."""
        module, _, path = name.partition(":")
        owner: Any = importlib.import_module(module)
        *parents, last = path.split(".")
        for parent in parents:
            owner = getattr(owner, parent)
        function = vars(owner)[last]
        recorder = self._recorder(name, function, boundaries)
        setattr(owner, last, recorder)
        top = self._job["module"].partition(".")[0]
        for loaded in list(sys.modules.values()):
            own = getattr(loaded, "__name__", "")
            if own == top or own.startswith(f"{top}."):
                for attribute, value in list(vars(loaded).items()):
                    if value is function:
                        setattr(loaded, attribute, recorder)

    def _recorder(
        self, name: str, function: Any, boundaries: list[dict[str, Any]]
    ) -> Callable[..., Any]:
        @functools.wraps(function)
        def recorder(*arguments: Any, **keywords: Any) -> Any:
            occurrence = self._calls[name] = self._calls.get(name, -1) + 1
            result = function(*arguments, **keywords)
            for boundary in boundaries:
                if boundary.get("occurrence", 0) == occurrence:
                    self._keep(boundary, function, result, arguments, keywords)
            return result

        return recorder

    def _keep(
        self, boundary: dict[str, Any], function: Any, result: Any, arguments: Any, keywords: Any
    ) -> None:
        try:
            if boundary.get("argument") is not None:
                value = _argument(function, boundary["argument"], arguments, keywords)
            elif boundary.get("result") is not None:
                value = _part(result, boundary["result"])
            else:
                value = result
        except (LookupError, TypeError, AttributeError, ValueError):
            return  # the function has another shape: the boundary is absent
        self._boundaries[boundary["key"]] = self._describe(value, boundary["file"])

    def _describe(self, value: Any, file: str) -> dict[str, Any]:
        state = rng.states()
        facts, node = facts_of(value, self._job.get("sums", True))
        if node is not None and self._folder:
            write_dump(os.path.join(self._folder, file), node)
        rng.restore(state)
        return facts

    def _keep_metrics(self, result: Any) -> None:
        metrics = result.get("metrics") if isinstance(result, dict) else None
        if metrics is None:
            metrics = getattr(result, "metrics", None)
        if isinstance(metrics, dict):
            for name, value in metrics.items():
                file = f"metric-{quote(str(name), safe=_URI)}.zip"
                self._metrics[str(name)] = self._describe(value, file)


def _part(result: Any, place: int | str) -> Any:
    # A package may return a dataclass: then the part is the field of that name or place.
    if isinstance(place, str):
        return result[place] if isinstance(result, dict) else getattr(result, place)
    if isinstance(result, (tuple, list)):
        return result[place]
    return getattr(result, list(type(result).__dataclass_fields__)[place])


def _argument(function: Any, name: str, arguments: Any, keywords: Any) -> Any:
    import inspect

    bound = inspect.signature(function).bind(*arguments, **keywords)
    bound.apply_defaults()
    return bound.arguments[name]
