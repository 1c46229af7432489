"""Reads jobs and writes results."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import sys
from typing import Any


def read_job(path: str) -> dict[str, Any]:
    """Read a job."""
    with open(path, encoding="utf-8") as file:
        job: dict[str, Any] = json.load(file)
    return job


def write_result(path: str, result: Any) -> None:
    """Write a result whole or not at all."""
    partial = f"{path}.partial"
    with open(partial, "w", encoding="utf-8") as file:
        file.write(as_json(result))
    os.replace(partial, path)


def as_json(value: Any) -> str:
    """Write JSON in one line; the output is plain ASCII and has no NaN."""
    return json.dumps(value, allow_nan=False, separators=(",", ":"))


def versions() -> dict[str, str]:
    """Return name and version of the installed distributions of which a module is loaded."""
    loaded = {name.partition(".")[0] for name in sys.modules}
    found: dict[str, str] = {}
    for distribution in importlib.metadata.distributions():
        name = distribution.metadata["Name"]
        if name and name not in found and loaded & _modules(distribution):
            found[name] = distribution.version
    return dict(sorted(found.items()))


def _modules(distribution: Any) -> set[str]:
    # Python 3.9 has no `packages_distributions`.
    listed = distribution.read_text("top_level.txt")
    if listed:
        return {name.partition("/")[0] for name in listed.split()}
    files = distribution.files or []
    heads = {str(file).replace("\\", "/") for file in files}
    names = {head.partition("/")[0] for head in heads if "/" in head}
    names |= {re.split(r"[.]", head)[0] for head in heads if "/" not in head}
    return {name for name in names if name.isidentifier()}
