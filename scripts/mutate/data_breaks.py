"""Breaks of the data stage."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from source import Edit, Found, Module, called, first_line, walk

SPLITS = {"train_test_split"}
REDUCTIONS = {"median": "mean", "mean": "median", "max": "min", "min": "max", "mode": "max"}


def fitted_on_fewer_rows(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    """Fit a transformer on half of its rows."""
    for node in walk(function):
        if called(node) == "fit_transform" and isinstance(node, ast.Call) and node.args:
            owner, rows = module.source(node.func.value), module.source(node.args[0])  # type: ignore[attr-defined]
            text = f"{owner}.fit({rows}[: len({rows}) // 2]).transform({rows})"
            yield node, f"{owner} fitted on half of {rows}", [module.replace(node, text)]


def transformer_dropped(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    """Hand rows on as they were."""
    for node in walk(function):
        if (
            called(node) in {"fit_transform", "transform"}
            and isinstance(node, ast.Call)
            and node.args
        ):
            rows = module.source(node.args[0])
            owner = module.source(node.func.value)  # type: ignore[attr-defined]
            text = f"({owner}.fit({rows}), {rows})[1]" if called(node) == "fit_transform" else rows
            yield node, f"{rows} not transformed", [module.replace(node, text)]


def refitted_on_test_rows(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    """Fit a transformer again where it is applied."""
    for node in walk(function):
        if called(node) == "transform" and isinstance(node, ast.Call):
            func = node.func
            assert isinstance(func, ast.Attribute)
            end = module.end(func)
            yield (
                node,
                f"{module.source(func.value)} fitted again",
                [Edit(end - len("transform"), end, "fit_transform")],
            )


def train_and_test_swapped(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    """Take the parts of a split for each other."""
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
    """Names of columns that are read."""
    for node in walk(function):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            parts = node.slice.elts if isinstance(node.slice, ast.List) else [node.slice]
            for part in parts:
                if isinstance(part, ast.Constant) and isinstance(part.value, str):
                    yield part
        if called(node) == "drop" and isinstance(node, ast.Call):
            for part in ast.walk(node):
                if (
                    isinstance(part, ast.Constant)
                    and isinstance(part.value, str)
                    and part.value not in {"raise", "ignore", "columns", "index"}
                ):
                    yield part


def wrong_column(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    """Read another column."""
    columns = schema_columns(module)
    for node in column_strings(module, function):
        if node.value not in columns:
            continue
        other = columns[(columns.index(node.value) + 1) % len(columns)]
        if other != node.value:
            yield node, f"column {other!r} for {node.value!r}", [module.replace(node, repr(other))]


def schema_columns(module: Module) -> list[str]:
    """Columns of the raw table."""
    for node in ast.walk(module.tree):
        if (
            isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and node.target.id.endswith("SCHEMA")
        ):
            return [
                key.value
                for part in ast.walk(node)
                if isinstance(part, ast.Dict)
                for key in part.keys
                if isinstance(key, ast.Constant)
            ]
    return []


def bin_edge_moved(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    """Move an edge of bins, or close them on the other side."""
    for node in walk(function):
        if called(node) in {"cut", "digitize"} and isinstance(node, ast.Call):
            edges = next(
                (item.value for item in node.keywords if item.arg == "bins"),
                node.args[1] if len(node.args) > 1 else None,
            )
            if edges is not None:
                text = module.source(edges)
                yield (
                    edges,
                    f"first inner edge of {text} moved",
                    [
                        module.replace(
                            edges, f"[b + (place == 1) for place, b in enumerate({text})]"
                        )
                    ],
                )
            if called(node) == "cut" and not any(item.arg == "right" for item in node.keywords):
                yield (
                    node,
                    "bins closed on the left",
                    [Edit(module.end(node) - 1, module.end(node), ", right=False)")],
                )


def one_row_fewer(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    """Lose a row."""
    for node in walk(function):
        if called(node) in {"read_csv", "read_excel", "read_parquet", "read_json"}:
            yield (
                node,
                "the last row is lost",
                [module.replace(node, f"{module.source(node)}.iloc[:-1]")],
            )
        if called(node) == "fit" and isinstance(node, ast.Call) and len(node.args) > 1:
            edits = [module.replace(item, f"{module.source(item)}[1:]") for item in node.args[:2]]
            yield node, "fitted without the first row", edits


def fill_value_changed(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    """Fill gaps with another value."""
    for node in walk(function):
        if (
            called(node) == "fillna"
            and isinstance(node, ast.Call)
            and node.args
            and isinstance(node.args[0], ast.Constant)
        ):
            value = node.args[0].value
            text = repr(value + 1) if isinstance(value, int | float) else repr(f"{value}_")
            yield node, f"filled with {text}", [module.replace(node.args[0], text)]
        if (
            isinstance(node, ast.Attribute)
            and node.attr in REDUCTIONS
            and isinstance(node.ctx, ast.Load)
        ):
            end = module.end(node)
            other = REDUCTIONS[node.attr]
            yield node, f"{node.attr} → {other}", [Edit(end - len(node.attr), end, other)]


def statement_dropped(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    """Leave a statement out that nothing needs to run."""
    for node in walk(function):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            target = node.targets[0]
            again = isinstance(target, ast.Name) and any(
                isinstance(part, ast.Name) and part.id == target.id for part in ast.walk(node.value)
            )
            if isinstance(target, ast.Subscript) or again:
                if ast.unparse(node.value).endswith(".copy()") or "complete(" in ast.unparse(
                    node.value
                ):
                    continue
                yield (
                    node,
                    f"no `{first_line(module.source(node))}`",
                    [module.replace(node, "pass")],
                )
        if (
            isinstance(node, ast.Expr)
            and isinstance(node.value, ast.Call)
            and called(node.value)
            in {
                "fit",
                "drop",
                "append",
                "dropna",
                "fillna",
                "drop_duplicates",
                "value",
                "sort_values",
                "replace",
                "rename",
            }
        ):
            yield node, f"no `{first_line(module.source(node))}`", [module.replace(node, "pass")]


def arithmetic_changed(module: Module, function: ast.FunctionDef) -> Iterator[Found]:
    """Calculate with another sign."""
    signs = {ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*")}
    for node in walk(function):
        if (
            isinstance(node, ast.BinOp)
            and type(node.op) in signs
            and not isinstance(node.left, ast.List | ast.Constant | ast.JoinedStr)
        ):
            old, new = signs[type(node.op)]
            between = module.text[module.end(node.left) : module.start(node.right)]
            if old in between:
                at = module.end(node.left) + between.index(old)
                yield (
                    node,
                    f"{first_line(module.source(node))}: {old} → {new}",
                    [Edit(at, at + len(old), new)],
                )
