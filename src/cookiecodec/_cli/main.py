"""Reads the command line, runs the command and prints what it returns."""

from __future__ import annotations

import argparse
import os
import re
import sys
import textwrap
import warnings
from typing import NoReturn

from .. import BadSignature, WeakKeyWarning, __version__
from . import dump, explain, parse, session, sign, unsign, vendor
from .streams import escape, print_note

_DESCRIPTION = "Read, write and explain cookie headers; sign values; vendor this package."
_EXAMPLES = {
    "parse": [r"""parse 'sid=31d4; theme="dark\054 wide"'"""],
    "dump": ["dump theme 'dark, wide' --max-age 30d --secure --samesite Lax"],
    "explain": [
        "explain '__Host-sid=31d4; Secure; Path=/app'",
        "explain --url https://example.com/ 'a=1; Domain=example.org' --json",
    ],
    "sign": ["sign user-42 --key-env KEY", """sign --object '{"user": 42}' --key-env KEY"""],
    "unsign": ["unsign user-42.aWQ.c2lnbmF0dXJl --max-age 1h --key-env KEY --unverified"],
    "session": ["session 'session=e30.aWQ.c2lnbmF0dXJl' --name session --unverified"],
    "vendor": ["vendor lib/biscuits --only codec,signing"],
}


class _UsageError(ValueError):
    """A command line that can't be read. argparse quotes parts of it."""


class _Parser(argparse.ArgumentParser):
    """An `ArgumentParser` whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        raise _UsageError(message)


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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", WeakKeyWarning)  # `sign` says it
            shown = arguments.run(arguments)
        for line in shown.lines:
            print(line)
        sys.stdout.flush()
        return int(shown.status)
    except BrokenPipeError:  # `| head` has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ValueError, OSError) as error:
        message = str(error)
        if isinstance(error, _UsageError):
            message = _without_values(message, sys.argv[1:] if argv is None else argv)
        print_note("error:", escape(message))
        return 1 if isinstance(error, BadSignature) else 2
    except RecursionError:
        print_note("error: nested too deeply")
        return 2


def _without_values(message: str, argv: list[str]) -> str:
    """Hide all arguments but the names of options: one may be a key in the wrong place."""
    for argument in sorted(argv, key=len, reverse=True):
        is_option = re.match("--[a-z-]{1,30}(?:=|\\Z)", argument)
        value = argument.partition("=")[2] if is_option else argument
        for shown in (repr(value)[1:-1], value) if len(value) > 2 else ():
            message = re.sub(rf"(?<![\w-]){re.escape(shown)}(?![\w-])", "...", message)
    return message


def _parser() -> _Parser:
    parser = _Parser(prog="cookiecodec", description=_DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"cookiecodec {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND", dest="command")
    for module in (parse, dump, explain, sign, unsign, session, vendor):
        command = module.add_to(commands)
        examples = _EXAMPLES[module.__name__.rpartition(".")[2]]
        text = textwrap.fill(command.epilog, 76) + "\n\n" if command.epilog else ""
        command.epilog = text + "\n  cookiecodec ".join(["examples:", *examples])
        command.formatter_class = argparse.RawDescriptionHelpFormatter
        command.add_argument("--json", action="store_true", help="JSON in ASCII")
        command.set_defaults(run=module.run)
    return parser
