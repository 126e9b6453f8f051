"""What all commands share: input, output, and the arguments for a value."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from typing import Any, NamedTuple

#: What `add_subparsers` returns.
Commands = Any


class Shown(NamedTuple):
    """The lines for standard output, and the exit status."""

    lines: list[str]
    status: int = 0


def show_json(content: object, status: int = 0) -> Shown:
    """Show JSON, with None in place of what JSON has no number for: NaN, infinities."""
    try:
        text = json.dumps(content, indent=2, allow_nan=False)
    except ValueError:
        plain = json.loads(json.dumps(content), parse_constant=lambda _: None)
        text = json.dumps(plain, indent=2)
    return Shown([text], status)


def print_note(*words: object) -> None:
    print("cookiecodec:", *words, file=sys.stderr)


def escape(text: str) -> str:
    r"""Return *text* for a terminal: escape controls, bidi marks, surrogates, odd blanks.

    >>> print(escape("a\x1b[31m\u202eb"))
    a\x1b[31m\u202eb
    """
    return "".join(
        [
            char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
            for char in text
        ]
    )


def add_value(command: argparse.ArgumentParser) -> None:
    """Add the arguments that name a value, for `read_value`."""
    command.add_argument("value", nargs="?", metavar="VALUE", help="'-': standard input")
    command.add_argument("--value-file", metavar="FILE", help="read the value from a file")
    command.add_argument("--value-env", metavar="VARIABLE", help="or from the environment")


def read_value(arguments: argparse.Namespace) -> str:
    """Return the value, from where it is named. The default of `dump` is an empty one."""
    sources = (arguments.value, arguments.value_file, arguments.value_env)
    if sum(source is not None for source in sources) > 1:
        raise ValueError("give the value once: VALUE, --value-file or --value-env")
    if arguments.value_env is not None:
        return read_variable(arguments.value_env, "--value-env")
    if arguments.value_file is not None:
        return _to_text(read_file(arguments.value_file, "--value-file"))
    if is_from_input(arguments):
        return _to_text(read_standard_input())
    return arguments.value or ""


def is_from_input(arguments: argparse.Namespace) -> bool:
    """Whether standard input has the value: by "-", or, except for `dump`, by default."""
    if arguments.value is not None:
        return bool(arguments.value == "-")
    elsewhere = arguments.value_file is not None or arguments.value_env is not None
    return not elsewhere and arguments.command != "dump"


# These two do not show the name: it may be the value or the key itself, given by mistake.


def read_variable(name: str, option: str) -> str:
    if name not in os.environ:
        raise ValueError(f"{option} needs the name of an environment variable that is set")
    return os.environ[name]


def read_file(name: str, option: str) -> bytes:
    try:
        with open(name, "rb") as file:
            return file.read()
    except (OSError, ValueError) as error:
        cause = error.strerror if isinstance(error, OSError) else "not a path"
        raise ValueError(f"{option} needs a file that can be read: {cause}") from None


def read_standard_input() -> bytes:
    if sys.stdin is None:
        raise OSError("standard input is closed")
    return sys.stdin.buffer.read()


def _to_text(data: bytes) -> str:
    try:
        return without_line_end(data).decode()
    except UnicodeDecodeError:
        raise ValueError("the value is not UTF-8") from None


def without_line_end(data: bytes) -> bytes:
    """Remove the line's end that editors and echo append."""
    if data.endswith(b"\r\n"):
        return data[:-2]
    return data[:-1] if data.endswith(b"\n") else data


def to_integer(text: str) -> int:
    """Read ASCII digits. `int` accepts those of every script, and underscores."""
    if not re.fullmatch("-?[0-9]{1,20}", text):
        raise argparse.ArgumentTypeError("write a whole number, in digits only")
    return int(text)


_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 7 * 86400}


def to_seconds(text: str) -> int:
    """Read seconds, or a number with a unit: ``90s``, ``15m``, ``1h``, ``30d``, ``2w``."""
    unit = text[-1:] if text[-1:] in _UNITS else ""
    try:
        return to_integer(text[: len(text) - len(unit)]) * _UNITS[unit]
    except argparse.ArgumentTypeError:
        message = "write seconds, or a number with a unit: 90s, 15m, 1h, 30d, 2w"
        raise argparse.ArgumentTypeError(message) from None
