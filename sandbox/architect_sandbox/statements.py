"""Compiles one top-level statement of a cell, with its watched expressions wrapped."""

from __future__ import annotations
import __future__

import ast
import linecache
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

RECORDER = "__architect_record__"
_FUTURE = 0
for _name in __future__.all_feature_names:
    _FUTURE |= getattr(__future__, _name).compiler_flag


@dataclass
class Compiler:
    """Compiles statements; `from __future__` lines hold for those that follow.

    `stored` holds the names that the last one binds.
    """

    flags: int = 0
    stored: set[str] = field(default_factory=set)

    def compile(self, statement: dict[str, Any]) -> CodeType:
        """Compile a statement of the job under the name and the lines of its cell."""
        code, first = statement["code"], int(statement.get("line", 1))
        try:
            tree = ast.parse(code, filename(statement["cell"]))
        except SyntaxError as error:
            error.lineno = (error.lineno or 1) + first - 1
            raise
        ast.increment_lineno(tree, first - 1)
        self.stored = {
            node.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        wanted = self._ranges(statement)
        if wanted:
            tree = _Wrapper(wanted).visit(tree)
            ast.fix_missing_locations(tree)
        compiled = compile(
            tree,
            filename(statement["cell"]),
            "exec",
            flags=self.flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
            dont_inherit=True,
        )
        self.flags |= compiled.co_flags & _FUTURE
        return compiled

    def _ranges(self, statement: dict[str, Any]) -> dict[tuple[int, ...], list[str]]:
        lines = statement["code"].split("\n")
        first, shift = int(statement.get("line", 1)), int(statement.get("column", 0))
        found: dict[tuple[int, ...], list[str]] = {}
        for wanted in statement.get("expressions", []):
            start = _place(lines, first, shift, wanted["line"], wanted["column"])
            end = _place(lines, first, shift, wanted["endLine"], wanted["endColumn"])
            if start and end:
                start, end = _trim(lines, first, start, end)
                found.setdefault((*start, *end), []).append(wanted["key"])
        return found


def filename(cell: Any) -> str:
    """Return the name under which a cell's code is compiled."""
    return f"<cell {cell}>"


def register_sources(statements: list[dict[str, Any]]) -> None:
    """Give the text of the cells to `linecache`, for tracebacks and `inspect.getsource`."""
    cells: dict[str, dict[int, str]] = {}
    for statement in statements:
        lines = cells.setdefault(filename(statement["cell"]), {})
        for offset, text in enumerate(statement["code"].split("\n")):
            place = int(statement.get("line", 1)) + offset
            lines[place] = f"{lines[place]}; {text}" if place in lines else text
    for name, lines in cells.items():
        text = [lines.get(place, "") + "\n" for place in range(1, max(lines) + 1)]
        # No time stamp: then `checkcache` does not look for a file.
        linecache.cache[name] = (sum(map(len, text)), None, text, name)


def _place(lines: list[str], first: int, shift: int, line: int, column: int) -> Any:
    """Turn a line of the cell and a UTF-16 column into a line and a UTF-8 column of the tree."""
    index = line - first
    if not 0 <= index < len(lines):
        return None
    units = column - (shift if index == 0 else 0)
    text = lines[index].encode("utf-16-le")[: 2 * max(units, 0)].decode("utf-16-le", "ignore")
    return line, len(text.encode())


def _trim(lines: list[str], first: int, start: Any, end: Any) -> tuple[Any, Any]:
    """Leave out spaces and outer parentheses, which the tree does not count to an expression."""
    data = [text.encode() for text in lines]
    joined = b"\n".join(data)
    begins = [0]
    for text in data:
        begins.append(begins[-1] + len(text) + 1)
    low = begins[start[0] - first] + start[1]
    high = begins[end[0] - first] + end[1]
    while True:
        part = joined[low:high]
        if part[:1].isspace():
            low += 1
        elif part[-1:].isspace():
            high -= 1
        elif part[:1] == b"(" and part[-1:] == b")" and _is_wrapped(part):
            low, high = low + 1, high - 1
        else:
            break

    def place(offset: int) -> tuple[int, int]:
        line = joined.count(b"\n", 0, offset)
        return first + line, offset - begins[line]

    return place(low), place(high)


def _is_wrapped(part: bytes) -> bool:
    """Return True if the outer parentheses only wrap: the tree begins inside them."""
    try:
        body = ast.parse(part, mode="eval").body
    except (SyntaxError, ValueError):
        return False
    return (body.lineno, body.col_offset) != (1, 0)


class _Wrapper(ast.NodeTransformer):
    """Replaces the expression at each wanted range by a call that records its value."""

    def __init__(self, wanted: dict[tuple[int, ...], list[str]]) -> None:
        self._wanted = wanted

    def visit(self, node: ast.AST) -> Any:
        keys: list[str] = []
        if isinstance(node, ast.expr) and not isinstance(node, (ast.Starred, ast.Slice)):
            context = getattr(node, "ctx", None)
            if context is None or isinstance(context, ast.Load):
                keys = self._wanted.pop(_range(node), [])
        made = self.generic_visit(node)
        for key in keys:
            call = ast.Call(ast.Name(RECORDER, ast.Load()), [ast.Constant(key), made], [])
            made = ast.copy_location(call, node)
        return made

    def visit_pattern(self, node: ast.AST) -> ast.AST:
        return node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                part.value = self.visit(part.value)
        return node


def _range(node: ast.expr) -> tuple[int, ...]:
    return (
        node.lineno,
        node.col_offset,
        node.end_lineno or node.lineno,
        node.end_col_offset or node.col_offset,
    )
