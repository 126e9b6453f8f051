"""The command ``vendor``: copies of this package for somebody's own tree."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from .. import __version__
from .._vendor import copies as _vendor


def add_to(command: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    command.add_argument("destination", metavar="DEST", help="the package's new folder")
    command.add_argument(
        "--only",
        metavar="MODULE,...",
        help="these modules and what they need (default: all)",
    )
    command.add_argument(
        "--strip", action="store_true", help="without docstrings, comments and annotations"
    )
    command.add_argument(
        "--check",
        action="store_true",
        help="write nothing; status 0 if the sources in DEST are what would be written, else 1"
        " (bytecode in __pycache__ is not looked at)",
    )


def modules() -> list[str]:
    """What ``--only`` can name."""
    return _vendor.modules()


def run(arguments: argparse.Namespace) -> tuple[dict[str, Any], list[str], int]:
    """What was done: for a machine, as lines, and the exit status."""
    only = [name.strip() for name in (arguments.only or "").split(",") if name.strip()]
    if arguments.only is not None and not only:
        raise ValueError("--only needs the name of a module")
    copy = _vendor.files(only, arguments.strip)
    where = _vendor.place(arguments.destination)
    if arguments.check:
        wrong = _vendor.check(where, copy)
        lines = _listed(where, wrong)
        if wrong:
            lines.append(f"{where} is not what these options and {__version__} would write")
        told = {"destination": str(where), "same": not wrong, "files": wrong}
        return told, lines or [f"{where} is what would be written"], 1 if wrong else 0
    states = _vendor.write(where, copy)
    octets = sum(map(len, copy.values()))
    told = {"destination": str(where), "octets": octets, "files": states}
    beside = {p: state for p, state in states.items() if state in ("removed", "foreign")}
    changed = sum(state in ("new", "changed") for state in states.values())
    line = f"{where}: {len(copy)} files, {octets} octets; {changed} written"
    return told, [*_listed(where, beside), line], 0


def _listed(where: Path, kinds: dict[str, str]) -> list[str]:
    """A line for each path within a copy, or beside it."""
    return [f"{kind}: {os.path.normpath(where / path)}" for path, kind in kinds.items()]
