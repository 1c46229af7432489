"""Runs the statements of a notebook in one namespace and notes what each did."""

from __future__ import annotations

import asyncio
import os
import platform
import sys
import time
import types
from typing import Any

from . import recording, rng, stubs
from .content import Node
from .digest import digest
from .dump import write_dump
from .errors import describe_error
from .facts import facts_of
from .files import FileWatch
from .jobs import as_json, versions
from .names import set_local_roots
from .statements import RECORDER, Compiler, filename, register_sources

_DEFINITIONS = ("import ", "from ", "def ", "class ", "async def ", "@")


def run(job: dict[str, Any], out: str) -> dict[str, Any]:
    """Run a job.

    Args:
        job: `folder`, `root`, `statements`, `libraries` and `dump`.
        out: Path of the result. Each record is also appended to `<out>.jsonl` at once, so that
            those of a killed run are there.

    Returns:
        The `Observation`.
    """
    begin = time.perf_counter()
    with open(f"{out}.jsonl", "w", encoding="utf-8") as lines:

        def keep(record: dict[str, Any]) -> None:
            lines.write(as_json(record) + "\n")
            lines.flush()

        lines.write(as_json({"python": platform.python_version()}) + "\n")
        observer = Observer(job)
        records = observer.run(keep)
        failed = any(record["outcome"] != "ran" for record in records)
        result = {
            "state": "partial" if failed else "complete",
            "python": platform.python_version(),
            "versions": versions(),
            "statements": records,
            "seconds": round(time.perf_counter() - begin, 3),
        }
    return result


class Observer:
    """One run of a notebook."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._job = job
        self._root = os.path.realpath(job.get("root") or job["folder"])
        self._statements = job["statements"]
        self._dumps = job.get("dump") or {}
        self._compiler = Compiler()
        self._printed = stubs.Printed()
        self._digests: dict[str, str | None] = {}  # as the last statement left them
        self._record: dict[str, Any] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._names = self._enter()
        self._files = FileWatch(self._root)

    def _enter(self) -> dict[str, Any]:
        folder = os.path.realpath(self._job["folder"])
        for path in (self._root, folder):
            if path in sys.path:
                sys.path.remove(path)
            sys.path.insert(0, path)
        os.chdir(folder)
        set_local_roots(self._root, folder)
        register_sources(self._statements)
        # A module of its own under the name `__main__`, so that classes can be pickled.
        module = types.ModuleType("__main__")
        module.__dict__.update(stubs.install())
        module.__dict__[RECORDER] = recording.record
        self._starter = sys.modules["__main__"]  # kept: without it its names would be gone
        sys.modules["__main__"] = module
        sys.argv = [""]
        sys.stdout = self._printed  # type: ignore[assignment]
        return module.__dict__

    def run(self, keep: Any) -> list[dict[str, Any]]:
        """Run all statements; give each record to `keep` when it is there."""
        records = []
        broken: Any = None
        for statement in self._statements:
            if statement["cell"] == broken:
                record = _empty(statement, "skipped")
            else:
                record = self._one(statement)
                broken = statement["cell"] if record["outcome"] == "failed" else None
            if statement.get("isCellEnd"):
                stubs.close_figures()
            records.append(record)
            keep(record)
        return records

    def _one(self, statement: dict[str, Any]) -> dict[str, Any]:
        record = self._record = _empty(statement, "ran")
        watched = [name for name in statement.get("mayMutate", []) if name in self._names]
        before = {name: (id(self._names[name]), self._digest(name)) for name in watched}
        self._digests.clear()
        if statement.get("seed") is not None:
            rng.seed(self._job.get("libraries", list(rng.LIBRARIES)), int(statement["seed"]))
        random_before = rng.states()
        recording.start(self._describe_expression)
        self._printed.take()
        self._files.start()
        begin = time.perf_counter()
        self._spent = 0.0
        try:
            self._execute(statement)
        except BaseException as error:  # also SystemExit: it ends a statement, not the run
            self._files.active = False
            record["outcome"] = "failed"
            record["error"] = describe_error(error, filename(statement["cell"]), self._root)
            error.__traceback__ = None  # its frames keep large values alive
        record["seconds"] = round(max(0.0, time.perf_counter() - begin - self._spent), 6)
        random_after = rng.states()
        scan = not statement["code"].lstrip().startswith(_DEFINITIONS)
        record["reads"], record["writes"] = self._files.finish(scan)
        recording.finish()
        record["stdout"] = self._printed.take()
        record["random"] = rng.moved(random_before, random_after)
        self._look(statement, before)
        rng.restore(random_after)
        return record

    def _execute(self, statement: dict[str, Any]) -> None:
        code = self._compiler.compile(statement)
        if not code.co_flags & 0x80:  # CO_COROUTINE: there is an await at the top
            exec(code, self._names)
            return
        if self._loop is None:
            self._loop = asyncio.new_event_loop()
            asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(eval(code, self._names))

    def _look(self, statement: dict[str, Any], before: dict[str, Any]) -> None:
        dumped = self._dumped(statement)
        for name in statement.get("watch", []):
            if name in self._names:
                facts, node = self._facts(self._names[name])
                self._record["values"][name] = facts
                self._digests[name] = facts.get("digest")
                self._dump(statement["id"], name, node)
        for name in dumped:
            if name in self._names and name not in self._record["values"]:
                self._dump(statement["id"], name, self._facts(self._names[name])[1])
        for name, (identity, old) in before.items():
            if name not in self._names:
                continue
            # A name that the statement itself binds anew is a definition, not a change.
            if identity != id(self._names[name]) and name in self._compiler.stored:
                continue
            # A value whose content cannot be told counts as changed: it is the safe side.
            if old is None or old != self._digest(name):
                self._record["mutated"].append(name)

    def _facts(self, value: Any) -> tuple[dict[str, Any], Node | None]:
        return facts_of(value, self._job.get("sums", True))

    def _digest(self, name: str) -> str | None:
        if name not in self._digests:
            self._digests[name] = digest(self._names[name])
        return self._digests[name]

    def _describe_expression(self, key: str, value: Any) -> None:
        begin, active = time.perf_counter(), self._files.active
        self._files.active = False
        state = rng.states()
        facts, node = self._facts(value)
        self._record["expressions"][key] = facts
        self._dump(self._record["id"], key, node)
        rng.restore(state)
        self._files.active = active
        self._spent += time.perf_counter() - begin

    def _dumped(self, statement: dict[str, Any]) -> list[str]:
        names: list[str] = (self._dumps.get("values") or {}).get(str(statement["id"]), [])
        return names

    def _dump(self, identity: int, name: str, node: Node | None) -> None:
        names = self._dumped({"id": identity})
        if node is not None and name in names:
            path = os.path.join(self._dumps["folder"], f"{identity}-{names.index(name)}.zip")
            write_dump(path, node)


def _empty(statement: dict[str, Any], outcome: str) -> dict[str, Any]:
    return {
        "id": statement["id"],
        "outcome": outcome,
        "seconds": 0.0,
        "values": {},
        "mutated": [],
        "random": [],
        "expressions": {},
        "reads": [],
        "writes": [],
        "stdout": "",
    }
