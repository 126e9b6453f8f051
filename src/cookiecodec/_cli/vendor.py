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
        description="It follows no links, and overwrites only the files of such a copy. Give"
        " --check the options that the copy was made with, which its __init__.py names.",
        epilog="The modules for --only: " + ", ".join(copies.modules()) + ".",
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
    where = Path(arguments.destination)
    if not arguments.destination:
        raise ValueError("DEST is empty")
    if where.suffix == ".py":
        raise ValueError(f"DEST is a folder, which can't be imported as {where.name}")
    states = disk.check(where, copy) if arguments.check else disk.write(where, copy)
    octets = sum(map(len, copy.values()))
    fact: dict[str, int] = {"same": not states} if arguments.check else {"octets": octets}
    status = 1 if arguments.check and states else 0
    if arguments.json:
        return show_json({"destination": str(where), **fact, "files": states}, status)
    if status:
        line = f"{where} is not what these options and {__version__} would write"
    elif arguments.check:
        line = f"{where} is what would be written"
    else:
        changed = [path for path, state in states.items() if state in ("new", "changed")]
        line = f"{where}: {len(copy)} files, {octets} octets; {len(changed)} written"
        states = {path: states[path] for path in states if path not in copy}
    found = [f"{state}: {os.path.normpath(where / path)}" for path, state in states.items()]
    return Shown([escape(text) for text in [*found, line]], status)
