"""The command ``dump``."""

from __future__ import annotations

import argparse
import re
import warnings

from .. import MAX_SET_COOKIE, CookieWarning, dump_cookie
from .parse import QUOTINGS
from .streams import (
    Commands,
    Shown,
    add_value,
    print_note,
    read_value,
    show_json,
    to_integer,
    to_seconds,
)

# The arguments of `dump_cookie` that have an option of the same name.
_OPTIONS = ["max_age", "expires", "path", "domain", "secure", "httponly", "sync_expires"]
_OPTIONS += ["max_size", "samesite", "partitioned", "quoting"]


def add_to(commands: Commands) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        "dump", help="write a Set-Cookie header"
    )
    command.add_argument("name", metavar="NAME", help="the cookie-name")
    add_value(command)
    command.add_argument(
        "--max-age", type=to_seconds, metavar="TIME", help="such as 60, 1h, 30d"
    )
    command.add_argument(
        "--expires", type=_to_moment, metavar="WHEN", help="Unix time, or a ready date"
    )
    command.add_argument(
        "--no-sync-expires", action="store_false", dest="sync_expires", help="only Max-Age"
    )
    command.add_argument("--path", default="/", help="default: /")
    command.add_argument("--no-path", action="store_const", const=None, dest="path")
    command.add_argument("--domain")
    command.add_argument("--secure", action="store_true")
    command.add_argument("--httponly", action="store_true")
    command.add_argument("--samesite", metavar="{Strict,Lax,None}")
    command.add_argument("--partitioned", action="store_true")
    command.add_argument(
        "--max-size", type=to_integer, metavar="OCTETS", default=MAX_SET_COOKIE
    )
    command.add_argument("--quoting", choices=QUOTINGS, default="octal")
    return command


def run(arguments: argparse.Namespace) -> Shown:
    options = {name: getattr(arguments, name) for name in _OPTIONS}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", CookieWarning)
        header = dump_cookie(arguments.name, read_value(arguments), **options)
    found = [item.message for item in caught if isinstance(item.message, CookieWarning)]
    if arguments.json:
        shown = [{"code": warning.code, "message": str(warning)} for warning in found]
        return show_json({"set-cookie": header, "warnings": shown})
    for warning in found:
        print_note("warning:", warning)
    return Shown([f"Set-Cookie: {header}"])


def _to_moment(when: str) -> float | str:
    if re.fullmatch("-?[0-9]{1,20}", when):
        return int(when)
    if re.fullmatch("-?[0-9]{1,20}[.][0-9]{1,20}", when):
        return float(when)
    return when
