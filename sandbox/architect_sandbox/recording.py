"""The function that a wrapped expression calls, and what it has seen.

It stands at the top of a module so that a function of the notebook that calls it can be sent to
another process; there it hands the value through.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

EAGER = 50  # evaluations of one expression that are described at once

_describe: Callable[[str, Any], None] | None = None
_late: dict[str, Any] = {}
_counts: dict[str, int] = {}


def record(key: str, value: Any) -> Any:
    """Note the value of an expression and return it.

    The first evaluations in a statement are described when they happen. In a long loop only the
    last one is, when the statement has ended: then a value that the code changes after its
    evaluation is seen as it is at the end.
    """
    describe = _describe
    if describe is not None:
        _counts[key] = _counts.get(key, 0) + 1
        if _counts[key] <= EAGER:
            describe(key, value)
        else:
            _late[key] = value
    return value


def start(describe: Callable[[str, Any], None]) -> None:
    """Begin a statement."""
    global _describe
    _late.clear()
    _counts.clear()
    _describe = describe


def finish() -> None:
    """End a statement: describe what has waited."""
    global _describe
    describe, _describe = _describe, None
    if describe is not None:
        for key, value in _late.items():
            describe(key, value)
    _late.clear()
