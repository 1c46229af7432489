"""Breaks of models, their training and their scores."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from typing import Any

from data_breaks import SPLITS
from source import ORCHESTRATORS, Edit, Found, Module, called, walk

# Arguments that only cost time or print.
COSTS = {"n_jobs", "verbose", "num_workers", "verbosity", "cache_size", "copy", "pin_memory"}
METRIC_SWAPS = {
    "mean_squared_error": "mean_absolute_error",
    "mean_absolute_error": "mean_squared_error",
    "accuracy_score": "balanced_accuracy_score",
    "f1_score": "recall_score",
    "recall_score": "precision_score",
    "precision_score": "recall_score",
    "r2_score": "explained_variance_score",
}


def no_learning_rate(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    """Learn nothing."""
    for node in walk(function):
        if isinstance(node, ast.keyword) and node.arg in {
            "lr",
            "learning_rate",
            "eta",
            "eta0",
            "learning_rate_init",
        }:
            yield node.value, f"{node.arg} is 0", [module.replace(node.value, "1e-12")]


def seed_not_set(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    """Leave a generator unseeded."""
    for node in walk(function):
        if isinstance(node, ast.Expr) and called(node.value) in {"set_seed", "manual_seed", "seed"}:
            yield node, f"no {module.source(node)}", [module.replace(node, "pass")]
        if (
            isinstance(node, ast.keyword)
            and node.arg in {"random_state", "seed"}
            and function.name not in ORCHESTRATORS
        ):
            yield node.value, f"{node.arg} is None", [module.replace(node.value, "None")]


def training_call_dropped(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    """Leave out a call of a training loop."""
    wanted = {"train", "zero_grad", "eval", "backward", "step"}
    for node in walk(function):
        if (
            isinstance(node, ast.Expr)
            and called(node.value) in wanted
            and isinstance(node.value.func, ast.Attribute)
        ):  # type: ignore[attr-defined]
            yield node, f"no {module.source(node)}", [module.replace(node, "pass")]


def scored_on_training_rows(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    """Compute the metrics on the training rows."""
    if function.name != "evaluate_model":
        return
    found = [
        node
        for node in walk(function)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "data"
    ]
    edits = []
    for node in found:
        other = re.sub("valid|val|test", "train", node.attr)
        if other != node.attr:
            edits.append(module.replace(node, f"data.{other}"))
    if edits:
        yield found[0], "metrics on the training rows", edits


def constructor_keywords(function: ast.FunctionDef) -> Iterator[tuple[ast.Call, ast.keyword]]:
    """Keywords of constructors and splits."""
    for node in walk(function):
        if (
            isinstance(node, ast.Call)
            and (called(node)[:1].isupper() or called(node) in SPLITS)
            and called(node) not in {"PreparedData", "TrainingResult", "DataFrame", "Series"}
        ):
            for item in node.keywords:
                if item.arg is not None and item.arg not in COSTS:
                    yield node, item


def argument_changed(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    """Give a constructor another number."""
    numbers = {
        a.arg
        for a in function.args.args
        if a.annotation is not None and ast.unparse(a.annotation) in {"int", "float"}
    }
    for call, item in constructor_keywords(function):
        value = item.value
        known = config_value(module, value)
        is_number = (isinstance(value, ast.Name) and value.id in numbers) or (
            isinstance(known, int | float) and not isinstance(known, bool)
        )
        if (
            isinstance(value, ast.Constant)
            and isinstance(value.value, int | float)
            and not isinstance(value.value, bool)
        ):
            is_number = True
        if is_number:
            whole = isinstance(known, int) or (
                isinstance(value, ast.Name)
                and any(
                    a.arg == value.id
                    and a.annotation is not None
                    and ast.unparse(a.annotation) == "int"
                    for a in function.args.args
                )
            )
            text = f"{module.source(value)} + 1" if whole else f"{module.source(value)} * 0.8"
            yield value, f"{called(call)}({item.arg}={text})", [module.replace(value, text)]


def argument_dropped(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    """Leave an argument to its default."""
    for call, item in constructor_keywords(function):
        start, end = module.start(item), module.end(item)
        rest = re.match(r"\s*,\s*", module.text[end:])
        if rest is not None:
            end += rest.end()
        yield item, f"{called(call)} without {item.arg}", [Edit(start, end, "")]


def threshold_ignored(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    """Decide at another threshold."""
    for node in walk(function):
        if isinstance(node, ast.Compare) and isinstance(
            node.ops[0], ast.Gt | ast.GtE | ast.Lt | ast.LtE
        ):
            right = node.comparators[0]
            if isinstance(right, ast.Constant) and isinstance(right.value, int | float):
                text = repr(right.value * 1.5 + 0.1)
            elif isinstance(right, ast.Name | ast.Attribute):
                text = f"{module.source(right)} * 1.2"
            else:
                continue
            yield node, f"{module.source(right)} → {text}", [module.replace(right, text)]


def border_moved(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    """Decide otherwise at the threshold itself."""
    signs = {ast.Gt: (">", ">="), ast.GtE: (">=", ">"), ast.Lt: ("<", "<="), ast.LtE: ("<=", "<")}
    for node in walk(function):
        if isinstance(node, ast.Compare) and type(node.ops[0]) in signs:
            old, new = signs[type(node.ops[0])]
            between = module.text[module.end(node.left) : module.start(node.comparators[0])]
            if old in between:
                at = module.end(node.left) + between.index(old)
                yield node, f"{old} → {new}", [Edit(at, at + len(old), new)]


def shuffled_labels(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    """Give rows the labels of others."""
    for node in walk(function):
        if called(node) == "fit" and isinstance(node, ast.Call) and len(node.args) > 1:
            labels = module.source(node.args[1])
            yield node, f"{labels} reversed", [module.replace(node.args[1], f"{labels}[::-1]")]


def config_value(module: Module, node: ast.AST) -> Any:
    """Value of an expression that reads the configuration."""
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
    """Read a value from the code instead of the configuration."""
    for node in walk(function):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            text = ast.unparse(node)
            value = config_value(module, node)
            if value is not None and not re.match(
                r"config\.(paths|artifacts|tracking)\.|.*path$", text
            ):
                yield node, f"{text} is {value!r} for ever", [module.replace(node, repr(value))]


def flag_flipped(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    """Turn a switch."""
    for node in walk(function):
        if (
            isinstance(node, ast.keyword)
            and node.arg is not None
            and node.arg not in {*COSTS, "inplace", "index"}
            and isinstance(node.value, ast.Constant)
            and isinstance(node.value.value, bool)
        ):
            yield (
                node.value,
                f"{node.arg}={not node.value.value}",
                [module.replace(node.value, repr(not node.value.value))],
            )


def other_metric(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    """Report another metric."""
    for node in walk(function):
        other = METRIC_SWAPS.get(called(node))
        if other is not None and isinstance(node, ast.Call):
            yield (
                node,
                f"{other} for {called(node)}",
                [
                    module.replace(
                        node.func, f"__import__('sklearn.metrics', fromlist=['x']).{other}"
                    )
                ],
            )
        if called(node) == "sqrt" and isinstance(node, ast.Call) and node.args:
            yield node, "no square root", [module.replace(node, f"({module.source(node.args[0])})")]


def other_class(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    """Take the probability of the other class."""
    for node in walk(function):
        if isinstance(node, ast.Subscript) and called(node.value) == "predict_proba":
            text = ast.unparse(node.slice)
            if text.endswith("1)") or text.endswith(", 1"):
                yield node, "probability of the other class", [module.replace(node.slice, ":, 0")]
