"""Mechanical breaks of a generated package, found from the syntax of its own code. Standard library only."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Generated functions that hold the notebook's order; the rest of the frame is the same in every package.
ORCHESTRATORS = {"prepare_data", "run", "evaluate_model", "predict_rows", "predict_input"}
# Arguments that only cost time or print.
COSTS = {"n_jobs", "verbose", "num_workers", "verbosity", "cache_size", "copy", "pin_memory"}
SPLITS = {"train_test_split"}
METRIC_SWAPS = {
    "mean_squared_error": "mean_absolute_error",
    "mean_absolute_error": "mean_squared_error",
    "accuracy_score": "balanced_accuracy_score",
    "f1_score": "recall_score",
    "recall_score": "precision_score",
    "precision_score": "recall_score",
    "r2_score": "explained_variance_score",
}
REDUCTIONS = {"median": "mean", "mean": "median", "max": "min", "min": "max", "mode": "max"}


@dataclass(frozen=True)
class Edit:
    """One replacement in a file, as offsets of characters."""

    start: int
    end: int
    text: str


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


class Module:
    """A file of the package, and where its nodes lie."""

    def __init__(self, path: str, text: str, config: Mapping[str, Any]) -> None:
        self.path = path
        self.text = text
        self.tree = ast.parse(text)
        self.config = config
        self._lines = [0]
        for line in text.splitlines(keepends=True):
            self._lines.append(self._lines[-1] + len(line))

    def offset(self, line: int, column: int) -> int:
        start = self._lines[line - 1]
        row = self.text[start : self._lines[line]] if line < len(self._lines) else ""
        return start + len(row.encode()[:column].decode())

    def start(self, node: Any) -> int:
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: Any) -> int:
        return self.offset(node.end_lineno, node.end_col_offset)

    def source(self, node: Any) -> str:
        return self.text[self.start(node) : self.end(node)]

    def replace(self, node: Any, text: str) -> Edit:
        return Edit(self.start(node), self.end(node), text)

    def functions(self) -> Iterator[ast.FunctionDef]:
        """Functions that hold what the notebook computed."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ClassDef) and _names_cell(node):
                yield from (item for item in node.body if isinstance(item, ast.FunctionDef))
            elif isinstance(node, ast.FunctionDef) and (
                _names_cell(node) or node.name in ORCHESTRATORS
            ):
                yield node


def _names_cell(node: ast.ClassDef | ast.FunctionDef) -> bool:
    return re.search(r"\bcells? \d", ast.get_docstring(node) or "") is not None


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """Walk a function without annotations, docstrings, logging and tracking."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list"}:
            continue
        for child in value if isinstance(value, list) else [value]:
            if not isinstance(child, ast.AST):
                continue
            if isinstance(child, ast.Expr) and (
                isinstance(child.value, ast.Constant) or _reports(child.value)
            ):
                continue
            yield from walk(child)


def _reports(node: ast.AST) -> bool:
    return re.match(r"(logger|mlflow|print|warnings|plt)\b", ast.unparse(node)) is not None


def called(node: ast.AST) -> str:
    """Last part of what is called."""
    if not isinstance(node, ast.Call):
        return ""
    if isinstance(node.func, ast.Attribute):
        return node.func.attr
    return node.func.id if isinstance(node.func, ast.Name) else ""


Found = tuple[ast.AST, str, list[Edit]]
Operator = Callable[[Module, ast.FunctionDef], Iterator[Found]]


def fitted_on_fewer_rows(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    for node in walk(function):
        if called(node) == "fit_transform" and isinstance(node, ast.Call) and node.args:
            owner, rows = module.source(node.func.value), module.source(node.args[0])  # type: ignore[attr-defined]
            text = f"{owner}.fit({rows}[: len({rows}) // 2]).transform({rows})"
            yield node, f"{owner} fitted on half of {rows}", [module.replace(node, text)]


def transformer_dropped(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    for node in walk(function):
        if called(node) in {"fit_transform", "transform"} and isinstance(node, ast.Call) and node.args:
            rows = module.source(node.args[0])
            owner = module.source(node.func.value)  # type: ignore[attr-defined]
            text = f"({owner}.fit({rows}), {rows})[1]" if called(node) == "fit_transform" else rows
            yield node, f"{rows} not transformed", [module.replace(node, text)]


def refitted_on_test_rows(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    for node in walk(function):
        if called(node) == "transform" and isinstance(node, ast.Call):
            func = node.func
            assert isinstance(func, ast.Attribute)
            end = module.end(func)
            yield node, f"{module.source(func.value)} fitted again", [
                Edit(end - len("transform"), end, "fit_transform")
            ]


def train_and_test_swapped(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    for node in walk(function):
        if not (isinstance(node, ast.Assign) and called(node.value) in SPLITS):
            continue
        target = node.targets[0]
        if isinstance(target, ast.Tuple) and len(target.elts) % 2 == 0:
            names = [module.source(item) for item in target.elts]
            for place in range(0, len(names), 2):
                names[place], names[place + 1] = names[place + 1], names[place]
            yield node, "train and test swapped", [module.replace(target, ", ".join(names))]


def column_strings(module: Module, function: ast.FunctionDef) -> Iterator[ast.Constant]:
    for node in walk(function):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            parts = node.slice.elts if isinstance(node.slice, ast.List) else [node.slice]
            for part in parts:
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part
        if called(node) == "drop" and isinstance(node, ast.Call):
            for part in ast.walk(node):
                if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value not in {"raise", "ignore", "columns", "index"}:
                    yield part


def wrong_column(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    columns = schema_columns(module)
    for node in column_strings(module, function):
        if node.value not in columns:
            continue
        other = columns[(columns.index(node.value) + 1) % len(columns)]
        if other != node.value:
            yield node, f"column {other!r} for {node.value!r}", [module.replace(node, repr(other))]


def schema_columns(module: Module) -> list[str]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id.endswith("SCHEMA"):
            return [key.value for part in ast.walk(node) if isinstance(part, ast.Dict) for key in part.keys if isinstance(key, ast.Constant)]
    return []


def no_learning_rate(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    for node in walk(function):
        if isinstance(node, ast.keyword) and node.arg in {"lr", "learning_rate", "eta", "eta0", "learning_rate_init"}:
            yield node.value, f"{node.arg} is 0", [module.replace(node.value, "1e-12")]


def seed_not_set(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    for node in walk(function):
        if isinstance(node, ast.Expr) and called(node.value) in {"set_seed", "manual_seed", "seed"}:
            yield node, f"no {module.source(node)}", [module.replace(node, "pass")]
        if isinstance(node, ast.keyword) and node.arg in {"random_state", "seed"} and function.name not in ORCHESTRATORS:
            yield node.value, f"{node.arg} is None", [module.replace(node.value, "None")]


def training_call_dropped(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    wanted = {"train", "zero_grad", "eval", "backward", "step"}
    for node in walk(function):
        if isinstance(node, ast.Expr) and called(node.value) in wanted and isinstance(node.value.func, ast.Attribute):  # type: ignore[attr-defined]
            yield node, f"no {module.source(node)}", [module.replace(node, "pass")]


def scored_on_training_rows(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    if function.name != "evaluate_model":
        return
    found = [node for node in walk(function) if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "data"]
    edits = []
    for node in found:
        other = re.sub("valid|val|test", "train", node.attr)
        if other != node.attr:
            edits.append(module.replace(node, f"data.{other}"))
    if edits:
        yield found[0], "metrics on the training rows", edits


def constructor_keywords(function: ast.FunctionDef) -> Iterator[tuple[ast.Call, ast.keyword]]:
    for node in walk(function):
        if isinstance(node, ast.Call) and (called(node)[:1].isupper() or called(node) in SPLITS) and called(node) not in {"PreparedData", "TrainingResult", "DataFrame", "Series"}:
            for item in node.keywords:
                if item.arg is not None and item.arg not in COSTS:
                    yield node, item


def argument_changed(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    numbers = {a.arg for a in function.args.args if a.annotation is not None and ast.unparse(a.annotation) in {"int", "float"}}
    for call, item in constructor_keywords(function):
        value = item.value
        known = config_value(module, value)
        is_number = (isinstance(value, ast.Name) and value.id in numbers) or (isinstance(known, int | float) and not isinstance(known, bool))
        if isinstance(value, ast.Constant) and isinstance(value.value, int | float) and not isinstance(value.value, bool):
            is_number = True
        if is_number:
            whole = isinstance(known, int) or (isinstance(value, ast.Name) and any(a.arg == value.id and a.annotation is not None and ast.unparse(a.annotation) == "int" for a in function.args.args))
            text = f"{module.source(value)} + 1" if whole else f"{module.source(value)} * 0.8"
            yield value, f"{called(call)}({item.arg}={text})", [module.replace(value, text)]


def argument_dropped(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    for call, item in constructor_keywords(function):
        start, end = module.start(item), module.end(item)
        rest = re.match(r"\s*,\s*", module.text[end:])
        if rest is not None:
            end += rest.end()
        yield item, f"{called(call)} without {item.arg}", [Edit(start, end, "")]


def threshold_ignored(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    for node in walk(function):
        if isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.Gt | ast.GtE | ast.Lt | ast.LtE):
            right = node.comparators[0]
            if isinstance(right, ast.Constant) and isinstance(right.value, int | float):
                text = repr(right.value * 1.5 + 0.1)
            elif isinstance(right, ast.Name | ast.Attribute):
                text = f"{module.source(right)} * 1.2"
            else:
                continue
            yield node, f"{module.source(right)} → {text}", [module.replace(right, text)]


def border_moved(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    signs = {ast.Gt: (">", ">="), ast.GtE: (">=", ">"), ast.Lt: ("<", "<="), ast.LtE: ("<=", "<")}
    for node in walk(function):
        if isinstance(node, ast.Compare) and type(node.ops[0]) in signs:
            old, new = signs[type(node.ops[0])]
            between = module.text[module.end(node.left) : module.start(node.comparators[0])]
            if old in between:
                at = module.end(node.left) + between.index(old)
                yield node, f"{old} → {new}", [Edit(at, at + len(old), new)]


def bin_edge_moved(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    for node in walk(function):
        if called(node) in {"cut", "digitize"} and isinstance(node, ast.Call):
            edges = next((item.value for item in node.keywords if item.arg == "bins"), node.args[1] if len(node.args) > 1 else None)
            if edges is not None:
                text = module.source(edges)
                yield edges, f"first inner edge of {text} moved", [module.replace(edges, f"[b + (place == 1) for place, b in enumerate({text})]")]
            if called(node) == "cut" and not any(item.arg == "right" for item in node.keywords):
                yield node, "bins closed on the left", [Edit(module.end(node) - 1, module.end(node), ", right=False)")]


def shuffled_labels(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    for node in walk(function):
        if called(node) == "fit" and isinstance(node, ast.Call) and len(node.args) > 1:
            labels = module.source(node.args[1])
            yield node, f"{labels} reversed", [module.replace(node.args[1], f"{labels}[::-1]")]


def one_row_fewer(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    for node in walk(function):
        if called(node) in {"read_csv", "read_excel", "read_parquet", "read_json"}:
            yield node, "the last row is lost", [module.replace(node, f"{module.source(node)}.iloc[:-1]")]
        if called(node) == "fit" and isinstance(node, ast.Call) and len(node.args) > 1:
            edits = [module.replace(item, f"{module.source(item)}[1:]") for item in node.args[:2]]
            yield node, "fitted without the first row", edits


def fill_value_changed(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    for node in walk(function):
        if called(node) == "fillna" and isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            value = node.args[0].value
            text = repr(value + 1) if isinstance(value, int | float) else repr(f"{value}_")
            yield node, f"filled with {text}", [module.replace(node.args[0], text)]
        if isinstance(node, ast.Attribute) and node.attr in REDUCTIONS and isinstance(node.ctx, ast.Load):
            end = module.end(node)
            other = REDUCTIONS[node.attr]
            yield node, f"{node.attr} → {other}", [Edit(end - len(node.attr), end, other)]


def config_value(module: Module, node: ast.AST) -> Any:
    text = ast.unparse(node)
    if not text.startswith("config."):
        return None
    value: Any = module.config
    for part in text.split(".")[1:]:
        if not isinstance(value, Mapping) or part not in value:
            return None
        value = value[part]
    return None if isinstance(value, Mapping) else value


def hard_coded(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    for node in walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            text = ast.unparse(node)
            value = config_value(module, node)
            # One value may stand for one argument only: whether it reaches the others is told apart by the tests.
            if value is not None and not re.match(r"config\.(paths|artifacts|tracking)\.|.*path$", text):
                yield node, f"{text} is {value!r} for ever", [module.replace(node, repr(value))]


def statement_dropped(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    for node in walk(function):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            again = isinstance(target, ast.Name) and any(isinstance(part, ast.Name) and part.id == target.id for part in ast.walk(node.value))
            if isinstance(target, ast.Subscript) or again:
                if ast.unparse(node.value).endswith(".copy()") or "complete(" in ast.unparse(node.value):
                    continue
                yield node, f"no `{first_line(module.source(node))}`", [module.replace(node, "pass")]
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and called(node.value) in {"fit", "drop", "append", "dropna", "fillna", "drop_duplicates", "value", "sort_values", "replace", "rename"}:
            yield node, f"no `{first_line(module.source(node))}`", [module.replace(node, "pass")]


def first_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}..."


def arithmetic_changed(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    signs = {ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*")}
    for node in walk(function):
        if isinstance(node, ast.BinOp) and type(node.op) in signs and not isinstance(node.left, ast.List | ast.Constant | ast.JoinedStr):
            old, new = signs[type(node.op)]
            between = module.text[module.end(node.left) : module.start(node.right)]
            if old in between:
                at = module.end(node.left) + between.index(old)
                yield node, f"{first_line(module.source(node))}: {old} → {new}", [Edit(at, at + len(old), new)]


def flag_flipped(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    for node in walk(function):
        if isinstance(node, ast.keyword) and node.arg is not None and node.arg not in {*COSTS, "inplace", "index"} and isinstance(node.value, ast.Constant) and isinstance(node.value.value, bool):
            yield node.value, f"{node.arg}={not node.value.value}", [module.replace(node.value, repr(not node.value.value))]


def other_metric(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    for node in walk(function):
        other = METRIC_SWAPS.get(called(node))
        if other is not None and isinstance(node, ast.Call):
            yield node, f"{other} for {called(node)}", [module.replace(node.func, f"__import__('sklearn.metrics', fromlist=['x']).{other}")]
        if called(node) == "sqrt" and isinstance(node, ast.Call) and node.args:
            yield node, "no square root", [module.replace(node, f"({module.source(node.args[0])})")]


def other_class(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    for node in walk(function):
        if isinstance(node, ast.Subscript) and called(node.value) == "predict_proba":
            text = ast.unparse(node.slice)
            if text.endswith("1)") or text.endswith(", 1"):
                yield node, "probability of the other class", [module.replace(node.slice, ":, 0")]


# The order is that of the selection: each kind gives one place before any gives a second.
OPERATORS: dict[str, Operator] = {
    "transformer dropped": transformer_dropped,
    "fitted on fewer rows": fitted_on_fewer_rows,
    "fitted again on test rows": refitted_on_test_rows,
    "train and test swapped": train_and_test_swapped,
    "scored on training rows": scored_on_training_rows,
    "shuffled labels": shuffled_labels,
    "one row fewer": one_row_fewer,
    "seed not set": seed_not_set,
    "training call dropped": training_call_dropped,
    "no learning rate": no_learning_rate,
    "argument changed": argument_changed,
    "argument dropped": argument_dropped,
    "hard-coded value": hard_coded,
    "threshold ignored": threshold_ignored,
    "border moved": border_moved,
    "bin edge moved": bin_edge_moved,
    "fill value changed": fill_value_changed,
    "wrong column": wrong_column,
    "statement dropped": statement_dropped,
    "arithmetic changed": arithmetic_changed,
    "flag flipped": flag_flipped,
    "other metric": other_metric,
    "other class": other_class,
}


def find_breaks(package: Path, config: Mapping[str, Any], most: int) -> list[Break]:
    """Find breaks: one place of each kind before a second one of any, places spread over the code."""
    modules = [
        Module(str(path.relative_to(package)), path.read_text(encoding="utf-8"), config)
        for path in sorted((package / "src").rglob("*.py"))
        if path.parent != package / "src"
    ]
    queues = {kind: spread(list(places(modules, kind, operator))) for kind, operator in OPERATORS.items()}
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
    for module in modules:
        for function in module.functions():
            for node, what, edits in operator(module, function):
                item = Break(kind, module.path, getattr(node, "lineno", function.lineno), what, tuple(edits))
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
    return [items[place] for place in kept] + [item for place, item in enumerate(items) if place not in kept]
