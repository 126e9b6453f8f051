"""What ``sign``, ``unsign`` and ``session`` share: keys, signers, and verified values."""

from __future__ import annotations

import argparse
import functools
import json
import os
from typing import Any, NamedTuple

from .. import BadSignature, Signer, format_cookie_date
from ..signing import MAX_PAYLOAD, payload_data, peek
from .streams import (
    Shown,
    escape,
    is_from_input,
    print_note,
    read_file,
    read_standard_input,
    read_variable,
    show_json,
    to_seconds,
    without_line_end,
)


class Candidate(NamedTuple):
    """A signer that may verify a value: with the position of its key, and the kind of value."""

    position: int
    kind: str
    signer: Signer


class Found(NamedTuple):
    """What a signed value holds, and who verified it: nobody, if the position is 0."""

    value: Any
    signed_at: int | None
    position: int = 0
    kind: str = ""

    @property
    def source(self) -> str:
        """The key by its position, and the time, which is an absolute one."""
        signed_at = self.signed_at
        when = "" if signed_at is None else f", signed {format_cookie_date(signed_at)}"
        return f"verified by key {self.position}{escape(self.kind)}{when}"


def add_keys(command: argparse.ArgumentParser) -> None:
    """Add the options that name keys, in one list: messages tell their positions only."""
    for option, metavar, text in (
        ("--key-env", "VARIABLE", "a key from the environment"),
        ("--key-file", "FILE", "a key from a file ('-': standard input)"),
        ("--key", "KEY", "a key as it is; others can see it"),
    ):
        command.add_argument(
            option,
            action="append",
            dest="keys",
            metavar=metavar,
            help=text,
            type=functools.partial(_pair, option),
        )


def _pair(option: str, text: str) -> tuple[str, str]:
    return option, text


def add_signer(command: argparse.ArgumentParser) -> None:
    """Add the options of `signer_of`."""
    command.add_argument("--object", action="store_true", help="the value is JSON")
    command.add_argument("--cookie", metavar="NAME", help="bind it to a cookie")
    command.add_argument("--salt", default="cookiecodec", help="default: cookiecodec")
    command.add_argument("--digest", default="sha256", help="default: sha256")
    command.add_argument("--key-derivation", default="hmac", help="default: hmac")
    command.add_argument("--untimed", action="store_true", help="without the time")


def add_reading(command: argparse.ArgumentParser) -> None:
    """Add the options of `verify`."""
    command.add_argument(
        "--max-age", type=to_seconds, metavar="TIME", help="such as 60, 1h, 30d"
    )
    command.add_argument(
        "--unverified",
        action="store_true",
        help="show it even if it does not verify, or without a key",
    )


def signer_of(arguments: argparse.Namespace, key: bytes) -> Signer:
    signer = Signer(
        key,
        salt=arguments.salt,
        digest=arguments.digest,
        key_derivation=arguments.key_derivation,
        timed=not arguments.untimed,
    )
    return signer if arguments.cookie is None else signer.for_cookie(arguments.cookie)


def read_keys(arguments: argparse.Namespace) -> list[bytes]:
    """Return the octets of each key. One line's end after it is not part of it."""
    if not arguments.keys:
        if arguments.command != "sign" and arguments.unverified:
            return []
        raise ValueError("give a key by --key-env or --key-file")
    from_input = arguments.keys.count(("--key-file", "-")) + is_from_input(arguments)
    if from_input > 1:
        raise ValueError("standard input can be the value or one key, not more")
    keys = []
    for option, text in arguments.keys:
        if option == "--key-file":
            data = read_standard_input() if text == "-" else read_file(text, option)
        elif option == "--key-env":
            data = os.fsencode(read_variable(text, option))
        else:
            warning = "others can see a key on the command line; use --key-env or --key-file"
            print_note("warning:", warning)
            data = os.fsencode(text)
        keys.append(without_line_end(data))
    return keys


def verify(
    arguments: argparse.Namespace, candidates: list[Candidate], token: str, is_object: bool
) -> Found:
    """Return what *token* holds for the first of *candidates* that verifies it."""
    timed = arguments.command == "session" or not arguments.untimed
    payload, signed_at = peek(token.encode("utf-8", "surrogatepass"), timed)
    for position, kind, signer in candidates:
        try:
            read = signer.loads if is_object else signer.unsign
            value = read(token, max_age=arguments.max_age)
        except BadSignature as error:
            if error.payload is not None:  # the right key, but too old, or unreadable
                raise
            continue
        return Found(value, signed_at, position, kind)
    if not arguments.unverified:
        raise BadSignature("no key verifies it")
    return Found(_read_unverified(payload, is_object), signed_at)


def _read_unverified(payload: bytes, is_object: bool) -> Any:
    data = payload_data(payload) if is_object else payload
    if data is None or len(data) > MAX_PAYLOAD:
        raise BadSignature("no key verifies it, and it can't be read")
    text = data.decode("utf-8", "replace")
    if not is_object:
        return text
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise BadSignature("no key verifies it, and it can't be read") from None


def show(arguments: argparse.Namespace, found: Found, lines: list[str]) -> Shown:
    verified = found.position > 0
    status = 0 if verified else 1
    if arguments.json:
        content = {"verified": verified, "signed_at": found.signed_at, "value": found.value}
        if verified:
            content["key"] = found.position
        return show_json(content, status)
    if not verified:
        print_note("error: no key verifies it" if arguments.keys else "error: no key is given")
        lines = ["NOT VERIFIED, anybody may have written this:", *lines]
    text = found.value if isinstance(found.value, str) else json.dumps(found.value)
    return Shown([*lines, escape(text)], status)
