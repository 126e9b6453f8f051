"""The command ``parse``."""

from __future__ import annotations

import argparse
import os
import re

from .. import parse_cookie
from .streams import Commands, Shown, escape, print_note, read_standard_input, show_json

#: The choices of ``--quoting``.
QUOTINGS = ("octal", "percent", "none")

_field_name = re.compile(rb"\A[ \t]*cookie[ \t]*:", re.IGNORECASE)

_set_cookie = re.compile(rb"\s*set-cookie[ \t]*:", re.IGNORECASE).match


def add_to(commands: Commands) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        "parse", help="show the cookies of a Cookie header"
    )
    command.add_argument(
        "header",
        nargs="?",
        metavar="HEADER",
        help="the header, with or without 'Cookie:' (default: standard input, a header a line)",
    )
    command.add_argument("--quoting", choices=QUOTINGS, default="octal")
    return command


def run(arguments: argparse.Namespace) -> Shown:
    given = arguments.header
    lines = read_standard_input().splitlines() if given is None else [os.fsencode(given)]
    if any(_set_cookie(line) for line in lines):
        raise ValueError(
            "this is a Set-Cookie header, which servers send: parse reads the Cookie header of"
            " a request; 'cookiecodec explain' shows what browsers make of Set-Cookie"
        )
    headers = [_field_name.sub(b"", line) for line in lines]
    cookies = parse_cookie(headers, quoting=arguments.quoting)
    if arguments.json:
        return show_json(cookies)
    if not cookies:
        print_note("no cookies in this header")
    return Shown([f"{escape(name)}={escape(value)}" for name, value in cookies.items()])
