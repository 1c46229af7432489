"""Says whether two dumps hold the same, with a tolerance for floats, and where they first differ.

It runs apart from foreign code and loads none: only the standard library and this package.
"""

from __future__ import annotations

import os
from typing import Any

from .compare_tree import Comparison
from .load import BadDump, Dump


def run(job: dict[str, Any], out: str) -> dict[str, Any]:
    """Compare the pairs of a job.

    Args:
        job: `pairs`, each with a `name` and two paths.
        out: Path of the result; not used, the result is returned.

    Returns:
        `results`, one for each pair.
    """
    return {"results": [_pair(pair) for pair in job["pairs"]]}


def _pair(pair: dict[str, Any]) -> dict[str, Any]:
    dumps, texts = [], ["", ""]
    for side, name in enumerate(("reference", "candidate")):
        path = pair.get(name)
        try:
            if not path or not os.path.isfile(path):
                raise BadDump("absent")
            dumps.append(Dump(path))
        except BadDump as error:
            texts[side] = str(error)
    if len(dumps) < 2:
        for dump in dumps:
            dump.close()
        return _result(pair, "missing", "", *texts, None)
    comparison = Comparison(dumps[0], dumps[1])
    try:
        comparison.compare()
    except Exception as error:  # a dump that foreign code has spoilt
        return _result(pair, "missing", "", "", f"unreadable: {type(error).__name__}", None)
    finally:
        for dump in dumps:
            dump.close()
    return _result(
        pair,
        comparison.verdict,
        comparison.path,
        comparison.reference,
        comparison.candidate,
        comparison.max_relative,
    )


def _result(
    pair: dict[str, Any],
    verdict: str,
    path: str,
    reference: str,
    candidate: str,
    relative: float | None,
) -> dict[str, Any]:
    return {
        "name": pair["name"],
        "verdict": verdict,
        "path": path,
        "reference": reference[:200],
        "candidate": candidate[:200],
        "maxRelative": relative,
    }
