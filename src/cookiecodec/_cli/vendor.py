"""The command ``vendor``: copies of this package for another tree."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from .. import __version__
from .._vendor import copies, disk
from .streams import Commands, Shown, escape, show_json


def add_to(commands: Commands) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        "vendor",
        help="copy this package, or a part of it, into your own tree",
        description="Follows no links, and overwrites no files but those of such a copy."
        " Give --check the options that the copy was made with: its head has them.",
        epilog="Modules: " + ", ".join(copies.modules()) + ".",
    )
    command.add_argument("destination", metavar="DEST", help="the package's new folder")
    command.add_argument(
        "--only", metavar="MODULE,...", help="these modules and what they need (default: all)"
    )
    command.add_argument(
        "--strip", action="store_true", help="without docstrings, comments and annotations"
    )
    command.add_argument(
        "--check",
        action="store_true",
        help="write nothing; status 0 if the sources in DEST are what would be written, else 1"
        " (ignores bytecode in __pycache__)",
    )
    return command


def run(arguments: argparse.Namespace) -> Shown:
    only = [name.strip() for name in (arguments.only or "").split(",") if name.strip()]
    if arguments.only is not None and not only:
        raise ValueError("--only needs the name of a module")
    copy = copies.files(only, arguments.strip)
    where = disk.place(arguments.destination)
    if arguments.check:
        return _check(where, copy, arguments.json)
    states = disk.write(where, copy)
    octets = sum(map(len, copy.values()))
    if arguments.json:
        return show_json({"destination": str(where), "octets": octets, "files": states})
    others = {path: state for path, state in states.items() if state in ("removed", "foreign")}
    changed = sum(state in ("new", "changed") for state in states.values())
    line = f"{where}: {len(copy)} files, {octets} octets; {changed} written"
    return Shown([*_list(where, others), escape(line)])


def _check(where: Path, copy: copies.Files, as_json: bool) -> Shown:
    different = disk.check(where, copy)
    status = 1 if different else 0
    if as_json:
        content = {"destination": str(where), "same": not different, "files": different}
        return show_json(content, status)
    if not different:
        return Shown([escape(f"{where} is what would be written")])
    line = f"{where} is not what these options and {__version__} would write"
    return Shown([*_list(where, different), escape(line)], status)


def _list(where: Path, kinds: dict[str, str]) -> list[str]:
    paths = kinds.items()
    return [escape(f"{kind}: {os.path.normpath(where / path)}") for path, kind in paths]
