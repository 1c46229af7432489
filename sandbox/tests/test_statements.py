"""Expressions are found at their range and evaluated once."""

from __future__ import annotations

import pytest

from architect_sandbox.statements import RECORDER, Compiler


def seen(code, text, line=1, column=0, occurrence=0):
    """Compile with the expression `text` watched, run, and return the recorded values."""
    lines = code.split("\n")
    before = -1
    for _ in range(occurrence + 1):
        before = code.index(text, before + 1)
    start, end = code[:before], code[: before + len(text)]

    def place(part):
        row = part.count("\n")
        units = len(part.rpartition("\n")[2].encode("utf-16-le")) // 2
        return line + row, units + (column if row == 0 else 0)

    (a, b), (c, d) = place(start), place(end)
    expression = {"key": "k", "line": a, "column": b, "endLine": c, "endColumn": d}
    statement = {
        "code": "\n".join(lines),
        "cell": 0,
        "line": line,
        "column": column,
        "expressions": [expression],
    }
    values = []
    names = {RECORDER: lambda key, value: values.append(value) or value}
    exec(Compiler().compile(statement), names)
    return values


@pytest.mark.parametrize(
    ("code", "text", "values"),
    [
        ("x = 1 + 2", "1 + 2", [3]),
        ("x = (1 + 2)", "(1 + 2)", [3]),
        ("x = ( (1 + 2) )", "( (1 + 2) )", [3]),
        ("x = (1 + 2) * (3 + 4)", "(1 + 2) * (3 + 4)", [21]),
        ("x = (1, 2)", "(1, 2)", [(1, 2)]),
        ("x = 1, 2", "1, 2", [(1, 2)]),
        ("print(len('ab'))", "len('ab')", [2]),
        ("x = 'é😀' + str(5 * 2)", "5 * 2", [10]),
        ("for i in range(3):\n    x = i * 2", "i * 2", [0, 2, 4]),
        ("def f(n):\n    return n + 1\nx = f(1) + f(2)", "n + 1", [2, 3]),
        ("x = [\n    1,\n    2 + 3,\n]", "2 + 3", [5]),
        ("x = {'a': 1}['a']", "{'a': 1}['a']", [1]),
        ("x = len('abc')", "'abc'", ["abc"]),
        ("x = (lambda v: v + 1)(2)", "v + 1", [3]),
        ("x = sorted(v for v in [2, 1])", "[2, 1]", [[2, 1]]),
        ("x = f'{1 + 1:.2f} a'", "1 + 1", [2]),
    ],
)
def test_ranges(code, text, values):
    assert seen(code, text) == values
    assert seen(code, text, line=7, column=4) == values


def test_what_cannot_be_wrapped_is_left():
    assert seen("x = 1", "x") == []
    assert seen("x = [1, 2, 3]\ny = x[0:2]", "0:2") == []


def test_future_flags_hold():
    compiler = Compiler()
    compiler.compile({"code": "from __future__ import annotations", "cell": 0})
    names: dict = {}
    exec(compiler.compile({"code": "def f(x: Missing): pass", "cell": 1}), names)
    assert names["f"].__annotations__ == {"x": "Missing"}
