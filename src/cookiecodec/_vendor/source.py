"""Python source, edited in place: what is not edited stays as it was written."""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterable, Iterator

#: Where a piece of UTF-8 starts and ends, and its replacement.
Edit = tuple[int, int, bytes]


def strip(text: str) -> str:
    """Remove docstrings, comments, blank lines and what only type checkers read.

    Annotations in a class body stay, since they define a `NamedTuple`.

    >>> print(strip('def f(a: "int" = 1) -> "int":  # why\\n    "What."\\n    return a\\n'))
    def f(a = 1):
        return a
    <BLANKLINE>
    """
    data = text.encode()
    starts = [0]
    for line in data.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    edits = [*_comments(text, starts), *_unread(ast.parse(text), data, starts)]
    text = edited(data, edits).decode()
    blank = {token.start[0] for token in _tokens(text) if not token.line.strip()}
    lines = enumerate(text.splitlines(keepends=True), 1)
    return "".join([line for number, line in lines if number not in blank])


def edited(data: bytes, edits: Iterable[Edit]) -> bytes:
    """Return *data* with *edits*. Of nested ones, the outer one counts."""
    parts, done = [], 0
    for start, end, new in sorted(edits, key=lambda edit: (edit[0], -edit[1])):
        if start >= done:
            parts += [data[done:start], new]
            done = end
    return b"".join(parts) + data[done:]


def is_type_checking(test: ast.expr) -> bool:
    """Whether this is ``TYPE_CHECKING``, by itself or as a module has it."""
    return ast.unparse(test).rpartition(".")[2] == "TYPE_CHECKING"


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    return tokenize.generate_tokens(io.StringIO(text).readline)


def _comments(text: str, starts: list[int]) -> Iterator[Edit]:
    for token in _tokens(text):
        if token.type == tokenize.COMMENT:
            before = token.line[: token.start[1]].encode()
            start = starts[token.start[0] - 1]
            end = start + len(before) + len(token.string.encode())
            yield start + len(before.rstrip()), end, b""


def _unread(tree: ast.Module, data: bytes, starts: list[int]) -> Iterator[Edit]:
    """Remove what is not read at run time. A body that becomes empty is ``pass``."""

    def start(node: ast.expr | ast.stmt | ast.arg) -> int:
        return starts[node.lineno - 1] + node.col_offset

    def end(node: ast.expr | ast.stmt | ast.arg) -> int:
        return starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)

    for node in ast.walk(tree):
        for body in [getattr(node, name, None) for name in ("body", "orelse", "finalbody")]:
            statements = body if isinstance(body, list) else []  # of a lambda it is no list
            gone = [each for each in statements if _is_unread(node, each)]
            needs_one = gone == statements and not isinstance(node, ast.Module)
            for each in statements:
                if each in gone:
                    yield start(each), end(each), b"pass" if needs_one else b""
                    needs_one = False
                elif isinstance(each, ast.AnnAssign) and not isinstance(node, ast.ClassDef):
                    yield end(each.target), start(each.value or each.target), b" = "
        if isinstance(node, ast.arg):
            yield start(node), end(node), node.arg.encode()
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.returns:
            yield data.rindex(b"->", 0, start(node.returns)) - 1, end(node.returns), b""
        elif isinstance(node, ast.If) and isinstance(node.test, ast.BoolOp):
            first, second = node.test.values[:2]
            if is_type_checking(first):  # "or" what is true at run time
                yield start(first), start(second), b""


def _is_unread(owner: ast.AST, node: ast.stmt) -> bool:
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return isinstance(node.value.value, str)
    if isinstance(node, ast.AnnAssign):
        return node.value is None and not isinstance(owner, ast.ClassDef)
    return isinstance(node, ast.If) and is_type_checking(node.test) and not node.orelse
