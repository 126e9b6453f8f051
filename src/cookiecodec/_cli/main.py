"""Reads the command line, runs the command and prints what it returns."""

from __future__ import annotations

import argparse
import os
import sys
from typing import NoReturn

from .. import BadSignature, __version__
from . import dump, explain, parse, session, sign, unsign, vendor
from .streams import escape, print_note

_DESCRIPTION = "Read, write and explain cookie headers; sign values; vendor this package."


class _Parser(argparse.ArgumentParser):
    """An `ArgumentParser` whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        raise ValueError(message)


def main(argv: list[str] | None = None) -> int:
    """Run the command line *argv* (default: that of the process).

    Returns the exit status: 0, 1 for a value that does not verify or a cookie that is
    dropped, or 2 for bad input.

    >>> main(["parse", 'sid=31d4; theme="dark\\\\054 wide"'])
    sid=31d4
    theme=dark, wide
    0
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    try:
        arguments = _parser().parse_args(argv)
        if sys.stdout is None:
            raise OSError("standard output is closed")
        shown = arguments.run(arguments)
        for line in shown.lines:
            print(line)
        sys.stdout.flush()
        return int(shown.status)
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ValueError, OSError) as error:
        print_note("error:", escape(str(error)))
        return 1 if isinstance(error, BadSignature) else 2
    except RecursionError:
        print_note("error: nested too deeply")
        return 2


def _parser() -> _Parser:
    parser = _Parser(prog="cookiecodec", description=_DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"cookiecodec {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    for module in (parse, dump, explain, sign, unsign, session, vendor):
        command = module.add_to(commands)
        command.add_argument("--json", action="store_true", help="JSON in ASCII")
        command.set_defaults(run=module.run)
    return parser
