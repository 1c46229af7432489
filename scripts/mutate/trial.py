"""Runs the tests of a package once for each break of it. Runs inside the sandbox.

One process prepares the libraries once and is forked for every break: a trial costs its tests,
not their imports.
"""

from __future__ import annotations

import importlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from breaks import Break, find_breaks
from probe import probe

LOCK = "tests/test_parity.py"
# Those that need no command come first: a break that they see costs less.
FIRST = ("test_data.py", "test_observed.py")
MOST_SECONDS = 900


def forked(work: Callable[[], object]) -> tuple[Any, float]:
    """Do work in a process of its own.

    Args:
        work: Its value must be JSON.

    Returns:
        The value, None if it did not come to one, and the seconds.
    """
    begin = time.monotonic()
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.setsid()
        os.close(reading)
        quiet = os.open(os.devnull, os.O_WRONLY)
        os.dup2(quiet, 1)
        os.dup2(quiet, 2)
        value: object = None
        try:
            value = work()
        except BaseException as error:  # a broken package raises whatever it likes
            value = {"error": repr(error), "where": traceback.format_exc()[-600:]}
        with os.fdopen(writing, "w", encoding="utf-8") as pipe:
            json.dump(value, pipe, default=repr)
        os._exit(0)
    os.close(writing)
    previous = signal.signal(signal.SIGALRM, lambda *_: os.killpg(child, signal.SIGKILL))
    signal.alarm(MOST_SECONDS)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    signal.alarm(0)
    signal.signal(signal.SIGALRM, previous)
    try:
        os.killpg(child, signal.SIGKILL)  # workers that a break left behind
    except ProcessLookupError:
        pass
    return (json.loads(text) if text else None), time.monotonic() - begin


def tests(arguments: Sequence[str]) -> dict[str, Any]:
    """Run pytest, and tell what failed first."""
    import pytest

    class Notes:
        """What pytest says of each test."""

        def __init__(self) -> None:
            self.failed: list[str] = []
            self.skipped: list[str] = []
            self.passed = 0
            self.message = ""

        def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
            """Keep the outcome of a test."""
            if report.failed:
                self.failed.append(report.nodeid)
                self.message = report.longreprtext[-800:]
            elif report.skipped:
                self.skipped.append(report.nodeid)
            elif report.when == "call":
                self.passed += 1

        def pytest_collectreport(self, report: pytest.CollectReport) -> None:
            """A module that cannot be imported."""
            if report.failed:
                self.failed.append(report.nodeid)

    notes = Notes()
    options = ["-q", "-x", "-p", "no:cacheprovider", *arguments]
    code = pytest.main(options, plugins=[notes])
    return {
        "code": int(code),
        "failed": notes.failed,
        "skipped": notes.skipped,
        "passed": notes.passed,
        "message": notes.message,
    }


def caught(outcome: Mapping[str, Any] | None) -> str | None:
    """Name of the test that failed, None if all passed."""
    if outcome is None:
        return "no end"
    if "error" in outcome:
        return str(outcome["error"])
    if outcome["code"] == 0:
        return None
    return outcome["failed"][0] if outcome["failed"] else f"pytest ended with {outcome['code']}"


class Trials:
    """The trials of one package.

    Args:
        package: Its folder.
        config: ``configs/default.yaml``.
    """

    def __init__(self, package: Path, config: Mapping[str, Any]) -> None:
        self._package = package
        self._config = config
        self._plain: dict[str, Any] = {}

    def baseline(self) -> dict[str, Any]:
        """Run the tests of the unbroken package."""
        outcome, seconds = forked(lambda: tests([]))
        return {"seconds": round(seconds, 1), **(outcome or {"error": "no end"})}

    def attempt(self, item: Break) -> dict[str, Any]:
        """Break the package, run its tests, and mend it again."""
        file = self._package / item.file
        whole = file.read_text(encoding="utf-8")
        file.write_text(item.applied(whole), encoding="utf-8")
        try:
            begin = time.monotonic()
            verdict = self._verdict(item, whole)
        finally:
            file.write_text(whole, encoding="utf-8")
        seconds = round(time.monotonic() - begin, 1)
        place = {"kind": item.kind, "file": item.file, "line": item.line, "what": item.what}
        return {**place, **verdict, "seconds": seconds}

    def _verdict(self, item: Break, whole: str) -> dict[str, Any]:
        outcome, _ = forked(lambda: tests(self._without_lock()))
        test = caught(outcome)
        if test is not None:
            return {"verdict": "caught", "by": test}
        outcome, _ = forked(lambda: tests([LOCK]))
        test = caught(outcome)
        if test is not None and not test.startswith("pytest ended with 5"):
            return {"verdict": "lock", "by": test}
        file = self._package / item.file
        broken = self._values(item)
        file.write_text(whole, encoding="utf-8")
        plain = self._plain_values(item)
        differ = differences(plain, broken)
        if not differ:
            return {"verdict": "equivalent", "by": ""}
        return {"verdict": "survived", "by": f"differs in {', '.join(differ[:4])}"}

    def _without_lock(self) -> list[str]:
        paths = sorted((self._package / "tests").glob("test_*.py"))
        names = [path.name for path in paths if f"tests/{path.name}" != LOCK]
        first = [name for name in FIRST if name in names]
        return [
            f"tests/{name}" for name in [*first, *(name for name in names if name not in first)]
        ]

    def _values(self, item: Break) -> dict[str, Any]:
        """What the package gives; where a value is hard-coded, with another one of it."""
        value, _ = forked(lambda: probe(other_value(item, self._config)))
        return value or {"error": "no end"}

    def _plain_values(self, item: Break) -> dict[str, Any]:
        """The same of the unbroken package: what two runs agree on."""
        key = json.dumps(other_value(item, self._config))
        if key not in self._plain:
            one, two = self._values(item), self._values(item)
            self._plain[key] = {name: one[name] for name in one if one[name] == two.get(name)}
        return self._plain[key]


def differences(plain: Mapping[str, Any], broken: Mapping[str, Any]) -> list[str]:
    """Names of what a break changed; one word where nothing could be compared."""
    if "error" in plain:
        return ["(the unbroken package does not run so)"]
    return [name for name in plain if plain[name] != broken.get(name, "absent")]


def other_value(item: Break, config: Mapping[str, Any]) -> list[str]:
    """An override that tells a hard-coded value from a configured one."""
    found = (
        re.match(r"config\.([\w.]+) is ", item.what) if item.kind == "hard-coded value" else None
    )
    if found is None:
        return []
    value: Any = config
    for part in found[1].split("."):
        value = value[part]
    if isinstance(value, bool):
        return [f"{found[1]}={not value}"]
    if isinstance(value, int):
        return [f"{found[1]}={value + 1}"]
    if isinstance(value, float):
        return [f"{found[1]}={value * 0.9}"]
    return [f"{found[1]}=another"]


def preload() -> None:
    """Import what the package imports, but not the package: every trial imports that anew."""
    importlib.import_module("pytest")
    for name in ("src.training.train", "src.evaluation.evaluate"):
        try:
            importlib.import_module(name)
        except ImportError:
            continue
    for name in [name for name in sys.modules if name == "src" or name.startswith("src.")]:
        del sys.modules[name]


def prepare_store() -> None:
    """Make MLflow's tables once; every trial copies them in place of making them anew."""
    from mlflow.store.db import utils

    real = utils._initialize_tables
    template = Path(tempfile.mkdtemp()) / "mlflow.db"
    code = f"from mlflow import MlflowClient; MlflowClient('sqlite:///{template}').search_experiments()"
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)

    def initialize(engine: Any) -> None:
        if engine.dialect.name != "sqlite" or not engine.url.database:
            return real(engine)
        engine.dispose()
        shutil.copyfile(template, engine.url.database)
        return None

    utils._initialize_tables = initialize


def main() -> None:
    """Read the job, try every break, write what came of each."""
    job = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    out = Path(sys.argv[2])
    package = Path(job["package"])
    os.chdir(package)
    sys.dont_write_bytecode = True
    sys.path.insert(0, str(package))
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_RUN_ID"):
        os.environ.pop(name, None)
    from omegaconf import OmegaConf

    config: Any = OmegaConf.to_container(OmegaConf.load(package / "configs/default.yaml"))
    preload()
    prepare_store()
    trials = Trials(package, config)
    with out.open("w", encoding="utf-8") as lines:

        def say(record: Mapping[str, Any]) -> None:
            lines.write(json.dumps(record) + "\n")
            lines.flush()

        baseline = trials.baseline()
        say(baseline)
        if baseline.get("code") != 0:
            return
        for item in find_breaks(package, config, job["most"]):
            say(trials.attempt(item))


if __name__ == "__main__":
    main()
