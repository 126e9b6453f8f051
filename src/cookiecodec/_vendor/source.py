"""Python source, edited in place: what is not edited stays as it was written."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator

#: Where a piece of text starts and ends, and its replacement.
Edit = tuple[int, int, str]


class Positions:
    """The character offsets of syntax nodes, which count lines and octets of UTF-8."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._lines = text.splitlines(keepends=True)
        self._starts = [0]
        for line in self._lines:
            self._starts.append(self._starts[-1] + len(line))

    def line(self, number: int) -> int:
        """Return the offset at which a line (counted from 1) starts."""
        return self._starts[number - 1]

    def at(self, number: int, octets: int) -> int:
        line = self._lines[number - 1]
        return self._starts[number - 1] + len(line.encode()[:octets].decode())

    def span(self, node: ast.expr | ast.stmt | ast.arg) -> tuple[int, int]:
        end = self.at(node.end_lineno or 0, node.end_col_offset or 0)
        return self.at(node.lineno, node.col_offset), end


def edited(text: str, edits: Iterable[Edit]) -> str:
    """Return *text* with *edits*. Of nested ones, the outer one counts."""
    parts, done = [], 0
    for start, end, new in sorted(edits, key=lambda edit: (edit[0], -edit[1])):
        if start >= done:
            parts += [text[done:start], new]
            done = end
    return "".join(parts) + text[done:]


def is_type_checking(test: ast.expr) -> bool:
    """Whether this is ``TYPE_CHECKING``, by itself or as a module has it."""
    name = test.attr if isinstance(test, ast.Attribute) else getattr(test, "id", "")
    return bool(name == "TYPE_CHECKING")


def strip(text: str) -> str:
    """Remove docstrings, comments, blank lines and what only type checkers read.

    Annotations in a class body stay, since they define a `NamedTuple`.

    >>> print(strip('def f(a: "int" = 1) -> "int":  # why\\n    "What."\\n    return a\\n'))
    def f(a = 1):
        return a
    <BLANKLINE>
    """
    places = Positions(text)
    tree = ast.parse(text)
    edits = [*_comments(places), *_unread(places, tree)]
    return _without_blank_lines(edited(text, edits))


def _comments(places: Positions) -> Iterator[Edit]:
    for token in tokenize.generate_tokens(io.StringIO(places.text).readline):
        if token.type == tokenize.COMMENT:
            start = places.line(token.start[0]) + token.start[1]
            before = places.text[places.line(token.start[0]) : start]
            yield start - len(before) + len(before.rstrip()), start + len(token.string), ""


def _unread(places: Positions, tree: ast.Module) -> Iterator[Edit]:
    """Remove what is not read at run time. A body that becomes empty is ``pass``."""
    for node in ast.walk(tree):
        for body in _bodies(node):
            gone = [statement for statement in body if _is_unread(node, statement)]
            for statement in gone:
                empty = gone == body and not isinstance(node, ast.Module)
                needed = empty and statement is body[-1]
                yield (*places.span(statement), "pass" if needed else "")
        if isinstance(node, ast.arg) and node.annotation is not None:
            yield (*places.span(node), node.arg)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.returns:
            end = places.span(node.returns)[1]
            yield places.text.rindex("->", 0, places.span(node.returns)[0]) - 1, end, ""
        elif isinstance(node, ast.If) and _is_for_types_too(node.test):
            first, second = node.test.values  # type: ignore[attr-defined]
            yield places.span(first)[0], places.span(second)[0], ""
        if not isinstance(node, ast.ClassDef):
            for statement in [s for body in _bodies(node) for s in body]:
                if isinstance(statement, ast.AnnAssign) and statement.value is not None:
                    end = places.span(statement.target)[1]
                    yield end, places.span(statement.value)[0], " = "


def _is_unread(owner: ast.AST, statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return isinstance(statement.value.value, str)
    if isinstance(statement, ast.AnnAssign):
        return statement.value is None and not isinstance(owner, ast.ClassDef)
    return (
        isinstance(statement, ast.If)
        and is_type_checking(statement.test)
        and not statement.orelse
    )


def _is_for_types_too(test: ast.expr) -> bool:
    return (
        isinstance(test, ast.BoolOp)
        and isinstance(test.op, ast.Or)
        and is_type_checking(test.values[0])
    )


def _bodies(node: ast.AST) -> list[list[ast.stmt]]:
    suites = [getattr(node, name, None) for name in ("body", "orelse", "finalbody")]
    return [suite for suite in suites if isinstance(suite, list)]


def _without_blank_lines(text: str) -> str:
    """Remove blank lines, except inside of texts of several lines."""
    kept: set[int] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Constant, ast.JoinedStr)):
            kept.update(range(node.lineno, node.end_lineno or node.lineno))
    lines = text.splitlines(keepends=True)
    return "".join(
        [line for number, line in enumerate(lines, 1) if line.strip() or number in kept]
    )
