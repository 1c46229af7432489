"""The code of a generated package: its functions, and edits of its text. Standard library only."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# Generated functions that hold the notebook's order; the rest of the frame is always the same.
ORCHESTRATORS = {"prepare_data", "run", "evaluate_model", "predict_rows", "predict_input"}


@dataclass(frozen=True)
class Edit:
    """One replacement in a file, as offsets of characters."""

    start: int
    end: int
    text: str


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
        """Give the place of a column, which Python counts in bytes."""
        start = self._lines[line - 1]
        row = self.text[start : self._lines[line]] if line < len(self._lines) else ""
        return start + len(row.encode()[:column].decode())

    def start(self, node: Any) -> int:
        """Give the place of a node's first character."""
        return self.offset(node.lineno, node.col_offset)

    def end(self, node: Any) -> int:
        """Give the place behind a node."""
        return self.offset(node.end_lineno, node.end_col_offset)

    def source(self, node: Any) -> str:
        """Give the text of a node."""
        return self.text[self.start(node) : self.end(node)]

    def replace(self, node: Any, text: str) -> Edit:
        """Give the edit that puts a text in place of a node."""
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


def first_line(text: str) -> str:
    """Shorten code to a line."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}..."


# A node that is changed, what is done to it in words, and how.
Found = tuple[ast.AST, str, list[Edit]]
Operator = Callable[[Module, ast.FunctionDef], Iterator[Found]]
