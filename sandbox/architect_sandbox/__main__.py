"""`python -m architect_sandbox observe|watch|compare JOB OUT`."""

from __future__ import annotations

import importlib
import os
import sys

from .jobs import read_job, write_result

_COMMANDS = ("observe", "watch", "compare")


def main(arguments: list[str]) -> int:
    """Run one command."""
    if len(arguments) != 3 or arguments[0] not in _COMMANDS:
        sys.stderr.write(f"usage: architect_sandbox {'|'.join(_COMMANDS)} JOB OUT\n")
        return 2
    command, job, out = arguments[0], *map(os.path.abspath, arguments[1:])
    # Imported by name: the comparer must not load what only the observer needs.
    run = importlib.import_module(f".{command}", __package__).run
    write_result(out, run(read_job(job), out))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
