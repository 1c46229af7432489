"""Mechanical breaks of a generated package, found from the syntax of its own code."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import data_breaks as data
import model_breaks as model
from source import Edit, Module, Operator


@dataclass(frozen=True)
class Break:
    """One break of a package."""

    kind: str
    file: str
    line: int
    what: str
    edits: tuple[Edit, ...]

    def applied(self, text: str) -> str:
        """Give the broken text of the file."""
        for edit in sorted(self.edits, key=lambda edit: edit.start, reverse=True):
            text = text[: edit.start] + edit.text + text[edit.end :]
        return text


# The order is that of the selection: each kind gives one place before any gives a second.
OPERATORS: dict[str, Operator] = {
    "transformer dropped": data.transformer_dropped,
    "fitted on fewer rows": data.fitted_on_fewer_rows,
    "fitted again on test rows": data.refitted_on_test_rows,
    "train and test swapped": data.train_and_test_swapped,
    "scored on training rows": model.scored_on_training_rows,
    "shuffled labels": model.shuffled_labels,
    "one row fewer": data.one_row_fewer,
    "seed not set": model.seed_not_set,
    "training call dropped": model.training_call_dropped,
    "no learning rate": model.no_learning_rate,
    "argument changed": model.argument_changed,
    "argument dropped": model.argument_dropped,
    "hard-coded value": model.hard_coded,
    "threshold ignored": model.threshold_ignored,
    "border moved": model.border_moved,
    "bin edge moved": data.bin_edge_moved,
    "fill value changed": data.fill_value_changed,
    "wrong column": data.wrong_column,
    "statement dropped": data.statement_dropped,
    "arithmetic changed": data.arithmetic_changed,
    "flag flipped": model.flag_flipped,
    "other metric": model.other_metric,
    "other class": model.other_class,
}


def find_breaks(package: Path, config: Mapping[str, Any], most: int) -> list[Break]:
    """Find breaks: one place of each kind before a second of any, spread over the code."""
    modules = [
        Module(str(path.relative_to(package)), path.read_text(encoding="utf-8"), config)
        for path in sorted((package / "src").rglob("*.py"))
        if path.parent != package / "src"
    ]
    queues = {
        kind: spread(list(places(modules, kind, operator))) for kind, operator in OPERATORS.items()
    }
    chosen: list[Break] = []
    seen: set[tuple[str, tuple[Edit, ...]]] = set()
    while len(chosen) < most and any(queues.values()):
        for queue in queues.values():
            while queue and (queue[0].file, queue[0].edits) in seen:
                queue.pop(0)
            if queue and len(chosen) < most:
                item = queue.pop(0)
                seen.add((item.file, item.edits))
                chosen.append(item)
    return sorted(chosen, key=lambda item: (item.file, item.line, item.kind))


def places(modules: list[Module], kind: str, operator: Operator) -> Iterator[Break]:
    """Every place of a kind."""
    for module in modules:
        for function in module.functions():
            for node, what, edits in operator(module, function):
                item = Break(
                    kind, module.path, getattr(node, "lineno", function.lineno), what, tuple(edits)
                )
                try:
                    ast.parse(item.applied(module.text))
                except SyntaxError:
                    continue
                yield item


def spread(items: list[Break]) -> list[Break]:
    """First, last, middle, …: neighbours are much alike."""
    if len(items) < 3:
        return items
    middle = len(items) // 2
    order = [0, len(items) - 1, middle, middle // 2, (middle + len(items)) // 2]
    kept = list(dict.fromkeys(place for place in order if place < len(items)))
    return [items[place] for place in kept] + [
        item for place, item in enumerate(items) if place not in kept
    ]
