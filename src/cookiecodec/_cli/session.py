"""The command ``session``."""

from __future__ import annotations

import argparse
import re

from .. import Signer, format_cookie_date, join_cookie_chunks, parse_cookie
from ..dates import LAST_SECOND
from ..session import take_lifetimes
from .signed import Candidate, Found, add_keys, add_reading, read_keys, show, verify
from .streams import Commands, Shown, add_value, read_value

# The default of `SessionCookie` and of Flask.
_LIFETIME = 31 * 86400


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
        cookies = parse_cookie(header)
        token = join_cookie_chunks(cookies, name) or ""
        if not token and name not in cookies:
            raise ValueError(_what_is_missing(name, cookies))
    candidates = []
    for position, key in enumerate(read_keys(arguments), 1):
        bound = Signer(key, salt=salt).for_cookie(name)
        kind = f", as a session of this package in {name}"
        candidates.append(Candidate(position, kind, bound))
        flask = Signer(key, salt=salt, digest="sha1")
        candidates.append(Candidate(position, ", as a session of Flask", flask))
    found = verify(arguments, candidates, token, True)
    source = [found.source] if found.position else []
    return show(arguments, found, source + _expiry(found))


def _what_is_missing(name: str, cookies: dict[str, str]) -> str:
    """Return a sentence on a cookie that is not there, and on one that looks like a session."""
    if name + ".0" in cookies:
        return f"the cookie {name!a} is in several chunks, and they are not all here"
    for other, value in cookies.items():
        if re.fullmatch(r"[.]?[\w-]*(?:[.][\w-]+){2}", value, re.ASCII):
            found = re.sub("[.][0-9]$", "", other)
            return f"there is no cookie {name!a} here, but there is {found!a}: use --name"
    return f"there is no cookie {name!a} here"


def _expiry(found: Found) -> list[str]:
    """Say until when the session is valid, by its own lifetime or the default one."""
    if found.signed_at is None or not isinstance(found.value, dict):
        return []
    seconds, _ = take_lifetimes(dict(found.value))
    which = "its own lifetime"
    if seconds is None:
        seconds, which = _LIFETIME, "the default lifetime of 31 days"
    end = min(max(0, found.signed_at + int(seconds)), LAST_SECOND)
    return [f"valid until {format_cookie_date(end)}, by {which}"]
