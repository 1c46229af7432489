"""The states of the global random generators: whether a statement moved them, and seeding."""

from __future__ import annotations

import importlib
import importlib.util
import random
import sys
from typing import Any

LIBRARIES = ("random", "numpy", "torch")


def states() -> dict[str, Any]:
    """Return the present states; a library that is not loaded has none."""
    found: dict[str, Any] = {"random": random.getstate()}
    numpy_random = sys.modules.get("numpy.random")
    if hasattr(numpy_random, "get_state"):
        name, key, position, has_gauss, gauss = numpy_random.get_state()
        found["numpy"] = (name, key.tobytes(), position, has_gauss, gauss)
    torch = sys.modules.get("torch")
    if hasattr(torch, "get_rng_state"):
        found["torch"] = torch.get_rng_state().numpy().tobytes()
    return found


def moved(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Name the generators that differ between two moments.

    A library that was loaded in between is compared with a fresh generator.
    """
    return [name for name in LIBRARIES if name in after and _differs(name, before, after)]


def _differs(name: str, before: dict[str, Any], after: dict[str, Any]) -> bool:
    if name in before:
        return bool(before[name] != after[name])
    # The system has seeded a library that was loaded in between: only how far its state has been
    # drawn from can be known, and a seed that a person has chosen.
    if name == "torch":
        torch = sys.modules["torch"]
        fresh = torch.Generator().get_state().numpy().tobytes()
        return bool(after[name][8:24] != fresh[8:24] or torch.initial_seed() < 2**32)
    if name == "numpy":
        return bool(after[name][2:4] != sys.modules["numpy.random"].RandomState().get_state()[2:4])
    return False


def restore(wanted: dict[str, Any]) -> None:
    """Put back the generators that watching itself has moved."""
    for name in moved(wanted, states()):
        if name == "random":
            random.setstate(wanted[name])
        elif name == "numpy" and name in wanted:
            import numpy as np

            kind, key, *rest = wanted[name]
            np.random.set_state((kind, np.frombuffer(key, dtype=np.uint32), *rest))
        elif name == "torch" and name in wanted:
            torch = sys.modules["torch"]
            torch.set_rng_state(torch.frombuffer(bytearray(wanted[name]), dtype=torch.uint8))


def seed(libraries: list[str], value: int) -> None:
    """Seed the named libraries that can be imported, as the generated package does."""
    if "random" in libraries:
        random.seed(value)
    if "numpy" in libraries and _importable("numpy"):
        importlib.import_module("numpy").random.seed(value)
    if "torch" in libraries and _importable("torch"):
        torch = importlib.import_module("torch")
        torch.manual_seed(value)
        torch.backends.cudnn.deterministic = True
        torch.backends.cudnn.benchmark = False


def _importable(name: str) -> bool:
    try:
        return name in sys.modules or importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False
