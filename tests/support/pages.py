"""The code blocks of the pages that users read."""

import doctest
import os
import re
import subprocess
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from .peers import peer

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

_IMPORT = re.compile(r"^(?:>>> )?(?:import|from) (\w+(?:\.\w+)*)", re.MULTILINE)

#: Programs in a reader's shell: this Python, and this package's command.
_PROGRAMS = {
    "python": 'exec "{python}" "$@"',
    "python3": 'exec "{python}" "$@"',
    "cookiecodec": 'exec "{python}" -m cookiecodec "$@"',
}


class Block(NamedTuple):
    """A code block: the word behind its fence, the rest of that line, and its text."""

    language: str
    tag: str
    code: str


def blocks(page: str) -> "list[Block]":
    """All code blocks of a page, by its path from the top, without Sphinx's directives."""
    text = (ROOT / page).read_text("utf-8")
    found = re.findall(r"^```(\S*) ?([^`\n]*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [Block(*each) for each in found if not each[0].startswith("{")]


def block(page: str, tag: str) -> str:
    """The code block of a page that is marked with *tag*."""
    (found,) = [
        each.code for each in blocks(page) if f"{each.language} {each.tag}".strip() == tag
    ]
    return found


def example(page: str, tag: str) -> "dict[str, Any]":
    """The names that a Python block of a page leaves behind when it is run."""
    names: dict[str, Any] = {"__name__": tag}
    exec(compile(block(page, f"python {tag}".strip()), f"{page} ({tag})", "exec"), names)
    return names


class Reader:
    """Follows a page from top to bottom, in one folder and one Python, and compares.

    - ``python``, ``pycon``: run in the page's namespace, or compared as a doctest is.
    - ``python NAME``: run in a namespace of its own.
    - ``python NAME.py``: a file, for the commands of the page.
    - ``sh``, ``sh 1``: run by a shell; the exit status is 0, or the one that is given.
    - ``text``: what the commands above printed, with ``...`` for anything.

    *replaced* has texts of commands, and what to run in their place.
    """

    def __init__(self, folder: Path, replaced: "dict[str, str] | None" = None) -> None:
        self.folder = folder
        self.replaced = replaced or {}
        self.names: dict[str, Any] = {"__name__": "__main__"}
        self.printed = ""
        self.files: set[str] = set()
        programs = folder / ".bin"
        programs.mkdir()
        for name, line in _PROGRAMS.items():
            self.add_program(name, line.format(python=sys.executable))

    def add_program(self, name: str, script: str) -> None:
        """Put a program into the shell's path, as a line of sh."""
        path = self.folder / ".bin" / name
        path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        path.chmod(0o755)

    def follow(self, block: Block) -> None:
        if block.language in ("python", "pycon"):
            self._find_peers(block.code)
        if block.code.startswith(">>> "):
            self._compare(block.code)
        elif block.language == "python" and block.tag.endswith(".py"):
            (self.folder / block.tag).write_text(block.code, "utf-8")
            self.files.add(block.tag[: -len(".py")])
        elif block.language == "python":
            names = {"__name__": block.tag} if block.tag else self.names
            exec(compile(block.code, f"<{block.tag}>", "exec"), names)
        elif block.language == "sh":
            self._run(block.code, int(block.tag or 0))
        else:
            assert block.language == "text", f"unknown block: {block.language} {block.tag}"
            self._compare_output(block.code)

    def _find_peers(self, code: str) -> None:
        """Skip the page, or fail in CI, if a library is missing."""
        for module in _IMPORT.findall(code):
            if module.partition(".")[0] not in self.files:
                with warnings.catch_warnings():  # of libraries about each other
                    warnings.simplefilter("ignore")
                    peer(module)

    def _compare(self, code: str) -> None:
        test = doctest.DocTestParser().get_doctest(code, {}, "page", None, None)
        test.globs = self.names
        report: list[str] = []
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
        runner.run(test, out=report.append, clear_globs=False)
        assert not report, "".join(report)

    def _run(self, code: str, status: int) -> None:
        for text, other in self.replaced.items():
            code = code.replace(text, other)
        result = subprocess.run(
            ["sh", "-eu"],
            input=code,
            cwd=self.folder,
            env=dict(self._environment()),
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert result.returncode == status, (code, result.stdout, result.stderr)
        self.printed = result.stdout + result.stderr

    def _environment(self) -> "Iterator[tuple[str, str]]":
        """That of a reader, who is not in CI, and in no test."""
        ours = ("CI", "COOKIECODEC_", "HYPOTHESIS_", "PYTEST_", "PYTHON", "VIRTUAL_ENV")
        for name, value in os.environ.items():
            if not name.startswith(ours):
                yield name, value
        yield "PATH", os.pathsep.join([str(self.folder / ".bin"), os.environ["PATH"]])

    def _compare_output(self, expected: str) -> None:
        printed = self.printed
        for text, other in self.replaced.items():
            printed = printed.replace(other, text)
        same = doctest.OutputChecker().check_output(expected, printed, doctest.ELLIPSIS)
        assert same, f"expected:\n{expected}\nprinted:\n{printed}"
