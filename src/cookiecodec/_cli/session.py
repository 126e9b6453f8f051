"""The command ``session``."""

from __future__ import annotations

import argparse
import re

from .. import Signer, join_cookie_chunks, parse_cookie
from .signed import Candidate, add_keys, add_reading, read_keys, show, verify
from .streams import Commands, Shown, add_value, read_value


def add_to(commands: Commands) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        "session",
        help="show a session cookie of Flask or of this package",
        description="The value of the cookie, or a Cookie header that has it.",
    )
    command.add_argument("--name", default="session", help="the cookie-name (default: session)")
    command.add_argument("--salt", default="cookie-session", help="default: cookie-session")
    add_value(command)
    add_keys(command)
    add_reading(command)
    return command


def run(arguments: argparse.Namespace) -> Shown:
    token, name, salt = read_value(arguments), arguments.name, arguments.salt
    if "=" in token:
        header = re.sub(r"\A[ \t]*cookie[ \t]*:", "", token, flags=re.IGNORECASE | re.ASCII)
        token = join_cookie_chunks(parse_cookie(header), name) or ""
    candidates = []
    for position, key in enumerate(read_keys(arguments), 1):
        bound = Signer(key, salt=salt).for_cookie(name)
        kind = f", as a session of this package in {name}"
        candidates.append(Candidate(position, kind, bound))
        flask = Signer(key, salt=salt, digest="sha1")
        candidates.append(Candidate(position, ", as a session of Flask", flask))
    found = verify(arguments, candidates, token, True)
    return show(arguments, found, [found.source] if found.position else [])
