"""Runs commands as the host does: in a process of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PARENT = Path(__file__).resolve().parents[1]


class Commands:
    """The three commands, in one temporary folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.out = folder / "out.json"
        self.tree = folder / "tree"
        self.tree.mkdir()

    def run(
        self, command: str, job: dict[str, Any], check: bool = True, timeout: float = 120
    ) -> Any:
        """Run a command and return its result."""
        (self.folder / "job.json").write_text(json.dumps(job))
        self.out.unlink(missing_ok=True)
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "architect_sandbox",
                command,
                str(self.folder / "job.json"),
                str(self.out),
            ],
            env={**os.environ, "PYTHONPATH": str(PARENT), "PYTHONDONTWRITEBYTECODE": "1"},
            cwd=self.folder,
            capture_output=True,
            text=True,
            timeout=timeout,
        )
        if check:
            assert done.returncode == 0, done.stderr
        return json.loads(self.out.read_text()) if self.out.exists() else None

    def observe(self, *cells: list[Any], **job: Any) -> Any:
        """Observe cells, each a list of statements (text, or a job's statement)."""
        statements: list[dict[str, Any]] = []
        for number, cell in enumerate(cells):
            line = 1
            for place, given in enumerate(cell):
                statement = {"code": given} if isinstance(given, str) else dict(given)
                made = {
                    "id": len(statements),
                    "cell": number,
                    "line": line,
                    "watch": [],
                    "mayMutate": [],
                    "expressions": [],
                    "seed": None,
                    "isCellEnd": place == len(cell) - 1,
                    **statement,
                }
                line = made["line"] + made["code"].count("\n") + 1
                statements.append(made)
        tree = str(self.tree)
        return self.run(
            "observe",
            {
                "folder": tree,
                "root": tree,
                "libraries": ["random", "numpy", "torch"],
                "statements": statements,
                **job,
            },
        )


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    return Commands(tmp_path)
